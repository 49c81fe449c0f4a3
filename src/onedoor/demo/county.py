"""The rest of 澜平县, beyond `people.demo_county`: seven more townships, all villages, who works where.

Names of places and persons are invented, like those of the small county, and fixed. Each person's name says
what its bearer does.
"""

from collections.abc import Iterator

from onedoor.people.demo_county import COUNTY, DemoAccount, DemoUnit
from onedoor.people.demo_county import UNITS as FIRST_UNITS
from onedoor.people.models import UnitKind as Kind
from onedoor.rules.access import Role

# code, word in codes and user names, name, first sign of what its people are called
TOWNS = (
    ("990101100", "qinghe", "清禾镇", "清"),
    ("990101101", "shiqiaowan", "石桥湾镇", "石"),
    ("990101102", "fengdukou", "枫渡口镇", "枫"),
    ("990101103", "bailudang", "白芦荡镇", "芦"),
    ("990101104", "qingyaling", "青崖岭镇", "青"),
    ("990101105", "shuangyuya", "双榆垭镇", "榆"),
    ("990101106", "maixiangping", "麦香坪镇", "麦"),
    ("990101200", "yunjiao", "云脚乡", "云"),
    ("990101201", "yueyaxi", "月牙溪乡", "月"),
    ("990101202", "lumingao", "鹿鸣坳乡", "鹿"),
)

# By township: communities are numbered from 001, villages from 201; those of the small county are not repeated.
VILLAGES = {
    "990101100": {
        2: "南市桥头社区", 3: "书匣巷社区", 4: "锦禾苑社区", 5: "东风渠头社区", 6: "稻香里社区",
        203: "蓼花汀尾村", 204: "桑园畈上村",
    },
    "990101101": {1: "石湾老街社区", 203: "渔歌埠上村", 204: "打铁桥头村", 205: "秧田垅口村", 206: "橘子坡脚村"},
    "990101102": {
        1: "枫渡口社区", 201: "红枫渡头村", 202: "沙洲尾上村", 203: "芦苇滩头村", 204: "砖窑坳口村",
        205: "古渡亭下村", 206: "船篷湾里村",
    },
    "990101103": {
        1: "白芦荡社区", 201: "荷叶塘边村", 202: "菱角圩头村", 203: "水车埠头村", 204: "鸬鹚港口村",
        205: "柳絮汀上村", 206: "藕塘畈上村",
    },
    "990101104": {
        1: "青崖岭社区", 201: "鹰嘴崖下村", 202: "松涛坳里村", 203: "石鼓坪头村", 204: "杉木冲口村",
        205: "药王坡上村",
    },
    "990101105": {
        1: "双榆垭社区", 201: "榆钱坡下村", 202: "磨盘垭口村", 203: "羊角梁上村", 204: "土窑坪里村",
        205: "风车梁下村",
    },
    "990101106": {
        1: "麦香坪社区", 201: "麦垛坪上村", 202: "碾子湾头村", 203: "豆花井边村", 204: "高粱坡里村",
        205: "晒场坪边村",
    },
    "990101200": {203: "竹篙岭头村", 204: "茶盘山脚村", 205: "云水涧上村", 206: "落雁坪上村"},
    "990101201": {
        201: "月牙溪口村", 202: "石板溪头村", 203: "蛙鸣塘上村", 204: "星子滩边村", 205: "萤火坪里村",
        206: "溪门口上村",
    },
    "990101202": {
        201: "鹿鸣坳口村", 202: "鹿角尖下村", 203: "云杉坪头村", 204: "梅子垭里村", 205: "雪梨坡上村",
        206: "暖水窝子村",
    },
}  # fmt: skip

# The thirteen units with people in the hall all day (常驻); the other departments come when they are called.
RESIDENT = ("xfj", "sfj", "rsj", "fy", "jcy", "gaj", "zrzyj", "zjj", "nyncj", "wjj", "scjgj", "mzj", "fl")

