"""Figures from the counters: what is folded, what is not folded yet, and what no counter has, in one statement.

One statement sees one moment, so a fold or a write beside it changes nothing: a change is a delta or a part of a
counter, never both. A case whose limit has ended since it was written (`counted_until`) is taken as it now is. Nothing
here is an estimate: what counters cannot answer is counted from the cases, by the same bits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any

from onedoor.cases.counted import ENDING, LAYOUT, MEASURES, TREE, mask_of, place_scope
from onedoor.cases.counting import ZONE
from onedoor.cases.queries._cuts import OF_OTHERS, OF_TREE
from onedoor.cases.queries._figures import AS_TURNED
from onedoor.cases.queries._filters import Filters
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer, division_audience

_LOCAL = f"(c.registered_at AT TIME ZONE '{ZONE.key}')"
_PLACE = {measure: place for place, measure in enumerate(MEASURES)}


@dataclass(slots=True)
class Tally:
    """How many matters fulfil each of the measures asked for, and the amounts of those that have one, in 分."""

    counts: dict[str, int]
    fen: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to break figures down: which cut of the counters has it, and the key of a counter `t`, a delta `d` and a
    case `c`."""

    name: str
    counter: str
    delta: str
    case: str


CUTS = {
    "": Cut("day", "''", "''", "''"),
    "day": Cut("day", "t.day::text", "d.day::text", f"{_LOCAL}::date::text"),
    "month": Cut("day", "to_char(t.day, 'YYYY-MM')", "to_char(d.day, 'YYYY-MM')", f"to_char({_LOCAL}, 'YYYY-MM')"),
    "category": Cut("category", "t.key", "d.category_id::text", "c.category_id::text"),
    "channel": Cut("channel", "t.key", "d.channel", "c.channel"),
    "unit": Cut("unit", "t.key", "d.unit_id::text", "coalesce(c.lead_unit_id, 0)::text"),
    "flow": Cut("flow", "t.key", "d.channel || ':' || d.ending", f"c.channel || ':' || {ENDING}"),
    "level": Cut("level", "t.key", "d.level::text", "jsonb_array_length(c.present_path)::text"),
    # by day of the week (Monday is 1) and hour
    "heat": Cut(
        "hour",
        "extract(isodow FROM t.day)::int || ':' || t.key",
        "extract(isodow FROM d.day)::int || ':' || d.hour",
        f"extract(isodow FROM {_LOCAL})::int || ':' || extract(hour FROM {_LOCAL})::int",
    ),
    # the divisions below, `@at` counted from the root
    "division": Cut("division", "t.key", "coalesce(d.path[@at + 1], 0)::text", "coalesce(c.division_path->>@at, '0')"),
}
_ASKED = frozenset({"root", "since", "until", "now", "place", "lead", "order"})


