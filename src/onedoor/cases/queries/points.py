"""Matters on a map: gathered by the database into a few hundred marks, through the same gate as every list."""

from dataclasses import dataclass
from typing import Any

import orjson

from onedoor.cases.queries._filters import Filters, conditions
from onedoor.cases.queries._sources import sources
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer

# Of each way to the cases the newest so many are looked at; a county's open matters are fewer.
MOST_CASES = 20_000
ACROSS = 20  # marks beside each other on one screen
NAMED = 6  # so many cases at one place are told by their numbers
ROUGHLY = 3  # decimals of a degree, a hundred metres: for who sees no names
MOST_DIVISIONS = 30
Bounds = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True, slots=True)
class Points:
    """`marks`: lon, lat, count, and the numbers where they are few. `without`: how many of the same list have no
    place. `capped`: there are more than were looked at."""

    marks: list[dict[str, Any]]
    count: int
    without: int
    capped: bool


def points(viewer: Viewer, filters: Filters, bounds: Bounds) -> Points:
    """The cases of `list_cases` with these filters that lie within the bounds."""
    seen, values = _seen(viewer, filters)
    if not seen:
        return Points([], 0, 0, capped=False)
    west, south, east, north = bounds
    cell = max((east - west) / ACROSS, 1e-7)
    lon, lat = "lon", "lat"
    if not viewer.sees_names:
        lon, lat = (f"round({name}::numeric, {ROUGHLY})::float8" for name in (lon, lat))
    found = rows(
        f"{seen}, marked AS (SELECT number, {lon} AS lon, {lat} AS lat FROM c"
        "   WHERE lon BETWEEN %s AND %s AND lat BETWEEN %s AND %s)"
        " SELECT avg(lon) AS lon, avg(lat) AS lat, count(*) AS n,"
        f" (CASE WHEN count(*) <= {NAMED} THEN jsonb_agg(number ORDER BY number DESC) END)::text AS numbers,"
        " 0 AS without, 0 AS looked FROM marked GROUP BY floor(lon / %s), floor(lat / %s)"
        " UNION ALL SELECT NULL, NULL, 0, NULL, count(*) FILTER (WHERE lon IS NULL), (SELECT count(*) FROM seen)"
        " FROM c",
        [*values, west, east, south, north, cell, cell],
    )
    marks = [
        {
            "lon": round(row["lon"], 6),
            "lat": round(row["lat"], 6),
            "count": row["n"],
            "numbers": orjson.loads(row["numbers"]) if row["numbers"] else [],
        }
        for row in found[:-1]
    ]
    whole = found[-1]
    return Points(marks, sum(mark["count"] for mark in marks), whole["without"], capped=whole["looked"] > MOST_CASES)


def by_division(viewer: Viewer, filters: Filters) -> list[dict[str, Any]]:
    """Where most of them are: code, name and count of the first MOST_DIVISIONS divisions."""
    seen, values = _seen(viewer, filters)
    if not seen:
        return []
    return rows(
        f"{seen} SELECT d.code, d.name, up.name AS parent, count(*) AS n FROM c"
        " JOIN people_division d ON d.id = c.division_id LEFT JOIN people_division up ON up.id = d.parent_id"
        f" GROUP BY d.code, d.name, up.name ORDER BY n DESC, d.code LIMIT {MOST_DIVISIONS}",
        values,
    )


def _seen(viewer: Viewer, filters: Filters) -> tuple[str, list[object]]:
    """The beginning of a statement: the table `c` of the newest cases, and `seen` with one more if there is one."""
    where = conditions(filters)
    parts, values = [], list[object]()
    for way in sources(viewer, filters):
        found = way.select(f"{where.sql} AND c.id IS NOT NULL")  # the words ask for the case's own row
        parts.append(
            f"(SELECT c.id, c.number, c.division_id, c.lon, c.lat, {way.registered} AS at FROM {found}"
            f" ORDER BY {way.registered} DESC LIMIT {MOST_CASES + 1})"
        )
        values += [*way.values, *where.values]
    if not parts:
        return "", []
    return (
        f"WITH seen AS MATERIALIZED (SELECT * FROM ({' UNION '.join(parts)}) u ORDER BY at DESC"
        f" LIMIT {MOST_CASES + 1}), c AS (SELECT * FROM seen ORDER BY at DESC LIMIT {MOST_CASES})",
        values,
    )
