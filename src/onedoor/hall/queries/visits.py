"""Visits of my centres. There is no search by text and none by person.

A visit passes the gate with its cases: who may not see one of them does not see the visit either, or its text would
outlive a restriction. Of an accusation, until it is a case, only who took it knows.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import orjson

from onedoor.cases.counting import ZONE
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused, invalid
from onedoor.rules.visits import SEES_VISITS

MOST_ITEMS = 100
_COLUMNS = (
    'v.id, v.number, v.centre_id, v.received_at, v."window", v.purpose, v.persons, v.asked, v.answer, v.ending,'
    " v.ended_at, v.reason, v.erased_at"
)
OF_MINE = f"""
    v.centre_id = ANY(%s)
    AND NOT EXISTS (SELECT 1 FROM hall_visitcase l JOIN "case" c ON c.id = l.case_id
                     WHERE l.visit_id = v.id AND NOT {MAY_SEE})
    AND (v.purpose <> 'accusation' OR v.received_by_id = %s
         OR EXISTS (SELECT 1 FROM hall_visitcase l WHERE l.visit_id = v.id))
"""


@dataclass(frozen=True, slots=True)
class VisitPage:
    """One page, newest first, with the batches and persons of the whole span."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    batches: int
    persons: int


def sees_visits(actors: Sequence[Actor]) -> bool:
    return any(actor.role in SEES_VISITS for actor in actors)


def visit_for(viewer: Viewer, actors: Sequence[Actor], number: str, *, lock: bool = False) -> dict[str, Any]:
    """The visit, if it is one of my centre's and I may see what came of it; else it is not found."""
    found = []
    if "\0" not in number:
        statement = (
            f"SELECT {_COLUMNS}, a.name AS received_by FROM hall_visit v"
            f" JOIN people_account a ON a.id = v.received_by_id WHERE v.number = %s AND {OF_MINE}"
        )
        found = rows(statement + (" FOR NO KEY UPDATE OF v" if lock else ""), [number, *of_mine(viewer, actors)])
    if not found:
        raise Refused(NOT_FOUND, "没有找到这次接待，或您无权查看。")
    return found[0]


def visit_file(viewer: Viewer, actors: Sequence[Actor], number: str) -> dict[str, Any]:
    """The visit with its remarks and its cases."""
    visit = visit_for(viewer, actors, number)
    remarks = rows(
        "SELECT r.at, r.text, a.name AS by FROM hall_visitremark r JOIN people_account a ON a.id = r.by_id"
        " WHERE r.visit_id = %s ORDER BY r.at",
        [visit["id"]],
    )
    cases = rows(
        "SELECT c.number, c.title, c.stage, c.registered_at FROM hall_visitcase l"
        ' JOIN "case" c ON c.id = l.case_id WHERE l.visit_id = %s ORDER BY l.at',
        [visit["id"]],
    )
    return {**visit, "remarks": remarks, "cases": cases}


def list_visits(
    viewer: Viewer, actors: Sequence[Actor], *, since: date, until: date, limit: int = 50, cursor: str | None = None
) -> VisitPage:
    """Visits of my centres from the first to the last day, both included."""
    if until < since:
        raise invalid("until", "结束日期不能早于开始日期。")
    if not sees_visits(actors):
        raise Refused(NOT_ALLOWED, "您的岗位不能查看接待记录。")
    mine = of_mine(viewer, actors)
    span = [_begin(since), _begin(until + timedelta(days=1))]
    limit = max(1, min(limit, MOST_ITEMS))
    after = _read_cursor(cursor) if cursor else None
    items = rows(
        f"SELECT {_COLUMNS}, a.name AS received_by FROM hall_visit v JOIN people_account a ON a.id = v.received_by_id"
        f" WHERE {OF_MINE} AND v.received_at >= %s AND v.received_at < %s"
        + (" AND (v.received_at, v.id) < (%s, %s)" if after else "")
        + " ORDER BY v.received_at DESC, v.id DESC LIMIT %s",
        [*mine, *span, *(after or ()), limit + 1],
    )
    more = len(items) > limit
    items = items[:limit]
    total = rows(
        "SELECT count(*) AS batches, coalesce(sum(v.persons), 0) AS persons FROM hall_visit v"
        f" WHERE {OF_MINE} AND v.received_at >= %s AND v.received_at < %s",
        [*mine, *span],
    )[0]
    next_cursor = _make_cursor(items[-1]["received_at"], items[-1]["id"]) if more else None
    return VisitPage(items, next_cursor, int(total["batches"]), int(total["persons"]))


def open_visits(viewer: Viewer, actors: Sequence[Actor], most: int = 50) -> list[dict[str, Any]]:
    """Visits that nobody has ended, oldest first."""
    return rows(
        f"SELECT {_COLUMNS}, a.name AS received_by FROM hall_visit v JOIN people_account a ON a.id = v.received_by_id"
        f" WHERE {OF_MINE} AND v.ended_at IS NULL ORDER BY v.received_at LIMIT %s",
        [*of_mine(viewer, actors), most],
    )


def of_mine(viewer: Viewer, actors: Sequence[Actor]) -> list[object]:
    """The values of OF_MINE."""
    return [_centres(actors), *may_see(viewer), viewer.account]


def _centres(actors: Sequence[Actor]) -> list[int]:
    return sorted({actor.unit for actor in actors if actor.role in SEES_VISITS})


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _make_cursor(at: datetime, visit: UUID) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([at, visit])).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, visit = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return datetime.fromisoformat(at), UUID(visit)
    except (ValueError, TypeError, AttributeError):
        raise invalid("cursor", "翻页标记不对，请从第一页开始。") from None
