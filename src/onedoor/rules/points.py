"""积分考核: what earns points and what costs them, as data; what an entry, a sum and a place are; appeals.

Points are about work: of units, windows, the staff at a centre, grid workers and grids. Nothing is about residents. No
happening counts reports, visits or registrations: a rule for those cannot be written. Points are whole hundredths here
(百分之一分), so that sums are exact; a set of rules is data (`point_book.py` reads it, `point_sums.py` applies it).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from onedoor.rules.access import Role
from onedoor.rules.follow_up import FEWEST_RATINGS
from onedoor.rules.refusal import NOT_ALLOWED, NOT_READY, Refused

SUBJECTS: dict[str, str] = {
    "unit": "单位",
    "window": "窗口",
    "staff": "入驻人员",
    "worker": "网格员",
    "grid": "网格",
}
# A ranking of these is seen by themselves (their own place), their lead and the centre.
PERSONAL = frozenset({"staff", "worker"})
# Sees all that the centre's area holds, decides on appeals, corrects and closes.
CENTRE = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
# Reads rankings of units, windows and grids besides.
READS = CENTRE | {Role.AUDITOR}
# Answers for people: reads the rankings of his own.
LEADS = frozenset({Role.UNIT_LEAD, Role.GRID_LEAD})
# Whose work can earn points, or that of whose unit.
MEASURED = LEADS | {Role.CLERK, Role.DISPATCHER, Role.HANDLER, Role.MEDIATOR, Role.GRID_WORKER}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened and can earn (or, `costs`, cost). `rating`: what an applicant has said; it counts in
    sums of FEWEST_RATINGS or more alone, so that no sum gives away a single one."""

    label: str
    subjects: frozenset[str]
    costs: bool = False
    rating: bool = False


_UNIT = frozenset({"unit"})
_WORK = frozenset({"unit", "staff"})
_ALL = frozenset(SUBJECTS)
_FIELD = frozenset({"worker", "grid"})
FACTS: dict[str, Fact] = {
    "accepted_on_time": Fact("按时决定受理", _WORK),
    "accepted_late": Fact("受理决定超期", _WORK, costs=True),
    "signed_on_time": Fact("按时签收", _WORK),
    "signed_late": Fact("签收超期", _WORK, costs=True),
    "answered_on_time": Fact("按时告知或答复", _WORK),
    "answered_late": Fact("告知或答复超期", _WORK, costs=True),
    "closed_on_time": Fact("按期办结", _WORK),
    "overdue": Fact("办理超期", _WORK, costs=True),
    "settled_on_spot": Fact("当场办结", _ALL),
    "satisfied": Fact("申请人评价满意", _ALL, rating=True),
    "verified": Fact("回访核实满意", _ALL, rating=True),
    "unsatisfied": Fact("评价或回访不满意", _ALL, costs=True, rating=True),
    "sent_back": Fact("退回重办", _WORK, costs=True),
    "reopened": Fact("办结后重新办理", _WORK, costs=True),
    "objection_groundless": Fact("异议不成立", _UNIT, costs=True),
    "yellow_card": Fact("黄牌督办（未剔除）", _UNIT, costs=True),
    "red_card": Fact("红牌督办（未剔除）", _UNIT, costs=True),
    "reply_late": Fact("督办逾期未回告", _UNIT, costs=True),
    "arrived_on_time": Fact("呼叫后按时到岗", _UNIT),
    "arrived_late": Fact("呼叫后到岗超时", _UNIT, costs=True),
    "task_on_time": Fact("任务按时完成", _FIELD),
    "task_late": Fact("任务逾期", _FIELD, costs=True),
}

