"""条目 of my area, for who looks after it: the list, its count, what waits too long and what asks.

Opinions are in no list of entries, and care visits neither: the one would name who has heard it, the other who is
looked after. What belongs to a confidential matter is there for who may see the matter.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from onedoor.cases.counting import ZONE
from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.grid.queries.area import NOT_HIDDEN, Values, below, in_area, must_look, not_hidden
from onedoor.people.tokens import SignedIn
from onedoor.rules import fieldwork
from onedoor.rules.field import KINDS, STATES, WAITING_LONG
from onedoor.rules.fieldwork import LOOKS
from onedoor.rules.flow import STAGE_NAMES

PAGE = 30
NOT_LISTED = frozenset({"opinion", "care_visit"})
LISTED: dict[str, str] = {code: name for code, name in KINDS.items() if code not in NOT_LISTED}
_COLUMNS = (
    "e.id, e.kind, e.state, e.received_at, e.made_at, e.why::text AS why, d.code AS grid, d.name AS grid_name,"
    " a.name AS worker"
)
_CASE = "shown.number, shown.title, shown.stage"
_TABLES = (
    " FROM grid_fieldentry e LEFT JOIN people_division d ON d.id = e.grid_id"
    ' LEFT JOIN people_account a ON a.id = e.account_id LEFT JOIN "case" c ON c.id = e.case_id'
)


@dataclass(frozen=True, slots=True)
class EntryFilters:
    """`day` None: any. `state` `late`: what has waited too long. `grid`: a code; all below it too."""

    grid: str = ""
    kind: str = ""
    state: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class EntryPage:
    items: list[dict[str, Any]]
    next_cursor: str
    count: int
    capped: bool


def list_entries(signed: SignedIn, filters: EntryFilters, now: datetime, *, cursor: str = "") -> EntryPage:
    """One page, newest first, and its count under the same conditions, up to the cap."""
    viewer = signed.viewer()
    where, values = _conditions(signed, filters, now)
    onward, after = "", list[Any]()
    if cursor:
        after = list(read_cursor(cursor, "entries"))
        onward = " AND (e.received_at, e.id) < (%s, %s)"
    found = rows(
        f"SELECT {_COLUMNS}, {_CASE}{_TABLES}"
        f" LEFT JOIN LATERAL (SELECT c.number, c.title, c.stage WHERE {MAY_SEE}) shown ON TRUE"
        f" WHERE {where}{onward} ORDER BY e.received_at DESC, e.id DESC LIMIT %s",
        [*may_see(viewer), *values, *after, PAGE + 1],
    )
    items = [_named(one, now) for one in found[:PAGE]]
    more = len(found) > PAGE
    following = make_cursor(items[-1]["received_at"], items[-1]["id"], "entries") if more else ""
    if not (more or cursor):
        return EntryPage(items, "", len(items), capped=False)
    cap = settings.COUNT_CAP
    counted = f"SELECT count(*) AS n FROM (SELECT 1{_TABLES} WHERE {where} LIMIT %s) one"
    count = int(rows(counted, [*values, cap + 1])[0]["n"])
    return EntryPage(items, following, min(count, cap), count > cap)


def entry_numbers(signed: SignedIn, now: datetime) -> dict[str, int]:
    """What a person is to look at in my area: `asks`, and `late`, what has waited too long."""
    where, values = _conditions(signed, EntryFilters(), now)
    found = rows(
        "SELECT count(*) FILTER (WHERE e.state = 'asks') AS asks, count(*) FILTER (WHERE e.state = 'waiting'"
        f" AND e.received_at < %s) AS late{_TABLES} WHERE {where} AND e.state IN ('asks', 'waiting')",
        [now - WAITING_LONG, *values],
    )
    return {name: int(number) for name, number in found[0].items()}


def entry_for(signed: SignedIn, entry: UUID, now: datetime) -> dict[str, Any]:
    """One of those with its content, as long as it has it; another is not found. What is asked of a person, or waits,
    has its words here and nowhere else."""
    where, values = _conditions(signed, EntryFilters(), now)
    found = rows(
        f"SELECT {_COLUMNS}, {_CASE}, e.content::text AS content, e.files::text AS files, e.refers,"
        f" e.grid_path::text AS path{_TABLES}"
        f" LEFT JOIN LATERAL (SELECT c.number, c.title, c.stage WHERE {MAY_SEE}) shown ON TRUE"
        f" WHERE e.id = %s AND {where}",
        [*may_see(signed.viewer()), entry, *values],
    )
    if not found:
        raise fieldwork.not_there("这条上报")
    one = _named(found[0], now)
    return {
        **one,
        "content": orjson.loads(one["content"]),
        "files": orjson.loads(one["files"]),
        "path": orjson.loads(one["path"]),
    }


def _conditions(signed: SignedIn, filters: EntryFilters, now: datetime) -> tuple[str, Values]:
    must_look(signed, LOOKS, "网格条目只对网格长和上级中心开放。")
    inside, values = in_area(signed, LOOKS, "e.grid_id")
    where = f"e.kind <> ALL(%s) AND {inside} AND {NOT_HIDDEN}"
    values = [sorted(NOT_LISTED), *values, *not_hidden(signed.viewer())]
    if filters.grid:
        more, code = below(filters.grid, "e.grid_id")
        where, values = f"{where} AND {more}", [*values, *code]
    if filters.kind:
        where, values = f"{where} AND e.kind = %s", [*values, filters.kind]
    if filters.state == "late":
        where, values = f"{where} AND e.state = 'waiting' AND e.received_at < %s", [*values, now - WAITING_LONG]
    elif filters.state:
        where, values = f"{where} AND e.state = %s", [*values, filters.state]
    if filters.day is not None:
        begins = datetime.combine(filters.day, time(), ZONE)
        where += " AND e.received_at >= %s AND e.received_at < %s"
        values = [*values, begins, begins + timedelta(days=1)]
    return where, values


def _named(one: dict[str, Any], now: datetime) -> dict[str, Any]:
    why = orjson.loads(one["why"])
    return {
        **one,
        "why": why,
        "kind_name": KINDS[one["kind"]],
        "state_name": STATES[one["state"]],
        "stage_name": STAGE_NAMES[one["stage"]] if one["stage"] else "",
        "late": one["state"] == "waiting" and one["received_at"] < now - WAITING_LONG,
    }
