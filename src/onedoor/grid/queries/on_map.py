"""The grid layer of a map: shapes of a part of the earth, no finer than the screen can show."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
import shapely

from onedoor.cases.sql import rows
from onedoor.grid.queries._shapes import all_shapes

Bounds = tuple[float, float, float, float]  # west, south, east, north
MOST_SHAPES = 4_000
WIDTH = 1_000  # of a screen: what is narrower than one part of these is not drawn


def grid_layer(paths: Sequence[Sequence[int]], bounds: Bounds | None = None) -> dict[str, Any]:
    """A FeatureCollection of the grids in use at or below any of these divisions, given by their paths, that touch
    `bounds` (all: None). Each feature has code, name and kind; `bounds` of the collection is what it covers, None
    where there is nothing."""
    shapes = all_shapes()
    ends = {path[-1] for path in paths if path}
    wanted = np.array([not ends.isdisjoint(path) for path in shapes.paths], dtype=bool)
    if bounds is not None:
        touched = np.zeros(len(wanted), dtype=bool)
        touched[shapes.tree.query(shapely.box(*bounds))] = True
        wanted &= touched
    places = np.flatnonzero(wanted)[:MOST_SHAPES]
    areas = shapes.areas[places]
    covered = [round(float(edge), 6) for edge in shapely.total_bounds(areas)] if len(places) else None
    seen = bounds or covered
    if seen:
        step = max((seen[2] - seen[0]) / WIDTH, 1e-6)
        areas = shapely.simplify(areas, step, preserve_topology=True)
    features = []
    for place, area in zip(places.tolist(), areas, strict=True):
        label = shapes.labels[place]
        kind = "special" if shapes.special[place] else "ordinary"
        properties = {"code": label.code, "name": label.name, "kind": kind, "depth": len(shapes.paths[place])}
        geometry = _rounded(orjson.loads(shapely.to_geojson(area)))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "bounds": covered, "features": features}


@lru_cache(maxsize=64)
def _outlines(version: int, path: tuple[int, ...]) -> dict[str, Any]:
    shapes, depth = all_shapes(), len(path)
    below: dict[int, list[int]] = {}
    for place, one in enumerate(shapes.paths):
        if len(one) > depth and one[:depth] == path and not shapes.special[place]:
            below.setdefault(one[depth], []).append(place)
    named = {
        row["id"]: row for row in rows("SELECT id, code, name FROM people_division WHERE id = ANY(%s)", [list(below)])
    }
    areas = {key: shapely.union_all(shapes.areas[places]) for key, places in below.items() if key in named}
    covered = [round(float(edge), 6) for edge in shapely.total_bounds(list(areas.values()))] if areas else None
    features = []
    for key in sorted(areas, key=lambda one: str(named[one]["code"])):
        step = max((covered[2] - covered[0]) / WIDTH, 1e-6) if covered else 1e-6
        area = shapely.simplify(areas[key], step, preserve_topology=True)
        middle = shapely.point_on_surface(area)
        properties = {
            "code": named[key]["code"],
            "name": named[key]["name"],
            "middle": [round(middle.x, 6), round(middle.y, 6)],
        }
        geometry = _rounded(orjson.loads(shapely.to_geojson(area)))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "bounds": covered, "features": features}


def outlines(path: Sequence[int]) -> dict[str, Any]:
    """A FeatureCollection of the divisions directly below that one: each the ground of its grids, with code, name and
    `middle`, a point within it for what is written there. Where no grid is drawn there is no feature. It is kept: not
    to be changed."""
    return _outlines(version(), tuple(path))


def grid_labels(path: Sequence[int]) -> list[tuple[int, str, str]]:
    """Id, code and name of each ordinary grid that is drawn at or below that division."""
    shapes, depth = all_shapes(), len(path)
    return [
        (label.division_id, label.code, label.name)
        for place, label in enumerate(shapes.labels)
        if shapes.paths[place][:depth] == tuple(path) and not shapes.special[place]
    ]


def version() -> int:
    """Rises with every change of the layer."""
    return all_shapes().version


def _rounded(geometry: dict[str, Any]) -> dict[str, Any]:
    def less(value: Any) -> Any:
        return round(value, 6) if isinstance(value, float) else [less(one) for one in value]

    return geometry | {"coordinates": less(geometry["coordinates"])}
