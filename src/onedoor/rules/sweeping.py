"""What the sweeper finds when it looks at a clock: its light turns, its ladder goes up, its pause is over.

A clock stores when it is next to be looked at (`look_at`); nothing else needs looking at. What is found stands in the
order of the instants at which it should have happened, so that a sweeper that did not run for a week catches up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from onedoor.rules.deadlines import Calendar, Times, due
from onedoor.rules.schemes import Rung, SchemeItem

# The end itself still keeps the limit.
INSTANT = timedelta(seconds=1)


EVENTS = {
    "warned": "clock_warned",
    "urgent": "clock_urgent",
    "late": "clock_late",
    "escalated": "clock_escalated",
    "pause_over": "pause_over",
    "reply_overdue": "reply_overdue",
}
"""The kinds of event that a sweep leaves in the ledger, by kind of turn."""
LOOKED_AGAIN = "look_again"
"""The event of a clock whose time to be looked at had come and that has no turn: its dates have moved since."""
OF_THE_CLOCK = frozenset({*EVENTS.values(), LOOKED_AGAIN, "recompute", "hold_due"})


@dataclass(frozen=True, slots=True)
class Watched:
    """What the sweeper reads of a clock. `rung`: how many steps of the ladder it has been up. `light`: green, yellow,
    urgent (red before the end) or red (over), as the sweeper has left it."""

    times: Times
    paused_at: datetime | None
    paused_until: datetime | None
    light: str
    rung: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing found, and when it came about: `warned`, `urgent`, `late`, `escalated` (with the rung), `pause_over`,
    or, of a notice of supervision, `reply_overdue`."""

    kind: str
    at: datetime
    rung: Rung | None = None


def early_rungs(ladder: tuple[Rung, ...]) -> int:
    """How many steps are taken before the end, when the light turns yellow: none or one."""
    return int(bool(ladder) and ladder[0].on == "warn")


def rung_at(due_at: datetime, rung: Rung, *, calendar: Calendar, zone: tzinfo) -> datetime:
    """When that step is to be taken: so long after the end."""
    if not rung.after.amount:
        return due_at + INSTANT
    return due(due_at, rung.after.amount, rung.after.unit, calendar=calendar, zone=zone, roll=False) + INSTANT


def next_look(
    clock: Watched, item: SchemeItem, ladder: tuple[Rung, ...], *, calendar: Calendar, zone: tzinfo
) -> datetime | None:
    """When there is something to do with a clock that has not stopped; None: never again. A right of the parties that
    runs is theirs to keep an eye on."""
    if not item.counts:
        return None
    if clock.paused_at is not None:
        return clock.paused_until
    late_at = clock.times.due_at + INSTANT
    if clock.light == "green":
        return min(clock.times.warn_at, late_at)
    if clock.light == "yellow":
        return min(clock.times.red_at or late_at, late_at)
    if clock.light == "urgent":
        return late_at
    if not item.supervised or clock.rung >= len(ladder):
        return None
    return rung_at(clock.times.due_at, ladder[clock.rung], calendar=calendar, zone=zone)


def turns(
    clock: Watched, item: SchemeItem, ladder: tuple[Rung, ...], now: datetime, *, calendar: Calendar, zone: tzinfo
) -> Iterator[tuple[Turn, str, int]]:
    """Each turn that is due at `now`, in order, with the light and the rung after it."""
    if clock.paused_at is not None:
        if clock.paused_until is not None and clock.paused_until <= now:
            yield Turn("pause_over", clock.paused_until), clock.light, clock.rung
        return
    colour, rung = clock.light, clock.rung
    if not item.supervised:
        ladder = ()
    if colour == "green" and clock.times.warn_at <= now and clock.times.warn_at <= clock.times.due_at:
        colour = "yellow"
        first = ladder[0] if rung < early_rungs(ladder) else None
        rung += first is not None
        yield Turn("warned", clock.times.warn_at, first), colour, rung
    if colour == "yellow" and clock.times.red_at is not None and clock.times.red_at <= min(now, clock.times.due_at):
        colour = "urgent"
        yield Turn("urgent", clock.times.red_at), colour, rung
    late_at = clock.times.due_at + INSTANT
    if colour != "red" and late_at <= now:
        colour = "red"
        rung = max(rung, early_rungs(ladder))
        first = ladder[rung] if rung < len(ladder) and not ladder[rung].after.amount else None
        rung += first is not None
        yield Turn("late", late_at, first), colour, rung
    while colour == "red" and rung < len(ladder):
        reached = rung_at(clock.times.due_at, ladder[rung], calendar=calendar, zone=zone)
        if reached > now:
            return
        rung += 1
        yield Turn("escalated", reached, ladder[rung - 1]), colour, rung


def light_after(light: str, at: datetime, times: Times) -> str:
    """The light of a clock whose times have changed at `at`. It is turned back where there is time again; what is
    urgent or late by the change alone is left to the sweeper, which tells."""
    if light == "red" and at > times.due_at:
        return light
    if light == "urgent" and times.red_at is not None and at >= times.red_at:
        return light
    return "yellow" if at >= times.warn_at else "green"


def late_by_a_change(clock: Watched, times: Times, at: datetime) -> bool:
    """Whether a calendar's change alone would make it late: a person decides on that, not a machine."""
    return clock.paused_at is None and times.due_at < at <= clock.times.due_at
