"""When time is up: counting periods, pausing and extending them, and saying in words how it was counted.

Sources: 民事诉讼法(2023) §85: the hour and the day of the beginning do not count, and a period whose last
day is a holiday ends on the first day after the holidays. 民法典 §§200-204: a period of months or years ends
on the corresponding day, or on the last day of a month that has no such day; the last day ends at 24:00.
民法典 §201②: hours run from the very moment. 行政复议法(2023) §88: whether "days" are working days is for
each law to say, hence for each scheme item.

Everything here is pure: time, zone and calendar are arguments. Instants are aware; results are in UTC.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import groupby
from typing import Literal, Protocol

from onedoor.rules.refusal import invalid
from onedoor.rules.schemes import CLOCK_NAMES, UNIT_NAMES, Scheme, SchemeItem
from onedoor.rules.schemes import Unit as Unit

Light = Literal["none", "green", "yellow", "red"]

ONE_DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)
_WEEKDAYS = "一二三四五六日"
_EXACT = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}


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


@dataclass(frozen=True, slots=True)
class ClockPlan:
    """A clock as its scheme sets it; all instants in UTC but `started_at`, which is as given."""

    kind: str
    scheme: str
    version: int
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    basis: str


def due(started_at: datetime, amount: int, unit: str, *, calendar: Calendar, zone: tzinfo, roll: bool) -> datetime:
    """The last instant at which a period is kept, in UTC.

    Minutes and hours end at the exact instant. All else ends at 23:59:59 in `zone`; the day of the beginning
    does not count. Calendar days, weeks, months and years roll forward from a rest day if `roll`; working
    days end on one anyway. ValueError for a naive `started_at`, an amount below 1 or an unknown unit.
    """
    if started_at.tzinfo is None:
        raise ValueError("started_at must be aware")
    if amount < 1:
        raise ValueError("a period has at least one unit")
    unit = Unit(unit)
    if unit in _EXACT:
        return started_at.astimezone(UTC) + amount * _EXACT[unit]
    day = _last_day(started_at.astimezone(zone).date(), amount, unit, calendar)
    if roll:
        day = _next_working_day(day, calendar)
    return datetime.combine(day, LAST_SECOND, zone).astimezone(UTC)


def _last_day(start: date, amount: int, unit: Unit, calendar: Calendar) -> date:
    """The last day before any rolling forward."""
    if unit is Unit.CALENDAR_DAYS:
        return start + timedelta(days=amount)
    if unit is Unit.WEEKS:
        return start + timedelta(weeks=amount)
    if unit is Unit.WORKING_DAYS:
        day = start
        while amount:
            day += ONE_DAY
            if calendar.is_working_day(day):
                amount -= 1
        return day
    months = start.year * 12 + start.month - 1 + amount * (12 if unit is Unit.YEARS else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _next_working_day(day: date, calendar: Calendar) -> date:
    while not calendar.is_working_day(day):
        day += ONE_DAY
    return day


def plan(scheme: Scheme, kind: str, at: datetime, *, calendar: Calendar, zone: tzinfo) -> ClockPlan | None:
    """The clock of that kind, begun at `at`; None if the scheme sets no such limit."""
    item = scheme.items.get(kind)
    if item is None:
        return None
    due_at = due(at, item.amount, item.unit, calendar=calendar, zone=zone, roll=item.roll)
    warn_at = _warn_at(at, due_at, item, calendar, zone)
    return ClockPlan(kind, scheme.code, scheme.version, at, warn_at, due_at, item.basis)


def _warn_at(started_at: datetime, due_at: datetime, item: SchemeItem, calendar: Calendar, zone: tzinfo) -> datetime:
    """When the item's share of the time is used up, to the second.

    In a period of working days only working days are time, so that a limit of one day set before a long
    holiday does not warn while everybody is away. What is left of the first day is time too: the unit has it.
    """
    if item.unit is not Unit.WORKING_DAYS:
        return (started_at + (due_at - started_at) * item.warn).astimezone(UTC).replace(microsecond=0)
    local = started_at.astimezone(zone).replace(tzinfo=None)
    day = local.date()
    since = local - datetime.combine(day, time.min)
    first_day = ONE_DAY - since if calendar.is_working_day(day) else timedelta(0)
    used = (first_day + item.amount * ONE_DAY) * item.warn
    if used >= first_day:
        whole, since = divmod(used - first_day, ONE_DAY)
        day = _last_day(day, whole + 1, Unit.WORKING_DAYS, calendar)
    else:
        since += used
    moment = datetime.combine(day, time.min, zone) + since
    return moment.astimezone(UTC).replace(microsecond=0)


def resume(
    due_at: datetime, warn_at: datetime, paused_at: datetime, resumed_at: datetime, *, zone: tzinfo
) -> tuple[datetime, datetime]:
    """The new (due, warn): both move by the real time the clock stood still.

    A period that ends with a day (23:59:59 in `zone`) ends with the day then reached (民法典 §203), so that a
    broken day is given back whole. ValueError if it is resumed before it was paused.
    """
    pause = resumed_at - paused_at
    if pause < timedelta(0):
        raise ValueError("a clock cannot be resumed before it was paused")
    reached = due_at + pause
    if due_at.astimezone(zone).time() == LAST_SECOND:
        reached = datetime.combine(reached.astimezone(zone).date(), LAST_SECOND, zone).astimezone(UTC)
    return reached, warn_at + (reached - due_at)


def extend(due_at: datetime, days: int, unit: str, *, calendar: Calendar, zone: tzinfo, roll: bool) -> datetime:
    """The new due instant, in UTC: `days` of `unit`, counted on from the old due day, itself not counted."""
    return due(due_at, days, unit, calendar=calendar, zone=zone, roll=roll)


def check_extension(item: SchemeItem, days: int) -> None:
    """Refuses (field "days") an extension that the item does not allow, or that is too long."""
    name = CLOCK_NAMES[item.kind]
    extension = item.extension
    if extension is None:
        raise invalid("days", f"“{name}”期限不能延长（{item.basis}）。")
    unit = UNIT_NAMES[extension.unit]
    if not 1 <= days <= extension.most:
        raise invalid("days", f"“{name}”期限最多延长{extension.most}{unit}，最少1{unit}（{extension.basis}）。")


def light(now: datetime, warn_at: datetime | None, due_at: datetime | None) -> Light:
    """Green, yellow from `warn_at` on, red after `due_at`; "none" where nothing is due."""
    if due_at is None:
        return "none"
    if now > due_at:
        return "red"
    return "yellow" if warn_at is not None and now >= warn_at else "green"


def explain(
    scheme: Scheme,
    kind: str,
    started_at: datetime,
    *,
    calendar: Calendar,
    zone: tzinfo,
    extended: int = 0,
    due_at: datetime | None = None,
) -> list[str]:
    """How the due instant comes about, in Chinese sentences for the people on both sides of the desk.

    `extended` and `due_at` are those of the running clock, if there is one: an extension is counted on, and
    what then still differs was given back for a pause. Empty if the scheme has no such limit.
    """
    clock = plan(scheme, kind, started_at, calendar=calendar, zone=zone)
    if clock is None:
        return []
    item = scheme.items[kind]
    amount = f"{item.amount}{UNIT_NAMES[item.unit]}"
    lines = [f"“{CLOCK_NAMES[kind]}”期限{amount}，方案：{scheme.name}（第{scheme.version}版），依据：{item.basis}。"]
    if item.local:
        lines.append("本项属地方规定或尚待核实，以部署方确认为准。")
    end = clock.due_at
    lines += _counted(started_at, item.amount, item.unit, item.roll, end, calendar, zone)
    if extended and item.extension is not None:
        unit = item.extension.unit
        before, end = end, extend(end, extended, unit, calendar=calendar, zone=zone, roll=item.roll)
        basis = item.extension.basis
        lines.append(f"经批准延长{extended}{UNIT_NAMES[unit]}，自原到期日接续计算，依据：{basis}。")
        lines += _counted(before, extended, unit, item.roll, end, calendar, zone)
    if due_at is not None and due_at != end:
        lines.append(f"因暂停计时，到期时间由{_moment(end, zone)}顺延。")
        end = due_at
    lines.append(f"到期时间：{_moment(end, zone)}。")
    if end == clock.due_at:
        lines.append(f"预警时间：{_moment(clock.warn_at, zone)}（用去{item.warn:.0%}的时间）。")
    return lines


def _counted(
    start: datetime, amount: int, unit: Unit, roll: bool, end: datetime, calendar: Calendar, zone: tzinfo
) -> Iterator[str]:
    """Which days count between two instants, which do not, and where the last one lies."""
    if unit in _EXACT:
        yield f"自{_moment(start, zone)}起连续计算，休息日计入。"
        return
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    nominal = _last_day(first, amount, unit, calendar)
    yield f"{_day(first, calendar)}当日不计入，从次日起算。"
    days = [first + number * ONE_DAY for number in range(1, (last - first).days + 1)]
    if unit is Unit.WORKING_DAYS:
        rest = [day for day in days if not calendar.is_working_day(day)]
        made_up = [day for day in days if day.weekday() >= 5 and calendar.is_working_day(day)]
        yield f"只计工作日，第{amount}个工作日为{_day(last, calendar)}。"
        if rest:
            yield f"不计入休息日{len(rest)}天：{_spans(rest, calendar)}。"
        if made_up:
            yield f"计入调休上班日{len(made_up)}天：{'、'.join(_day(day, calendar) for day in made_up)}。"
    else:
        yield f"连续计算，休息日计入，最后一日为{_day(nominal, calendar)}。"
        if last != nominal:
            yield f"最后一日是休息日，顺延至{_day(last, calendar)}（参照民事诉讼法第八十五条）。"
        elif calendar.is_working_day(nominal):
            yield "最后一日是工作日，不需顺延。"
        else:
            yield "最后一日是休息日，但本期限不顺延。"
    expected = sorted({day.year for day in days if calendar.is_expected(day)})
    if expected:
        years = "、".join(f"{year}年" for year in expected)
        yield f"{years}没有已公布的放假安排，暂按周末和固定日期的节日预计，公布后可能变化。"


def _spans(days: list[date], calendar: Calendar) -> str:
    """Days in a row of the same name, each row once: 国庆节10月1日至10月8日."""

    def row(place: tuple[int, date]) -> tuple[int, str]:
        return place[1].toordinal() - place[0], calendar.name_of(place[1])

    spans = []
    for (_, name), places in groupby(enumerate(days), row):
        group = [day for _, day in places]
        dates = f"{group[0].month}月{group[0].day}日"
        if len(group) > 1:
            dates += f"至{group[-1].month}月{group[-1].day}日"
        spans.append(f"{name or '周末'}{dates}")
    return "、".join(spans)


def _day(day: date, calendar: Calendar) -> str:
    notes = [f"周{_WEEKDAYS[day.weekday()]}"]
    name, working = calendar.name_of(day), calendar.is_working_day(day)
    if name:
        notes.append(f"{name}调休上班" if working else name)
    if calendar.is_expected(day):
        notes.append("预计")
    return f"{day.year}年{day.month}月{day.day}日（{'，'.join(notes)}）"


def _moment(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M:%S}"
