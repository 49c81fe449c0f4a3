"""All shapes of grids in memory: which holds a point, which is nearest.

The tree is made once for a version of the shapes and for each process. Whoever changes a shape gives it a higher
version (`steps/grids.py`), and `GRIDS_KEPT` seconds later everybody has seen it.
"""

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from django.conf import settings
from numpy.typing import NDArray

from onedoor.cases.sql import rows
from onedoor.rules.geo import metres
from onedoor.rules.grids import SPECIAL

Places = NDArray[np.int64]
NOWHERE = -1
# as wide as a street: grids this near each other are neighbours though their edges do not meet
NEIGHBOUR_METRES = 30.0


@dataclass(frozen=True, slots=True)
class Named:
    division_id: int
    code: str
    name: str


class Shapes:
    """All shapes in use as they were at `version`, never changed after it is made. Places are indices into them.

    Distances are measured in the plane of Mercator: its scale is the same in all directions, so what is nearest there
    is nearest on the ground, which plain degrees are not.
    """

    def __init__(self, version: int) -> None:
        found = rows(
            "SELECT g.division_id AS id, d.code, d.name, d.path::text AS path, g.kind, g.shape::text AS shape"
            " FROM grid_grid g JOIN people_division d ON d.id = g.division_id"
            " WHERE g.active AND g.shape IS NOT NULL ORDER BY d.code"
        )
        self.version = version
        self.ids: Places = np.array([row["id"] for row in found], dtype=np.int64)
        self.place_of = {row["id"]: place for place, row in enumerate(found)}
        self.labels = [Named(row["id"], row["code"], row["name"]) for row in found]
        self.paths = [tuple(int(part) for part in row["path"].strip("[]").split(",")) for row in found]
        self.special: NDArray[np.bool_] = np.array([row["kind"] == SPECIAL for row in found], dtype=bool)
        # the deeper wins, then the one whose code comes first: one number, so that points by the thousand are one sort
        count = len(found)
        depths = np.array([len(path) for path in self.paths], dtype=np.int64)
        self.rank: Places = depths * count + (count - 1 - np.arange(count, dtype=np.int64))
        self.rank[self.special] -= np.int64(1) << 40
        self.areas = shapely.from_geojson([row["shape"] for row in found]) if found else np.array([], dtype=object)
        self.flat = shapely.transform(self.areas, _mercator)
        shapely.prepare(self.areas)
        self.tree = shapely.STRtree(self.areas)
        self.flat_tree = shapely.STRtree(self.flat)

    def named(self, place: int) -> Named:
        return self.labels[place]

    def at(self, lon: float, lat: float, within: Sequence[int] | None) -> tuple[int, int]:
        """Places of the best ordinary grid and the best special one at a point."""
        ordinary = special = NOWHERE
        candidates = self.tree.query(shapely.Point(lon, lat))
        for place in candidates[shapely.intersects_xy(self.areas[candidates], lon, lat)].tolist():
            if within is not None and not self._is_within(place, within):
                continue
            if self.special[place]:
                special = place if special == NOWHERE or self.rank[place] > self.rank[special] else special
            else:
                ordinary = place if ordinary == NOWHERE or self.rank[place] > self.rank[ordinary] else ordinary
        return ordinary, special

    def nearest(self, lon: float, lat: float, within: Sequence[int] | None) -> tuple[int, float]:
        """The nearest place and how many metres away it is; at the same distance ordinary grids come first."""
        point = shapely.Point(*_mercator(np.array([[lon, lat]]))[0])
        if within is None:
            if not len(self.ids):
                return NOWHERE, 0.0
            candidates = self.flat_tree.query_nearest(point)
        else:
            allowed = [place for place in range(len(self.ids)) if self._is_within(place, within)]
            if not allowed:
                return NOWHERE, 0.0
            far = shapely.distance(self.flat[allowed], point)
            candidates = np.array(allowed)[far == far.min()]
        place = max(candidates.tolist(), key=lambda one: int(self.rank[one]))
        line = shapely.get_coordinates(shapely.shortest_line(point, self.flat[place]))
        there = _degrees(line[1])
        return place, metres((lon, lat), there)

    def all_at(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Places:
        """The place of each point: the ordinary grid that is deepest, else a special one, else NOWHERE."""
        points, places = self.tree.query(shapely.points(lon, lat))
        # grid by grid: what is prepared of one is at hand for all of its points, six times faster
        order = np.argsort(places, kind="stable")
        points, places = points[order], places[order]
        held = shapely.intersects_xy(self.areas[places], lon[points], lat[points])
        points, places = points[held], places[held]
        best = np.full(len(lon), np.iinfo(np.int64).min, dtype=np.int64)
        np.maximum.at(best, points, self.rank[places])
        found = np.full(len(lon), NOWHERE, dtype=np.int64)
        winning = self.rank[places] == best[points]
        found[points[winning]] = places[winning]
        return found

    def all_nearest(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Places:
        found = np.full(len(lon), NOWHERE, dtype=np.int64)
        if not len(self.ids):
            return found
        points, places = self.flat_tree.query_nearest(shapely.points(_mercator(np.column_stack([lon, lat]))))
        best = np.full(len(lon), np.iinfo(np.int64).min, dtype=np.int64)
        np.maximum.at(best, points, self.rank[places])
        winning = self.rank[places] == best[points]
        found[points[winning]] = places[winning]
        return found

    def neighbours(self, division_ids: Collection[int]) -> list[int]:
        """Ids of the grids that lie at these, nearest codes first."""
        own = [self.place_of[one] for one in division_ids if one in self.place_of]
        if not own:
            return []
        areas = self.flat[own]
        # Mercator's metres grow with the latitude
        lat = float(np.mean(shapely.get_coordinates(self.areas[own])[:, 1]))
        _, places = self.flat_tree.query(
            areas, predicate="dwithin", distance=NEIGHBOUR_METRES / np.cos(np.radians(lat))
        )
        return [int(self.ids[place]) for place in np.unique(places)]

    def _is_within(self, place: int, within: Sequence[int]) -> bool:
        return self.paths[place][: len(within)] == tuple(within)


_RADIUS = 6_378_137.0


def _mercator(points: NDArray[np.float64]) -> NDArray[np.float64]:
    lat = np.clip(points[:, 1], -89.0, 89.0)
    north = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    return np.column_stack([np.radians(points[:, 0]), north]) * _RADIUS


def _degrees(point: NDArray[np.float64]) -> tuple[float, float]:
    lon, lat = np.degrees(point[0] / _RADIUS), np.degrees(2 * np.arctan(np.exp(point[1] / _RADIUS)) - np.pi / 2)
    return float(lon), float(lat)


_kept: Shapes | None = None
_looked_at = 0.0
_making = threading.Lock()


def all_shapes() -> Shapes:
    """Those of the newest version. One thread makes them anew, the others wait for it: half a
    second for 2,600 grids."""
    global _kept, _looked_at
    now = time.monotonic()
    if _kept is not None and now - _looked_at < settings.GRIDS_KEPT:
        return _kept
    with _making:
        version = rows("SELECT coalesce(max(shape_version), 0) AS version FROM grid_grid")[0]["version"]
        if _kept is None or _kept.version != version:
            _kept = Shapes(version)
        _looked_at = now
        return _kept


def next_shape_version() -> int:
    """Higher than every other, and of no earlier time: so that a database that was restored or emptied is seen too."""
    now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    found = rows(f"SELECT greatest(coalesce(max(shape_version), 0) + 1, {now}) AS version FROM grid_grid")
    return int(found[0]["version"])