@dataclass(frozen=True, slots=True)
class _Kept:
    """A cut as the counters of a scope have it: under which name, by `day` or `month`, and the one key of it that is
    meant, if it is only that."""

    name: str
    grain: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whose cases: the counters that hold them, cut by cut, the condition on a delta and on a case, where those cases
    are found between @since and @until, and where further ones of which no counter knows (`extra`)."""

    scope: int
    counters: Mapping[str, _Kept]
    delta: str
    case: str
    source: str
    extra: str = ""
    child: int = 1  # how deep the divisions lie by which the cut `division` is made


_filled = False


def are_filled() -> bool:
    """Whether the counters hold what this release counts; once they do, they do."""
    global _filled
    if not _filled:
        _filled = bool(rows("SELECT 1 AS one FROM counter_layout WHERE layout = %s", [LAYOUT]))
    return _filled


def can_tally(filters: Filters, conditions: Iterable[str]) -> bool:
    """Whether counters know all that is asked: whole days, a place, who leads."""
    plain = Filters()
    if any(
        getattr(filters, one.name) != getattr(plain, one.name) for one in fields(Filters) if one.name not in _ASKED
    ):
        return False
    return (
        _is_midnight(filters.since)
        and _is_midnight(filters.until)
        and all(one in _PLACE for one in conditions)
        and are_filled()
    )


def tally(
    viewer: Viewer, filters: Filters, measures: Sequence[str], by: str = "", *, depth: int = 1
) -> dict[str, Tally]:
    """The ordinary matters that the list of these filters shows, by the key of `by`, a name of CUTS."""
    return tally_along(viewer, filters, measures, [by], depth=depth)[by]


def tally_along(
    viewer: Viewer, filters: Filters, measures: Sequence[str], sides: Sequence[str], *, depth: int = 1
) -> dict[str, dict[str, Tally]]:
    """The same along several sides, at one moment, so that they add up to the same."""
    assert filters.since is not None
    assert filters.until is not None
    scope, measures = _scope(viewer, filters), list(measures)
    days = filters.since.astimezone(ZONE).date(), filters.until.astimezone(ZONE).date() - timedelta(days=1)
    parts, values = list[str](), _instants(*days)
    for by in dict.fromkeys(sides):
        sql, asked = _side(by, scope, days, measures, filters.lead, depth)
        parts += sql
        values += asked
    turned = _TURNED.format(scope=scope.case).replace("@since", "%s").replace("@until", "%s")
    found = _added(rows(f"WITH turned AS MATERIALIZED ({turned}) {' UNION ALL '.join(parts)}", values), measures)
    return {by: found.get(by, {}) for by in sides}


def _side(
    by: str, scope: _Scope, days: "Span", measures: Sequence[str], lead: int | None, depth: int
) -> tuple[list[str], list[object]]:
    """Selects of side, key, `counted`, counts and fen: from the counters, and from all that they do not know."""
    cut, at = CUTS[by], str(int(depth))
    counter, delta, case = (one.replace("@at", at) for one in (cut.counter, cut.delta, cut.case))
    kept = _kept(scope, by, cut, lead, depth)
    if kept is not None and kept.name == "heat":  # of a month the days of the week are in the key
        counter = "t.key"
    whole, rest = _whole_and_rest(kept.grain if kept else "", *days)
    led = "" if lead is None else f" AND d.unit_id = {lead:d}"
    of_case = "" if lead is None else f" AND coalesce(c.lead_unit_id, 0) = {lead:d}"
    parts, loose = list[str](), list[str]()
    values, loose_values = list[object](), list[object]()
    if kept is not None and whole is not None:
        sums = ", ".join(f"sum(t.counts[{_PLACE[measure] + 1}])" for measure in measures)
        only = " AND t.key = %s" if kept.key else ""
        parts.append(
            f"SELECT '{by}' AS side, {counter} AS key, NULL::bigint AS counted, ARRAY[{sums}]::bigint[] AS counts,"
            " sum(t.fen)::bigint AS fen FROM counter t"
            f" WHERE t.scope = %s AND t.cut = %s AND t.day BETWEEN %s AND %s{only} GROUP BY 2"
        )
        values += [scope.scope, kept.name, *whole, *([kept.key] if kept.key else [])]
        loose.append(
            f"SELECT {delta}, d.counted, d.n::int, d.n * d.fen FROM counter_delta d"
            f" WHERE {scope.delta} AND d.day BETWEEN %s AND %s{led}"
        )
        loose_values += whole
    further = [(scope.extra, days)] if scope.extra else []
    for source, span in [*((scope.source, span) for span in rest), *further]:
        loose.append(f"SELECT {case}, c.counted, 1, {_AMOUNT} FROM {source}{of_case}")
        loose_values += _instants(*span)
    loose.append(
        f"SELECT {case}, x.counted, x.n, 0 FROM turned c"
        f" CROSS JOIN LATERAL (VALUES (c.counted, -1), (c.turned, 1)) x (counted, n) WHERE TRUE{of_case}"
    )
    together = " UNION ALL ".join(loose).replace("@since", "%s").replace("@until", "%s")
    parts.append(
        f"SELECT '{by}' AS side, l.key, l.counted, ARRAY[sum(l.n)]::bigint[] AS counts, sum(l.fen)::bigint AS fen"
        f" FROM ({together}) l (key, counted, n, fen) GROUP BY l.key, l.counted"
    )
    return parts, [*values, *loose_values]


def _kept(scope: _Scope, by: str, cut: Cut, lead: int | None, depth: int) -> _Kept | None:
    """Which counters answer, if any do."""
    kept = scope.counters.get(cut.name)
    if lead is not None:
        # who leads is a cut of its own: it answers for one unit and its days, and for nothing else within it
        unit = scope.counters.get("unit")
        kept = replace(unit, key=str(lead)) if unit is not None and cut.name == "day" else None
    if kept is None or (by == "division" and depth != scope.child) or (by == "day" and kept.grain == "month"):
        return None
    return kept


def _added(found: Iterable[Mapping[str, Any]], measures: Sequence[str]) -> dict[str, dict[str, Tally]]:
    """Rows with `counts` of all measures, and rows with one count of what has the bits `counted`; by side and key."""
    masks = [mask_of(measure) for measure in measures]
    tallies: dict[str, dict[str, Tally]] = {}
    for row in found:
        side = tallies.setdefault(row["side"], {})
        one = side.get(row["key"])
        if one is None:
            one = side[row["key"]] = Tally(dict.fromkeys(measures, 0))
        one.fen += row["fen"]
        counted, counts = row["counted"], row["counts"]
        for place, measure in enumerate(measures):
            if counted is None:
                one.counts[measure] += counts[place]
            elif counted & masks[place] == masks[place]:
                one.counts[measure] += counts[0]
    return tallies


_GATE = "c.confidentiality = 'ordinary'"
_BETWEEN = "c.registered_at >= @since AND c.registered_at < @until"
# Cases that the counters hold as they were, with what holds for them now; once, for all sides.
_TURNED = (
    "SELECT c.registered_at, c.category_id, c.channel, c.lead_unit_id, c.stage, c.outcome, c.division_path,"
    f" c.present_path, c.counted, {AS_TURNED} AS turned"
    f' FROM "case" c WHERE c.counted_until < now() AND {_GATE} AND {_BETWEEN} AND {{scope}}'
)
_AMOUNT = "CASE WHEN c.amount > 0 AND c.stage <> 'merged' THEN c.amount ELSE 0 END"
_OF_TREE = {name: _Kept(name, "day") for name in OF_TREE}
_OF_OTHERS = {name: _Kept(name, "day" if name == "day" else "month") for name in OF_OTHERS}
_OF_OTHERS["hour"] = _OF_OTHERS.pop("heat")


def _scope(viewer: Viewer, filters: Filters) -> _Scope:
    if filters.place is not None and filters.place != filters.root:
        path = _path(filters.place)
        if viewer.whole_tree or any(division_audience(one) in viewer.audiences for one in path):
            return _of_place(filters.place, path)
        return _of_audiences(viewer, filters.place)
    if viewer.whole_tree:
        source = f'"case" c WHERE {_GATE} AND {_BETWEEN}'
        return _Scope(TREE, _OF_TREE, "TRUE", "TRUE", source)
    return _of_audiences(viewer, None)


def _of_place(place: int, path: Sequence[int]) -> _Scope:
    """Where it happened. What the place's audience holds besides, it has for another reason."""
    inside = f"c.division_path @> '[{place:d}]'"
    source = f"{_seen(division_audience(place))} AND {inside}"
    delta = f"{place:d} = ANY(d.path)"
    match len(path):
        case 2:
            return _Scope(place_scope(place), _OF_OTHERS, delta, inside, source, child=2)
        case 3:
            # its totals are those of a division below another
            total = {"day": _Kept("division", "month", str(place))}
            return _Scope(place_scope(path[1]), total, delta, inside, source)
    return _Scope(TREE, {}, "FALSE", inside, source)


