"""When time is up: counting periods, pausing and extending them (`explanations.py` says in words how it was counted).

Sources: 民事诉讼法(2023) §85: the hour and the day of the beginning do not count, and a period whose last
day is a holiday ends on the first day after the holidays. 民法典 §§200-204: a period of months or years ends
on the corresponding day, or on the last day of a month that has no such day; the last day ends at 24:00.
民法典 §201②: hours run from the very moment. 行政复议法(2023) §88: whether "days" are working days is for
each law to say, hence for each scheme item.

Everything here is pure: time, zone and calendar are arguments. Instants are aware; results are in UTC.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple, Protocol

from onedoor.rules.refusal import invalid
from onedoor.rules.schemes import CLOCK_NAMES, UNIT_NAMES, Period, Scheme, SchemeItem, Threshold
from onedoor.rules.schemes import Unit as Unit

Light = Literal["none", "green", "yellow", "red"]

ONE_DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)
EXACT = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}


class Calendar(Protocol):
    """Which days are worked. Every date must be answered for; a year not yet published is *expected*."""

    def is_working_day(self, day: date) -> bool:
        """False on weekends and holidays, true on a make-up Saturday or Sunday (调休上班)."""
        ...

    def name_of(self, day: date) -> str:
        """The holiday a day belongs to or, on a make-up day, makes up for; "" for any other day."""
        ...

    def is_expected(self, day: date) -> bool:
        """True where the day's standing is a guess, because its year has not been published."""
        ...


