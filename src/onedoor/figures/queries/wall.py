"""The duty room's wall: the day of a centre, for people who may see no case. Ordinary matters only; nothing of a
person, no number, no title; what is few in one place is not told (`rules.seeing.not_small`)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from onedoor.cases.queries._figures import LIGHT, of_figure
from onedoor.cases.queries._filters import LOCAL, Filters
from onedoor.cases.queries._plainly import ordinary_from
from onedoor.cases.queries.days import ZONE
from onedoor.cases.queries.figures import NONE
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.figures.queries.seeing import day_limits
from onedoor.hall.queries.centres import Centre
from onedoor.hall.queries.today import Today, today_at
from onedoor.rules.access import Actor, Role, Viewer, viewer_of
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.seeing import LIGHTS, SMALL, line_of, not_small

NEWEST = 12
KNOWN_DAYS = 90  # over which a place and a category are known well enough to be told together
Known = Mapping[tuple[str, str], int]  # by place and category
BANDS = (SMALL, 10, 20, 50)  # grids are told in bands, since their exact numbers would add up to what is not told


@dataclass(frozen=True, slots=True)
class Line:
    """A new matter: where and what, each "" where it is one of few, and how far it is."""

    place: str
    category: str
    stage: str


@dataclass(frozen=True, slots=True)
class Wall:
    """`hours` and `channels` of today's matters, None while they are fewer than SMALL: together with the newest ones
    they would tell who has come when. `places` by code of the divisions below (NONE: at none of them): name and count,
    None for fewer than SMALL; `grids` by code, the place in BANDS, without those below SMALL."""

    registered: int
    at_once: int
    ended: int
    open: int
    hours: tuple[int, ...] | None
    channels: Mapping[str, int] | None
    lights: Mapping[str, int]
    places: Mapping[str, tuple[str, int | None]]
    grids: Mapping[str, int]
    lines: tuple[Line, ...]
    today: Today


def screen_of(digest: bytes) -> dict[str, Any] | None:
    """The screen in use whose token has this digest: id, name, and the code of its centre."""
    found = rows(
        "SELECT s.id, s.name, u.code AS centre FROM figures_screen s JOIN people_unit u ON u.id = s.centre_id"
        " WHERE s.digest = %s AND s.active AND u.active",
        [digest],
    )
    return found[0] if found else None


def screens(centre: int) -> list[dict[str, Any]]:
    """The screens of a centre, newest first."""
    return rows(
        "SELECT s.id, s.name, s.made_at, s.active, a.name AS made_by FROM figures_screen s"
        " JOIN people_account a ON a.id = s.made_by_id WHERE s.centre_id = %s ORDER BY s.active DESC, s.made_at DESC",
        [centre],
    )


def wall_viewer(centre: Centre) -> Viewer:
    """Nobody, who looks at what happens below the centre's division as one who reads no names."""
    post = Actor(0, "", Role.AUDITOR, 0, centre.id, centre.path[-1], centre.path)
    return viewer_of(0, [post], centre.path[0])


def wall_of(centre: Centre, now: datetime, known: Known) -> Wall:
    """In a fixed number of statements. `known` as `known_of` has it."""
    viewer = wall_viewer(centre)
    local = now.astimezone(ZONE)
    since, until = day_limits(local.date())
    filters = Filters(root=centre.path[0], now=now)
    hours, channels, registered, at_once = _registered(viewer, replace(filters, since=since, until=until))
    lights, divisions = _open(viewer, filters)
    below = _below(centre, divisions)
    places: dict[str, int] = dict.fromkeys((code for code, _ in below.values() if code), 0)
    names = dict(below.values()) | {NONE: "本级"}
    place_of = {key: (below[key][0] if key in below else "") or NONE for key in divisions}
    for key, count in divisions.items():
        places[place_of[key]] = places.get(place_of[key], 0) + count
    told = not_small(places)
    # a grid would give away what its place is hidden for
    shown = {key: count for key, count in divisions.items() if told[place_of[key]] is not None}
    return Wall(
        registered=registered,
        at_once=at_once,
        ended=_ended(viewer, since),
        open=sum(lights.values()),
        hours=hours if registered >= SMALL else None,
        channels=channels if registered >= SMALL else None,
        lights=lights,
        places={code: (names[code], count) for code, count in told.items()},
        grids=_bands(shown),
        lines=_lines(viewer, filters, centre, names, known),
        today=today_at(centre, now),
    )


def _registered(viewer: Viewer, filters: Filters) -> tuple[tuple[int, ...], dict[str, int], int, int]:
    found, values = ordinary_from(viewer, filters)
    local = LOCAL.replace("@registered", "c.registered_at")
    answer = rows(
        f"WITH m AS (SELECT extract(hour FROM {local})::int AS hour, c.channel, {of_figure('settled_at_once')} AS spot"
        f" FROM {found} AND {of_figure('registered')})"
        " SELECT hour, channel, count(*) AS n, count(*) FILTER (WHERE spot) AS spot FROM m"
        " GROUP BY GROUPING SETS ((hour), (channel))",
        values,
    )
    hours = [0] * 24
    channels = {}
    for row in answer:
        if row["channel"] is None:
            hours[row["hour"]] = row["n"]
        else:
            channels[row["channel"]] = row["n"]
    return tuple(hours), channels, sum(hours), sum(row["spot"] for row in answer if row["channel"] is None)


