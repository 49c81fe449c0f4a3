"""接待 in batches and persons: totals of a period, by month, by the division of the centre and by purpose.

Counted are visits of the centres below the divisions of the viewer's posts. In no sum: accusations, and visits behind
a matter that is restricted; as with matters, no total betrays them. Visits of one hall are some ten thousand a year,
so they are counted one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.rules.access import Actor
from onedoor.rules.figures import Period
from onedoor.rules.refusal import invalid
from onedoor.rules.visits import PURPOSES, READS_VISIT_FIGURES, REPRESENTATIVES

BY_NAMES = {"month": "月份", "division": "区域", "purpose": "来访目的"}
MOST_GROUPS = 200
_LOCAL = f"v.received_at AT TIME ZONE '{ZONE.key}'"
_KEYS = {
    "": ("''", "''"),
    "month": (f"to_char({_LOCAL}, 'YYYY-MM')", f"to_char({_LOCAL}, 'YYYY-MM')"),
    "division": ("d.code", "d.name"),
    "purpose": ("v.purpose", "v.purpose"),
}
_COUNTS = f"""
    count(*) AS batches, coalesce(sum(v.persons), 0) AS persons,
    count(*) FILTER (WHERE v.persons > {REPRESENTATIVES}) AS joint,
    coalesce(sum(v.persons) FILTER (WHERE v.persons > {REPRESENTATIVES}), 0) AS joint_persons,
    count(*) FILTER (WHERE v.ended_at IS NOT NULL) AS ended,
    count(*) FILTER (WHERE v.ending = 'answered') AS answered,
    count(*) FILTER (WHERE v.ending = 'registered') AS registered
"""
_VISITS = """
    hall_visit v JOIN people_unit u ON u.id = v.centre_id JOIN people_division d ON d.id = u.division_id
     WHERE v.received_at >= %s AND v.received_at < %s AND v.purpose <> 'accusation'
       AND EXISTS (SELECT 1 FROM unnest(%s::bigint[]) mine (id) WHERE d.path @> to_jsonb(mine.id))
       AND (%s::bigint IS NULL OR d.path @> to_jsonb(%s::bigint))
       AND NOT EXISTS (SELECT 1 FROM hall_visitcase l JOIN "case" c ON c.id = l.case_id
                        WHERE l.visit_id = v.id AND c.confidentiality <> 'ordinary')
"""


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """Batches (批次) and persons (人次); `joint`: batches of more than five; `answered` and `registered` of the
    `ended` ones."""

    key: str
    name: str
    batches: int
    persons: int
    joint: int
    joint_persons: int
    ended: int
    answered: int
    registered: int


def count_visits(
    actors: Sequence[Actor], period: Period, by: str = "", *, place: int | None = None
) -> list[VisitCounts]:
    """The whole as one row, or a row for each group that has visits. `place`: of the centres there and below."""
    if by not in _KEYS:
        raise invalid("by", f"只能按{'、'.join(BY_NAMES.values())}细分。")
    key, name = _KEYS[by]
    mine = sorted({actor.division for actor in actors if actor.role in READS_VISIT_FIGURES})
    grouped = f" GROUP BY {key}, {name} ORDER BY {key} LIMIT {MOST_GROUPS}" if by else ""
    found = rows(
        f"SELECT {key} AS key, {name} AS name, {_COUNTS} FROM {_VISITS}{grouped}",
        [_begin(period.since), _begin(period.until + timedelta(days=1)), mine, place, place],
    )
    return [VisitCounts(**{**row, "name": PURPOSES.get(row["name"], row["name"])}) for row in found]


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, ZONE)
