"""`sweep` and `recompute`: what the clock does when a million limits run."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

DUE = 10_000


def sweeps() -> dict[str, Any]:
    """Seconds of a sweep when nothing is due (median of five), and when ten thousand limits are."""
    from onedoor.cases.sql import rows
    from onedoor.cases.steps.sweep import sweep

    running = rows("SELECT count(*) AS n FROM clock WHERE stopped_at IS NULL")[0]["n"]
    first = rows("SELECT min(look_at) AS at FROM clock")[0]["at"]
    idle = sorted(_seconds(lambda: sweep(at=first - timedelta(seconds=1))) for _ in range(5))[2]
    at = rows(
        "SELECT look_at AS at FROM clock WHERE look_at IS NOT NULL ORDER BY look_at OFFSET %s LIMIT 1", [DUE - 1]
    )
    swept = {}

    def run() -> None:
        swept["done"] = sweep(at=at[0]["at"])

    seconds = _seconds(run)
    return {
        "running": running,
        "nothing_due_seconds": round(idle, 3),
        "due": sum(swept["done"].turns.values()),
        "due_seconds": round(seconds, 1),
    }


def recomputes() -> dict[str, Any]:
    """Seconds until every running clock has been looked at and what a new holiday moves has been moved."""
    from onedoor.cases.calendars import calendar_of, national_calendar
    from onedoor.cases.models import CalendarChange, CalendarDay
    from onedoor.cases.sql import rows
    from onedoor.cases.steps.recompute import recompute
    from onedoor.people.models import Division

    root = Division.objects.get(parent__isnull=True)
    (low,) = rows(
        "SELECT percentile_disc(0.75) WITHIN GROUP (ORDER BY due_at) AS at FROM clock WHERE stopped_at IS NULL"
    )
    day: date = low["at"].date()
    known = set(CalendarDay.objects.values_list("day", flat=True))
    while day in known or not national_calendar().is_working_day(day):
        day -= timedelta(days=1)
    CalendarDay(division=root.pk, day=day, working=False, name="试验").save(force_insert=True)
    work = CalendarChange(division=root.pk, days=[day.isoformat()], reason="bench")
    work.save(force_insert=True)
    calendar_of((), newest=True)
    seconds = _seconds(lambda: recompute(at=datetime.now(UTC), settle=timedelta(0), hands=2))
    work.refresh_from_db()
    return {"day": day.isoformat(), "moved": work.moved, "held": work.held, "seconds": round(seconds, 1)}


def _seconds(act: Any) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
