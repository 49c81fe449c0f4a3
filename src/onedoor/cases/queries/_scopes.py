"""Whose cases a figure counts, as the counters know them: the whole tree, a division, or an audience of the gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from onedoor.cases.counted import TREE, place_scope
from onedoor.cases.queries._cuts import OF_OTHERS, OF_TREE
from onedoor.cases.queries._filters import Filters
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer, division_audience


@dataclass(frozen=True, slots=True)
class Kept:
    """A cut as the counters of a scope have it: under which name, by `day` or `month`, and the one key of it that is
    meant, if it is only that."""

    name: str
    grain: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose cases: the counters that hold them, cut by cut, the condition on a delta and on a case, where those cases
    are found between @since and @until, and where further ones of which no counter knows (`extra`)."""

    scope: int
    counters: Mapping[str, Kept]
    delta: str
    case: str
    source: str
    extra: str = ""
    child: int = 1  # how deep the divisions lie by which the cut `division` is made


GATE = "c.confidentiality = 'ordinary'"
BETWEEN = "c.registered_at >= @since AND c.registered_at < @until"
_OF_TREE = {name: Kept(name, "day") for name in OF_TREE}
_OF_OTHERS = {name: Kept(name, "day" if name == "day" else "month") for name in OF_OTHERS}
_OF_OTHERS["hour"] = _OF_OTHERS.pop("heat")


def scope_of(viewer: Viewer, filters: Filters) -> Scope:
    if filters.place is not None and filters.place != filters.root:
        path = _path(filters.place)
        if viewer.whole_tree or any(division_audience(one) in viewer.audiences for one in path):
            return _of_place(filters.place, path)
        return _of_audiences(viewer, filters.place)
    if viewer.whole_tree:
        source = f'"case" c WHERE {GATE} AND {BETWEEN}'
        return Scope(TREE, _OF_TREE, "TRUE", "TRUE", source)
    return _of_audiences(viewer, None)


def _of_place(place: int, path: Sequence[int]) -> Scope:
    """Where it happened. What the place's audience holds besides, it has for another reason."""
    inside = f"c.division_path @> '[{place:d}]'"
    source = f"{_seen(division_audience(place))} AND {inside}"
    delta = f"{place:d} = ANY(d.path)"
    match len(path):
        case 2:
            return Scope(place_scope(place), _OF_OTHERS, delta, inside, source, child=2)
        case 3:
            # its totals are those of a division below another
            total = {"day": Kept("division", "month", str(place))}
            return Scope(place_scope(path[1]), total, delta, inside, source)
    return Scope(TREE, {}, "FALSE", inside, source)


def _of_audiences(viewer: Viewer, place: int | None) -> Scope:
    """What is visible to one audience is counted; what the viewer sees besides, by another post or as the person that
    he is, is added case by case."""
    inside = "" if place is None else f" AND c.division_path @> '[{place:d}]'"
    main = None if place is not None else _main(viewer)
    listed = ", ".join(f"{one:d}" for one in viewer.audiences)
    case = f"EXISTS (SELECT 1 FROM visible v WHERE v.case_id = c.id AND v.audience IN ({listed})){inside}"
    if main is None:
        return Scope(TREE, {}, "FALSE", case, _others(listed, inside))
    others = ", ".join(f"{one:d}" for one in viewer.audiences if one != main)
    beside = f" AND NOT EXISTS (SELECT 1 FROM visible m WHERE m.case_id = v.case_id AND m.audience = {main:d})"
    extra = _others(others, "", beside) if others else ""
    return Scope(main, _OF_OTHERS, f"{main:d} = ANY(d.audiences)", case, _seen(main), extra)


def _main(viewer: Viewer) -> int | None:
    """The audience that has counters: a division right below the root, else a unit."""
    others = [one for one in viewer.audiences if one != viewer.person]
    if not others:
        return None
    found = rows(
        "SELECT id * 4 + 2 AS audience FROM people_division"
        " WHERE id * 4 + 2 = ANY(%s) AND jsonb_array_length(path) = 2"
        " UNION ALL SELECT id * 4 + 1 FROM people_unit WHERE id * 4 + 1 = ANY(%s)",
        [others, others],
    )
    return int(found[0]["audience"]) if found else None


def _seen(audience: int) -> str:
    return (
        'visible v JOIN "case" c ON c.id = v.case_id'
        f" WHERE v.audience = {audience:d} AND NOT v.restricted AND v.sort_key >= @since AND v.sort_key < @until"
    )


def _others(audiences: str, inside: str, beside: str = "") -> str:
    return (
        f'"case" c WHERE c.id IN (SELECT v.case_id FROM visible v WHERE v.audience IN ({audiences})'
        f" AND NOT v.restricted AND v.sort_key >= @since AND v.sort_key < @until{beside}){inside}"
    )


_paths: dict[int, tuple[float, list[int]]] = {}
_KNOWN, _MOST_KNOWN = 30.0, 10_000  # seconds; a page asks for one place many times


def _path(division: int) -> list[int]:
    known = _paths.get(division)
    if known is not None and monotonic() - known[0] < _KNOWN:
        return known[1]
    found = rows("SELECT path::text AS path FROM people_division WHERE id = %s", [division])
    path = [int(one) for one in found[0]["path"].strip("[]").split(",")] if found else []
    if len(_paths) >= _MOST_KNOWN:
        _paths.clear()
    _paths[division] = (monotonic(), path)
    return path