def _of_audiences(viewer: Viewer, place: int | None) -> _Scope:
    """What is visible to one audience is counted; what the viewer sees besides, by another post or as the person that
    he is, is added case by case."""
    inside = "" if place is None else f" AND c.division_path @> '[{place:d}]'"
    main = None if place is not None else _main(viewer)
    listed = ", ".join(f"{one:d}" for one in viewer.audiences)
    case = f"EXISTS (SELECT 1 FROM visible v WHERE v.case_id = c.id AND v.audience IN ({listed})){inside}"
    if main is None:
        return _Scope(TREE, {}, "FALSE", case, _others(listed, inside))
    others = ", ".join(f"{one:d}" for one in viewer.audiences if one != main)
    beside = f" AND NOT EXISTS (SELECT 1 FROM visible m WHERE m.case_id = v.case_id AND m.audience = {main:d})"
    extra = _others(others, "", beside) if others else ""
    return _Scope(main, _OF_OTHERS, f"{main:d} = ANY(d.audiences)", case, _seen(main), extra)


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


def _is_midnight(at: datetime | None) -> bool:
    return at is not None and at.astimezone(ZONE).time() == time.min


def _instants(since: date, last: date) -> list[object]:
    return [datetime.combine(day, time.min, ZONE) for day in (since, last + timedelta(days=1))]


Span = tuple[date, date]


def _whole_and_rest(grain: str, since: date, last: date) -> tuple[Span | None, list[Span]]:
    """What the counters of that grain answer of the period, and the days that are left; all inclusive."""
    if since > last:
        return None, []
    if grain == "day":
        return (since, last), []
    if not grain:
        return None, [(since, last)]
    begins = since if since.day == 1 else _next_month(since)
    ends = last if (last + timedelta(days=1)).day == 1 else last.replace(day=1) - timedelta(days=1)
    if begins > ends:
        return None, [(since, last)]
    rest = [(since, begins - timedelta(days=1)), (ends + timedelta(days=1), last)]
    return (begins, ends), [(first, end) for first, end in rest if first <= end]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
