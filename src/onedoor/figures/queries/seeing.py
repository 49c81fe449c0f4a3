"""What the board shows, through the gate and the filters of the lists, in a fixed number of statements.

All of it comes from the counters (ADR 17), what is open now by its days of registration.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import orjson

from onedoor.cases.counted import OPEN_LIGHTS
from onedoor.cases.counting import ZONE
from onedoor.cases.queries._figures import of_figure
from onedoor.cases.queries._filters import Filters
from onedoor.cases.queries._plainly import ordinary_from
from onedoor.cases.queries.figures import Counted, count_figures, shown_to, tallies, tallies_along
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.seeing import HEADLINES, LIGHTS, WAYS, age_of


@dataclass(frozen=True, slots=True)
class Tally:
    """So many matters, and how many of them are settled."""

    count: int
    settled: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Matters registered in the period ("registered"), counted along each side. The sides add up to the same number.

    `categories`, `units` by id (unit None: none yet), `divisions` by id of those right below the place (None: at the
    place itself), `days` by day of registration, `hours` by weekday
    and hour, `flow` by channel and ending, `levels` by level of the centre that has them."""

    categories: Mapping[int, Tally]
    units: Mapping[int | None, Tally]
    divisions: Mapping[int | None, Tally]
    days: Mapping[date, Tally]
    hours: Mapping[tuple[int, int], Tally]
    flow: Mapping[tuple[str, str], Tally]
    levels: Mapping[int, Tally]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.flow.values())


_SIDES = ("category", "unit", "division", "day", "heat", "flow", "level")
_MEASURES = ("registered", "registered.settled")


def seen(viewer: Viewer, filters: Filters, depth: int) -> Seen:
    """Along all sides at once, at one moment. `depth` of the place that is looked at, 1 at the top."""
    found = tallies_along(viewer, filters, _MEASURES, _SIDES, depth=depth)
    sides = {
        name: {key: Tally(*one.counts.values()) for key, one in side.items() if one.counts["registered"]}
        for name, side in found.items()
    }
    return Seen(
        categories=_keyed(sides["category"], int),
        units=_keyed(sides["unit"], _id),
        divisions=_keyed(sides["division"], _id),
        days=_keyed(sides["day"], date.fromisoformat),
        hours=_keyed(sides["heat"], _hour),
        flow=gathered((_flow(key), one) for key, one in sides["flow"].items()),
        levels=_keyed(sides["level"], int),
    )


K = TypeVar("K")


def _keyed(side: Mapping[str, Tally], read: Callable[[str], K]) -> dict[K, Tally]:
    return {read(key): one for key, one in side.items()}


def _id(key: str) -> int | None:
    return int(key) or None


def _hour(key: str) -> tuple[int, int]:
    weekday, hour = key.split(":")
    return int(weekday), int(hour)


def _flow(key: str) -> tuple[str, str]:
    """Channel and 去向: what counters keep is the outcome, or the stage where that says it."""
    channel, ended = key.split(":")
    return channel, WAYS.get(ended, "other")


def in_grids(viewer: Viewer, filters: Filters, grids: Sequence[int]) -> dict[int, Tally]:
    """The same matters by the grids (ids of divisions) in which they lie: asked for by who looks at grids."""
    found, values = ordinary_from(viewer, filters)
    answer = rows(
        f"SELECT c.division_id AS id, count(*) AS n, count(*) FILTER (WHERE {of_figure('settled')}) AS settled"
        f" FROM {found} AND {of_figure('registered')} AND c.division_id = ANY(%s) GROUP BY 1",
        [*values, list(grids)],
    )
    return {row["id"]: Tally(row["n"], row["settled"]) for row in answer}


@dataclass(frozen=True, slots=True)
class Open:
    """Matters that are open now, whenever they were registered: by place in AGES and by light, and both."""

    by: Mapping[tuple[int, str], int]

    @property
    def count(self) -> int:
        return sum(self.by.values())

    def of_age(self, age: int) -> int:
        return sum(count for (one, _), count in self.by.items() if one == age)

    def of_light(self, light: str) -> int:
        return sum(count for (_, one), count in self.by.items() if one == light)


