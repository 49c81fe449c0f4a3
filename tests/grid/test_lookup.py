"""Point → grid: the deepest, the special one over it, the nearest, and the same as looking at every one."""

import random
from typing import Any

import numpy as np
import pytest
import shapely

from onedoor.grid.models import Grid, GridContact
from onedoor.grid.queries import lookup
from onedoor.grid.queries._shapes import next_shape_version
from onedoor.people.divisions import add_division
from onedoor.people.models import Division, Unit
from onedoor.rules.geo import metres

pytestmark = pytest.mark.django_db
VILLAGE = "990101100201"
NORTH = 10.0  # where no grid of the demo lies


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def make_grid(code: str, shape: dict[str, Any] | None, *, parent: str = VILLAGE, **more: Any) -> Division:
    above = Division.objects.get(code=parent)
    made = add_division(code, f"网格{code}", above)
    Grid.objects.create(division=made, shape=shape, shape_version=next_shape_version(), **more)
    return made


@pytest.fixture
def empty(county: None) -> None:
    """The demo county without its grids."""
    Grid.objects.all().update(active=False, shape_version=next_shape_version())
    _ALL.clear()


def test_the_deepest_grid_wins_and_the_special_one_lies_over_it(empty: None) -> None:
    make_grid("g1", box(100.0, NORTH, 100.1, NORTH + 0.1))
    make_grid("g1a", box(100.0, NORTH, 100.05, NORTH + 0.05), parent="g1", kind="micro", level_name="微网格")
    make_grid("market", box(100.04, NORTH, 100.06, NORTH + 0.02), kind="special", level_name="专属网格")
    found = lookup.grid_at(100.02, NORTH + 0.02)
    assert found and (found.code, found.inside, found.distance_m, found.special) == ("g1a", True, 0.0, None)
    found = lookup.grid_at(100.045, NORTH + 0.01)
    assert found and found.code == "g1a" and found.special and found.special.code == "market"
    found = lookup.grid_at(100.055, NORTH + 0.01)
    assert found and found.code == "g1" and found.special and found.special.code == "market"


def test_where_only_a_special_grid_is_it_is_the_grid(empty: None) -> None:
    make_grid("market", box(100.0, NORTH, 100.1, NORTH + 0.1), kind="special")
    make_grid("g1", box(100.2, NORTH, 100.3, NORTH + 0.1))
    found = lookup.grid_at(100.05, NORTH + 0.05)
    assert found and (found.code, found.inside) == ("market", True)


def test_outside_every_grid_it_is_the_nearest_and_says_so(empty: None) -> None:
    """At 60° a degree of longitude is half a degree of latitude: nearest in degrees would be the wrong one."""
    make_grid("east", box(101.0, 60.0, 101.5, 60.1))
    make_grid("north", box(99.0, 60.7, 100.5, 61.0))
    found = lookup.grid_at(100.0, 60.05)
    assert found and (found.code, found.inside) == ("east", False)
    assert found.distance_m == pytest.approx(metres((100.0, 60.05), (101.0, 60.05)), rel=0.001)


def test_the_edge_of_two_belongs_to_one_of_them_and_always_the_same(empty: None) -> None:
    make_grid("g2", box(100.1, NORTH, 100.2, NORTH + 0.1))
    make_grid("g1", box(100.0, NORTH, 100.1, NORTH + 0.1))
    found = lookup.grid_at(100.1, NORTH + 0.05)
    assert found and (found.code, found.inside) == ("g1", True)
    ids, inside = lookup.grids_at([100.1], [NORTH + 0.05])
    assert ids[0] == found.division_id and inside[0]


def test_within_a_division_others_do_not_count(empty: None) -> None:
    make_grid("g1", box(100.0, NORTH, 100.1, NORTH + 0.1))
    make_grid("g2", box(100.1, NORTH, 100.2, NORTH + 0.1), parent="990101101201")
    other = Division.objects.get(code="990101101201")
    found = lookup.grid_at(100.05, NORTH + 0.05, within=other.path)
    assert found and (found.code, found.inside) == ("g2", False)
    assert found.distance_m == pytest.approx(metres((100.05, NORTH + 0.05), (100.1, NORTH + 0.05)), rel=0.001)
    nobody = Division.objects.get(code="990101200201")
    assert lookup.grid_at(100.05, NORTH + 0.05, within=nobody.path) is None


def test_without_grids_there_is_no_answer(empty: None) -> None:
    assert lookup.grid_at(100.0, 30.0) is None
    ids, inside = lookup.grids_at([100.0, 101.0], [30.0, 31.0])
    assert ids.tolist() == [lookup.NOWHERE] * 2 and not inside.any()
    assert lookup.grids_around([]) == []


