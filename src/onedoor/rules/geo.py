"""Coordinates: what is stored, what comes in from maps of this country, and how far apart two points are.

Stored are degrees in CGCS2000, which for our purposes is WGS-84 (they differ by centimetres). Maps for the public in
this country show GCJ-02 (火星坐标; 高德, 腾讯), Baidu's show BD-09 on top of it. They are converted at the edge and
never kept. The polynomial of GCJ-02 has been published by many and confirmed by none; its inverse is an iteration.
"""

from collections.abc import Callable, Iterable, Sequence
from math import asin, atan2, cos, hypot, isfinite, pi, radians, sin, sqrt

from onedoor.rules.refusal import invalid

Point = tuple[float, float]  # longitude, latitude

SYSTEMS: dict[str, str] = {
    "cgcs2000": "CGCS2000（国家大地坐标）或 WGS-84",
    "gcj02": "GCJ-02（高德、腾讯地图）",
    "bd09": "BD-09（百度地图）",
}

_A = 6_378_245.0  # Krasovsky 1940, which GCJ-02 is computed on
_E2 = 0.00669342162296594323
_BD = pi * 3000 / 180
_EARTH = 6_371_008.8  # metres, mean radius
_CLOSE = 1e-10  # degrees: a hundredth of a millimetre
MOST_POINTS = 20_000  # of one shape
_LEAST_RING = 4


def outside_china(lon: float, lat: float) -> bool:
    """The rectangle outside which GCJ-02 changes nothing; it is wider than the country."""
    return not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271)


def to_gcj02(lon: float, lat: float) -> Point:
    """WGS-84 to GCJ-02; outside China unchanged."""
    if outside_china(lon, lat):
        return lon, lat
    east, north = _offset(lon, lat)
    return lon + east, lat + north


def from_gcj02(lon: float, lat: float) -> Point:
    """GCJ-02 to WGS-84, to well under a millimetre."""
    return _inverse(to_gcj02, lon, lat) if not outside_china(lon, lat) else (lon, lat)


def to_bd09(lon: float, lat: float) -> Point:
    """WGS-84 to BD-09; outside China unchanged."""
    return _gcj02_to_bd09(*to_gcj02(lon, lat)) if not outside_china(lon, lat) else (lon, lat)


def from_bd09(lon: float, lat: float) -> Point:
    """BD-09 to WGS-84, to well under a millimetre."""
    return _inverse(to_bd09, lon, lat) if not outside_china(lon, lat) else (lon, lat)


_FROM: dict[str, Callable[[float, float], Point]] = {
    "cgcs2000": lambda lon, lat: (lon, lat),
    "gcj02": from_gcj02,
    "bd09": from_bd09,
}


def stored(lon: float, lat: float, system: str) -> Point:
    """A point as it is kept; `system` is one of SYSTEMS, in which it was written."""
    return _FROM[system](lon, lat)


def metres(a: Point, b: Point) -> float:
    """Along the great circle, on a sphere: right to half a percent."""
    (lon1, lat1), (lon2, lat2) = ((radians(lon), radians(lat)) for lon, lat in (a, b))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH * asin(min(1.0, sqrt(half)))


def _offset(lon: float, lat: float) -> Point:
    x, y = lon - 105.0, lat - 35.0
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    flat = 1 - _E2 * sin(radians(lat)) ** 2
    along_meridian = _A * (1 - _E2) / (flat * sqrt(flat))
    along_parallel = _A / sqrt(flat) * cos(radians(lat))
    return east * 180.0 / (along_parallel * pi), north * 180.0 / (along_meridian * pi)


def _gcj02_to_bd09(lon: float, lat: float) -> Point:
    far = hypot(lon, lat) + 0.00002 * sin(lat * _BD)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BD)
    return far * cos(angle) + 0.0065, far * sin(angle) + 0.006


def _inverse(forward: Callable[[float, float], Point], lon: float, lat: float) -> Point:
    """The point that `forward` takes to this one: each round leaves less than a hundredth of the error."""
    x, y = lon, lat
    for _ in range(20):
        there = forward(x, y)
        east, north = lon - there[0], lat - there[1]
        x, y = x + east, y + north
        if abs(east) < _CLOSE and abs(north) < _CLOSE:
            break
    return x, y


def check_point(lon: object, lat: object, *, field: str = "lon") -> Point:
    """Two numbers that are a place on earth."""
    if not (_number(lon) and _number(lat)):
        raise invalid(field, "经度、纬度要是数字。")
    assert isinstance(lon, int | float) and isinstance(lat, int | float)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        swapped = "，是不是经度和纬度写反了" if -180 <= lat <= 180 and -90 <= lon <= 90 else ""
        raise invalid(field, f"经度 {lon:g}、纬度 {lat:g} 不在范围内{swapped}。")
    return float(lon), float(lat)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def check_shape(shape: object, *, system: str = "cgcs2000", field: str = "shape") -> dict[str, object]:
    """A GeoJSON Polygon or MultiPolygon as it is kept: degrees in CGCS2000 to seven decimals (a centimetre), every
    ring closed, without heights. A ring that was left open is closed. That no ring crosses itself or another is
    for a library of geometry to say."""
    if not isinstance(shape, dict) or shape.get("type") not in ("Polygon", "MultiPolygon"):
        raise invalid(field, "范围要是面（GeoJSON 的 Polygon 或 MultiPolygon）。")
    if system not in SYSTEMS:
        raise invalid("system", "请选择坐标系。")
    kind, given = shape["type"], shape.get("coordinates")
    polygons = [given] if kind == "Polygon" else given
    if not isinstance(polygons, list | tuple) or not polygons:
        raise invalid(field, "范围里没有坐标。")
    made: list[list[list[list[float]]]] = []
    points = 0
    for polygon in polygons:
        if not isinstance(polygon, list | tuple) or not polygon:
            raise invalid(field, "范围里没有坐标。")
        rings = [_ring(ring, system, field) for ring in polygon]
        points += sum(map(len, rings))
        made.append(rings)
    if points > MOST_POINTS:
        raise invalid(field, f"范围有 {points} 个点，最多 {MOST_POINTS} 个，请先简化。")
    return {"type": kind, "coordinates": made[0] if kind == "Polygon" else made}


def _ring(ring: object, system: str, field: str) -> list[list[float]]:
    if not isinstance(ring, list | tuple):
        raise invalid(field, "范围里没有坐标。")
    made = []
    for point in ring:
        if not isinstance(point, list | tuple) or len(point) < 2:
            raise invalid(field, "每个点要有经度和纬度。")
        lon, lat = stored(*check_point(point[0], point[1], field=field), system)
        made.append([round(lon, 7), round(lat, 7)])
    if made and made[0] != made[-1]:
        made.append(list(made[0]))
    if len(made) < _LEAST_RING or len({tuple(point) for point in made}) < _LEAST_RING - 1:
        raise invalid(field, "围成一个面至少要三个不同的点。")
    return made


def points_of(shape: dict[str, object]) -> Iterable[Sequence[float]]:
    """All points of a checked shape."""
    coordinates: object = shape["coordinates"]
    polygons: object = [coordinates] if shape["type"] == "Polygon" else coordinates
    assert isinstance(polygons, list)
    for polygon in polygons:
        for ring in polygon:
            yield from ring
