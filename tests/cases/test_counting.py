"""The one formula against a counter that walks from day to day, over the real calendar of 2004 to 2030, with days of a
region, pauses and extensions."""

from datetime import date, datetime, timedelta, timezone

import chinese_calendar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onedoor.cases.calendars import RegionalCalendar
from onedoor.rules import deadlines
from onedoor.rules.access import Role
from onedoor.rules.schemes import Extension, SchemeItem, Unit

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


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_clock_ends_where_a_day_counter_ends(data: st.DataObject) -> None:
    first = data.draw(days)
    start = datetime(first.year, first.month, first.day, data.draw(st.integers(0, 23)), 30, tzinfo=BEIJING)
    region = data.draw(regions(first))
    unit = data.draw(st.sampled_from(["calendar_days", "working_days", "weeks"]))
    amount = data.draw(st.integers(1, 60 if unit != "weeks" else 8))
    roll = data.draw(st.booleans())
    more_unit = data.draw(st.sampled_from(["calendar_days", "working_days"]))
    extended = data.draw(st.integers(0, 30))
    pauses = data.draw(st.lists(st.integers(1, 9 * 86_400), max_size=3))
    item = SchemeItem(
        "handle", amount, Unit(unit), "依据", roll=roll,
        extension=Extension(30, Unit(more_unit), Role.UNIT_LEAD, ("applicant",), "依据"),
    )  # fmt: skip

    rolls = roll or unit == "working_days"
    expected = walked(region, first, amount, unit, rolls)
    if extended:
        expected = walked(region, expected, extended, more_unit, rolls)
    paused = 0
    for seconds in pauses:  # a broken day is given back whole
        while seconds > 0:
            paused, seconds = paused + 1, seconds - 86_400
    for _ in range(paused):
        expected += ONE
    while paused and rolls and not region.is_working_day(expected):
        expected += ONE

    back = timedelta(0)
    for seconds in pauses:
        back += deadlines.pause_given_back(item, start, start + timedelta(seconds=seconds))
    warn, _, end = deadlines.reckon(
        item, start, calendar=region.ours, zone=BEIJING, extended=extended, given_back=back
    )
    assert end == datetime(expected.year, expected.month, expected.day, 23, 59, 59, tzinfo=BEIJING)
    assert warn <= end
