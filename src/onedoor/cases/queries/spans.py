"""Conditions counted over several spans of time at once, matter by matter: for reports and bulletins, which freeze
what they say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from onedoor.cases.queries._counters import CUTS
from onedoor.cases.queries._figures import of_figure
from onedoor.cases.queries._filters import Filters
from onedoor.cases.queries._plainly import Span, ordinary_from
from onedoor.cases.queries.figures import Group, limits_of, named_groups
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.figures import Period


def count_spans(
    viewer: Viewer, filters: Filters, asked: Sequence[str], spans: Sequence[Span], by: str = "", *, depth: int = 1
) -> list[dict[str, Any]]:
    """Conditions over several spans of registration, in one statement: `counts`, a row for each condition with a
    number for each span. With `by` broken down as `figure_by` does, without its limit (and a statement more, for the
    names); else one row. What lies in none of the spans is in no group."""
    columns: list[str] = []
    inner: list[object] = []
    for place, condition in enumerate(asked):
        for number, (since, until) in enumerate(spans):
            parts = []
            for sign, limit in ((">=", since), ("<", until)):
                if limit is not None:
                    parts.append(f"c.registered_at {sign} %s")
                    inner.append(limit)
            within = " AND ".join([*parts, of_figure(condition)])
            columns.append(f"count(*) FILTER (WHERE {within}) AS n{place}_{number}")
    key = CUTS[by].case.replace("@at", str(int(depth)))
    found, values = ordinary_from(viewer, filters, spans)
    answer = rows(
        f"SELECT {key} AS key, {', '.join(columns)} FROM {found}{' GROUP BY 1' if by else ''}", [*inner, *values]
    )
    groups = named_groups(by, [row["key"] for row in answer])
    counts: dict[Group, list[list[int]]] = {}
    for row in answer:
        sums = counts.setdefault(groups[row["key"]], [[0] * len(spans) for _ in asked])
        for place, one in enumerate(sums):
            for number in range(len(spans)):
                one[number] += row[f"n{place}_{number}"]
    return [{"key": one.key, "name": one.name, "counts": counts[one]} for one in sorted(counts)]


def count_weeks(viewer: Viewer, filters: Filters, last: date, weeks: int) -> dict[tuple[int, int], list[int]]:
    """Registered matters week by week, the week that ends with the day `last` first: by where they lie, with every
    division above, and by category; ids of both. In one statement."""
    until = limits_of(Period("", last, last))[1]
    since = until - timedelta(days=7 * weeks)
    found, values = ordinary_from(viewer, replace(filters, since=since, until=until), [(since, until)])
    inner = f"SELECT c.category_id AS kind, c.division_path AS path, c.registered_at AS at FROM {found}"
    inner += f" AND {of_figure('registered')}"
    counted = rows(
        "SELECT place.id::bigint AS place, m.kind,"
        f" ({weeks:d} - 1 - floor(extract(epoch FROM m.at - %s) / 604800))::int AS week, count(*) AS n"
        f" FROM ({inner}) m, jsonb_array_elements_text(m.path) AS place(id) GROUP BY 1, 2, 3",
        [since, *values],
    )
    series: dict[tuple[int, int], list[int]] = {}
    for row in counted:
        series.setdefault((row["place"], row["kind"]), [0] * weeks)[row["week"]] = int(row["n"])
    return series