# unit, names of its handler and of its head; where the small county already has somebody, the name is empty
_STAFF = (
    ("xfj", "", "信审定"),
    ("gaj", "安接警", "安审定"),
    ("sfj", "法明理", "法审定"),
    ("zrzyj", "田丈量", "田审定"),
    ("nyncj", "农时雨", "农审定"),
    ("cgj", "容常巡", "容审定"),
    ("wjj", "康问诊", "康审定"),
    ("scjgj", "秤公平", "秤审定"),
    ("mzj", "民暖心", "民审定"),
    ("jyj", "文启蒙", "文审定"),
    ("jtj", "路畅行", "路审定"),
    ("slj", "江守渠", "江审定"),
    ("yjj", "应排险", "应审定"),
    ("hjj", "蓝守清", "蓝审定"),
    ("fy", "章断案", "章审定"),
    ("jcy", "检依法", "检审定"),
    ("fl", "温护航", "温审定"),
)

_COMMITTEES = (
    ("tw-yihuan", "医疗纠纷", "医患调委会", "mediator_medical", "何医谐"),
    ("tw-wuye", "物业纠纷", "物业调委会", "mediator_property", "何睦居"),
    ("tw-jiaotong", "道路交通事故", "交通调委会", "mediator_traffic", "何路平"),
    ("tw-hunyin", "婚姻家庭纠纷", "婚调委", "mediator_family", "何家圆"),
    ("tw-tudi", "土地山林纠纷", "土地调委会", "mediator_land", "何地界"),
)


def _divisions() -> Iterator[tuple[str, str, str]]:
    for code, _, name, _ in TOWNS:
        yield code, name, COUNTY
    for town, villages in VILLAGES.items():
        for number, name in villages.items():
            yield f"{town}{number:03d}", name, town


def _units() -> Iterator[DemoUnit]:
    there = {unit.code for unit in FIRST_UNITS}
    for division, word, name, _ in TOWNS:
        for unit in (
            DemoUnit(f"gov-{word}", f"{name}人民政府", f"{name}政府", Kind.TOWNSHIP, division),
            DemoUnit(f"centre-{word}", f"{name}综治中心", f"{name}综治中心", Kind.CENTRE, division),
        ):
            # the small county has some of both
            if unit.code not in there:
                yield unit
    for code, subject, short, _, _ in _COMMITTEES:
        yield DemoUnit(code, f"澜平县{subject}人民调解委员会", short, Kind.COMMITTEE)


def _accounts() -> Iterator[DemoAccount]:
    yield DemoAccount("clerk2", "迎笑颜", Role.CLERK, "centre")
    yield DemoAccount("clerk3", "迎耐心", Role.CLERK, "centre")
    yield DemoAccount("dispatcher2", "方寸明", Role.DISPATCHER, "centre")
    for unit, handler, lead in _STAFF:
        if handler:
            yield DemoAccount(f"{unit}_handler", handler, Role.HANDLER, unit)
        yield DemoAccount(f"{unit}_lead", lead, Role.UNIT_LEAD, unit)
    for unit, _, _, username, name in _COMMITTEES:
        yield DemoAccount(username, name, Role.MEDIATOR, unit)
    for _, word, _, sign in TOWNS[1:]:  # the first one's people are in the small county
        yield DemoAccount(f"{word}_handler", f"{sign}务实", Role.HANDLER, f"gov-{word}")
        yield DemoAccount(f"{word}_lead", f"{sign}审定", Role.UNIT_LEAD, f"gov-{word}")
        yield DemoAccount(f"{word}_clerk", f"迎到{sign}", Role.CLERK, f"centre-{word}")
        yield DemoAccount(f"{word}_dispatcher", f"方到{sign}", Role.DISPATCHER, f"centre-{word}")


DIVISIONS = tuple(_divisions())
UNITS = tuple(_units())
ACCOUNTS = tuple(_accounts())