# whenever a matter was registered, as whole days
_EVER = date(1900, 1, 1), date(3000, 1, 1)


def still_open(viewer: Viewer, filters: Filters, today: date) -> Open:
    """Of the place of the filters, now, by the day of registration. Lights are told as the list tells them."""
    since, until = (day_limits(day)[0] for day in _EVER)
    found = tallies(viewer, replace(filters, since=since, until=until), ("open", *OPEN_LIGHTS), "day", within="open")
    by: Counter[tuple[int, str]] = Counter()
    for day, tally in found.items():
        age = age_of(today, date.fromisoformat(day))
        lit = {light: tally.counts[f"open_{light}"] for light in LIGHTS if light != "none"}
        for light, count in (*lit.items(), ("none", tally.counts["open"] - sum(lit.values()))):
            if count:
                by[age, light] += count
    return Open(by)


def headlines(viewer: Viewer, filters: Filters) -> list[Counted]:
    """The figures at the top of the board that the viewer reads."""
    return count_figures(viewer, filters, [figure for figure in shown_to(viewer) if figure.name in HEADLINES])


@dataclass(frozen=True, slots=True)
class Named:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids of `Seen` are called. A category stands under its first level (`kinds`: as itself)."""

    categories: Mapping[int, Named]
    kinds: Mapping[int, Named]
    units: Mapping[int | None, Named]
    divisions: Mapping[int | None, Named]


def names(one: Seen) -> Names:
    """In one statement."""
    answer = rows(
        "SELECT 'kind' AS what, id, code, name FROM category WHERE id = ANY(%s)"
        " UNION ALL SELECT 'category', k.id, g.code, g.name FROM category k"
        " JOIN category g ON g.code = split_part(k.code, '.', 1) WHERE k.id = ANY(%s)"
        " UNION ALL SELECT 'unit', id, code, short_name FROM people_unit WHERE id = ANY(%s)"
        " UNION ALL SELECT 'division', id, code, name FROM people_division WHERE id = ANY(%s)",
        [list(one.categories), list(one.categories), _ids(one.units), _ids(one.divisions)],
    )
    found: dict[str, dict[Any, Named]] = {"kind": {}, "category": {}, "unit": {}, "division": {}}
    for row in answer:
        found[row["what"]][row["id"]] = Named(row["code"], row["name"])
    return Names(found["category"], found["kind"], found["unit"], found["division"])


def _ids(keys: Iterable[int | None]) -> list[int]:
    return [key for key in keys if key is not None]


def gathered(tallies: Iterable[tuple[K, Tally]]) -> dict[K, Tally]:
    """Added up under one name."""
    found: dict[K, Tally] = {}
    for name, tally in tallies:
        before = found.get(name, Tally(0, 0))
        found[name] = Tally(before.count + tally.count, before.settled + tally.settled)
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """A division with all above it, root first, as codes and names, and whether there is any below it."""

    id: int
    code: str
    name: str
    path: tuple[int, ...]
    above: tuple[Named, ...]
    children: tuple[Named, ...]


def place_of(key: int) -> Place:
    """One statement: itself, what is above and what lies directly below."""
    answer = rows(
        "SELECT d.id, d.code, d.name, d.path, d.parent_id = %s AS below FROM people_division d"
        " WHERE d.parent_id = %s OR d.id IN (SELECT jsonb_array_elements_text(path)::bigint FROM people_division"
        " WHERE id = %s) ORDER BY jsonb_array_length(d.path), d.code",
        [key, key, key],
    )
    own = next(row for row in answer if row["id"] == key)
    line = [Named(row["code"], row["name"]) for row in answer if not row["below"] and row["id"] != key]
    below = [Named(row["code"], row["name"]) for row in answer if row["below"]]
    path = tuple(orjson.loads(own["path"]))
    return Place(own["id"], own["code"], own["name"], path, tuple(line), tuple(below))


def day_limits(day: date) -> tuple[datetime, datetime]:
    """From its midnight to the next by the county's clock."""
    begin = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return begin, begin + timedelta(days=1)
