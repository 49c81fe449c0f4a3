"""Visits of my centres. There is no search by text and none by person."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import orjson

from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.cases.steps._clocks import ZONE
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused, invalid
from onedoor.rules.visits import SEES_VISITS

MOST_ITEMS = 100
_COLUMNS = (
    'v.id, v.number, v.centre_id, v.received_at, v."window", v.purpose, v.persons, v.asked, v.answer, v.ending,'
    " v.ended_at, v.reason, v.erased_at"
)


@dataclass(frozen=True, slots=True)
class VisitPage:
    """One page, newest first, with the batches and persons of the whole span."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    batches: int
    persons: int


def sees_visits(actors: Sequence[Actor]) -> bool:
    return any(actor.role in SEES_VISITS for actor in actors)


def visit_for(actors: Sequence[Actor], number: str, *, lock: bool = False) -> dict[str, Any]:
    """The visit, if it is one of my centre's; else it is not found."""
    found = []
    if "\0" not in number:
        statement = (
            f"SELECT {_COLUMNS}, a.name AS received_by FROM hall_visit v"
            " JOIN people_account a ON a.id = v.received_by_id WHERE v.number = %s AND v.centre_id = ANY(%s)"
        )
        found = rows(statement + (" FOR NO KEY UPDATE OF v" if lock else ""), [number, _centres(actors)])
    if not found:
        raise Refused(NOT_FOUND, "没有找到这次接待，或您无权查看。")
    return found[0]


def visit_file(viewer: Viewer, actors: Sequence[Actor], number: str) -> dict[str, Any]:
    """The visit with its remarks and those of its cases that I may see."""
    visit = visit_for(actors, number)
    remarks = rows(
        "SELECT r.at, r.text, a.name AS by FROM hall_visitremark r JOIN people_account a ON a.id = r.by_id"
        " WHERE r.visit_id = %s ORDER BY r.at",
        [visit["id"]],
    )
    cases = rows(
        "SELECT c.number, c.title, c.stage, c.registered_at FROM hall_visitcase l"
        f' JOIN "case" c ON c.id = l.case_id WHERE l.visit_id = %s AND {MAY_SEE} ORDER BY l.at',
        [visit["id"], *may_see(viewer)],
    )
    return {**visit, "remarks": remarks, "cases": cases}


def list_visits(
    actors: Sequence[Actor], *, since: date, until: date, limit: int = 50, cursor: str | None = None
) -> VisitPage:
    """Visits of my centres from the first to the last day, both included."""
    if until < since:
        raise invalid("until", "结束日期不能早于开始日期。")
    centres = _centres(actors)
    if not sees_visits(actors):
        raise Refused(NOT_ALLOWED, "您的岗位不能查看接待记录。")
    span = [_begin(since), _begin(until + timedelta(days=1))]
    limit = max(1, min(limit, MOST_ITEMS))
    after = _read_cursor(cursor) if cursor else None
    items = rows(
        f"SELECT {_COLUMNS}, a.name AS received_by FROM hall_visit v JOIN people_account a ON a.id = v.received_by_id"
        " WHERE v.centre_id = ANY(%s) AND v.received_at >= %s AND v.received_at < %s"
        + (" AND (v.received_at, v.id) < (%s, %s)" if after else "")
        + " ORDER BY v.received_at DESC, v.id DESC LIMIT %s",
        [centres, *span, *(after or ()), limit + 1],
    )
    more = len(items) > limit
    items = items[:limit]
    total = rows(
        "SELECT count(*) AS batches, coalesce(sum(persons), 0) AS persons FROM hall_visit"
        " WHERE centre_id = ANY(%s) AND received_at >= %s AND received_at < %s",
        [centres, *span],
    )[0]
    next_cursor = _make_cursor(items[-1]["received_at"], items[-1]["id"]) if more else None
    return VisitPage(items, next_cursor, int(total["batches"]), int(total["persons"]))


def open_visits(actors: Sequence[Actor], most: int = 50) -> list[dict[str, Any]]:
    """Visits that nobody has ended, oldest first."""
    return rows(
        f"SELECT {_COLUMNS}, a.name AS received_by FROM hall_visit v JOIN people_account a ON a.id = v.received_by_id"
        " WHERE v.centre_id = ANY(%s) AND v.ended_at IS NULL ORDER BY v.received_at LIMIT %s",
        [_centres(actors), most],
    )


def visits_of_case(actors: Sequence[Actor], case: UUID) -> list[str]:
    """The numbers of the visits that led to a case, as far as they are my centre's."""
    centres = _centres(actors)
    if not centres:
        return []
    found = rows(
        "SELECT v.number FROM hall_visitcase l JOIN hall_visit v ON v.id = l.visit_id"
        " WHERE l.case_id = %s AND v.centre_id = ANY(%s) ORDER BY v.received_at",
        [case, centres],
    )
    return [row["number"] for row in found]


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
