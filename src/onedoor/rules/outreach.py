"""专业人员下沉: who of the professions comes to which village or township, when, and what came of it.

It counts persons and names none. A half day that nobody has reported on two days later is still open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from onedoor.rules.access import Role
from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, Refused, invalid

TRADES: Final[dict[str, str]] = {
    "lawyer": "律师",
    "notary": "公证员",
    "mediator": "调解员",
    "counsellor": "心理咨询师",
    "judge": "法官",
    "police": "民警",
    "official": "部门业务人员",
    "other": "其他专业人员",
}
OUTREACH_STATES: Final[dict[str, str]] = {"planned": "已安排", "done": "已完成", "cancelled": "已取消"}
# Plans and reports of the own centre; the director looks.
PLANS: Final = frozenset({Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR})
SEES_OUTREACH: Final = PLANS | {Role.DIRECTOR}
# How long after its day a report may take before it is shown as open; the centre's own order (local).
REPORT_DAYS: Final = 2
DAYS_SHOWN: Final = 14  # what residents are told ahead
MOST_PERSONS: Final = 5000
MOST_OUTCOME: Final = 1000
FURTHEST: Final = timedelta(days=366)
BACKWARDS: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class OutreachFacts:
    centre: int
    day: date
    state: str


def is_unreported(state: str, day: date, today: date) -> bool:
    """Whether nobody has said what came of it, two days after its day."""
    return state == "planned" and (today - day).days >= REPORT_DAYS


def check_planner(role: str, unit: int, centre: int) -> None:
    if role not in PLANS or unit != centre:
        raise Refused(NOT_ALLOWED, "只有本中心的窗口受理员、分流专员和督办员可以安排下沉。")


def check_day(day: date, today: date) -> None:
    """What has just been may be put in afterwards."""
    if not today - BACKWARDS <= day <= today + FURTHEST:
        raise invalid("day", f"日期应在过去{BACKWARDS.days}天到今后一年之间。")


def check_open(facts: OutreachFacts) -> None:
    if facts.state != "planned":
        raise Refused(CONFLICT, f"这次下沉{OUTREACH_STATES[facts.state]}，不能再改。")


def check_naming(facts: OutreachFacts) -> None:
    """Matters may come of what is planned and of what has been."""
    if facts.state == "cancelled":
        check_open(facts)


def check_report(facts: OutreachFacts, today: date, raw: Mapping[str, object]) -> tuple[int, str]:
    """`persons` and `outcome` of what has been; both must be there."""
    check_open(facts)
    if facts.day > today:
        raise Refused(CONFLICT, "还没有到这一天，不能登记完成。")
    persons = str(raw.get("persons", "")).strip()
    whole = persons.isascii() and persons.isdecimal() and len(persons) < 8 and int(persons) <= MOST_PERSONS
    outcome = check_nameless(raw.get("outcome"), most=MOST_OUTCOME, field="outcome", label="办了什么、结果怎样")
    if not whole:
        raise invalid("persons", f"服务人数应为0到{MOST_PERSONS}的整数。")
    return int(persons), outcome


def check_cancelling(facts: OutreachFacts, reason: str) -> str:
    check_open(facts)
    return check_nameless(reason, most=200, field="reason", label="取消的原因")
