"""`sweep`, `recompute` and `kill`: what the clock does when a million limits run, and when its worker is killed."""

import os
import signal
import subprocess
import sys
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


_SWEEPER = """
import django; django.setup()
from datetime import datetime
from onedoor.cases.steps.sweep import sweep
print("ready", flush=True)
sweep(at=datetime.fromisoformat({at!r}))
"""
KILLS = (0.3, 0.9, 1.7, 0.1, 1.3)  # seconds after the first cases of that sweeper were committed


def kills() -> dict[str, Any]:
    """A sweeper with ten thousand limits due, killed (-9) five times in the middle and then left to end: of the cases
    that were due, how many have a turn of the light or a notice that is missing or there twice."""
    from onedoor.cases.sql import rows
    from onedoor.cases.steps.sweep import sweep

    due = rows("SELECT case_id, look_at AS at FROM clock WHERE look_at IS NOT NULL ORDER BY look_at LIMIT %s", [DUE])
    at, cases = due[-1]["at"], sorted({row["case_id"] for row in due})
    expected = {row["case_id"] for row in due}
    begun = time.perf_counter()
    half_way = []
    for seconds in KILLS:
        process = subprocess.Popen(
            [sys.executable, "-c", _SWEEPER.format(at=at.isoformat())], env=os.environ, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        before = _left(at)
        while process.poll() is None and _left(at) == before:
            time.sleep(0.1)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        half_way.append(_left(at))
    sweep(at=at)
    # each turn of a clock is one event that names its kind, and one notice to one unit
    turned = rows(
        "SELECT case_id, kind, payload->'codes'->>'clock' AS clock, count(*) AS n FROM event WHERE case_id = ANY(%s)"
        " AND kind IN ('clock_warned', 'clock_urgent', 'clock_late') GROUP BY 1, 2, 3",
        [cases],
    )
    told = rows(
        "SELECT case_id, kind, count(*) AS n FROM notice WHERE case_id = ANY(%s)"
        " AND kind IN ('clock_warned', 'clock_urgent', 'clock_late') GROUP BY 1, 2",
        [cases],
    )
    left = _left(at)
    twice = sum(row["n"] > 1 for row in (*turned, *told))
    missing = len(expected - {row["case_id"] for row in turned})
    return {
        "due": len(expected),
        "left_after_each_kill": half_way,
        "wrong": twice + missing + left,
        "seconds": round(time.perf_counter() - begun, 1),
    }


def _left(at: datetime) -> int:
    from onedoor.cases.sql import rows

    return int(rows("SELECT count(*) AS n FROM clock WHERE look_at <= %s", [at])[0]["n"])


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