def _open(viewer: Viewer, filters: Filters) -> tuple[dict[str, int], dict[int, int]]:
    """What is open now, by light and by division."""
    found, values = ordinary_from(viewer, filters)
    answer = rows(
        f"WITH m AS (SELECT c.division_id AS division, {LIGHT} AS light FROM {found} AND {of_figure('open')})"
        " SELECT division, light, count(*) AS n FROM m GROUP BY GROUPING SETS ((division), (light))",
        [filters.now, filters.now, *values],
    )
    lights = dict.fromkeys(LIGHTS, 0) | {row["light"]: row["n"] for row in answer if row["division"] is None}
    return lights, {row["division"]: row["n"] for row in answer if row["division"] is not None}


def _ended(viewer: Viewer, since: datetime) -> int:
    """Settled since then. Whatever ended today has an event of today: the ledger's own key finds those, where the
    cases have no index for it."""
    county = "(SELECT rpad(left(code, 6), 6, '0') FROM people_division WHERE parent_id IS NULL)"
    found = rows(
        'SELECT count(*) AS n FROM "case" c WHERE c.id IN (SELECT e.case_id FROM event e'
        f" WHERE e.county = {county} AND e.recorded_at >= %s) AND {of_figure('settled')}"
        f" AND coalesce(c.closed_at, c.stage_since) >= %s AND {MAY_SEE}",
        [since, since, *may_see(viewer)],
    )
    return int(found[0]["n"])


def _below(centre: Centre, divisions: Mapping[int, int]) -> dict[int, tuple[str, str]]:
    """By id of a division: code and name of the one directly below the centre's that it belongs to, "" at the centre's
    own. Those directly below are all there, with or without matters."""
    depth = len(centre.path)
    answer = rows(
        "SELECT d.id, coalesce(up.code, '') AS code, coalesce(up.name, '') AS name FROM people_division d"
        f" LEFT JOIN people_division up ON up.id = (d.path->>{depth:d})::bigint"
        " WHERE d.id = ANY(%s) OR d.parent_id = %s",
        [list(divisions), centre.path[-1]],
    )
    return {row["id"]: (row["code"], row["name"]) for row in answer}


def _bands(divisions: Mapping[int, int]) -> dict[str, int]:
    many = {key: count for key, count in divisions.items() if count >= SMALL}
    found = rows(
        "SELECT d.id, d.code FROM grid_grid g JOIN people_division d ON d.id = g.division_id"
        " WHERE g.active AND d.id = ANY(%s)",
        [list(many)],
    )
    return {row["code"]: sum(many[row["id"]] >= edge for edge in BANDS) for row in found}


def known_of(centre: Centre, now: datetime) -> Known:
    """How many matters of the last KNOWN_DAYS there are by place (code of the division directly below the centre's,
    NONE at its own) and category of the first level. It changes slowly: who shows a wall may keep it for minutes."""
    filters = Filters(root=centre.path[0], now=now, since=now - timedelta(days=KNOWN_DAYS))
    found, values = ordinary_from(wall_viewer(centre), filters)
    answer = rows(
        f"WITH m AS (SELECT (c.division_path->>{len(centre.path):d})::bigint AS place, c.category_id, count(*) AS n"
        f" FROM {found} AND {of_figure('registered')} GROUP BY 1, 2)"
        f" SELECT coalesce(d.code, '{NONE}') AS code, g.name AS category, sum(m.n)::int AS n FROM m"
        " JOIN category l ON l.id = m.category_id JOIN category g ON g.code = split_part(l.code, '.', 1)"
        " LEFT JOIN people_division d ON d.id = m.place GROUP BY 1, 2",
        values,
    )
    return {(row["code"], row["category"]): row["n"] for row in answer}


def _lines(
    viewer: Viewer, filters: Filters, centre: Centre, names: Mapping[str, str], known: Known
) -> tuple[Line, ...]:
    """The newest matters, each told as far as it is one of many."""
    found, values = ordinary_from(viewer, filters)
    answer = rows(
        f"WITH m AS (SELECT c.id, c.registered_at, c.stage, c.category_id, (c.division_path->>{len(centre.path):d})"
        f"::bigint AS place FROM {found} AND {of_figure('registered')}"
        f" ORDER BY c.registered_at DESC, c.id DESC LIMIT {NEWEST})"
        f" SELECT coalesce(d.code, '{NONE}') AS code, g.name AS category, m.stage FROM m JOIN category l ON l.id ="
        " m.category_id JOIN category g ON g.code = split_part(l.code, '.', 1) LEFT JOIN people_division d"
        " ON d.id = m.place ORDER BY m.registered_at DESC, m.id DESC",
        values,
    )
    lines = []
    for row in answer:
        place, category = line_of(row["code"], row["category"], known)
        lines.append(Line(names.get(place, ""), category, STAGE_NAMES[row["stage"]]))
    return tuple(lines)
