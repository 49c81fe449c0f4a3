"""Schemes (限时方案): which limits a case has, how each is counted, and the article it comes from.

A scheme is data. Every limit names its amount and unit, whether it rolls forward from a rest day, what may
extend it, and its source. `local=True` marks what no national law settles: a local rule, or a reading that
still awaits confirmation (待核); whoever deploys must confirm it. Where a law is silent on rolling forward
we follow 民事诉讼法(2023) §85③ and 民法典 §203.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from onedoor.rules.access import Role


class Unit(StrEnum):
    """What a period is counted in; 民事诉讼法 §85② knows hours, days, months and years."""

    MINUTES = "minutes"
    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


UNIT_NAMES: dict[str, str] = {
    Unit.MINUTES: "分钟",
    Unit.HOURS: "小时",
    Unit.CALENDAR_DAYS: "日",
    Unit.WORKING_DAYS: "个工作日",
    Unit.WEEKS: "周",
    Unit.MONTHS: "个月",
    Unit.YEARS: "年",
}

CLOCK_NAMES: dict[str, str] = {
    "accept": "受理",
    "correction": "补正",
    "sign": "签收",
    "object": "提出异议",
    "inform": "书面告知",
    "handle": "办理",
}


@dataclass(frozen=True, slots=True)
class Extension:
    """How far a limit may be extended, once: at most `most` of `unit`, decided by `by` (a Role).

    `told`: which parts of the parties must be told, with reasons. `consent`: they must agree first.
    """

    most: int
    unit: Unit
    by: Role
    told: tuple[str, ...]
    basis: str
    consent: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True)
class SchemeItem:
    """One limit. `warn` is the share of the time (0 < warn < 1) after which the light turns yellow."""

    kind: str
    amount: int
    unit: Unit
    basis: str
    roll: bool = True
    extension: Extension | None = None
    warn: float = 0.7
    local: bool = False


@dataclass(frozen=True, slots=True)
class Scheme:
    """A named set of limits. A changed limit is a new `version`: running clocks keep what they began with."""

    code: str
    name: str
    version: int
    items: Mapping[str, SchemeItem] = field(default_factory=dict)


D, W = Unit.CALENDAR_DAYS, Unit.WORKING_DAYS
LOCAL = "法律未规定，本平台缺省值，待部署方确认"
_BOTH = ("applicant", "respondent")


def _local(kind: str, working_days: int, basis: str = LOCAL, extension: Extension | None = None) -> SchemeItem:
    return SchemeItem(kind, working_days, W, basis, extension=extension, local=True)


# What every scheme has unless it says otherwise; ten working days as in 行政复议法(2023) §31.
_ACCEPT = _local("accept", 1)
_SIGN = _local("sign", 1)
_OBJECT = _local("object", 2)
_CORRECTION = _local("correction", 10, f"{LOCAL}（参照行政复议法第三十一条）")


def _scheme(code: str, name: str, *items: SchemeItem) -> Scheme:
    usual = (_ACCEPT, _CORRECTION, _SIGN, _OBJECT)
    return Scheme(code, name, 1, {item.kind: item for item in (*usual, *items)})


_SIMPLE = "国家信访局《信访事项简易办理办法（试行）》"
_HOTLINE = "山东省政务服务热线管理办法"
_OBJECT_TO_PETITION = SchemeItem("object", 5, W, "信访工作条例第二十三条第三款")

_SCHEMES = (
    _scheme(
        "petition-statutory",
        "信访事项（普通程序）",
        SchemeItem("accept", 15, D, "信访工作条例第二十二条"),
        SchemeItem("inform", 15, D, "信访工作条例第二十三条第二款、第三款"),
        _OBJECT_TO_PETITION,
        SchemeItem(
            "handle",
            60,
            D,
            "信访工作条例第三十四条",
            extension=Extension(30, D, Role.UNIT_LEAD, ("applicant",), "信访工作条例第三十四条"),
        ),
    ),
    # That a decision on acceptance takes three working days has been read nowhere in the original (待核).
    # No extension: what turns out not to be simple goes over to the ordinary procedure.
    _scheme(
        "petition-simple",
        "信访事项（简易办理）",
        _local("accept", 3, f"{_SIMPLE}（三个工作日待核）"),
        _local("inform", 3, f"{_SIMPLE}（三个工作日待核）"),
        _OBJECT_TO_PETITION,
        SchemeItem("handle", 10, W, _SIMPLE),
    ),
    # 人民调解法 sets no period. 若干规定 §33 says one month (28 to 31 days), 深圳条例 §25 says 30 days.
    _scheme(
        "mediation-30",
        "人民调解（三十日）",
        SchemeItem(
            "handle",
            30,
            D,
            "司法部《人民调解工作若干规定》第三十三条（一般为一个月），按三十日计",
            extension=Extension(
                30, D, Role.UNIT_LEAD, _BOTH, "双方当事人同意后可继续调解，上限待部署方确认", True, True
            ),
            local=True,
        ),
    ),
    # 办案规则 is said to read 五日 as working days (待核); until then the stricter reading stands.
    _scheme(
        "labour-arbitration",
        "劳动人事争议仲裁",
        SchemeItem("inform", 5, D, "劳动争议调解仲裁法第二十九条（“五日”是否为工作日待核）", local=True),
        SchemeItem(
            "handle",
            45,
            D,
            "劳动争议调解仲裁法第四十三条",
            extension=Extension(15, D, Role.UNIT_LEAD, _BOTH, "劳动争议调解仲裁法第四十三条"),
        ),
    ),
    # The centre's matter ends when a lawyer is assigned; the law sets no period for the aid itself.
    _scheme(
        "legal-aid",
        "法律援助",
        SchemeItem("inform", 7, D, "法律援助法第四十三条（七日内审查并作出决定）"),
        SchemeItem("handle", 3, D, "法律援助法第四十三条（决定给予后三日内指派）"),
    ),
    _scheme(
        "hotline-shandong",
        "政务服务热线（山东）",
        _local("object", 2, f"{_HOTLINE}（非本单位职责的退回期限）"),
        _local(
            "handle",
            5,
            _HOTLINE,
            Extension(10, W, Role.DIRECTOR, ("applicant",), _HOTLINE, local=True),
        ),
    ),
    _scheme(
        "ordinary",
        "一般事项",
        _local("handle", 15, extension=Extension(15, W, Role.UNIT_LEAD, ("applicant",), LOCAL, local=True)),
    ),
)

SCHEMES: dict[str, Scheme] = {scheme.code: scheme for scheme in _SCHEMES}

# The first line that fits decides; what fits none is ordinary.
_CHOICES: tuple[tuple[str, str, str], ...] = (
    ("purpose", "petition", "petition-statutory"),  # 信访工作条例 §31: 申诉求决
    ("purpose", "accusation", "ordinary"),  # 检举控告 goes to those in charge of cadres, without §34's limit
    ("kind", "dispute", "mediation-30"),
    ("channel", "hotline", "hotline-shandong"),
)


def choose_scheme(*, kind: str, purpose: str, channel: str) -> str:
    """The code of the scheme a new matter runs under; the codes are those of `rules/intake.py`."""
    given = {"kind": kind, "purpose": purpose, "channel": channel}
    return next((scheme for name, value, scheme in _CHOICES if given[name] == value), "ordinary")
