"""`grids`: a hundred thousand random points to 2,633 jagged grids, checked against asking every grid for each."""

import time
from typing import Any
from zlib import crc32

import numpy as np
import shapely

GRIDS, SPECIAL, POINTS, ALONE = 2_633, 60, 100_000, 20_000
COLUMNS = 53
SIZE = 0.01  # degrees, about a kilometre
PIECES = 16  # of each side: sixty-four corners for a grid
WEST, SOUTH = 83.0, 38.0


def grids() -> dict[str, Any]:
    """Points a second in bulk, microseconds of one alone, seconds until the shapes are in memory; `wrong` says for how
    many points asking every grid gives another one, or another answer to whether it is inside."""
    from django.db import transaction

    with transaction.atomic():
        _make()
        found = _measured()
        transaction.set_rollback(True)
    return found


def _measured() -> dict[str, Any]:
    from onedoor.grid.queries import lookup
    from onedoor.grid.queries._shapes import all_shapes

    begun = time.perf_counter()
    shapes = all_shapes()
    loading = time.perf_counter() - begun
    chance = np.random.default_rng(7)
    rows = -(-(GRIDS - SPECIAL) // COLUMNS)
    # a fiftieth of the width beyond every edge, and the last row is not full: some lie outside
    lon = WEST + COLUMNS * SIZE * (chance.random(POINTS) * 1.02 - 0.01)
    lat = SOUTH + rows * SIZE * (chance.random(POINTS) * 1.02 - 0.01)
    took, worked = [], []
    for _ in range(9):
        begun, busy = time.perf_counter(), time.process_time()
        ids, inside = lookup.grids_at(lon, lat)
        took.append(time.perf_counter() - begun)
        worked.append(time.process_time() - busy)
    begun = time.perf_counter()
    for place in range(ALONE):
        lookup.grid_at(float(lon[place]), float(lat[place]))
    alone = (time.perf_counter() - begun) / ALONE
    wanted, held = _by_force(shapes, lon, lat)
    return {
        "polygons": len(shapes.ids),
        "corners": int(shapely.get_num_coordinates(shapes.areas).sum()),
        "points": POINTS,
        "outside": int((~inside).sum()),
        "points_per_second": round(POINTS / sorted(took)[4]),
        "points_per_cpu_second": round(POINTS / sorted(worked)[4]),
        "alone_microseconds": round(alone * 1e6, 1),
        "loading_seconds": round(loading, 3),
        "wrong": int(((ids != wanted) | (inside != held)).sum()),
    }


def _by_force(shapes: Any, lon: Any, lat: Any) -> tuple[Any, Any]:
    """Every grid asked about every point, the best last; then for those in none the distance to every grid."""
    order = sorted(
        range(len(shapes.ids)),
        key=lambda one: (not shapes.special[one], len(shapes.paths[one]), [-ord(c) for c in shapes.labels[one].code]),
    )
    wanted, held = np.full(POINTS, -1, dtype=np.int64), np.zeros(POINTS, dtype=bool)
    for one in order:
        within = shapely.intersects_xy(shapes.areas[one], lon, lat)
        wanted[within], held[within] = shapes.ids[one], True
    outside = np.flatnonzero(~held)
    from onedoor.grid.queries._shapes import _mercator

    points = shapely.points(_mercator(np.column_stack([lon[outside], lat[outside]])))
    nearest = np.full(len(outside), np.inf)
    for one in order:
        far = shapely.distance(points, shapes.flat[one])
        nearer = far <= nearest
        wanted[outside[nearer]], nearest = shapes.ids[one], np.minimum(far, nearest)
    return wanted, held


def _make() -> None:
    from onedoor.grid.models import Grid
    from onedoor.grid.queries._shapes import next_shape_version
    from onedoor.people.divisions import add_division, top
    from onedoor.people.models import Division

    Grid.objects.all().delete()
    root = top() or add_division("990199", "试县", None)
    first = int(Division.objects.order_by("-pk").values_list("pk", flat=True)[0]) + 1_000
    divisions = [
        Division(pk=first + n, code=f"bench{n:05d}", name=f"网格{n}", parent=root, path=[*root.path, first + n])
        for n in range(GRIDS)
    ]
    Division.objects.bulk_create(divisions, batch_size=500)
    version = next_shape_version()
    made = []
    for number, division in enumerate(divisions):
        ordinary = number < GRIDS - SPECIAL
        column, row = number % COLUMNS, number // COLUMNS
        ring = _ring(column, row) if ordinary else _ring(number * 37 % COLUMNS, number * 11 % 40, 0.4)
        shape = {"type": "Polygon", "coordinates": [ring]}
        kind = "ordinary" if ordinary else "special"
        made.append(Grid(division=division, kind=kind, shape=shape, shape_version=version))
    Grid.objects.bulk_create(made, batch_size=500)


def _ring(column: int, row: int, shift: float = 0.0) -> list[list[float]]:
    """A square whose sides are jagged, the same for both neighbours."""
    x, y, n = column * PIECES, row * PIECES, PIECES
    around = [
        *((x + step, y) for step in range(n)),
        *((x + n, y + step) for step in range(n)),
        *((x + n - step, y + n) for step in range(n)),
        *((x, y + n - step) for step in range(n)),
    ]
    ring = [_corner(one, two, shift) for one, two in around]
    return [*ring, ring[0]]


def _corner(x: int, y: int, shift: float) -> list[float]:
    # less than half a step to each side, so that no side crosses itself
    east, north = ((crc32(f"{x} {y} {way}".encode()) % 1000 / 1000 - 0.5) * 0.8 for way in "xy")
    lon, lat = ((place + aside) / PIECES + shift for place, aside in ((x, east), (y, north)))
    return [round(WEST + lon * SIZE, 7), round(SOUTH + lat * SIZE, 7)]
