"""The figures beside the queues of *my work*, and whether anything has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onedoor.cases.queries._filters import Filters
from onedoor.cases.queries._sources import Source, sources
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.work import PART_STAGES, Queue, queues_of


@dataclass(frozen=True, slots=True)
class QueueCount:
    """`waiting` and `red` end at the cap that was asked for; `capped` says that there may be more."""

    name: str
    label: str
    waiting: int
    red: int
    capped: bool


def count_queues(viewer: Viewer, posts: Sequence[tuple[str, int]], now: datetime, most: int = 100) -> list[QueueCount]:
    """How much waits in each of my queues and how much of it has a red light, each up to `most`; one statement."""
    queues = queues_of(role for role, _ in posts)
    selects: list[str] = []
    values: list[object] = []
    for place, queue in enumerate(queues):
        ways = sources(viewer, Filters(queue=queue.name, posts=tuple(posts)))
        for red in (False, True):
            at = now if red else None
            if queue.parts and not queue.pending:
                found, asked = _parts(viewer, queue, posts, at, most)
            else:
                found, asked = _ways(ways, at, most)
            capped = f"SELECT id FROM ({found}) found LIMIT {most}"
            selects.append(f"SELECT {place} AS place, {red} AS red, count(*) AS n FROM ({capped}) capped")
            values += asked
    if not selects:
        return []
    counts = {(row["place"], row["red"]): int(row["n"]) for row in rows(" UNION ALL ".join(selects), values)}
    return [
        QueueCount(queue.name, queue.label, counts[place, False], counts[place, True], counts[place, False] >= most)
        for place, queue in enumerate(queues)
    ]


def _ways(ways: Sequence[Source], red_by: datetime | None, most: int) -> tuple[str, list[object]]:
    """The cases of the ways, or those whose light is red by then."""
    found, values = [], list[object]()
    for way in ways:
        found.append(f"(SELECT {way.id} AS id FROM {way.select(' AND @red < %s' if red_by else '')} LIMIT {most})")
        values += [*way.values, *([red_by] if red_by else [])]
    return " UNION ".join(found), values


def _parts(
    viewer: Viewer, queue: Queue, posts: Sequence[tuple[str, int]], red_by: datetime | None, most: int
) -> tuple[str, list[object]]:
    """The cases in which a part of my units is open, from these parts: a unit with many cases has few of them. Each
    passes the gate row by row, until there are enough."""
    units = sorted({unit for role, unit in posts if role in queue.roles})
    red = " AND coalesce(v.red_at, v.due_at) < %s" if red_by else ""
    return (
        "SELECT DISTINCT a.case_id AS id FROM (SELECT a.case_id FROM assignment a WHERE a.unit_id = ANY(%s)"
        " AND a.stage = ANY(%s) AND (SELECT TRUE FROM visible v WHERE v.case_id = a.case_id AND v.audience = ANY(%s)"
        f" AND v.stage = ANY(%s){red} LIMIT 1) LIMIT {most}) a",
        [
            units,
            list(queue.parts),
            list(viewer.audiences),
            [str(stage) for stage in PART_STAGES],
            *([red_by] if red_by else []),
        ],
    )


def newest_event() -> str:
    """When the record was last written to, as a word: one step backwards on the ledger's own key."""
    county = "SELECT rpad(left(code, 6), 6, '0') FROM people_division WHERE parent_id IS NULL"
    found = rows(f"SELECT recorded_at FROM event WHERE county = ({county}) ORDER BY recorded_at DESC LIMIT 1")
    return str(found[0]["recorded_at"].timestamp()) if found else ""


# How old the last sign of life of a job may be, in seconds.
FRESH_SECONDS = {"worker": 180, "sweeper": 300}


def heartbeats() -> dict[str, float]:
    """Seconds since each job last showed that it runs."""
    found = rows("SELECT name, extract(epoch FROM now() - at)::float AS age FROM heartbeat")
    return {row["name"]: row["age"] for row in found}
