"""澜平县: a county that does not exist, in tables. Names of places, units and persons are invented and fixed.

No division of the country is called 澜平 and no division code starts with 99.
"""

from dataclasses import dataclass

from onedoor.people.models import UnitKind as Kind
from onedoor.rules.access import Role

COUNTY = "990101"
PASSWORD = "onedoor-demo"  # noqa: S105  published on purpose: demo accounts exist only in a demo database

# The worker of the demo county looks at this grid; its shape comes with the full county.
GRID_VILLAGE, GRID = "990101100201", "990101100201g01"
# code, name, code of the division above
DIVISIONS = (
    (COUNTY, "澜平县", ""),
    ("990101100", "清禾镇", COUNTY),
    ("990101101", "石桥湾镇", COUNTY),
    ("990101200", "云脚乡", COUNTY),
    ("990101100201", "禾丰塘村", "990101100"),
    ("990101100202", "柳岸头村", "990101100"),
    ("990101100001", "清禾埠社区", "990101100"),
    ("990101101201", "石桥湾村", "990101101"),
    ("990101101202", "晒谷坪尾村", "990101101"),
    ("990101200201", "云脚坳村", "990101200"),
    ("990101200202", "望澜坡村", "990101200"),
    (GRID, "禾丰塘村第一网格", GRID_VILLAGE),
    ("990101100201g02", "禾丰塘村第二网格", GRID_VILLAGE),
)
GRIDS = frozenset(code for code, _, parent in DIVISIONS if parent == GRID_VILLAGE)


@dataclass(frozen=True, slots=True)
class DemoUnit:
    code: str
    name: str
    short_name: str
    kind: Kind
    division: str = COUNTY


UNITS = (
    DemoUnit("centre", "澜平县社会治理综合服务中心", "县综治中心", Kind.CENTRE),
    DemoUnit("centre-qinghe", "清禾镇综治中心", "清禾镇综治中心", Kind.CENTRE, "990101100"),
    DemoUnit("centre-shiqiaowan", "石桥湾镇综治中心", "石桥湾镇综治中心", Kind.CENTRE, "990101101"),
    DemoUnit("centre-hefengtang", "禾丰塘村综治中心", "禾丰塘村综治中心", Kind.CENTRE, "990101100201"),
    DemoUnit("rsj", "澜平县人力资源和社会保障局", "人社局", Kind.DEPARTMENT),
    DemoUnit("zjj", "澜平县住房和城乡建设局", "住建局", Kind.DEPARTMENT),
    DemoUnit("xfj", "澜平县信访局", "信访局", Kind.DEPARTMENT),
    DemoUnit("gaj", "澜平县公安局", "公安局", Kind.POLICE),
    DemoUnit("sfj", "澜平县司法局", "司法局", Kind.DEPARTMENT),
    DemoUnit("zrzyj", "澜平县自然资源局", "自然资源局", Kind.DEPARTMENT),
    DemoUnit("nyncj", "澜平县农业农村局", "农业农村局", Kind.DEPARTMENT),
    DemoUnit("cgj", "澜平县城市管理局", "城管局", Kind.DEPARTMENT),
    DemoUnit("wjj", "澜平县卫生健康局", "卫健局", Kind.DEPARTMENT),
    DemoUnit("scjgj", "澜平县市场监督管理局", "市场监管局", Kind.DEPARTMENT),
    DemoUnit("mzj", "澜平县民政局", "民政局", Kind.DEPARTMENT),
    DemoUnit("jyj", "澜平县教育局", "教育局", Kind.DEPARTMENT),
    DemoUnit("jtj", "澜平县交通运输局", "交通局", Kind.DEPARTMENT),
    DemoUnit("slj", "澜平县水利局", "水利局", Kind.DEPARTMENT),
    DemoUnit("yjj", "澜平县应急管理局", "应急局", Kind.DEPARTMENT),
    DemoUnit("hjj", "澜平县生态环境局", "生态环境局", Kind.DEPARTMENT),
    DemoUnit("fy", "澜平县人民法院", "法院", Kind.COURT),
    DemoUnit("jcy", "澜平县人民检察院", "检察院", Kind.PROCURATORATE),
    DemoUnit("fl", "澜平县妇女联合会", "妇联", Kind.ASSOCIATION),
    DemoUnit("tw-lianhe", "澜平县联合人民调解委员会", "联合调委会", Kind.COMMITTEE),
    DemoUnit("tw-laodong", "澜平县劳动人事争议人民调解委员会", "劳动调委会", Kind.COMMITTEE),
    DemoUnit("gov-qinghe", "清禾镇人民政府", "清禾镇政府", Kind.TOWNSHIP, "990101100"),
    DemoUnit("gov-shiqiaowan", "石桥湾镇人民政府", "石桥湾镇政府", Kind.TOWNSHIP, "990101101"),
    DemoUnit("gov-yunjiao", "云脚乡人民政府", "云脚乡政府", Kind.TOWNSHIP, "990101200"),
    DemoUnit("cun-hefengtang", "禾丰塘村村民委员会", "禾丰塘村委会", Kind.VILLAGE, "990101100201"),
    DemoUnit("cun-liuantou", "柳岸头村村民委员会", "柳岸头村委会", Kind.VILLAGE, "990101100202"),
)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account with one post; `division` is where the post looks, by default the unit's own."""

    username: str
    name: str
    role: Role
    unit: str
    division: str = ""
    confidential: bool = False
    is_operator: bool = False


