"""What is wrong with the shapes: grids that overlap, holes between them, grids that reach beyond the one above."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from onedoor.cases.sql import rows
from onedoor.rules.grids import SPECIAL

TOLERANCE = 100.0  # m²: ten metres by ten, about what a phone's position is good for
MOST_FAULTS = 300
OVERLAP, HOLE, BEYOND, BARE = "overlap", "hole", "beyond", "bare"
FAULT_NAMES = {OVERLAP: "重叠", HOLE: "空洞", BEYOND: "超出上级", BARE: "上级没有铺满"}
_EARTH = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Fault:
    """`names` and `codes` of the grids concerned: two that overlap, those around a hole, the one that reaches beyond
    the one above. `shape` is the piece in question, GeoJSON."""

    kind: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    area: float  # m²
    shape: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Faults:
    """The largest first, at most MOST_FAULTS; `count` is all of them."""

    items: list[Fault]
    count: int
    drawn: int
    undrawn: int


@dataclass(frozen=True, slots=True)
class _Drawn:
    id: int
    code: str
    name: str
    depth: int
    parent: int
    area: Any  # in the plane of equal areas


def faults(*, below: int | None = None, tolerance: float = TOLERANCE) -> Faults:
    """Of the ordinary and micro grids in use, at or below a division. Two of one level overlap wherever they lie; a
    hole is a place that grids of the uppermost level enclose; what grids below one leave bare of it is told where two
    or more of them are drawn. Special grids lie over others on purpose."""
    condition, values = ("", []) if below is None else (" AND d.path @> to_jsonb(%s::bigint)", [below])
    found = rows(
        "SELECT d.id, d.code, d.name, jsonb_array_length(d.path) AS depth, d.parent_id, g.shape::text AS shape"
        " FROM grid_grid g JOIN people_division d ON d.id = g.division_id"
        f" WHERE g.active AND g.kind <> %s{condition} ORDER BY d.code",
        [SPECIAL, *values],
    )
    drawn = [row for row in found if row["shape"] is not None]
    areas = shapely.transform(shapely.from_geojson([row["shape"] for row in drawn]), _plane) if drawn else []
    grids = [
        _Drawn(row["id"], row["code"], row["name"], row["depth"], row["parent_id"], area)
        for row, area in zip(drawn, areas, strict=True)
    ]
    all_of_them = sorted(
        (one for one in (*_overlaps(grids), *_holes(grids), *_nested(grids)) if one.area > tolerance),
        key=lambda one: (-one.area, one.codes),
    )
    return Faults(all_of_them[:MOST_FAULTS], len(all_of_them), len(drawn), len(found) - len(drawn))


def _overlaps(grids: Sequence[_Drawn]) -> Iterator[Fault]:
    for depth in sorted({one.depth for one in grids}):
        level = [one for one in grids if one.depth == depth]
        areas = np.array([one.area for one in level], dtype=object)
        left, right = shapely.STRtree(areas).query(areas, predicate="intersects")
        left, right = left[left < right], right[left < right]
        for a, b, shared in zip(left, right, shapely.intersection(areas[left], areas[right]), strict=True):
            if shared.area > 0:
                yield _fault(OVERLAP, [level[a], level[b]], shared)


def _holes(grids: Sequence[_Drawn]) -> Iterator[Fault]:
    """Rings that the grids without a drawn grid above them enclose together."""
    ids = {one.id for one in grids}
    upper = [one for one in grids if one.parent not in ids]
    if not upper:
        return
    areas = np.array([one.area for one in upper], dtype=object)
    tree = shapely.STRtree(areas)
    for part in shapely.get_parts(shapely.union_all(areas)):
        for ring in part.interiors:
            hole = shapely.Polygon(ring)
            around = sorted(tree.query(hole, predicate="intersects").tolist())
            yield _fault(HOLE, [upper[place] for place in around], hole)


def _nested(grids: Sequence[_Drawn]) -> Iterator[Fault]:
    by_id = {one.id: one for one in grids}
    below: dict[int, list[_Drawn]] = {}
    for one in grids:
        if one.parent in by_id:
            below.setdefault(one.parent, []).append(one)
            yield _fault(BEYOND, [one, by_id[one.parent]], shapely.difference(one.area, by_id[one.parent].area))
    for parent, children in below.items():
        if len(children) > 1:
            bare = shapely.difference(by_id[parent].area, shapely.union_all([one.area for one in children]))
            yield _fault(BARE, [by_id[parent]], bare)


def _fault(kind: str, grids: Sequence[_Drawn], piece: Any) -> Fault:
    shape = orjson.loads(shapely.to_geojson(shapely.transform(piece, _degrees)))
    return Fault(kind, tuple(one.code for one in grids), tuple(one.name for one in grids), float(piece.area), shape)


def square_metres(shape: dict[str, Any]) -> float:
    """How large a shape is."""
    return float(shapely.transform(shapely.geometry.shape(shape), _plane).area)


def _plane(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lambert's cylinder, on which every piece has its own area."""
    return np.column_stack([np.radians(points[:, 0]), np.sin(np.radians(points[:, 1]))]) * _EARTH


def _degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
    back = points / _EARTH
    return np.column_stack([np.degrees(back[:, 0]), np.degrees(np.arcsin(np.clip(back[:, 1], -1, 1)))])
