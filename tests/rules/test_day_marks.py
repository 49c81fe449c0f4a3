"""The days of a limit on the calendar agree with the limit as it is counted."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from onedoor.rules.day_marks import MOST_DAYS, day_marks
from onedoor.rules.deadlines import due
from onedoor.rules.schemes import SchemeItem, Unit

ZONE = ZoneInfo("Asia/Shanghai")


class Weeks:
    """Weekends, a holiday in the first week of every month, its last Saturday made up."""

    def is_working_day(self, day: date) -> bool:
        return (day.weekday() < 5 and day.day > 3) or self.name_of(day) == "班"

    def name_of(self, day: date) -> str:
        return "节" if day.day <= 3 else "班" if day.weekday() == 5 and day.day > 24 else ""

    def is_expected(self, day: date) -> bool:
        return False


CALENDAR = Weeks()
DAYS = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.MONTHS)


HOURS = st.integers(0, 3 * 365 * 24)


@given(HOURS, st.sampled_from(DAYS), st.integers(1, 50), st.booleans())
def test_as_many_days_are_counted_as_the_limit_has(hours: int, unit: Unit, amount: int, roll: bool) -> None:
    amount = min(amount, 11) if unit is Unit.MONTHS else amount
    begun = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    item = SchemeItem("handle", amount, unit, "据", roll=roll)
    end = due(begun, amount, unit, calendar=CALENDAR, zone=ZONE, roll=roll)
    marks = day_marks(item, begun, end, calendar=CALENDAR, zone=ZONE)
    first, last = begun.astimezone(ZONE).date(), end.astimezone(ZONE).date()
    shown = min((last - first).days, MOST_DAYS)
    assert [mark.day for mark in marks] == [first + timedelta(days=n) for n in range(shown + 1)]
    assert marks[0].word == "起" and marks[0].number == 0
    assert all(mark.word for mark in marks), "no day without a word"
    numbers = [mark.number for mark in marks if mark.number]
    assert numbers == list(range(1, len(numbers) + 1))
    if marks[-1].day == last:
        assert marks[-1].word == "止"
        if unit is Unit.WORKING_DAYS:
            assert numbers[-1] == amount
            assert all(CALENDAR.is_working_day(mark.day) == bool(mark.number) for mark in marks[1:])
        if unit is Unit.CALENDAR_DAYS:
            assert numbers[-1] == amount


def test_a_limit_of_the_day_itself_begins_and_ends_there() -> None:
    begun = datetime(2026, 3, 4, 1, tzinfo=UTC)
    item = SchemeItem("accept", 0, Unit.CALENDAR_DAYS, "据")
    end = due(begun, 0, Unit.CALENDAR_DAYS, calendar=CALENDAR, zone=ZONE, roll=True)
    (mark,) = day_marks(item, begun, end, calendar=CALENDAR, zone=ZONE)
    assert (mark.word, mark.number) == ("止", 0)


def test_hours_run_through_days_of_rest() -> None:
    begun = datetime(2026, 3, 6, 8, tzinfo=UTC)  # a Friday
    item = SchemeItem("accept", 48, Unit.HOURS, "据")
    end = due(begun, 48, Unit.HOURS, calendar=CALENDAR, zone=ZONE, roll=False)
    marks = day_marks(item, begun, end, calendar=CALENDAR, zone=ZONE)
    assert [mark.word for mark in marks] == ["起", "第2", "止"]
