"""Residents who do not exist: names, identity numbers of no division, telephone numbers of no network."""

from onedoor.people.demo_county import COUNTY
from onedoor.rules.identity import id_check

_FAMILY = (
    "李", "王", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "郭", "罗",
    "梁", "宋", "郑", "谢", "韩", "唐", "冯", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭",
    "吕", "苏", "卢", "蒋", "欧阳",
)  # fmt: skip
_GIVEN = (
    "桂香", "志诚", "秀兰", "国栋", "玉梅", "建平", "春燕", "德旺", "月娥", "永福", "晓雯", "长根", "翠莲", "文斌",
    "素芬", "㛃", "家旺", "水生", "红霞", "立新", "雪芹", "木根", "彩云", "正华", "银花", "保田", "丽娜", "庆丰",
    "冬梅", "大勇", "𠮷庆", "金凤", "顺昌", "小满", "巧珍", "松林", "玉珠", "海涛", "腊梅", "启明", "爱莲", "满仓",
    "喜春", "思远", "雅琴", "友谊", "荷花", "铁山", "秋菊", "润生", "佩兰", "运来", "招娣", "守信", "慧敏", "同喜",
    "𬱖", "静怡", "成林",
)  # fmt: skip


def name_of(place: int) -> str:
    """The name of the resident number `place`; more than two thousand differ."""
    return _FAMILY[place * 7 % len(_FAMILY)] + _GIVEN[place * 11 % len(_GIVEN)]


def id_number_of(place: int) -> str:
    """A number with the invented county's prefix and the right check character (GB 11643)."""
    born = f"{1947 + place * 13 % 55}{1 + place * 5 % 12:02d}{1 + place * 17 % 28:02d}"
    body = f"{COUNTY}{born}{1 + place % 999:03d}"
    return body + id_check(body)


def phone_of(place: int) -> str:
    """A mobile number of the range 154, which is given to no network; the last four digits differ."""
    return f"1540990{(place * 37 + 1024) % 10_000:04d}"
