"""The one formula against a counter that walks from day to day, over the real calendar of 2004 to 2030, with days of a
region, pauses and extensions."""

from datetime import date, datetime, timedelta, timezone

import chinese_calendar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onedoor.cases.calendars import RegionalCalendar, national_calendar
from onedoor.rules import deadlines
from onedoor.rules.access import Role
from onedoor.rules.schemes import Extension, Period, SchemeItem, Threshold, Unit

BEIJING = timezone(timedelta(hours=8))
ONE = timedelta(days=1)
FIXED = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


def nationally_worked(day: date) -> bool:
    """The library itself where the year is published; weekends and the holidays of fixed date beyond it."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in FIXED


class Region:
    """The real national days with some of a region's over them, as the counter below sees them."""

    def __init__(self, own: dict[date, bool]) -> None:
        self.own = own
        self.ours = RegionalCalendar({day: (working, "") for day, working in own.items()})

    def is_working_day(self, day: date) -> bool:
        return self.own[day] if day in self.own else nationally_worked(day)


days = st.dates(date(2004, 1, 1), date(2030, 12, 31))


@st.composite
def regions(draw: st.DrawFn, around: date) -> Region:
    near = st.integers(-10, 150).map(lambda number: around + number * ONE)
    return Region(draw(st.dictionaries(near, st.booleans(), max_size=30)))


def walked(region: Region, start: date, amount: int, unit: str, roll: bool) -> date:
    """Day after day; nothing is multiplied."""
    day = start
    if unit == "working_days":
        while amount:
            day += ONE
            if region.is_working_day(day):
                amount -= 1
        return day
    for _ in range(amount * (7 if unit == "weeks" else 1)):
        day += ONE
    while roll and not region.is_working_day(day):
        day += ONE
    return day


