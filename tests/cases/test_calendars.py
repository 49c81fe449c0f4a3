"""The national calendar, against the State Council's notices."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from onedoor.cases.calendars import national_calendar

CALENDAR = national_calendar()


@pytest.mark.parametrize(
    ("day", "working", "name"),
    [
        (date(2025, 9, 28), True, "国庆节"),  # 国办发明电〔2024〕12号: Sunday, made up
        (date(2025, 10, 4), False, "国庆节"),  # a Saturday inside the holiday keeps its name
        (date(2025, 10, 8), False, "国庆节"),
        (date(2025, 10, 9), True, ""),
        (date(2025, 10, 11), True, "国庆节"),
        (date(2025, 10, 12), False, ""),  # an ordinary Sunday
        (date(2025, 4, 4), False, "清明节"),
        (date(2026, 2, 14), True, "春节"),
        (date(2026, 2, 17), False, "春节"),
        (date(2026, 2, 28), True, "春节"),
        (date(2026, 6, 19), False, "端午节"),
        (date(2026, 9, 25), False, "中秋节"),
    ],
)
def test_a_published_day(day: date, working: bool, name: str) -> None:
    assert CALENDAR.is_working_day(day) is working
    assert CALENDAR.name_of(day) == name
    assert not CALENDAR.is_expected(day)


@pytest.mark.parametrize("year", [2004, 2020, 2026])
def test_a_published_year_agrees_with_the_library_day_by_day(year: int) -> None:
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert [day for day in days if CALENDAR.is_working_day(day)] == chinese_calendar.get_workdays(first, last)


@pytest.mark.parametrize(
    ("day", "working", "name"),
    [
        (date(2099, 1, 1), False, "元旦"),
        (date(2099, 5, 1), False, "劳动节"),
        (date(2098, 5, 2), False, "劳动节"),
        (date(2098, 10, 3), False, "国庆节"),
        (date(2098, 10, 6), True, ""),  # a Monday after the three statutory days
        (date(2099, 3, 7), False, ""),  # a Saturday
        (date(2099, 3, 9), True, ""),
        (date(2096, 2, 29), True, ""),  # a leap day, Wednesday
        (date(1999, 10, 1), False, "国庆节"),  # before the library begins
    ],
)
def test_a_year_without_a_notice_is_expected(day: date, working: bool, name: str) -> None:
    assert CALENDAR.is_working_day(day) is working
    assert CALENDAR.name_of(day) == name
    assert CALENDAR.is_expected(day)


def test_there_is_one_calendar() -> None:
    assert national_calendar() is CALENDAR
