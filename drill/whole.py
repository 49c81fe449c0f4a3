"""What stands in the database and in the store of files, held against what the clients were told."""

import hashlib
import time
from collections import Counter
from pathlib import Path
from typing import Any

from drill.lives import EVENTS, Life

# rows that belong to one case, by what names it, and what of them must be alike in every life
ROWS = {
    "assignment": ("case_id", "unit_id, lead, stage"),
    "clock": ("case_id", "kind, started_at IS NOT NULL, stopped_at IS NOT NULL"),
    "statement": ("case_id", "kind"),
    "party": ("case_id", "part"),
    "attachment": ("case_id", "purpose"),
    "visible": ("case_id", "audience, stage"),
    "notice": ("case_id", "kind, audience"),
    "case_text": ("case_id", "1"),
}
QUEUES = {
    "jobs that nobody does": "procrastinate_jobs WHERE status = 'doing'",
    # one of the clock's that fails is done by its next turn
    "failed jobs": "procrastinate_jobs WHERE status = 'failed'"
    " AND task_name NOT IN (SELECT task_name FROM procrastinate_periodic_defers)",
    "texts to index": "search_queue",
    "deltas to fold": "counter_delta",
}


def compare(
    data: Path, lives: list[Life], *, apart: frozenset[str] = frozenset(), forgotten: bool = False
) -> tuple[dict[str, int], dict[str, int], list[str]]:
    """Counts that must be zero, figures, and the first faults in words. The database is open and nobody writes.

    `apart` are cases that a drill registered itself, each with one key. `forgotten`: the clock was such that the time
    of some notices and keys is over, so that none is missed.
    `lost`: acknowledged changes that are not there. `doubled`: cases, events, keys or files more than were asked for.
    `half_applied`: lives whose rows are not those that every whole life has. `files`: missing, or not what was sent.
    """
    from onedoor.cases.sql import rows
    from onedoor.cases.verify import verify

    faults: list[str] = []
    ended = [life for life in lives if life.number]
    there = {str(row["number"]): row["id"] for row in rows('SELECT id, number FROM "case"')}
    events: dict[str, list[str]] = {}
    for row in rows(
        'SELECT c.number, e.kind FROM event e JOIN "case" c ON c.id = e.case_id ORDER BY e.case_id, e.seq'
    ):
        events.setdefault(row["number"], []).append(row["kind"])
    lost = doubled = 0
    for life in ended:
        have = Counter(kind for kind in events.get(life.number, []) if kind in EVENTS)
        want = Counter(life.done)
        gone, more = want - have, have - want
        lost += gone.total() + (life.number not in there)
        doubled += more.total()
        if gone or more:
            faults.append(f"{life.number}: {dict(gone)} not there, {dict(more)} too many")
    told = Counter(life.number for life in ended)
    strange = set(there) - set(told) - apart
    doubled += len(strange) + sum(count - 1 for count in told.values())
    faults += [f"{number} was told to nobody" for number in sorted(strange)[:3]]
    half, words = _shapes(ended, there, forgotten=forgotten)
    faults += words
    keys = rows("SELECT count(*) AS n FROM idempotency_key")[0]["n"]
    asked = sum(len(life.done) for life in lives) + len(apart)
    doubled, lost = doubled + max(0, keys - asked), lost + (0 if forgotten else max(0, asked - keys))
    files, words = _files(data, ended)
    faults += words
    report = verify(jobs=1)
    faults += [str(one) for one in report.findings[:5]]
    wrong = {"lost": lost, "doubled": doubled, "half_applied": half, "files": files}
    figures = {"cases": len(there), "events": sum(map(len, events.values())), "verified": report.cases}
    return {**wrong, "findings": report.found}, figures, faults


def _shapes(lives: list[Life], there: dict[str, Any], *, forgotten: bool) -> tuple[int, list[str]]:
    """Every whole life has the same rows; the commonest shape is the right one, for most were not disturbed."""
    from onedoor.cases.sql import rows

    shapes: dict[Any, list[str]] = {there[life.number]: [] for life in lives if life.number in there}
    for table, (column, what) in ROWS.items():
        if forgotten and table == "notice":
            continue
        found = rows(
            f"SELECT {column} AS id, md5(string_agg(one, ';' ORDER BY one)) AS shape FROM"
            f" (SELECT {column}, concat_ws(',', {what}) AS one FROM {table} WHERE {column} IS NOT NULL) t GROUP BY 1"
        )
        shape = {row["id"]: row["shape"] for row in found}
        for case in shapes:
            shapes[case].append(f"{table} {shape.get(case, 'none')}")
    whole = [there[life.number] for life in lives if life.done == EVENTS and life.number in there]
    if not whole:
        return 0, []
    right = Counter(tuple(shapes[case]) for case in whole).most_common(1)[0][0]
    wrong = [case for case in whole if tuple(shapes[case]) != right]
    words = []
    for case in wrong[:3]:
        apart = [one.split()[0] for one, other in zip(shapes[case], right, strict=True) if one != other]
        words.append(f"case {case} differs in {', '.join(apart)}")
    return len(wrong), words


def _files(data: Path, lives: list[Life]) -> tuple[int, list[str]]:
    """Files that are missing or not what their name says; halves that were left behind for ever."""
    faults = []
    root = data / "files"
    for life in lives:
        if "attach" not in life.done:
            continue
        path = root / life.sha256[:2] / life.sha256[2:4] / life.sha256
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != life.sha256:
            faults.append(f"{life.number}: its file is not there")
    return len(faults), faults[:3]


def settled(within: float = 240.0) -> tuple[float, list[str]]:
    """Waits, while the server runs, until the worker has nothing left of what was done; the seconds, and what it
    does not take up."""
    begun = time.monotonic()
    while (waiting := _waiting()) and time.monotonic() - begun < within:
        time.sleep(1)
    return round(time.monotonic() - begun, 1), waiting


def _waiting() -> list[str]:
    from onedoor.cases.sql import rows

    counts = {what: rows(f"SELECT count(*) AS n FROM {source}")[0]["n"] for what, source in QUEUES.items()}
    return [f"{count} {what}" for what, count in counts.items() if count]