def corresponding(start: date, months: int) -> date:
    """民法典 §202, by looking for the day: the corresponding one, or the last there is."""
    year, month, day = start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1, start.day
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def stood(pauses: list[tuple[datetime, datetime]], first: date, until: date) -> list[date]:
    """The days at whose end the clock stood still."""
    found, day = [], first
    while day <= until:
        last_second = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=BEIJING)
        if any(begun <= last_second < ended for begun, ended in pauses):
            found.append(day)
        day += ONE
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_clock_ends_where_a_day_counter_ends(data: st.DataObject) -> None:
    first = data.draw(days)
    start = datetime(first.year, first.month, first.day, data.draw(st.integers(0, 23)), 30, tzinfo=BEIJING)
    region = data.draw(regions(first))
    unit = data.draw(st.sampled_from(["calendar_days", "working_days", "weeks", "months", "years"]))
    amount = data.draw(st.integers(1, {"weeks": 8, "months": 14, "years": 2}.get(unit, 60)))
    roll = data.draw(st.booleans())
    more_unit = data.draw(st.sampled_from(["calendar_days", "working_days"]))
    extended = data.draw(st.integers(0, 30))
    item = SchemeItem(
        "handle", amount, Unit(unit), "依据", roll=roll,
        extension=Extension(30, Unit(more_unit), Role.UNIT_LEAD, ("applicant",), "依据"),
    )  # fmt: skip

    rolls = roll or unit == "working_days"
    if unit in ("months", "years"):
        expected = corresponding(first, amount * (12 if unit == "years" else 1))
        while rolls and not region.is_working_day(expected):
            expected += ONE
    else:
        expected = walked(region, first, amount, unit, rolls)
    if extended:
        expected = walked(region, expected, extended, more_unit, rolls)
    unpaused, pauses, moment = expected, list[tuple[datetime, datetime]](), start
    for wait, length in data.draw(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 9 * 1440)), max_size=3)):
        begun = moment + timedelta(hours=wait)
        moment = begun + timedelta(minutes=length)
        pauses.append((begun, moment))
    still = stood(pauses, first, moment.date())
    if unit == "working_days":
        for _ in [day for day in still if region.is_working_day(day)]:
            expected += ONE
            while not region.is_working_day(expected):
                expected += ONE
    else:
        expected += len(still) * ONE
    while still and rolls and not region.is_working_day(expected):
        expected += ONE

    back = timedelta(0)
    for begun, ended in pauses:
        back += deadlines.pause_given_back(item, begun, ended, calendar=region.ours, zone=BEIJING)
    warn, _, end = deadlines.reckon(
        item, start, calendar=region.ours, zone=BEIJING, extended=extended, given_back=back
    )
    assert end == datetime(expected.year, expected.month, expected.day, 23, 59, 59, tzinfo=BEIJING)
    assert warn <= end
    if len(pauses) == 1 and pauses[0][0].date() <= unpaused:
        assert pauses[0][1] <= end, "who pauses in time is not late by the pause"


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_clock_of_hours_ends_after_so_many_minutes_of_running(data: st.DataObject) -> None:
    """Counted minute by minute, standing or not; rest days count (民法典 §201②)."""
    start = datetime(2026, 2, 13, data.draw(st.integers(0, 23)), 30, tzinfo=BEIJING)
    unit = data.draw(st.sampled_from(["hours", "minutes"]))
    amount = data.draw(st.integers(1, 72 if unit == "hours" else 500))
    left = amount * (60 if unit == "hours" else 1)
    begun = start + timedelta(minutes=data.draw(st.integers(0, left - 1)))
    ended = begun + timedelta(minutes=data.draw(st.integers(0, 5000)))
    expected = start
    while left:
        left -= not begun <= expected < ended
        expected += timedelta(minutes=1)
    item = SchemeItem("handle", amount, Unit(unit), "依据")
    back = deadlines.pause_given_back(item, begun, ended, calendar=national_calendar(), zone=BEIJING)
    assert (
        deadlines.reckon(item, start, calendar=national_calendar(), zone=BEIJING, given_back=back).due_at == expected
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_lights_turn_where_a_counter_of_seconds_says(data: st.DataObject) -> None:
    """A share of the time used, a period after the start or before the end; of working days only those are time."""
    first = data.draw(days)
    start = datetime(first.year, first.month, first.day, data.draw(st.integers(0, 23)), 30, tzinfo=BEIJING)
    region = data.draw(regions(first))
    unit = data.draw(st.sampled_from(["calendar_days", "working_days", "months"]))
    amount = data.draw(st.integers(1, 3 if unit == "months" else 30))
    shares = st.sampled_from([0.25, 0.5, 0.75])  # exact in binary
    warn = data.draw(st.one_of(shares, st.sampled_from(["after 2", "left 1"])))
    item = SchemeItem(
        "handle", amount, Unit(unit), "依据", warn=_threshold(warn), red=Threshold(left=Period(3, Unit.HOURS))
    )
    found = deadlines.reckon(item, start, calendar=region.ours, zone=BEIJING)
    if unit == "months":
        last = corresponding(first, amount)
        while not region.is_working_day(last):
            last += ONE
    else:
        last = walked(region, first, amount, unit, True)
    end = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=BEIJING)
    assert (found.due_at, found.red_at) == (end, max(start, end - timedelta(hours=3)))
    if warn == "after 2":
        after = walked(region, first, 2, "working_days", True)
        expected = min(end, datetime(after.year, after.month, after.day, 23, 59, 59, tzinfo=BEIJING))
    elif warn == "left 1":
        before = last - ONE
        while not region.is_working_day(before):
            before -= ONE
        expected = max(start, datetime(before.year, before.month, before.day, 23, 59, 59, tzinfo=BEIJING))
    elif unit == "working_days":
        expected = _share_of_working_time(region, start, end, float(warn))
    else:
        expected = start + (end - start) * float(warn)
    assert abs(found.warn_at - min(expected, found.red_at or end)) <= timedelta(seconds=1)


def _threshold(given: float | str) -> Threshold:
    if isinstance(given, float):
        return Threshold(given)
    how, amount = given.split()
    return Threshold(**{how: Period(int(amount), Unit.WORKING_DAYS)})


def _share_of_working_time(region: Region, start: datetime, end: datetime, share: float) -> datetime:
    """Half-hours of working days one by one, until that share of all of them has gone."""
    step = timedelta(minutes=30)
    slots = []
    while start < end:
        if region.is_working_day(start.date()):
            slots.append(start)
        start += step
    used = len(slots) * share
    whole, part = int(used), used - int(used)
    return slots[whole] + step * part if whole < len(slots) else end
