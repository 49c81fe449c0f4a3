"""Calendars of work days: the national one, from the yearly notice of the State Council (国务院办公厅放假安排), and
what a division has added to it (a prefecture's own festival days; a day off or a make-up day announced late)."""

import time
from calendar import isleap
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

import chinese_calendar

from onedoor.cases.sql import rows
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

    def rest_days(self, year: int) -> list[date]:
        """The days of the year that are not worked, in their order."""
        return sorted(self._year(year).rest)

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
def national_calendar() -> NationalCalendar:
    """The one calendar of the country in this process."""
    return NationalCalendar()


class RegionalCalendar:
    """The national calendar with the days of a division's own over it."""

    def __init__(self, days: Mapping[date, tuple[bool, str]]) -> None:
        self._days = days
        self._national = national_calendar()

    def is_working_day(self, day: date) -> bool:
        own = self._days.get(day)
        return own[0] if own is not None else self._national.is_working_day(day)

    def name_of(self, day: date) -> str:
        own = self._days.get(day)
        return own[1] if own is not None else self._national.name_of(day)

    def is_expected(self, day: date) -> bool:
        return day not in self._days and self._national.is_expected(day)


FRESH = 5.0  # seconds for which the table of days holds in this process
_Days = dict[int, dict[date, tuple[bool, str]]]
_Made = dict[tuple[int, ...], Calendar]
# when it was read, the days, and the calendars made of them: one value, so that no thread sees half of a change
_table: tuple[float, _Days, _Made] = (-FRESH, {}, {})


def calendar_of(path: Sequence[int], *, newest: bool = False) -> Calendar:
    """The calendar of a division, given by its path from the root down: the nearest division that has a day of its own
    decides on it. At most five seconds old; `newest` reads the table now."""
    global _table  # one value for the process, like a cache of one
    if newest or time.monotonic() - _table[0] > FRESH:
        days = _read_days()
        _table = (time.monotonic(), days, _table[2] if days == _table[1] else {})
    _, days, made = _table
    own = tuple(division for division in path if division in days)
    if not own:
        return national_calendar()
    found = made.get(own)
    if found is None:
        together: dict[date, tuple[bool, str]] = {}
        for division in own:
            together |= days[division]
        found = made[own] = RegionalCalendar(together)
    return found


def calendar_name(path: Sequence[int]) -> str:
    """How a clock remembers whose calendar it is counted by."""
    return "/" + "".join(f"{division}/" for division in path)


@lru_cache(maxsize=4096)
def _path(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("/") if part)


def calendar_named(name: str) -> Calendar:
    return calendar_of(_path(name))


def _read_days() -> _Days:
    found: _Days = {}
    for row in rows("SELECT division, day, working, name FROM calendar_day"):
        found.setdefault(row["division"], {})[row["day"]] = (row["working"], row["name"])
    return found
