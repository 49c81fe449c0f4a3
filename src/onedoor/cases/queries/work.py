"""The figures beside the queues of *my work*."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onedoor.cases.queries.cases import Filters, conditions, sources
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
        filters = Filters(queue=queue.name, posts=tuple(posts))
        where = conditions(filters)
        for late, condition in ((False, ""), (True, " AND c.due_at < %s")):
            ways = []
            for source in sources(viewer, filters):
                ways.append(f"(SELECT c.id FROM {source.sql}{where.sql}{condition} LIMIT {most})")
                values += [*source.values, *where.values, *([now] if late else [])]
            union = " UNION ".join(ways)
            found = f"SELECT id FROM ({union}) found LIMIT {most}"
            selects.append(f"SELECT {place} AS place, {late} AS late, count(*) AS n FROM ({found}) capped")
    counts = (
        {(row["place"], row["late"]): int(row["n"]) for row in rows(" UNION ALL ".join(selects), values)}
        if selects
        else {}
    )
    return [
        QueueCount(queue.name, queue.label, counts[place, False], counts[place, True], counts[place, False] >= most)
        for place, queue in enumerate(queues)
    ]


def newest_event() -> str:
    """When the record was last written to, as a word: one step backwards on the ledger's own key."""
    county = "SELECT rpad(left(code, 6), 6, '0') FROM people_division WHERE parent_id IS NULL"
    found = rows(f"SELECT recorded_at FROM event WHERE county = ({county}) ORDER BY recorded_at DESC LIMIT 1")
    return str(found[0]["recorded_at"].timestamp()) if found else ""
