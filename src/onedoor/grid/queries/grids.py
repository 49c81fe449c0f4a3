"""Grids as pages list them: for administrators by place and state, for residents level by level."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from onedoor.cases.sql import rows
from onedoor.grid.models import Grid, GridContact
from onedoor.people.models import Division
from onedoor.rules.grids import CONTACT_KINDS, GRID_KINDS

PAGE = 50
STATES = {"active": "在用", "undrawn": "没画范围", "retired": "已停用", "unstaffed": "没有网格员"}


@dataclass(frozen=True, slots=True)
class Place:
    """A division on the way down to grids; `grids` is how many in use lie below it."""

    id: int
    code: str
    name: str
    grids: int
    is_grid: bool


@dataclass(frozen=True, slots=True)
class GridPage:
    """`following` is the code to go on after; empty at the end."""

    items: list[dict[str, Any]]
    following: str


_STAFF = (
    "(SELECT count(*) FROM people_post p JOIN people_account a ON a.id = p.account_id AND a.is_active"
    " WHERE p.division_id = g.division_id AND p.active AND p.role = 'grid_worker')"
)


def list_grids(*, q: str = "", below: int | None = None, kind: str = "", state: str = "", after: str = "") -> GridPage:
    """By code, fifty to a page. `q` is part of a code, a name or the shown worker's; `state` one of STATES, without it
    those in use. Each with `workers`, how many have a post there."""
    where, values = [], list[Any]()
    if q:
        where.append("(d.code ILIKE %s OR d.name ILIKE %s OR g.shown_name ILIKE %s)")
        values += [f"%{_literal(q)}%"] * 3
    if below is not None:
        where.append("d.path @> to_jsonb(%s::bigint)")
        values.append(below)
    if kind:
        where.append("g.kind = %s")
        values.append(kind)
    where.append("NOT g.active" if state == "retired" else "g.active")
    if state == "undrawn":
        where.append("g.shape IS NULL")
    if state == "unstaffed":
        where.append(f"{_STAFF} = 0")
    if after:
        where.append("d.code > %s")
        values.append(after)
    found = rows(
        "SELECT d.code, d.name, up.name AS parent, g.kind, g.level_name, g.households, g.shown_name, g.shown_phone,"
        f" g.active, g.shape IS NOT NULL AS drawn, {_STAFF} AS workers FROM grid_grid g"
        " JOIN people_division d ON d.id = g.division_id LEFT JOIN people_division up ON up.id = d.parent_id"
        f" WHERE {' AND '.join(where)} ORDER BY d.code LIMIT %s",
        [*values, PAGE + 1],
    )
    items = [row | {"kind_name": GRID_KINDS[row["kind"]]} for row in found[:PAGE]]
    return GridPage(items, items[-1]["code"] if len(found) > PAGE else "")


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def grid_figures() -> dict[str, int]:
    """How many are in use, of them special, not drawn, without a worker; and how many are retired."""
    (found,) = rows(
        "SELECT count(*) FILTER (WHERE g.active) AS active,"
        " count(*) FILTER (WHERE g.active AND g.kind = 'special') AS special,"
        " count(*) FILTER (WHERE g.active AND g.shape IS NULL) AS undrawn,"
        f" count(*) FILTER (WHERE g.active AND {_STAFF} = 0) AS unstaffed,"
        " count(*) FILTER (WHERE NOT g.active) AS retired FROM grid_grid g"
    )
    return {name: int(value) for name, value in found.items()}


def places_with_grids(parent: int | None = None) -> list[Place]:
    """The divisions directly below one (the top: None) that are grids in use or have some below."""
    top = "d.parent_id IN (SELECT id FROM people_division WHERE parent_id IS NULL)"
    where, values = (top, []) if parent is None else ("d.parent_id = %s", [parent])
    found = rows(
        "SELECT d.id, d.code, d.name, own.division_id IS NOT NULL AS is_grid,"
        " (SELECT count(*) FROM grid_grid g JOIN people_division below ON below.id = g.division_id"
        "   WHERE g.active AND below.path @> to_jsonb(d.id) AND below.id <> d.id) AS grids"
        " FROM people_division d LEFT JOIN grid_grid own ON own.division_id = d.id AND own.active"
        f" WHERE {where} ORDER BY d.code",
        values,
    )
    return [Place(**row) for row in found if row["grids"] or row["is_grid"]]


def trail_of(division: Division) -> list[Division]:
    """Those above it from the top down, and itself."""
    return sorted(Division.objects.filter(pk__in=division.path), key=lambda one: division.path.index(one.pk))


@dataclass(frozen=True, slots=True)
class OneGrid:
    grid: Grid
    trail: list[Division]
    below: list[Grid]
    contacts: list[GridContact]
    posts: list[dict[str, Any]] = field(default_factory=list)


def one_grid(code: str) -> OneGrid | None:
    """With who holds a post there, the grids directly below, and those who stand by it."""
    grid = Grid.objects.select_related("division").filter(division__code=code).first()
    if grid is None:
        return None
    below = Grid.objects.select_related("division").filter(division__parent_id=grid.pk).order_by("division__code")
    posts = rows(
        "SELECT a.id AS account, a.name, p.role, u.short_name AS unit FROM people_post p"
        " JOIN people_account a ON a.id = p.account_id JOIN people_unit u ON u.id = p.unit_id"
        " WHERE p.division_id = %s AND p.active AND a.is_active ORDER BY p.role, p.id",
        [grid.pk],
    )
    contacts = list(grid.contacts.order_by("kind", "id"))
    for contact in contacts:
        contact.kind_name = CONTACT_KINDS[contact.kind]  # type: ignore[attr-defined]
    return OneGrid(grid, trail_of(grid.division), list(below), contacts, posts)


@dataclass(frozen=True, slots=True)
class Shown:
    """A grid as residents see it: only what is meant to be shown."""

    code: str
    name: str
    level_name: str
    place: str  # the divisions above it below the top, in one line
    worker: str
    phone: str
    contacts: list[dict[str, str]]
    special: bool


def shown_grid(division: int) -> Shown | None:
    """The worker of the grid, or of the one above where it shows none; officers and advisers likewise."""
    found = rows(
        "SELECT d.id, d.code, d.name, g.division_id IS NOT NULL AS is_grid, g.level_name, g.kind, g.shown_name,"
        " g.shown_phone, d.parent_id IS NULL AS top FROM people_division here"
        " JOIN people_division d ON here.path @> to_jsonb(d.id)"
        " LEFT JOIN grid_grid g ON g.division_id = d.id AND g.active"
        " WHERE here.id = %s ORDER BY jsonb_array_length(d.path)",
        [division],
    )
    if not found or not found[-1]["is_grid"]:
        return None
    own = found[-1]
    grids = [row for row in reversed(found) if row["is_grid"]]
    worker = next((row for row in grids if row["shown_name"] or row["shown_phone"]), own)
    contacts = rows(
        "SELECT grid_id, kind, name, office, phone FROM grid_gridcontact WHERE shown AND grid_id = ANY(%s)"
        " ORDER BY id",
        [[row["id"] for row in grids]],
    )
    return Shown(
        code=own["code"],
        name=own["name"],
        level_name=own["level_name"],
        place="".join(row["name"] for row in found[:-1] if not row["top"]),
        worker=worker["shown_name"],
        phone=worker["shown_phone"],
        contacts=[one for kind in CONTACT_KINDS for one in _nearest(contacts, kind, [row["id"] for row in grids])],
        special=own["kind"] == "special",
    )


def _nearest(contacts: Sequence[dict[str, Any]], kind: str, grids: Sequence[int]) -> list[dict[str, str]]:
    for grid in grids:
        found = [one for one in contacts if one["grid_id"] == grid and one["kind"] == kind]
        if found:
            return [one | {"kind_name": CONTACT_KINDS[kind]} for one in found]
    return []


def whole_table(below: int | None = None) -> list[dict[str, Any]]:
    """Every grid in use with its shape, by code: what is exported."""
    condition, values = ("", []) if below is None else (" AND d.path @> to_jsonb(%s::bigint)", [below])
    found = rows(
        "SELECT d.code, d.name, up.code AS parent, up.name AS parent_name, g.kind, g.level_name, g.households,"
        " g.shown_name, g.shown_phone, g.shape::text AS shape FROM grid_grid g"
        " JOIN people_division d ON d.id = g.division_id LEFT JOIN people_division up ON up.id = d.parent_id"
        f" WHERE g.active{condition} ORDER BY jsonb_array_length(d.path), d.code",
        values,
    )
    return [row | {"shape": orjson.loads(row["shape"]) if row["shape"] else None} for row in found]
