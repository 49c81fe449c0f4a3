"""Coordinates: known points, there and back, and what is no shape.

The known points are those of github.com/wandergis/coordtransform, test/app.js, which many others repeat.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.rules import geo
from onedoor.rules.refusal import Refused

TIANANMEN = (116.404, 39.915)


def test_the_known_points() -> None:
    """`wgs84togcj02(116.404, 39.915)` and `gcj02tobd09(116.404, 39.915)`."""
    assert geo.to_gcj02(*TIANANMEN) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-12)
    assert geo._gcj02_to_bd09(*TIANANMEN) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-12)


def test_the_two_maps_of_this_country_lie_hundreds_of_metres_away() -> None:
    assert 300 < geo.metres(TIANANMEN, geo.to_gcj02(*TIANANMEN)) < 700
    assert 900 < geo.metres(TIANANMEN, geo.to_bd09(*TIANANMEN)) < 1500


IN_CHINA = st.tuples(st.floats(73.6, 135.0), st.floats(3.9, 53.5))


@given(IN_CHINA)
def test_there_and_back_is_under_a_millimetre(point: tuple[float, float]) -> None:
    assert geo.metres(geo.from_gcj02(*geo.to_gcj02(*point)), point) < 0.001
    assert geo.metres(geo.from_bd09(*geo.to_bd09(*point)), point) < 0.001


@given(IN_CHINA)
def test_back_and_there_is_under_a_millimetre(point: tuple[float, float]) -> None:
    assert geo.metres(geo.to_gcj02(*geo.from_gcj02(*point)), point) < 0.001


@pytest.mark.parametrize("point", [(-0.1276, 51.5072), (151.2093, -33.8688), (71.9, 40.0), (138.0, 36.0)])
def test_outside_the_country_nothing_moves(point: tuple[float, float]) -> None:
    for change in (geo.to_gcj02, geo.from_gcj02, geo.to_bd09, geo.from_bd09):
        assert change(*point) == point


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() -> None:
    assert geo.metres((100.0, 30.0), (100.0, 31.0)) == pytest.approx(111_195, abs=1)
    assert geo.metres((100.0, 60.0), (101.0, 60.0)) == pytest.approx(55_597, abs=10)
    assert geo.metres(TIANANMEN, TIANANMEN) == 0


SQUARE = [[100.0, 30.0], [100.1, 30.0], [100.1, 30.1], [100.0, 30.0]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (None, "要是面"),
        ({"type": "Point", "coordinates": [1, 2]}, "要是面"),
        ({"type": "Polygon"}, "没有坐标"),
        (polygon(), "没有坐标"),
        (polygon("abc"), "没有坐标"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "没有坐标"),
        (polygon([[100.0, 30.0], [100.1, 30.0]]), "三个不同的点"),
        (polygon([[100.0, 30.0], [100.1, 30.0], [100.0, 30.0], [100.0, 30.0]]), "三个不同的点"),
        (polygon([[30.0, 100.0], [30.1, 100.0], [30.1, 100.1], [30.0, 100.0]]), "写反了"),
        (polygon([[181.0, 30.0], *SQUARE]), "不在范围内"),
        (polygon([[float("nan"), 30.0], *SQUARE]), "要是数字"),
        (polygon([[True, 30.0], *SQUARE]), "要是数字"),
        (polygon([["100", 30.0], *SQUARE]), "要是数字"),
        (polygon([[100.0], *SQUARE]), "经度和纬度"),
        (polygon([[100 + place / 1e6, 30.0] for place in range(geo.MOST_POINTS + 1)]), "最多 20000 个"),
    ],
)
def test_what_is_no_shape_is_refused_with_a_sentence(shape: Any, says: str) -> None:
    with pytest.raises(Refused) as refused:
        geo.check_shape(shape)
    assert says in refused.value.sentence


def test_an_open_ring_is_closed_and_heights_fall_away() -> None:
    kept = geo.check_shape(polygon([[100.0, 30.0, 5.0], [100.1, 30.0, 5.0], [100.1, 30.1, 5.0]]))
    assert kept == polygon([[100.0, 30.0], [100.1, 30.0], [100.1, 30.1], [100.0, 30.0]])


@pytest.mark.parametrize(("system", "change"), [("gcj02", geo.to_gcj02), ("bd09", geo.to_bd09)])
def test_a_shape_of_another_map_is_kept_in_the_national_system(system: str, change: Any) -> None:
    drawn = polygon([list(change(*point)) for point in SQUARE])
    kept = geo.check_shape(drawn, system=system)
    for (lon, lat), point in zip(geo.points_of(kept), SQUARE, strict=True):
        assert geo.metres((lon, lat), (point[0], point[1])) < 0.02


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(Refused):
        geo.check_shape(polygon(SQUARE), system="mars")
