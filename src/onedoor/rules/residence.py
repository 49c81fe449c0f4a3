"""入驻与值班: who sits where, who is here today, and the call to a unit that comes when it is called.

The modes are those that centres name themselves (常驻、轮驻、随驻或随叫随驻、预约, 2024–25, second-hand; 信息入驻 is
local). Nothing here is about a person but the leader on duty and a studio's mediator, whose names and offices are of
public duty.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from onedoor.rules.access import Role
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, NOT_READY, Refused, invalid

MODES: Final[dict[str, str]] = {
    "fixed": "常驻",
    "rota": "轮驻",
    "on_call": "随叫随驻",
    "appointment": "预约",
    "reachable": "信息入驻",
}
PLACE_KINDS: Final[dict[str, str]] = {
    "guide": "导办台",
    "window": "窗口",
    "temporary": "临时窗口",
    "room": "功能室",
    "studio": "首席调解员工作室",
}
# Where numbers are called.
CALLS_NUMBERS: Final = frozenset({"guide", "window", "temporary"})
HALVES: Final[dict[str, str]] = {"am": "上午", "pm": "下午"}
NOON: Final = time(12, 30)
MOST_MINUTES: Final = 480

# Works in the hall and may call a unit there.
CALLS_UNITS: Final = frozenset({Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR})
# Of the unit that was called: may say that it has arrived.
ARRIVES: Final = frozenset({Role.HANDLER, Role.UNIT_LEAD, Role.MEDIATOR})
# Sees how long units took to arrive.
SEES_ARRIVALS: Final = frozenset({Role.SUPERVISOR, Role.DIRECTOR})


def half_of(at: time) -> str:
    """The half of the day at that local time."""
    return "am" if at < NOON else "pm"


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def halves_here(mode: str, *, working: bool, rota: Iterable[str] = ()) -> tuple[str, ...]:
    """The halves of a day at which a unit of this mode is here: a fixed one on working days, a rotating one when the
    rota says so, the others when they come."""
    if mode == "fixed":
        return tuple(HALVES) if working else ()
    if mode == "rota":
        there = set(rota)
        return tuple(half for half in HALVES if half in there)
    return ()


def is_open(kind: str, day: date, first: date | None, last: date | None) -> bool:
    """Whether a place is there on that day; a temporary window only from its first to its last day."""
    if kind != "temporary":
        return True
    return first is not None and last is not None and first <= day <= last


def check_span(first: date | None, last: date | None) -> tuple[date, date]:
    """The days of a temporary window; refuses at the field."""
    if first is None:
        raise invalid("first", "临时窗口请填写开始日期。")
    if last is None:
        raise invalid("last", "临时窗口请填写结束日期。")
    if last < first:
        raise invalid("last", "结束日期不能早于开始日期。")
    return first, last


@dataclass(frozen=True, slots=True)
class CallFacts:
    """A call as it stands. `unit` is the unit that was called."""

    centre: int
    unit: int
    called_at: datetime
    arrived: bool
    cancelled: bool


def check_call(*, role: str, unit: int, centre: int, mode: str, active: bool, waiting: bool) -> None:
    """Whether this post may call this unit now. `waiting`: an earlier call is still open."""
    if role not in CALLS_UNITS or unit != centre:
        raise Refused(NOT_ALLOWED, "只有本中心的窗口受理员、分流专员和督办员可以呼叫单位。")
    if mode != "on_call" or not active:
        raise Refused(NOT_READY, "这个单位不是随叫随驻，请打电话联系。")
    if waiting:
        raise Refused(CONFLICT, "已经呼叫过，正在等它到岗。")


def check_arrival(facts: CallFacts, *, role: str, unit: int, at: datetime) -> None:
    """The unit itself or the hall says that it has arrived."""
    if not ((role in CALLS_UNITS and unit == facts.centre) or (role in ARRIVES and unit == facts.unit)):
        raise Refused(NOT_ALLOWED, "只有被呼叫的单位和本中心的窗口可以登记到岗。")
    _check_waiting(facts)
    if at < facts.called_at:
        raise invalid("arrived_at", "到岗时间不能早于呼叫时间。")


def check_cancelling(facts: CallFacts, *, role: str, unit: int) -> None:
    """Who called may say that nobody need come any more."""
    if role not in CALLS_UNITS or unit != facts.centre:
        raise Refused(NOT_ALLOWED, "只有本中心的窗口可以取消呼叫。")
    _check_waiting(facts)


def _check_waiting(facts: CallFacts) -> None:
    if facts.arrived:
        raise Refused(CONFLICT, "已经登记过到岗。")
    if facts.cancelled:
        raise Refused(CONFLICT, "这次呼叫已取消。")
