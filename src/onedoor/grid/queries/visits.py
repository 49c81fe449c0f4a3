"""入户走访: numbers for who looks after an area, texts for its lead, addresses for who was there.

There is no search by address, no list by it and no count of it: it is decrypted only in the list of the worker's own
visits.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from onedoor.cases import secrets
from onedoor.cases.sql import rows
from onedoor.grid.queries.area import below, day_cursor, in_area, must_look, read_day_cursor
from onedoor.grid.steps.visits import ADDRESS
from onedoor.people.tokens import SignedIn
from onedoor.rules.fieldwork import LOOKS, WORKS
from onedoor.rules.household import PURPOSES, READS_ASKED

PAGE = 30


@dataclass(frozen=True, slots=True)
class VisitPage:
    items: list[dict[str, Any]]
    next_cursor: str


def visit_numbers(signed: SignedIn, first: date, last: date) -> list[dict[str, Any]]:
    """Of my area, by grid and purpose: `grid_name`, `counts` with their names, in the order of PURPOSES, `all`."""
    must_look(signed, LOOKS, "走访的数字只对网格长和上级中心开放。")
    inside, values = in_area(signed, LOOKS, "v.grid_id")
    found = rows(
        "SELECT d.code, d.name, v.purpose, count(*) AS n FROM grid_householdvisit v"
        ' JOIN people_division d ON d.id = v.grid_id WHERE v."on" BETWEEN %s AND %s'
        f" AND {inside} GROUP BY d.code, d.name, v.purpose ORDER BY d.code",
        [first, last, *values],
    )
    grids: dict[str, dict[str, Any]] = {}
    for row in found:
        grid = grids.setdefault(row["code"], {"code": row["code"], "grid_name": row["name"], "by": {}})
        grid["by"][row["purpose"]] = int(row["n"])
    return [
        {
            **grid,
            "counts": [(name, grid["by"].get(code, 0)) for code, name in PURPOSES.items()],
            "all": sum(grid["by"].values()),
        }
        for grid in grids.values()
    ]


def list_asked(signed: SignedIn, *, grid: str = "", cursor: str = "") -> VisitPage:
    """What was asked at the doors of my area, for its lead: day, grid, purpose, words. No address, and no worker: with
    the day they would lead to one."""
    must_look(signed, READS_ASKED, "走访中群众提出的内容只对网格长开放。")
    inside, values = in_area(signed, READS_ASKED, "v.grid_id")
    where = f"v.erased_at IS NULL AND v.asked <> '' AND {inside}"
    if grid:
        more, code = below(grid, "v.grid_id")
        where, values = f"{where} AND {more}", [*values, *code]
    return _page(where, values, "asked", own=False, cursor=cursor)


def list_own_visits(signed: SignedIn, *, cursor: str = "") -> VisitPage:
    """My own, with the address."""
    must_look(signed, WORKS, "走访由网格员和网格长记录。")
    return _page("v.erased_at IS NULL AND v.account_id = %s", [signed.account], "own", own=True, cursor=cursor)


def _page(where: str, values: list[Any], order: str, *, own: bool, cursor: str) -> VisitPage:
    if cursor:
        where += ' AND (v."on", v.id) < (%s, %s)'
        values = [*values, *read_day_cursor(cursor, f"visits-{order}")]
    address = ", v.address" if own else ""
    found = rows(
        f'SELECT v.id, v."on", v.purpose, v.asked, d.name AS grid_name{address} FROM grid_householdvisit v'
        f' JOIN people_division d ON d.id = v.grid_id WHERE {where} ORDER BY v."on" DESC, v.id DESC LIMIT %s',
        [*values, PAGE + 1],
    )
    items = [_named(one, own=own) for one in found[:PAGE]]
    more = len(found) > PAGE
    return VisitPage(items, day_cursor(items[-1]["on"], items[-1]["id"], f"visits-{order}") if more else "")


def _named(one: dict[str, Any], *, own: bool) -> dict[str, Any]:
    named = {**one, "purpose_name": PURPOSES[one["purpose"]]}
    return {**named, "address": secrets.decrypt(one["address"], about=ADDRESS)} if own else named
