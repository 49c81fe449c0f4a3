"""The grid layer of a map: shapes of a part of the earth, no finer than the screen can show."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import shapely

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


def version() -> int:
    """Rises with every change of the layer."""
    return all_shapes().version


def _rounded(geometry: dict[str, Any]) -> dict[str, Any]:
    def less(value: Any) -> Any:
        return round(value, 6) if isinstance(value, float) else [less(one) for one in value]

    return geometry | {"coordinates": less(geometry["coordinates"])}