def test_what_is_retired_or_redrawn_is_seen(empty: None) -> None:
    made = make_grid("g1", box(100.0, NORTH, 100.1, NORTH + 0.1))
    make_grid("g2", box(110.0, NORTH, 110.1, NORTH + 0.1))
    assert getattr(lookup.grid_at(100.05, NORTH + 0.05), "code", "") == "g1"
    Grid.objects.filter(pk=made.pk).update(active=False, shape_version=next_shape_version())
    assert getattr(lookup.grid_at(100.05, NORTH + 0.05), "code", "") == "g2"


def test_the_same_as_looking_at_every_one(empty: None) -> None:
    """Three hundred grids that overlap, with holes between them, ordinary, micro and special."""
    chance = random.Random(7)
    for number in range(300):
        west, south = 100 + chance.random(), 30 + chance.random()
        size = 0.01 + 0.05 * chance.random()
        kind = chance.choice(["ordinary", "ordinary", "micro", "special"])
        parent = chance.choice([VILLAGE, "990101100", "990101"])
        make_grid(f"r{number}", box(west, south, west + size, south + size), kind=kind, parent=parent)
    points = [(99.9 + 1.2 * chance.random(), 29.9 + 1.2 * chance.random()) for _ in range(600)]
    ids, inside = lookup.grids_at([lon for lon, _ in points], [lat for _, lat in points])
    outside = 0
    for place, (lon, lat) in enumerate(points):
        wanted, held = by_force(lon, lat)
        found = lookup.grid_at(lon, lat)
        assert found is not None
        assert (found.division_id, found.inside) == (ids[place], inside[place])
        assert inside[place] == held
        if held:
            assert found.division_id in wanted
        else:
            outside += 1
            assert found.distance_m <= min(wanted.values()) * 1.001, "a nearer one was there"
    assert 100 < outside < 500


def by_force(lon: float, lat: float) -> tuple[dict[int, float], bool]:
    """The best grid by asking each of them; outside, all with their distances."""
    if not _ALL:
        for row in Grid.objects.filter(active=True).select_related("division"):
            area = shapely.geometry.shape(row.shape)
            _ALL.append((row.pk, row.division.code, len(row.division.path), row.kind == "special", area))
    point = shapely.Point(lon, lat)
    holding = [row for row in _ALL if row[4].intersects(point)]
    if holding:
        best = min(holding, key=lambda row: (row[3], -row[2], row[1]))
        return {best[0]: 0.0}, True
    return {row[0]: metres((lon, lat), _nearest_point(row[4], lon, lat)) for row in _ALL}, False


_ALL: list[Any] = []


def _nearest_point(area: Any, lon: float, lat: float) -> tuple[float, float]:
    """Of a box, by clamping; the boxes are small and so is the difference to the sphere."""
    west, south, east, north = area.bounds
    return float(np.clip(lon, west, east)), float(np.clip(lat, south, north))


def test_around_a_grid_lie_those_below_and_its_neighbours(empty: None) -> None:
    one = make_grid("g1", box(100.0, NORTH, 100.1, NORTH + 0.1))
    make_grid("g1a", box(100.0, NORTH, 100.05, NORTH + 0.05), parent="g1", kind="micro")
    make_grid("g2", box(100.1001, NORTH, 100.2, NORTH + 0.1))  # across a street of eleven metres
    make_grid("g3", box(100.2, NORTH, 100.3, NORTH + 0.1))
    make_grid("g4", None, parent="g1")
    assert [grid.code for grid in lookup.grids_around([one.pk])] == ["g1a", "g4", "g2"]
    (itself,) = lookup.grids_of([one.pk])
    assert itself.shape and itself.shape["type"] == "Polygon"


def test_contacts_come_from_the_grid_or_the_one_above(empty: None) -> None:
    one = make_grid("g1", None)
    below = make_grid("g1a", None, parent="g1", kind="micro")
    GridContact.objects.create(grid_id=one.pk, kind="police", name="警务通", office="清禾派出所", phone="0900-1")
    GridContact.objects.create(grid_id=one.pk, kind="legal", name="法上门", office="司法所", phone="0900-2")
    GridContact.objects.create(grid_id=below.pk, kind="legal", name="法到家", office="司法所", phone="0900-3")
    Unit.objects.filter(code="centre-hefengtang").update(phone="0900-9")
    found = lookup.contacts_of(below.pk)
    assert [ring.name for ring in found.police] == ["警务通"]
    assert [ring.name for ring in found.legal] == ["法到家"]
    assert found.centre == lookup.Ring("禾丰塘村综治中心", "0900-9")
    assert found.lead and found.lead.name == "田领格"
