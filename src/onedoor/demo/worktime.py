"""The hours in which the centre works, as one line without gaps, so that lives can be laid out on it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from onedoor.cases.calendars import national_calendar

ZONE = ZoneInfo(settings.TIME_ZONE)
HOURS = ((time(9), time(12)), (time(14), time(17, 30)))
DAY = 23_400  # seconds of work in a day: three hours and three and a half
MORNING = 10_800


class WorkTime:
    """Seconds of work, counted from the first of `days` working days before `now`; `end` is the last one that
    has passed."""

    def __init__(self, now: datetime, days: int) -> None:
        local = now.astimezone(ZONE)
        calendar = national_calendar()
        day = local.date()
        found: list[date] = []
        while len(found) <= days:
            if calendar.is_working_day(day):
                found.append(day)
            day -= timedelta(days=1)
        self._days = found[::-1]
        self.end = len(self._days) * DAY
        if self._days[-1] == local.date():
            self.end -= DAY - _passed(local)

    def at(self, seconds: int) -> datetime:
        """The instant of that second."""
        day, rest = divmod(seconds, DAY)
        start, offset = (HOURS[0][0], rest) if rest < MORNING else (HOURS[1][0], rest - MORNING)
        return datetime.combine(self._days[day], start, ZONE) + timedelta(seconds=offset)

    def seconds(self, at: datetime) -> int:
        """The other way round: the seconds of work until that instant, at least nought."""
        local = at.astimezone(ZONE)
        before = [day for day in self._days if day < local.date()]
        return len(before) * DAY + (_passed(local) if local.date() in self._days else 0)


def _passed(local: datetime) -> int:
    """The seconds of work of that day which have passed."""
    seconds = 0
    for start, stop in HOURS:
        begins, ends = (datetime.combine(local.date(), one, ZONE) for one in (start, stop))
        seconds += int((min(max(local, begins), ends) - begins).total_seconds())
    return seconds
