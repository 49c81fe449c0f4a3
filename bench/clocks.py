"""`sweep`, `recompute` and `kill`: what the clock does when a million limits run, and when its worker is killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

DUE = 10_000


def sweeps() -> dict[str, Any]:
    """Seconds of a sweep when nothing is due (median of five), and when ten thousand limits are."""
    from onedoor.cases.sql import rows
    from onedoor.cases.steps.sweep import sweep

    running = rows("SELECT count(*) AS n FROM clock WHERE stopped_at IS NULL")[0]["n"]
    first = rows("SELECT min(look_at) AS at FROM clock")[0]["at"]
    idle = sorted(_seconds(lambda: sweep(at=first - timedelta(seconds=1))) for _ in range(5))[2]
    # of a seed that has been swept before perhaps fewer are left
    due = rows("SELECT look_at AS at FROM clock WHERE look_at IS NOT NULL ORDER BY look_at LIMIT %s", [DUE])
    swept = {}

    def run() -> None:
        swept["done"] = sweep(at=due[-1]["at"])

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
    """A sweeper with ten thousand limits due, killed (-9) five times in the middle and then left to end: how many
    turns of a clock, or notices of one, are missing or there twice. What an earlier sweep has left does not count."""
    from onedoor.cases.sql import rows
    from onedoor.cases.steps.sweep import sweep

    due = rows(
        "SELECT case_id, kind, look_at AS at FROM clock WHERE look_at IS NOT NULL ORDER BY look_at LIMIT %s", [DUE]
    )
    at, cases = due[-1]["at"], sorted({row["case_id"] for row in due})
    before = _turned(cases), _told(cases)
    begun = time.perf_counter()
    half_way = []
    for seconds in KILLS:
        process = subprocess.Popen(
            [sys.executable, "-c", _SWEEPER.format(at=at.isoformat())], env=os.environ, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        waiting = _left(at)
        while process.poll() is None and _left(at) == waiting:
            time.sleep(0.1)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        half_way.append(_left(at))
    sweep(at=at)
    left = _left(at)
    found = faults(
        {(row["case_id"], row["kind"]) for row in due}, _turned(cases) - before[0], _told(cases) - before[1]
    )
    return {
        "due": len(cases),
        "left_after_each_kill": half_way,
        **found,
        "wrong": sum(found.values()) + left,
        "seconds": round(time.perf_counter() - begun, 1),
    }


# the notice of a turn, by whom its step of the ladder tells
_NOTICES = {
    "": "clock_late",
    "unit": "clock_late",
    "unit_lead": "escalated_to_lead",
    "director": "escalated_to_director",
}
_TURNS = ("clock_warned", "clock_urgent", "clock_late", "clock_escalated")


class Turned(NamedTuple):
    """A turn of one clock of a case; `told`: whom the step of the ladder that it took tells, if it took one."""

    case: UUID
    kind: str
    clock: str
    told: str


def faults(due: set[tuple[UUID, str]], turned: Counter[Turned], told: Counter[tuple[UUID, str]]) -> dict[str, int]:
    """Of one sweep. `due`: cases and kinds of clock that must have turned; `told`: notices by case and kind."""
    wanted = Counter[tuple[UUID, str]]()
    for turn, count in turned.items():
        early = turn.kind in ("clock_warned", "clock_urgent")
        if early and any((turn.case, "clock_late", turn.clock, whom) in turned for whom in _NOTICES):
            continue  # what is late already needs no warning any more
        wanted[turn.case, turn.kind if early and turn.told in ("", "unit") else _NOTICES[turn.told]] += min(count, 1)
    return {
        "turns_missing": len(due - {(turn.case, turn.clock) for turn in turned}),
        "turns_twice": sum(count > 1 for count in turned.values()),
        "notices_missing": (wanted - told).total(),
        "notices_twice": (told - wanted).total(),
    }


def _turned(cases: list[UUID]) -> Counter[Turned]:
    from onedoor.cases.sql import rows

    found = rows(
        "SELECT case_id, kind, payload->'codes'->>'clock' AS clock, coalesce(payload->'codes'->>'told', '') AS told,"
        " count(*) AS n FROM event WHERE case_id = ANY(%s) AND kind = ANY(%s) GROUP BY 1, 2, 3, 4",
        [cases, list(_TURNS)],
    )
    return Counter({Turned(row["case_id"], row["kind"], row["clock"], row["told"]): row["n"] for row in found})


def _told(cases: list[UUID]) -> Counter[tuple[UUID, str]]:
    from onedoor.cases.sql import rows

    found = rows(
        "SELECT case_id, kind, count(*) AS n FROM notice WHERE case_id = ANY(%s) AND kind = ANY(%s) GROUP BY 1, 2",
        [cases, [*_TURNS, *_NOTICES.values()]],
    )
    return Counter({(row["case_id"], row["kind"]): row["n"] for row in found})


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
