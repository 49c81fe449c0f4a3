"""叫号: who is called next, when numbers are given out, and how long it will take.

The rule that hangs beside the kiosk (local; 老年人权益保障法 and 残疾人保障法 ask for precedence, articles 待核, and
leave its measure to each place):

1. who was passed on from another window comes first there, for he has waited his turn; so does who has booked a time
   with that window and has come;
2. who has waited for LONG_WAIT comes first, the longest first, with priority or not;
3. otherwise numbers go in the order in which they were drawn, and of two that a window calls one after the other at
   most one is a priority number, as long as others wait.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from onedoor.rules.access import Role
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, NOT_READY, Refused

STATES: Final[dict[str, str]] = {
    "waiting": "等候",
    "called": "办理中",
    "done": "已办完",
    "no_show": "过号",
}
LONG_WAIT: Final = timedelta(minutes=30)
PRIORITY_FOR: Final = "65岁以上老人、残疾人、孕妇"
RULE: Final = (
    f"{PRIORITY_FOR}可取优先号。每个窗口叫两个号，最多一个是优先号；"
    f"等满{LONG_WAIT.seconds // 60}分钟的先叫；别的窗口转来的、约好时间的先叫。"
)

# Calls numbers at a window: the centre's own people at every window, a unit's people at theirs.
CALLS: Final = frozenset({Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR, Role.HANDLER, Role.UNIT_LEAD, Role.MEDIATOR})
# Makes a device the hall's kiosk.
SETS_UP: Final = frozenset({Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number that waits. `place` grows with each number drawn in the hall."""

    place: int
    drawn_at: datetime
    priority: bool


def choose(
    passed: Waiting | None, ordinary: Waiting | None, priority: Waiting | None, *, favoured: bool, now: datetime
) -> Waiting | None:
    """Whom a window calls next, of the first in each queue that it serves. `favoured`: its last call by this rule was
    a priority number."""
    if passed is not None:
        return passed
    if ordinary is None or priority is None:
        return ordinary or priority
    longest = min(ordinary, priority, key=lambda one: one.place)
    if now - longest.drawn_at >= LONG_WAIT:
        return longest
    return ordinary if favoured else priority


def may_call(*, role: str, unit: int, centre: int, window_unit: int | None) -> bool:
    return role in CALLS and unit in ({centre} if window_unit is None else {centre, window_unit})


def check_caller(*, role: str, unit: int, centre: int, window_unit: int | None) -> None:
    if not may_call(role=role, unit=unit, centre=centre, window_unit=window_unit):
        raise Refused(NOT_ALLOWED, "您的岗位不能在这个窗口叫号。")


def check_open(now: time, opens: time, closes: time, *, working: bool, every_day: bool) -> None:
    """Whether numbers are given out now, in local time."""
    if not (working or every_day):
        raise Refused(NOT_READY, "今天休息，不取号。")
    if not opens <= now < closes:
        raise Refused(NOT_READY, f"现在不取号，取号时间是{opens:%H:%M}到{closes:%H:%M}。")


def check_state(state: str, *allowed: str) -> None:
    """A number that somebody else has dealt with meanwhile."""
    if state not in allowed:
        raise Refused(CONFLICT, f"这个号现在是“{STATES[state]}”，页面已更新，请再看一下。")


def number_of(prefix: str, serial: int) -> str:
    """A012; more than 999 on one day have four digits."""
    return f"{prefix}{serial:03d}"


# --- how long it takes -------------------------------------------------------------------------------------------

USUAL_WEIGHT: Final = 4  # the line's usual time counts like so many numbers served
USUAL_SPREAD: Final = 0.6  # and its spread is this part of it
LIKELY: Final = 1.28  # four of five waits lie within
STEP: Final = 5  # minutes to which an estimate is rounded, outwards
MOST_MINUTES: Final = 240


@dataclass(frozen=True, slots=True)
class Estimate:
    """Minutes between which four of five waits lie; a `high` of MOST_MINUTES has no upper end."""

    low: int
    high: int

    def __str__(self) -> str:
        if self.high >= MOST_MINUTES:
            return f"约{self.low}分钟以上" if self.low else "几小时以内"
        return f"约{self.low}–{self.high}分钟" if self.low else f"{self.high}分钟以内"


def ahead_of(*, priority: bool, ordinary_before: int, priority_before: int, ordinary: int, priorities: int) -> int:
    """How many are called before me: those of my kind that were there, and of the others one between each two."""
    mine, others = (priority_before, ordinary) if priority else (ordinary_before, priorities)
    return mine + min(others, mine + 1)


def estimate(ahead: float, windows: int, usual_minutes: float, served: Sequence[float]) -> Estimate | None:
    """How long who has so many ahead waits at so many open windows. `served`: how long numbers of this line took, in
    minutes, today and before; the line's usual time stands in for what is not known yet. None when no window is open.

    All windows are taken to be busy. The spread is that of the times to come and of what we know of their mean.
    """
    if windows < 1:
        return None
    count = len(served) + USUAL_WEIGHT
    mean = (math.fsum(served) + USUAL_WEIGHT * usual_minutes) / count
    squares = math.fsum((one - mean) ** 2 for one in served)
    variance = (squares + USUAL_WEIGHT * (USUAL_SPREAD * usual_minutes) ** 2) / count
    turns = (ahead + 0.7) / windows
    spread = math.sqrt(variance * (ahead + 1) / windows**2 + variance / count * turns**2)
    low = max(0.0, mean * turns - LIKELY * spread)
    high = mean * turns + LIKELY * spread
    return Estimate(
        min(MOST_MINUTES, math.floor(low / STEP) * STEP),
        max(STEP, min(MOST_MINUTES, math.ceil(high / STEP) * STEP)),
    )


def shared_ahead(lines: Iterable[tuple[int, frozenset[int]]], mine: frozenset[int]) -> float:
    """How many ahead take time of my windows: (how many, open windows of their line) for each line. Who can also go
    elsewhere counts in part."""
    return math.fsum(ahead * len(windows & mine) / len(windows) for ahead, windows in lines if windows)
