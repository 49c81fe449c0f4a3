"""Figures counted matter by matter, by the conditions of the list: for what no counter knows, and to hold the counters
against."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from onedoor.cases.queries._counters import CUTS, Tally
from onedoor.cases.queries._figures import of_figure
from onedoor.cases.queries._filters import Filters, conditions
from onedoor.cases.queries._sources import sources
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer

Span = tuple[datetime | None, datetime | None]


def tally_plainly(
    viewer: Viewer, filters: Filters, measures: Sequence[str], by: str = "", *, depth: int = 1, within: str = ""
) -> dict[str, Tally]:
    """The same as `_counters.tally`, of any filters and conditions."""
    key = CUTS[by].case.replace("@at", str(int(depth)))
    columns = [f"count(*) FILTER (WHERE {of_figure(one)}) AS n{place}" for place, one in enumerate(measures)]
    columns.append(f"coalesce(sum(c.amount) FILTER (WHERE {of_figure('with_amount')}), 0)::bigint AS fen")
    found, values = ordinary_from(viewer, filters)
    only = f" AND {of_figure(within)}" if within else ""
    answer = rows(f"SELECT {key} AS key, {', '.join(columns)} FROM {found}{only} GROUP BY 1", values)
    return {
        row["key"]: Tally({one: row[f"n{place}"] for place, one in enumerate(measures)}, row["fen"]) for row in answer
    }


def ordinary_from(viewer: Viewer, filters: Filters, spans: Sequence[Span] = ()) -> tuple[str, list[object]]:
    """FROM and WHERE of the ordinary matters that the list of these filters shows, registered in any of the spans."""
    filters = replace(filters, order="newest", condition="all")
    where, ways = conditions(filters), sources(viewer, filters)
    if spans:
        where.add(*_in_any(spans))
    if len(ways) > 1:
        # who covers the whole tree comes to ordinary matters by one way alone; the other is that of restricted ones
        ways = [way for way in ways if not way.condition.endswith(" AND v.restricted")] or ways
    if len(ways) == 1 and ways[0].id == "c.id":
        return ways[0].select(where.sql), [*ways[0].values, *where.values]
    selects, values = [], []
    for way in ways:
        selects.append(f"SELECT {way.id} AS id FROM {way.select(where.sql)}")
        values += [*way.values, *where.values]
    return f'"case" c WHERE c.id IN ({" UNION ".join(selects)})', values


def _in_any(spans: Sequence[Span]) -> tuple[Any, ...]:
    """As a condition with its values."""
    alternatives, values = [], list[object]()
    for since, until in spans:
        parts = []
        for sign, limit in ((">=", since), ("<", until)):
            if limit is not None:
                parts.append(f"@registered {sign} %s")
                values.append(limit)
        alternatives.append(f"({' AND '.join(parts) or 'TRUE'})")
    return f"({' OR '.join(alternatives)})", *values
