"""试算: what a scheme's limits would come to, were they to begin at a given moment."""

from dataclasses import dataclass
from datetime import datetime

from onedoor.cases.calendars import calendar_of, national_calendar
from onedoor.cases.queries.days import ZONE
from onedoor.people.find import find_division
from onedoor.rules.deadlines import Calendar, Times, reckon
from onedoor.rules.explanations import explain
from onedoor.rules.schemes import Scheme, SchemeItem

NATIONAL = "national"


@dataclass(frozen=True, slots=True)
class TrialLimit:
    """One limit of the scheme, counted."""

    item: SchemeItem
    times: Times
    explanation: list[str]


def calendar_for(given: str, *, field: str = "calendar") -> Calendar:
    """The national calendar, or that of a division given as people write it. Refuses at `field`."""
    if given == NATIONAL:
        return national_calendar()
    return calendar_of(find_division(given, field=field).path)


def trial(scheme: Scheme, start: datetime, calendar: Calendar) -> list[TrialLimit]:
    """Every limit of the scheme as if it began at `start`."""
    found = []
    for kind, item in scheme.items.items():
        times = reckon(item, start, calendar=calendar, zone=ZONE)
        found.append(TrialLimit(item, times, explain(scheme, kind, start, calendar=calendar, zone=ZONE)))
    return found
