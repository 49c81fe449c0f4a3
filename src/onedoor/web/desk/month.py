"""Months of a calendar as templates draw them: weeks of seven days, Monday first."""

import calendar
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

WEEKDAYS = "一二三四五六日"


def months(places: Iterable[tuple[int, int]], cell: Callable[[date], dict[str, Any]]) -> list[dict[str, Any]]:
    """Each (year, month) with its weeks; a day outside the month is None. `cell` says what stands at a day."""
    weeks = calendar.Calendar().monthdatescalendar
    return [
        {
            "name": f"{year}年{month}月",
            "weeks": [
                [{"day": day, **cell(day)} if day.month == month else None for day in week]
                for week in weeks(year, month)
            ],
        }
        for year, month in places
    ]


def months_between(first: date, last: date, most: int) -> list[tuple[int, int]]:
    """The months from one day to another, the first `most` of them."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [(place // 12, place % 12 + 1) for place in range(start, min(end, start + most - 1) + 1)]
