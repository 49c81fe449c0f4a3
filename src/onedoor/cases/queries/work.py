"""The figures beside the queues of *my work*, and whether anything has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onedoor.cases.queries._filters import Filters
from onedoor.cases.queries._sources import sources
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.work import queues_of


@dataclass(frozen=True, slots=True)
class QueueCount:
    """`waiting` and `late` end at the cap that was asked for; `capped` says that there may be more."""

    name: str
    label: str
    waiting: int
    late: int
    capped: bool


def count_queues(viewer: Viewer, posts: Sequence[tuple[str, int]], now: datetime, most: int = 100) -> list[QueueCount]:
    """How much waits in each of my queues and how much of it is late, each up to `most`; one statement."""
    queues = queues_of(role for role, _ in posts)
    selects: list[str] = []
    values: list[object] = []
    for place, queue in enumerate(queues):
        ways = sources(viewer, Filters(queue=queue.name, posts=tuple(posts)))
        for late, condition in ((False, ""), (True, " AND @due < %s")):
            found = []
            for way in ways:
                found.append(f"(SELECT {way.id} AS id FROM {way.select(condition)} LIMIT {most})")
                values += [*way.values, *([now] if late else [])]
            capped = f"SELECT id FROM ({' UNION '.join(found)}) found LIMIT {most}"
            selects.append(f"SELECT {place} AS place, {late} AS late, count(*) AS n FROM ({capped}) capped")
    if not selects:
        return []
    counts = {(row["place"], row["late"]): int(row["n"]) for row in rows(" UNION ALL ".join(selects), values)}
    return [
        QueueCount(queue.name, queue.label, counts[place, False], counts[place, True], counts[place, False] >= most)
        for place, queue in enumerate(queues)
    ]


def newest_event() -> str:
    """When the record was last written to, as a word: one step backwards on the ledger's own key."""
    county = "SELECT rpad(left(code, 6), 6, '0') FROM people_division WHERE parent_id IS NULL"
    found = rows(f"SELECT recorded_at FROM event WHERE county = ({county}) ORDER BY recorded_at DESC LIMIT 1")
    return str(found[0]["recorded_at"].timestamp()) if found else ""
