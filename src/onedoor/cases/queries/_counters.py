"""Figures from the counters: what is folded, what is not folded yet, and what no counter has, in one statement.

One statement sees one moment, so a fold or a write beside it changes nothing: a change is a delta or a part of a
counter, never both. A case whose limit has ended since it was written (`counted_until`) is taken as it now is. Nothing
here is an estimate: what counters cannot answer is counted from the cases, by the same bits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from onedoor.cases.counted import LAYOUT, MEASURES, mask_of
from onedoor.cases.counting import ZONE
from onedoor.cases.queries._figures import AMOUNT, AS_TURNED, ENDED, of_figure
from onedoor.cases.queries._filters import Filters
from onedoor.cases.queries._scopes import BETWEEN, GATE, Kept, Scope, scope_of
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer

_LOCAL = f"(c.registered_at AT TIME ZONE '{ZONE.key}')"
_PLACE = {measure: place for place, measure in enumerate(MEASURES)}
# Of a case what the cuts ask for.
_READ = (
    "c.registered_at, c.category_id, c.channel, c.lead_unit_id, c.stage, c.outcome, c.division_path, c.present_path,"
    " c.counted, c.amount"
)
# Cases that the counters hold as they were, with what holds for them now.
_TURNED = f'SELECT {_READ}, {AS_TURNED} AS turned FROM "case" c WHERE c.counted_until < now() AND {GATE} AND {BETWEEN}'
Span = tuple[date, date]  # whole days, both inclusive


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
    "flow": Cut("flow", "t.key", "d.channel || ':' || d.ending", f"c.channel || ':' || {ENDED}"),
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
    viewer: Viewer, filters: Filters, measures: Sequence[str], by: str = "", *, depth: int = 1, within: str = ""
) -> dict[str, Tally]:
    """The ordinary matters that the list of these filters shows, by the key of `by`, a name of CUTS. `within`: a
    condition that every measure implies, and that nothing but a write changes."""
    return tally_along(viewer, filters, measures, [by], depth=depth, within=within)[by]


def tally_along(
    viewer: Viewer,
    filters: Filters,
    measures: Sequence[str],
    sides: Sequence[str],
    *,
    depth: int = 1,
    within: str = "",
) -> dict[str, dict[str, Tally]]:
    """The same along several sides, at one moment, so that they add up to the same."""
    assert filters.since is not None
    assert filters.until is not None
    scope, measures = scope_of(viewer, filters), list(measures)
    days = filters.since.astimezone(ZONE).date(), filters.until.astimezone(ZONE).date() - timedelta(days=1)
    led = "" if filters.lead is None else f" AND coalesce(c.lead_unit_id, 0) = {filters.lead:d}"
    loose = _Loose(f"{led} AND {of_figure(within)}" if within else led)
    parts, values = list[str](), list[object]()
    for by in dict.fromkeys(sides):
        sql, asked = _side(by, scope, days, measures, filters.lead, depth, loose)
        parts += sql
        values += asked
    # what several sides ask for is read once
    first = [("turned", f"{_TURNED} AND {scope.case}{led}", days), *loose.named]
    read = ", ".join(f"{name} AS MATERIALIZED ({select})" for name, select, _ in first)
    read = read.replace("@since", "%s").replace("@until", "%s")
    values = [*(instant for _, _, span in first for instant in _instants(*span)), *values]
    found = _added(rows(f"WITH {read} {' UNION ALL '.join(parts)}", values), measures)
    return {by: found.get(by, {}) for by in sides}


class _Loose:
    """Cases that no counter answers for, as named parts of the statement: one for each source and span. `only`: a
    condition on all of them."""

    def __init__(self, only: str) -> None:
        self._only = only
        self.named: list[tuple[str, str, Span]] = []

    def of(self, source: str, span: Span) -> str:
        select = f"SELECT {_READ} FROM {source}{self._only}"
        for name, known, of in self.named:
            if (known, of) == (select, span):
                return name
        self.named.append((f"loose{len(self.named)}", select, span))
        return self.named[-1][0]


def _side(
    by: str, scope: Scope, days: Span, measures: Sequence[str], lead: int | None, depth: int, cases: _Loose
) -> tuple[list[str], list[object]]:
    """Selects of side, key, `counted`, counts and fen: from the counters, and from all that they do not know."""
    cut, at = CUTS[by], str(int(depth))
    counter, delta, case = (one.replace("@at", at) for one in (cut.counter, cut.delta, cut.case))
    kept = _kept(scope, by, cut, lead, depth)
    if kept is not None and kept.name == "heat":  # of a month the days of the week are in the key
        counter = "t.key"
    whole, rest = _whole_and_rest(kept.grain if kept else "", *days)
    led = "" if lead is None else f" AND d.unit_id = {lead:d}"
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
        loose.append(f"SELECT {case}, c.counted, 1, {AMOUNT} FROM {cases.of(source, span)} c")
    loose.append(
        f"SELECT {case}, x.counted, x.n, 0 FROM turned c"
        f" CROSS JOIN LATERAL (VALUES (c.counted, -1), (c.turned, 1)) x (counted, n)"
    )
    together = " UNION ALL ".join(loose)
    parts.append(
        f"SELECT '{by}' AS side, l.key, l.counted, ARRAY[sum(l.n)]::bigint[] AS counts, sum(l.fen)::bigint AS fen"
        f" FROM ({together}) l (key, counted, n, fen) GROUP BY l.key, l.counted"
    )
    return parts, [*values, *loose_values]


def _kept(scope: Scope, by: str, cut: Cut, lead: int | None, depth: int) -> Kept | None:
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


def _is_midnight(at: datetime | None) -> bool:
    return at is not None and at.astimezone(ZONE).time() == time.min


def _instants(since: date, last: date) -> list[object]:
    return [datetime.combine(day, time.min, ZONE) for day in (since, last + timedelta(days=1))]


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
