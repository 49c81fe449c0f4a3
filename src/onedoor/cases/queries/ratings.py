"""What applicants say of how their matters were handled: to the supervisor in words, to a unit in figures."""

from datetime import datetime, timedelta
from uuid import UUID

import orjson

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import Row
from onedoor.rules.access import Viewer
from onedoor.rules.follow_up import FEWEST_RATINGS, MARKS

PAGE = 50
A_YEAR = timedelta(days=365)
_UNSATISFIED = f"""
    SELECT c.id, c.number, c.title, c.stage, c.followed_up_at, c.recorded_at, u.short_name AS unit
      FROM "case" c LEFT JOIN people_unit u ON u.id = c.lead_unit_id
     WHERE c.satisfied = FALSE AND c.stage IN ('followed_up', 'archived') AND {MAY_SEE}{{more}}
     ORDER BY c.followed_up_at DESC, c.id DESC LIMIT %s
"""


def unsatisfied(viewer: Viewer, cursor: str = "") -> tuple[list[Row], str | None]:
    """The matters whose applicants are not satisfied, newest first, with what they said and the marks they gave; only
    for who reads ratings, and through the gate."""
    if not viewer.reads_ratings:
        return [], None
    more, values = "", [*may_see(viewer)]
    if cursor:
        more, values = " AND (c.followed_up_at, c.id) < (%s, %s)", [*values, *read_cursor(cursor)]
    found = rows(_UNSATISFIED.format(more=more), [*values, PAGE + 1])
    items, rest = found[:PAGE], found[PAGE:]
    said = _said([row["id"] for row in items])
    for row in items:
        row |= said.get(row["id"], {"text": "", "marks": {}, "by_phone": False})
    return items, make_cursor(items[-1]["followed_up_at"], items[-1]["id"]) if rest else None


def _said(cases: list[UUID]) -> dict[UUID, Row]:
    """By case: the newest rating's words and marks, and whether it was taken by telephone."""
    found = rows(
        'SELECT DISTINCT ON (e.case_id) e.case_id, e.kind, e.payload, s.text FROM "case" c'
        " JOIN event e ON e.case_id = c.id AND e.recorded_at >= c.recorded_at AND e.kind IN ('rate', 'follow_up')"
        " LEFT JOIN statement s ON s.case_id = e.case_id AND s.seq = e.seq AND s.erased_at IS NULL"
        " AND s.kind IN ('rating', 'follow_up') WHERE c.id = ANY(%s) ORDER BY e.case_id, e.seq DESC",
        [cases],
    )
    return {
        row["case_id"]: {
            "text": row["text"] or "",
            "by_phone": row["kind"] == "follow_up",
            "marks": {
                label: mark
                for name, label in MARKS.items()
                if (mark := orjson.loads(row["payload"]).get("codes", {}).get(name)) is not None
            },
        }
        for row in found
    }


def ratings_of(viewer: Viewer, now: datetime) -> list[Row]:
    """For each unit of the viewer's: how many of its matters were rated within a year and how many of them well.
    Fewer than five say nothing, so that none can be traced to a person."""
    found = rows(
        "SELECT u.short_name AS unit, count(*) AS rated, count(*) FILTER (WHERE c.satisfied) AS satisfied"
        ' FROM people_unit u LEFT JOIN "case" c ON c.lead_unit_id = u.id AND c.satisfied IS NOT NULL'
        " AND c.confidentiality = 'ordinary' AND c.registered_at >= %s"
        " WHERE u.id = ANY(%s) GROUP BY u.id, u.short_name ORDER BY u.short_name",
        [now - A_YEAR, list(viewer.units)],
    )
    return [row if row["rated"] >= FEWEST_RATINGS else {"unit": row["unit"], "rated": None} for row in found]
