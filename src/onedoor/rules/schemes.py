"""Schemes (限时方案): which limits a case has, how each is counted, and the article it comes from.

A scheme is data: `schemes.toml` holds those that come with the platform (`scheme_book.py` reads it), and a deployer's
own have the same shape. Every limit names what it counts, what starts and ends it, whether it rolls forward from a
rest day, what may extend or pause it, what follows from lateness, and its source. `local` marks what no national law
settles: a local rule, or a reading that still awaits confirmation (待核); whoever deploys must confirm it.

A scheme never changes: a changed limit is a new version, and a running case keeps the one it began with.
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
    "correction_notice": "补正通知",
    "dispatch": "分流",
    "sign": "签收",
    "object": "提出异议",
    "rule": "裁定异议",
    "inform": "书面告知",
    "meet": "首次见面",
    "answer": "首次答复",
    "handle": "办理",
    "send_copy": "送达副本",
    "defend": "答辩",
    "send_defence": "送达答辩副本",
    "panel": "组庭通知",
    "hearing_notice": "开庭听证通知",
    "postpone": "请求延期开庭",
    "send_award": "送达裁决书",
    "transfer": "移送有权机关",
    "pass_on": "转交申请",
    "objection_review": "审查异议",
    "follow_up": "回访",
    "request_review": "请求复查复核",
    "limitation": "申请时效",
    "sue": "起诉",
    "sue_directly": "直接起诉",
    "set_aside": "申请撤销裁决",
    "reconsider": "申请复议",
    "protect": "作出人身安全保护令",
    "protect_urgent": "紧急作出人身安全保护令",
    "protection": "保护令有效期",
    "choose": "共同选择调解员",
    "appoint": "法院指定调解员",
    "confirm_mediation": "调解员确认接受",
    "contact": "联系对方当事人",
    "confirm": "申请司法确认",
    "confirm_accept": "法院决定是否受理司法确认",
    "confirm_decide": "法院作出司法确认裁定",
    "file": "法院立案",
    "perform": "履行",
    "report": "反馈交办机关",
    "arrive": "到岗",
}
# The flow itself starts, stops and pauses these (rules/*.py), for they hang on parts and stages. All others follow
# the events that their item names.
ORDERED = frozenset({"accept", "correction", "dispatch", "sign", "object", "inform", "handle", "perform", "report"})
# Every scheme has these and the platform watches them, for the flow reads them: what has no time to be accepted in
# counts as accepted, what has no time for its correction never lapses.
NEEDED = ("accept", "correction", "handle")

ACCEPTANCE, APPLICATION = "decide_acceptance", "register"
HANDLE_STARTS = {ACCEPTANCE: "承办单位决定受理", APPLICATION: "收到申请（登记）"}
"""What the time for handling may begin with; where it says nothing, with the centre's acceptance."""

# Who has to keep a limit. What binds the parties is shown to them and is nobody's lateness here.
BINDS = {"unit": "承办单位", "centre": "中心", "applicant": "申请人", "respondent": "被申请人", "court": "人民法院"}

PAUSE_NAMES: dict[str, str] = {
    "suspension": "中止",
    "appraisal": "鉴定",
    "hearing": "听证",
    "consultation": "专家咨询",
}

CONSEQUENCES: dict[str, str] = {
    "supervise": "逾期由督办员督办",
    "deemed_accepted": "期限届满未作决定的，视为受理",
    "deemed_failed": "期限届满未达成协议的，视为调解不成",
    "ends_told": "期限届满未达成协议的，终止调解并告知其他途径",
    "goes_back": "期限届满未达成协议的，退回法院依法处理",
    "may_sue": "逾期的，当事人可以依法起诉",
    "may_arbitrate": "期限届满未达成协议的，当事人可以申请仲裁",
    "lapses": "逾期不提出的，视为放弃",
}

TELLING = frozenset(CONSEQUENCES) - {"supervise", "lapses"}
"""What comes about by itself when a limit is over; unit and applicant are told that it has."""

LEVELS: dict[str, str] = {"ordinary": "普通", "yellow_card": "黄牌", "red_card": "红牌"}
RUNG_STARTS = {"due": "超期", "warn": "变黄灯"}
RUNG_TELLS = {"unit": "承办单位", "unit_lead": "单位负责人", "director": "中心主任"}


@dataclass(frozen=True, slots=True)
class Period:
    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{UNIT_NAMES[self.unit]}"


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
class Threshold:
    """When a light turns: when the share of the time is used (0 < share < 1), or, where it is given, at the end of
    the period `after` from the start, or `left` before the end."""

    share: float = 0.7
    after: Period | None = None
    left: Period | None = None


