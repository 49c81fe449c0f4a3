"""The national calendar of work days, from the yearly notice of the State Council (国务院办公厅放假安排)."""

from calendar import isleap
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import chinese_calendar

from onedoor.rules.deadlines import Calendar

# Our names for the library's; what it may learn later is taken over as it is.
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}

# 全国年节及纪念日放假办法(2024 修订, 2025-01-01 施行) §2: the holidays that fall on the same date each year.
_FIXED = {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节"} | {(10, day): "国庆节" for day in (1, 2, 3)}


class _Year(NamedTuple):
    rest: frozenset[date]
    names: dict[date, str]
    expected: bool


class NationalCalendar:
    """Each year is read once. A year the library does not know is *expected*: weekends and fixed holidays.

    An expected year knows neither make-up days nor holidays of the lunar calendar nor 清明, so what falls due
    in it may move when the year is published.
    """

    def __init__(self) -> None:
        self._years: dict[int, _Year] = {}

    def is_working_day(self, day: date) -> bool:
        try:  # millions of times in an import: no second call once the year is known
            return day not in self._years[day.year].rest
        except KeyError:
            return day not in self._year(day.year).rest

    def name_of(self, day: date) -> str:
        return self._year(day.year).names.get(day, "")

    def is_expected(self, day: date) -> bool:
        return self._year(day.year).expected

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            self._years[year] = _published(year) or _expected(year)
        return self._years[year]


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range(366 if isleap(year) else 365)]


def _published(year: int) -> _Year | None:
    rest, names = set(), {}
    for day in _days(year):
        try:
            off, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:  # its way of saying that the year has not been published
            return None
        if off:
            rest.add(day)
        if name:
            names[day] = _NAMES.get(name, str(name))
    return _Year(frozenset(rest), names, expected=False)


def _expected(year: int) -> _Year:
    names = {date(year, month, day): name for (month, day), name in _FIXED.items()}
    return _Year(frozenset(day for day in _days(year) if day.weekday() >= 5 or day in names), names, expected=True)


@cache
def national_calendar() -> Calendar:
    """The one calendar of this process."""
    return NationalCalendar()
