"""场所、检查表、巡查: of my area, what is due first."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from onedoor.cases.queries.gate import may_see
from onedoor.cases.sql import rows
from onedoor.grid.queries.area import NUMBER, below, day_cursor, in_area, must_look, read_day_cursor
from onedoor.people.tokens import SignedIn
from onedoor.rules import fieldwork
from onedoor.rules.fieldwork import LEADS, LOOKS, WORKS
from onedoor.rules.places import PLACE_KINDS

PAGE = 30
SEES = LOOKS | WORKS
_KEY = "coalesce(p.next_on, DATE '9999-12-31')"
_TABLES = " FROM grid_place p JOIN people_division d ON d.id = p.grid_id"


@dataclass(frozen=True, slots=True)
class PlacePage:
    items: list[dict[str, Any]]
    next_cursor: str
    count: int
    capped: bool


def list_places(
    signed: SignedIn,
    today: date,
    *,
    grid: str = "",
    kind: str = "",
    due: bool = False,
    off: bool = False,
    cursor: str = "",
) -> PlacePage:
    """One page of those in use (or of the others, `off`) and its count, under the same conditions: what is due first,
    what has no round last."""
    where, values = _mine(signed)
    where += " AND NOT p.active" if off else " AND p.active"
    if grid:
        inside, more = below(grid, "p.grid_id")
        where, values = f"{where} AND {inside}", [*values, *more]
    if kind:
        where, values = f"{where} AND p.kind = %s", [*values, kind]
    if due:
        where, values = f"{where} AND p.next_on <= %s", [*values, today]
    onward, after = "", list[Any]()
    if cursor:
        after = list(read_day_cursor(cursor, "places"))
        onward = f" AND ({_KEY}, p.id) > (%s, %s)"
    found = rows(
        "SELECT p.id, p.kind, p.name, p.address, p.next_on, p.last_on, p.every_days, p.active, d.name AS grid_name,"
        f" d.code AS grid{_TABLES} WHERE {where}{onward} ORDER BY {_KEY}, p.id LIMIT %s",
        [*values, *after, PAGE + 1],
    )
    items = [_named(one, today) for one in found[:PAGE]]
    following = day_cursor(items[-1]["next_on"], items[-1]["id"], "places") if len(found) > PAGE else ""
    if not (following or cursor):
        return PlacePage(items, "", len(items), capped=False)
    cap = settings.COUNT_CAP
    count = int(
        rows(f"SELECT count(*) AS n FROM (SELECT 1{_TABLES} WHERE {where} LIMIT %s) one", [*values, cap + 1])[0]["n"]
    )
    return PlacePage(items, following, min(count, cap), count > cap)


def place_for(signed: SignedIn, place: UUID, today: date) -> dict[str, Any]:
    """One of my area with its last looks; another is not found. `keeps`: whether I may change it."""
    where, values = _mine(signed)
    found = rows(
        "SELECT p.id, p.kind, p.name, p.address, p.lon, p.lat, p.checklist, p.every_days, p.next_on, p.last_on,"
        " p.active, d.name AS grid_name, d.code AS grid, d.path, l.name AS checklist_name"
        f"{_TABLES} LEFT JOIN LATERAL (SELECT name FROM grid_checklist WHERE code = p.checklist"
        f" ORDER BY version DESC LIMIT 1) l ON TRUE WHERE p.id = %s AND {where}",
        [place, *values],
    )
    if not found:
        raise fieldwork.not_there("这个场所")
    one = _named(found[0], today)
    path = tuple(orjson.loads(one["path"]))
    return {**one, "keeps": fieldwork.at(signed.actors, LEADS, path) is not None, "looks": _looks(signed, place)}


def _looks(signed: SignedIn, place: UUID) -> list[dict[str, Any]]:
    """The newest twenty. What a fault has become is named to who may see the matter."""
    found = rows(
        'SELECT i.id, i."on", i.faults, i.text, i.answers::text AS answers, k.items::text AS items, k.version,'
        f" a.name AS worker, {NUMBER} AS number FROM grid_inspection i JOIN people_account a ON a.id = i.account_id"
        ' LEFT JOIN grid_checklist k ON k.id = i.checklist_id LEFT JOIN "case" c ON c.id = i.case_id'
        ' WHERE i.place_id = %s ORDER BY i."on" DESC, i.id DESC LIMIT 20',
        [*may_see(signed.viewer()), place],
    )
    looks = []
    for one in found:
        answers = orjson.loads(one["answers"])
        items = orjson.loads(one["items"]) if one["items"] else []
        faults = [
            {"question": item["question"], "note": answers[item["code"]]["note"]}
            for item in items
            if item["code"] in answers and not answers[item["code"]]["ok"]
        ]
        looks.append({**one, "found": faults})
    return looks


def place_numbers(signed: SignedIn, today: date) -> dict[str, int]:
    """How many there are in my area, and of how many the round is due."""
    where, values = _mine(signed)
    found = rows(
        f"SELECT count(*) AS places, count(*) FILTER (WHERE p.next_on <= %s) AS due{_TABLES}"
        f" WHERE {where} AND p.active",
        [today, *values],
    )
    return {name: int(number) for name, number in found[0].items()}


def checklists() -> list[dict[str, Any]]:
    """The newest version of each list."""
    found = rows(
        "SELECT DISTINCT ON (code) code, version, name, items::text AS items, made_at, active FROM grid_checklist"
        " ORDER BY code, version DESC"
    )
    return [{**one, "items": orjson.loads(one["items"])} for one in found]


def checklist(code: str) -> dict[str, Any]:
    found = next((one for one in checklists() if one["code"] == code), None)
    if found is None:
        raise fieldwork.not_there("这份检查表")
    return found


def _mine(signed: SignedIn) -> tuple[str, list[Any]]:
    must_look(signed, SEES, "场所和巡查只对网格长、网格员和上级中心开放。")
    return in_area(signed, SEES, "p.grid_id")


def _named(one: dict[str, Any], today: date) -> dict[str, Any]:
    due = one["active"] and one["next_on"] is not None and one["next_on"] <= today
    return {
        **one,
        "kind_name": PLACE_KINDS[one["kind"]],
        "due": due,
        "overdue": (today - one["next_on"]).days if due else 0,
    }