TRAITS: dict[str, str] = {
    "urgent": "紧急事项",
    "hurt": "有人受伤害",
    "transfer": "上级交办",
    "instruction": "领导批示",
}
EXCLUSIONS: dict[str, str] = {
    "notice_excluded": "督办已剔除（含申诉成立）",
    "notice_appealed": "督办申诉待裁定",
    "force_majeure": "不可抗力",
    "exempt": "经批准不计",
}
# An exclusion of these kinds covers all of a matter: it earns nothing and costs nothing.
WHOLE_MATTER = frozenset({"force_majeure", "exempt"})
RANKED_BY: dict[str, str] = {"average": "每件平均分", "total": "总分"}
# What may become of an entry, beside an exclusion.
CAPPED, FEW, GONE, TAKEN_OUT = "cap", "few", "gone", "upheld"
NOTES: dict[str, str] = {
    **EXCLUSIONS,
    CAPPED: "超过当月上限",
    FEW: f"评价不足{FEWEST_RATINGS}件，不计",
    GONE: "重新计算后不再成立",
    TAKEN_OUT: "申诉成立，不计",
}
# With one of these neither an entry nor what has corrected it counts.
UNCOUNTED = frozenset({*EXCLUSIONS, FEW, GONE})
APPEALS: dict[str, str] = {"waiting": "待裁定", "upheld": "申诉成立", "refused": "申诉不成立"}
MOST_POINTS = 100_00


@dataclass(frozen=True, slots=True)
class PointRule:
    """One line of a set. `points` in hundredths, below nought where it costs; `cap`: the most that it gives or takes a
    subject in a month, nought for none; `doubled`: TRAITS with which it counts twice."""

    code: str
    name: str
    fact: str
    subjects: tuple[str, ...]
    points: int
    doubled: tuple[str, ...] = ()
    cap: int = 0
    basis: str = ""
    local: bool = True


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A named version. `fewest`: matters without which a subject has no rank; `smallest_group`: subjects without which
    nobody has one; `appeal_days`: calendar days after publication in which an entry may be appealed against."""

    code: str
    version: int
    name: str
    basis: str
    local: bool
    fewest: int
    smallest_group: int
    appeal_days: int
    rank_by: str
    exclude: frozenset[str]
    rules: tuple[PointRule, ...]

    def rule(self, code: str) -> PointRule | None:
        return next((one for one in self.rules if one.code == code), None)


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """`id` of a unit, a division or an account; of a window the centre's, and `part` is the window."""

    kind: str
    id: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """`ref` names what it is read from (an event, a limit, a notice, a task); `matter` what it belongs to: a case, or
    the call or task itself. `case`: the case behind it, also that of a task, if there is one: so that nothing of it is
    in a sum once it is confidential or does not count."""

    fact: str
    subject: Subject
    ref: str
    matter: str
    at: datetime
    traits: frozenset[str] = frozenset()
    excluded: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """`points` as the rule says, `counted` after exclusions and caps, `note` why they differ (NOTES)."""

    rule: PointRule
    happening: Happening
    points: int
    counted: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A subject's sum: of `entries` that count, about `matters`."""

    subject: Subject
    total: int
    entries: int
    matters: int

    @property
    def average(self) -> Fraction:
        return Fraction(self.total, self.matters) if self.matters else Fraction(0)


@dataclass(frozen=True, slots=True)
class Ranked:
    """`rank` is None for who has too few matters or stands in too small a group; `of`: how many are ranked."""

    standing: Standing
    rank: int | None
    of: int


def written(hundredths: int | Fraction) -> str:
    """As people read it: two digits at most, half up, a real minus sign left to the reader's font."""
    exact = Decimal(Fraction(hundredths).numerator) / Decimal(Fraction(hundredths).denominator) / 100
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def check_appeal(*, closed: bool, until: datetime, at: datetime, rating: bool, appealed: bool, own: bool) -> None:
    """Whether an entry may be appealed against: by whom it is about, in time, once."""
    if not own:
        raise Refused(NOT_ALLOWED, "只有本人或者本单位、本网格的负责人可以申诉这一笔。")
    if rating:
        raise Refused(NOT_ALLOWED, "评价只显示合计，看不到是哪一件，不逐笔申诉；对合计有疑问的，请书面向中心提出。")
    if closed or at > until:
        raise Refused(NOT_READY, "申诉期已过。")
    if appealed:
        raise Refused(NOT_READY, "这一笔已经申诉过。")


def check_close(*, until: datetime, waiting: int, at: datetime) -> None:
    if at <= until:
        raise Refused(NOT_READY, "申诉期还没有结束，不能定稿。")
    if waiting:
        raise Refused(NOT_READY, f"还有{waiting}件申诉没有裁定，不能定稿。")