# Each name says what its bearer does, so that nobody takes it for a person's.
# One of each role comes first, for those who only look around.
FIRST = 14
ACCOUNTS = (
    DemoAccount("clerk", "迎进门", Role.CLERK, "centre"),
    DemoAccount("dispatcher", "方向明", Role.DISPATCHER, "centre"),
    DemoAccount("handler", "任劳安", Role.HANDLER, "rsj"),
    DemoAccount("unit_lead", "任审定", Role.UNIT_LEAD, "rsj"),
    DemoAccount("handler2", "房立行", Role.HANDLER, "zjj"),
    DemoAccount("handler3", "乡大田", Role.HANDLER, "gov-qinghe"),
    DemoAccount("mediator", "何为贵", Role.MEDIATOR, "tw-lianhe"),
    DemoAccount("grid_worker", "田走访", Role.GRID_WORKER, "cun-hefengtang", division=GRID),
    DemoAccount("grid_lead", "田领格", Role.GRID_LEAD, "gov-qinghe"),
    DemoAccount("supervisor", "杜督行", Role.SUPERVISOR, "centre", confidential=True),
    DemoAccount("director", "钟掌灯", Role.DIRECTOR, "centre"),
    DemoAccount("auditor", "严察微", Role.AUDITOR, "centre"),
    DemoAccount("admin", "管系通", Role.ADMIN, "centre", is_operator=True),
    DemoAccount("volunteer", "邻相助", Role.VOLUNTEER, "cun-hefengtang", division=GRID),
    DemoAccount("dispatcher_secret", "方守默", Role.DISPATCHER, "centre", confidential=True),
    DemoAccount("unit_lead2", "房审定", Role.UNIT_LEAD, "zjj"),
    DemoAccount("unit_lead3", "乡审定", Role.UNIT_LEAD, "gov-qinghe"),
    DemoAccount("handler4", "信有回", Role.HANDLER, "xfj"),
    DemoAccount("mediator2", "何劳和", Role.MEDIATOR, "tw-laodong"),
    DemoAccount("clerk_town", "迎到镇", Role.CLERK, "centre-qinghe"),
    DemoAccount("dispatcher_town", "方到镇", Role.DISPATCHER, "centre-qinghe"),
    DemoAccount("clerk_village", "迎到村", Role.CLERK, "centre-hefengtang"),
    DemoAccount("dispatcher_village", "方到村", Role.DISPATCHER, "centre-hefengtang"),
)
