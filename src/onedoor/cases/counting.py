"""The times of a stored clock: its row, its scheme's item and its calendar put into the one formula."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from onedoor.cases.calendars import calendar_named
from onedoor.cases.schemes import scheme_of
from onedoor.rules import deadlines
from onedoor.rules.deadlines import EXACT, Calendar, Counted, Times
from onedoor.rules.schemes import SchemeItem, Unit

ZONE = ZoneInfo(settings.TIME_ZONE)
Clock = Mapping[str, Any]


def item_of(clock: Clock) -> SchemeItem:
    """The limit as the clock began with it."""
    return scheme_of(clock["scheme"], clock["scheme_version"]).items[clock["kind"]]


def what_happened(clock: Clock, calendar: Calendar | None = None) -> dict[str, Any]:
    """What the formula asks besides the item and the start: the calendar (as it now is, if none is given), extension
    and pauses."""
    return {
        "calendar": calendar or calendar_named(clock["calendar"]),
        "zone": ZONE,
        "extended": clock["extended"],
        "given_back": timedelta(seconds=clock["given_back"]),
    }


def times_of(clock: Clock) -> Times:
    """Of a clock that has not stopped, on its calendar as it now is."""
    return deadlines.reckon(item_of(clock), clock["started_at"], **what_happened(clock))


class Counting:
    """The times of many clocks, on their calendars as these are when they are first asked for: for one run."""

    def __init__(self) -> None:
        self._calendars: dict[str, Counted] = {}

    def calendar_of(self, clock: Clock) -> Calendar:
        name = clock["calendar"]
        found = self._calendars.get(name)
        if found is None:
            found = self._calendars[name] = Counted(calendar_named(name))
        return found

    def times_of(self, clock: Clock) -> Times:
        """The same as `times_of`."""
        return deadlines.reckon(item_of(clock), clock["started_at"], **what_happened(clock, self.calendar_of(clock)))


def pause_back(clock: Clock, at: datetime) -> timedelta:
    """What the pause that it stands in gives back, were it resumed then."""
    calendar = calendar_named(clock["calendar"])
    return deadlines.pause_given_back(item_of(clock), clock["paused_at"], at, calendar=calendar, zone=ZONE)


def to_keep(clock: Clock) -> int:
    """How many seconds more must be given back so that its end is not earlier than it was: whole days, of which a
    period of working days counts only those."""
    seconds = 0
    while times_of({**clock, "given_back": clock["given_back"] + seconds}).due_at < clock["due_at"]:
        seconds += 86_400
    return seconds


class DueByDay:
    """The due instants of many clocks. A period of days hangs on the day it began and not on the hour: a year of
    cases has a few hundred of them, not as many as cases. `changed` puts another item in the place of each."""

    def __init__(self, changed: Callable[[SchemeItem], SchemeItem] = lambda item: item) -> None:
        self._changed = changed
        self._found: dict[tuple[Any, ...], datetime] = {}

    def __call__(self, clock: Clock) -> datetime:
        item = self._changed(item_of(clock))
        started_at: datetime = clock["started_at"]
        day = started_at if item.unit in EXACT else started_at.astimezone(ZONE).date()
        key = (
            *(clock["scheme"], clock["scheme_version"], clock["kind"], day),
            *(clock["extended"], clock["given_back"], clock["calendar"]),
        )
        if key not in self._found:
            self._found[key] = deadlines.reckon(item, started_at, **what_happened(clock)).due_at
        return self._found[key]


class Stale:
    """Whether a running clock's times are no longer what the formula says, or its next look may not be."""

    def __init__(self, counting: Counting) -> None:
        self._due, self._counting = DueByDay(), counting

    def __call__(self, clock: Clock) -> bool:
        if self._due(clock) != clock["due_at"] or (clock["light"] == "red" and clock["look_at"] is not None):
            return True
        item = item_of(clock)
        # elsewhere a light turns with the end: it hangs on the calendar only where working days are counted for it
        thresholds = (item.warn, item.red) if item.red is not None else (item.warn,)
        units = {item.unit} | {
            one.unit for light in thresholds for one in (light.after, light.left) if one is not None
        }
        if Unit.WORKING_DAYS not in units:
            return False
        return self._counting.times_of(clock) != (clock["warn_at"], clock["red_at"], clock["due_at"])
