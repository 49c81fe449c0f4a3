"""Which days a limit counts and which it skips, one mark a day, for a calendar that people look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from onedoor.rules.deadlines import EXACT, Calendar, last_day
from onedoor.rules.schemes import SchemeItem, Unit

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class DayMark:
    """`number`: the how-manieth day of the period it is, nought for one that is not counted. `word` is what stands
    in the calendar: the meaning never hangs on a colour."""

    day: date
    word: str
    number: int = 0
    name: str = ""
    expected: bool = False


def day_marks(
    item: SchemeItem, started_at: datetime, due_at: datetime, *, calendar: Calendar, zone: tzinfo
) -> list[DayMark]:
    """From the day of the beginning to the day it is due, a year of them at most."""
    first, last = started_at.astimezone(zone).date(), due_at.astimezone(zone).date()
    days = min((last - first).days, MOST_DAYS)
    return list(_marks(item, first, last, [first + timedelta(days=n) for n in range(days + 1)], calendar))


def _marks(item: SchemeItem, first: date, last: date, days: list[date], calendar: Calendar) -> Iterator[DayMark]:
    exact = item.unit in EXACT
    nominal = last if exact else last_day(first, item.amount, item.unit, calendar)
    number = 0
    for day in days:
        name, expected = calendar.name_of(day), calendar.is_expected(day)
        working = calendar.is_working_day(day)
        counts = day <= nominal and (working or item.unit is not Unit.WORKING_DAYS) and (day != first or exact)
        number += counts
        if day == last:
            word = "止"
        elif day == first:
            word = "起"
        elif counts and item.unit is Unit.WORKING_DAYS and day.weekday() >= 5:
            word = f"第{number} 调休"
        elif counts:
            word = f"第{number}"
        else:
            word = "顺延" if day >= nominal else "休"
        yield DayMark(day, word, number if counts else 0, name, expected)
