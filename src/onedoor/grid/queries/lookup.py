"""In which grid a point lies, what lies around a grid, and whom one rings there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
from numpy.typing import ArrayLike, NDArray

from onedoor.cases.sql import rows
from onedoor.grid.queries._shapes import NOWHERE, Named, Places, all_shapes

__all__ = [
    "NOWHERE",
    "Contacts",
    "Found",
    "GridShape",
    "Named",
    "Ring",
    "contacts_of",
    "grid_at",
    "grids_around",
    "grids_at",
    "grids_of",
]

MOST_AROUND = 200


@dataclass(frozen=True, slots=True)
class Found:
    """The grid of a point: the deepest of the ordinary ones it lies in, at `distance_m` nought; else the nearest, and
    then not `inside`. `special`: the special grid (school, market …) over that place, if any; where nothing but a
    special one is there, it is the grid itself."""

    division_id: int
    code: str
    name: str
    distance_m: float
    inside: bool
    special: Named | None = None


@dataclass(frozen=True, slots=True)
class GridShape:
    """A grid as phones and maps draw it; `shape` is GeoJSON, None while it is not drawn. `below`: it is part of what
    was asked about, and no neighbour."""

    division_id: int
    code: str
    name: str
    kind: str
    level_name: str
    shape: dict[str, Any] | None
    below: bool = False


@dataclass(frozen=True, slots=True)
class Ring:
    """Whom one can ring."""

    name: str
    phone: str
    office: str = ""


@dataclass(frozen=True, slots=True)
class Contacts:
    lead: Ring | None
    centre: Ring | None
    police: list[Ring]
    legal: list[Ring]


def grid_at(lon: float, lat: float, within: Sequence[int] | None = None) -> Found | None:
    """The grid of a point in CGCS2000; None where no grid is drawn. `within`, the path of a division, takes only grids
    at or below it."""
    shapes = all_shapes()
    ordinary, special = shapes.at(lon, lat, within)
    over = None if special == NOWHERE else shapes.named(special)
    if ordinary == NOWHERE:
        ordinary = special
    if ordinary != NOWHERE:
        here = shapes.named(ordinary)
        return Found(here.division_id, here.code, here.name, 0.0, inside=True, special=over)
    nearest, far = shapes.nearest(lon, lat, within)
    if nearest == NOWHERE:
        return None
    here = shapes.named(nearest)
    return Found(here.division_id, here.code, here.name, far, inside=False)


def grids_at(lon: ArrayLike, lat: ArrayLike) -> tuple[Places, NDArray[np.bool_]]:
    """The same for many points at once: the id of each one's grid, NOWHERE where none is drawn, and whether the point
    lies in it."""
    shapes = all_shapes()
    found = shapes.all_at(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    inside = found != NOWHERE
    if not inside.all():
        found[~inside] = shapes.all_nearest(
            np.asarray(lon, dtype=float)[~inside], np.asarray(lat, dtype=float)[~inside]
        )
    ids = np.full(len(found), NOWHERE, dtype=np.int64)
    ids[found != NOWHERE] = shapes.ids[found[found != NOWHERE]]
    return ids, inside


def grids_of(division_ids: Collection[int]) -> list[GridShape]:
    """Those of the divisions that are grids in use."""
    found = rows(f"{_GRID} AND g.division_id = ANY(%s) ORDER BY d.code", [list(division_ids)])
    return [_grid(row) for row in found]


def grids_around(division_ids: Collection[int]) -> list[GridShape]:
    """The grids below these divisions, and the neighbours of all of them; the divisions themselves are left out. At
    most MOST_AROUND, those below first."""
    wanted = list(division_ids)
    below = rows(
        f"{_GRID} AND NOT g.division_id = ANY(%s) AND EXISTS (SELECT 1 FROM unnest(%s::bigint[]) above"
        " WHERE d.path @> to_jsonb(above)) ORDER BY d.code LIMIT %s",
        [wanted, wanted, MOST_AROUND],
    )
    own = {row["division_id"] for row in below} | set(wanted)
    near = [one for one in all_shapes().neighbours(own) if one not in own][: MOST_AROUND - len(below)]
    return [replace(_grid(row), below=True) for row in below] + (grids_of(near) if near else [])


def contacts_of(division_id: int) -> Contacts:
    """Whom a worker of this grid rings: the lead of the nearest division upwards that has one, the nearest centre, and
    the officers and advisers of the grid or, where it has none, of the grid above it. An account has no telephone; the
    lead's is that of the unit he sits in."""
    leads = rows(
        "SELECT a.name, u.phone, u.short_name AS office FROM people_division here"
        " JOIN people_division up ON here.path @> to_jsonb(up.id)"
        " JOIN people_post p ON p.division_id = up.id AND p.active AND p.role = 'grid_lead'"
        " JOIN people_account a ON a.id = p.account_id AND a.is_active JOIN people_unit u ON u.id = p.unit_id"
        " WHERE here.id = %s AND u.active ORDER BY jsonb_array_length(up.path) DESC, p.id LIMIT 1",
        [division_id],
    )
    centres = rows(
        "SELECT u.short_name AS name, u.phone FROM people_division here"
        " JOIN people_division up ON here.path @> to_jsonb(up.id)"
        " JOIN people_unit u ON u.division_id = up.id AND u.kind = 'centre' AND u.active"
        " WHERE here.id = %s ORDER BY jsonb_array_length(up.path) DESC LIMIT 1",
        [division_id],
    )
    beside = rows(
        "SELECT c.kind, c.name, c.phone, c.office, jsonb_array_length(up.path) AS depth FROM people_division here"
        " JOIN people_division up ON here.path @> to_jsonb(up.id) JOIN grid_gridcontact c ON c.grid_id = up.id"
        " WHERE here.id = %s ORDER BY c.id",
        [division_id],
    )
    return Contacts(
        next((Ring(**row) for row in leads), None),
        next((Ring(**row) for row in centres), None),
        _nearest(beside, "police"),
        _nearest(beside, "legal"),
    )


def _nearest(beside: list[dict[str, Any]], kind: str) -> list[Ring]:
    of_kind = [row for row in beside if row["kind"] == kind]
    deepest = max((row["depth"] for row in of_kind), default=0)
    return [Ring(row["name"], row["phone"], row["office"]) for row in of_kind if row["depth"] == deepest]


_GRID = (
    "SELECT g.division_id, d.code, d.name, g.kind, g.level_name, g.shape::text AS shape FROM grid_grid g"
    " JOIN people_division d ON d.id = g.division_id WHERE g.active"
)


def _grid(row: dict[str, Any]) -> GridShape:
    return GridShape(**(row | {"shape": None if row["shape"] is None else orjson.loads(row["shape"])}))