@dataclass(frozen=True, slots=True)
class SchemeItem:
    """One limit. `warn` turns its light yellow; `red` turns it red before the end (None: with the end).

    `watch` False: for reference and trial only, since the platform does not see what starts or ends it.
    """

    kind: str
    amount: int
    unit: Unit
    basis: str
    roll: bool = True
    extension: Extension | None = None
    warn: Threshold = Threshold()
    red: Threshold | None = None
    binds: str = "unit"
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    pauses: tuple[str, ...] = tuple(PAUSE_NAMES)
    consequence: str = "supervise"
    watch: bool = True
    local: bool = False

    @property
    def supervised(self) -> bool:
        """Whether lateness is ours to see to."""
        return self.binds in ("unit", "centre")

    @property
    def follows(self) -> str:
        """What follows from lateness, in words; nothing where it is nobody's concern here, or not watched at all."""
        ours = self.supervised and self.watch
        return CONSEQUENCES[self.consequence] if ours or self.consequence != "supervise" else ""

    @property
    def counts(self) -> bool:
        """Whether it makes the case due: a right of the parties that runs does not, a correction awaited does."""
        return self.supervised or self.kind == "correction"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: so long after the end the supervision has this level and this role hears. The first may
    stand `on` "warn": it is taken when the light turns yellow."""

    after: Period
    level: str
    tell: str
    on: str = "due"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A named set of limits. A changed limit is a new `version`: running clocks keep what they began with.

    `unit_accepts`: a law has the competent unit decide on acceptance before the time for handling runs.
    `to_choose`: a template that whoever deploys must choose before any rule leads to it.
    """

    code: str
    name: str
    version: int
    items: Mapping[str, SchemeItem] = field(default_factory=dict)
    ladder: tuple[Rung, ...] = ()
    unit_accepts: bool = False
    to_choose: bool = False
    note: str = ""

    @property
    def handle_waits(self) -> bool:
        """Whether the time for handling begins with the competent unit's acceptance, not with the centre's."""
        return ACCEPTANCE in self.items["handle"].starts


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table that chooses: all conditions given must hold. `category` also fits those below it; `level`
    is how deep in the tree of divisions the present centre stands, "1" at its top: what is sent up or down is chosen
    for anew where a line asks for it."""

    scheme: str
    why: str
    purpose: str = ""
    track: str = ""
    category: str = ""
    kind: str = ""
    channel: str = ""
    urgent: bool | None = None
    level: str = ""


TRACKS: dict[str, str] = {
    "": "一般程序",
    "simple": "简易办理",
    "complex": "复杂疑难",
    "review": "信访复查",
    "re_review": "信访复核",
    "court_delegated": "法院委派调解",
    "court_online": "法院在线委派调解",
    "court_online_ordinary": "法院在线调解（立案后，普通程序）",
    "court_online_summary": "法院在线调解（立案后，简易程序）",
    "court_entrusted": "法院委托调解（普通程序）",
    "court_entrusted_summary": "法院委托调解（简易程序）",
    "medical_mediation": "医疗纠纷人民调解",
    "medical_administrative": "医疗纠纷行政调解",
    "administrative": "行政调解",
    "administrative_complex": "行政调解（复杂）",
    "labour_mediation": "劳动争议调解",
    "labour_arbitration": "劳动人事争议仲裁",
    "labour_inspection": "劳动保障监察",
    "land_arbitration": "农村土地承包仲裁",
    "reconsideration": "行政复议（普通程序）",
    "reconsideration_simple": "行政复议（简易程序）",
    "legal_aid": "法律援助",
    "commercial_arbitration": "商事仲裁",
    "protection_order": "人身安全保护令",
}


FALLBACK = "ordinary"


@dataclass(frozen=True, slots=True)
class Choice:
    """The scheme chosen, the rule that fired (None: none fits), and those after it that would have fired."""

    scheme: str
    fired: Rule | None
    others: tuple[Rule, ...]

    @property
    def why(self) -> str:
        """What is written down of the choice."""
        return self.fired.why if self.fired is not None else "没有规则适用，按一般事项"


def choose_scheme(
    rules: tuple[Rule, ...],
    *,
    kind: str,
    purpose: str,
    channel: str,
    category: str = "",
    track: str = "",
    urgent: bool = False,
    level: str = "",
) -> Choice:
    """Which scheme a matter runs under: the first rule all of whose conditions hold. Codes as in `rules/intake.py`."""

    def fits(rule: Rule) -> bool:
        return (
            rule.purpose in ("", purpose)
            and rule.track in ("", track)
            and (not rule.category or category == rule.category or category.startswith(rule.category + "."))
            and rule.kind in ("", kind)
            and rule.channel in ("", channel)
            and rule.urgent in (None, urgent)
            and rule.level in ("", level)
        )

    fitting = [rule for rule in rules if fits(rule)]
    if not fitting:
        return Choice(FALLBACK, None, ())
    return Choice(fitting[0].scheme, fitting[0], tuple(fitting[1:]))