class Counted:
    """A calendar that remembers what it has been asked, and where counts of working days have ended: for many counts
    in a row, in which it stays as it is."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._days: dict[date, bool] = {}
        self._ends: dict[tuple[date, int], date] = {}

    def is_working_day(self, day: date) -> bool:
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._calendar.is_working_day(day)
        return found

    def name_of(self, day: date) -> str:
        return self._calendar.name_of(day)

    def is_expected(self, day: date) -> bool:
        return self._calendar.is_expected(day)

    def end_of(self, start: date, amount: int) -> date:
        """The last of so many working days after `start`."""
        found = self._ends.get((start, amount))
        if found is None:
            found = self._ends[start, amount] = _last_working_day(start, amount, self)
        return found


@dataclass(frozen=True, slots=True)
class ClockPlan:
    """A clock as its scheme sets it; all instants in UTC but `started_at`, which is as given."""

    kind: str
    scheme: str
    version: int
    started_at: datetime
    times: "Times"
    basis: str


class Times(NamedTuple):
    """When a clock turns yellow, red, and is over; in UTC. `red_at` None: red comes with the end."""

    warn_at: datetime
    red_at: datetime | None
    due_at: datetime


def due(started_at: datetime, amount: int, unit: str, *, calendar: Calendar, zone: tzinfo, roll: bool) -> datetime:
    """The last instant at which a period is kept, in UTC.

    Minutes and hours end at the exact instant. All else ends at 23:59:59 in `zone`; the day of the beginning
    does not count. Calendar days, weeks, months and years roll forward from a rest day if `roll`; working
    days end on one anyway. ValueError for a naive `started_at`, an amount below 1 or an unknown unit.
    """
    if started_at.tzinfo is None:
        raise ValueError("started_at must be aware")
    unit = Unit(unit)
    if amount < (0 if unit is Unit.CALENDAR_DAYS else 1):
        raise ValueError("a period has at least one unit")
    if unit in EXACT:
        return started_at.astimezone(UTC) + amount * EXACT[unit]
    day = last_day(started_at.astimezone(zone).date(), amount, unit, calendar)
    if roll:
        day = _next_working_day(day, calendar)
    return datetime.combine(day, LAST_SECOND, zone).astimezone(UTC)


def last_day(start: date, amount: int, unit: Unit, calendar: Calendar) -> date:
    """The last day before any rolling forward."""
    if unit is Unit.CALENDAR_DAYS:
        return start + timedelta(days=amount)
    if unit is Unit.WEEKS:
        return start + timedelta(weeks=amount)
    if unit is Unit.WORKING_DAYS:
        if isinstance(calendar, Counted):
            return calendar.end_of(start, amount)
        return _last_working_day(start, amount, calendar)
    months = start.year * 12 + start.month - 1 + amount * (12 if unit is Unit.YEARS else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _last_working_day(start: date, amount: int, calendar: Calendar) -> date:
    day = start
    while amount:
        day += ONE_DAY
        if calendar.is_working_day(day):
            amount -= 1
    return day


def _next_working_day(day: date, calendar: Calendar) -> date:
    while not calendar.is_working_day(day):
        day += ONE_DAY
    return day


def reckon(
    item: SchemeItem,
    started_at: datetime,
    *,
    calendar: Calendar,
    zone: tzinfo,
    extended: int = 0,
    given_back: timedelta = timedelta(0),
) -> Times:
    """The times of a clock: the one formula, whatever has happened to it and in whichever order.

    The period is counted from its start; an extension is counted on from its last day, itself not counted. What was
    given back for pauses (`pause_given_back`: time, days or working days, as the item counts) moves that day on. A
    last day that is a rest day rolls forward each time, so that who pauses in time is never late by the pause.
    """
    roll = rolls(item)
    end = due(started_at, item.amount, item.unit, calendar=calendar, zone=zone, roll=roll)
    warn = _turns_at(item.warn, started_at, end, item, calendar, zone)
    red = _turns_at(item.red, started_at, end, item, calendar, zone) if item.red is not None else None
    reached = end
    if extended and item.extension is not None:
        reached = due(reached, extended, item.extension.unit, calendar=calendar, zone=zone, roll=roll)
    if given_back and item.unit in EXACT:
        reached += given_back
    elif given_back:
        counted = Unit.WORKING_DAYS if item.unit is Unit.WORKING_DAYS else Unit.CALENDAR_DAYS
        day = last_day(reached.astimezone(zone).date(), given_back // ONE_DAY, counted, calendar)
        reached = datetime.combine(_next_working_day(day, calendar) if roll else day, LAST_SECOND, zone).astimezone(
            UTC
        )
    moved = reached - end
    return Times(min(warn, red or warn) + moved, red + moved if red else None, reached)


def rolls(item: SchemeItem) -> bool:
    """Whether its last day rolls forward from a rest day; a period of working days ends on none."""
    return item.roll or item.unit is Unit.WORKING_DAYS


def pause_given_back(
    item: SchemeItem, paused_at: datetime, resumed_at: datetime, *, calendar: Calendar, zone: tzinfo
) -> timedelta:
    """What a pause gives back. Of minutes and hours the real time. Of all else the days at whose end the clock stood
    still: a pause of so many times 24 hours gives back so many days, one within a day none, and two on the same day
    never two. In a period of working days only working days are counted, so only those are given back. ValueError if
    it is resumed before it was paused."""
    if resumed_at < paused_at:
        raise ValueError("a clock cannot be resumed before it was paused")
    if item.unit in EXACT:
        return resumed_at - paused_at
    day, end = (moment.astimezone(zone).date() for moment in (paused_at, resumed_at))
    days = 0
    while day < end:
        days += item.unit is not Unit.WORKING_DAYS or calendar.is_working_day(day)
        day += ONE_DAY
    return days * ONE_DAY


def plan(scheme: Scheme, kind: str, at: datetime, *, calendar: Calendar, zone: tzinfo) -> ClockPlan | None:
    """The clock of that kind, begun at `at`; None if the scheme sets no such limit."""
    item = scheme.items.get(kind)
    if item is None:
        return None
    times = reckon(item, at, calendar=calendar, zone=zone)
    return ClockPlan(kind, scheme.code, scheme.version, at, times, item.basis)


def _turns_at(
    threshold: Threshold, started_at: datetime, due_at: datetime, item: SchemeItem, calendar: Calendar, zone: tzinfo
) -> datetime:
    """When the light turns, to the second: after a period, so long before the end, or when that share of the item's
    time is used up.

    In a period of working days only working days are time, so that a limit of one day set before a long
    holiday does not warn while everybody is away. What is left of the first day is time too: the unit has it.
    """
    if (after := threshold.after) is not None:
        return min(due_at, due(started_at, after.amount, after.unit, calendar=calendar, zone=zone, roll=False))
    if threshold.left is not None:
        return max(started_at.astimezone(UTC), _before(due_at, threshold.left, calendar, zone)).replace(microsecond=0)
    if item.unit is not Unit.WORKING_DAYS:
        return (started_at + (due_at - started_at) * threshold.share).astimezone(UTC).replace(microsecond=0)
    local = started_at.astimezone(zone).replace(tzinfo=None)
    day = local.date()
    since = local - datetime.combine(day, time.min)
    first_day = ONE_DAY - since if calendar.is_working_day(day) else timedelta(0)
    used = (first_day + item.amount * ONE_DAY) * threshold.share
    if used >= first_day:
        whole, since = divmod(used - first_day, ONE_DAY)
        day = last_day(day, whole + 1, Unit.WORKING_DAYS, calendar)
    else:
        since += used
    moment = datetime.combine(day, time.min, zone) + since
    return moment.astimezone(UTC).replace(microsecond=0)


def _before(due_at: datetime, left: Period, calendar: Calendar, zone: tzinfo) -> datetime:
    """So long before the end; of days, at the end of the day reached. Months and years are no time left."""
    if left.unit in EXACT:
        return due_at - left.amount * EXACT[left.unit]
    day, amount = due_at.astimezone(zone).date(), left.amount
    if left.unit is Unit.WORKING_DAYS:
        while amount:
            day -= ONE_DAY
            amount -= calendar.is_working_day(day)
    else:
        day -= amount * (timedelta(weeks=1) if left.unit is Unit.WEEKS else ONE_DAY)
    return datetime.combine(day, LAST_SECOND, zone).astimezone(UTC)


def check_extension(item: SchemeItem, days: int) -> None:
    """Refuses (field "days") an extension that the item does not allow, or that is too long."""
    name = CLOCK_NAMES[item.kind]
    extension = item.extension
    if extension is None:
        raise invalid("days", f"“{name}”期限不能延长（{item.basis}）。")
    unit = UNIT_NAMES[extension.unit]
    if not 1 <= days <= extension.most:
        raise invalid("days", f"“{name}”期限最多延长{extension.most}{unit}，最少1{unit}（{extension.basis}）。")


def extended_under(before: SchemeItem, item: SchemeItem, extended: int) -> int:
    """What an extension granted under one item is worth under another, of the same unit: at most what that allows."""
    if before.extension is None or item.extension is None or before.extension.unit != item.extension.unit:
        return 0
    return min(extended, item.extension.most)


def light(now: datetime, warn_at: datetime | None, due_at: datetime | None, red_at: datetime | None = None) -> Light:
    """Green, yellow from `warn_at` on, red after `red_at`, without it after `due_at`; "none" where nothing is due."""
    if due_at is None:
        return "none"
    if now > (red_at or due_at):
        return "red"
    return "yellow" if warn_at is not None and now >= warn_at else "green"
