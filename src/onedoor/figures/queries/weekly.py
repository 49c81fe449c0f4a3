"""异常增多 within a period: each whole week that ends with it or before it, by place and kind, against the eight weeks
before that week (`rules.surges`). Places and kinds, never persons."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from onedoor.cases.queries.cases import Filters
from onedoor.cases.queries.figures import count_weeks
from onedoor.cases.sql import rows
from onedoor.figures.queries.scope import Scope
from onedoor.rules.reports import ReportSpan
from onedoor.rules.surges import ALPHA, WEEKS, spread_of, surge

MOST_TOLD = 20


def weekly_surges(scope: Scope, base: Filters, span: ReportSpan) -> dict[str, Any]:
    """`items`: place, kind, the week and the numbers behind it, the least probable first, at most MOST_TOLD of `told`;
    `tested`: how many comparisons; `expected`: how many would be told by chance alone, at most.

    The days before the first whole week are in no week of the period: they belong to the past of the first."""
    weeks = span.days // 7
    until = span.period.until
    within = replace(base, division=None, place=None if scope.is_root else scope.division)
    found = count_weeks(scope.viewer(), within, until, weeks + WEEKS)
    # a division above the centre's is seen in part only
    series = {key: counts for key, counts in found.items() if key[0] not in scope.path[:-1]}
    usual: dict[tuple[int, int], float] = {}
    told: list[dict[str, Any]] = []
    tested = 0
    by_kind: dict[int, list[list[int]]] = {}
    for (_, kind), counts in series.items():
        by_kind.setdefault(kind, []).append(counts)
    for (place, kind), counts in series.items():
        for week in range(weeks):
            past = counts[week + 1 : week + 1 + WEEKS]
            if not counts[week] and not any(past):
                continue
            tested += 1
            if (kind, week) not in usual:
                usual[kind, week] = spread_of(other[week + 1 : week + 1 + WEEKS] for other in by_kind[kind])
            one = surge(counts[week], past[::-1], usual[kind, week])
            if one is not None:
                last = until - timedelta(days=7 * week)
                told.append(_item(place, kind, last, one.count, one.mean, one.past, one.chance))
    told.sort(key=lambda one: (one["chance"], one["until"], one["place"], one["kind"]))
    return {
        "weeks": weeks,
        "tested": tested,
        "expected": round(tested * ALPHA, 2),
        "told": len(told),
        "items": _with_names(told[:MOST_TOLD]),
    }


def _item(
    place: int, kind: int, last: date, count: int, mean: float, past: tuple[int, ...], chance: float
) -> dict[str, Any]:
    return {
        "place": place, "kind": kind, "since": (last - timedelta(days=6)).isoformat(), "until": last.isoformat(),
        "count": count, "mean": round(mean, 1), "past": list(past), "chance": chance,
    }  # fmt: skip


def _with_names(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = rows(
        "SELECT 'place' AS what, id, name, code FROM people_division WHERE id = ANY(%s)"
        " UNION ALL SELECT 'kind', id, name, code FROM category WHERE id = ANY(%s)",
        [[one["place"] for one in told], [one["kind"] for one in told]],
    )
    names = {(row["what"], row["id"]): row for row in found}
    return [
        {
            **{name: value for name, value in one.items() if name not in ("place", "kind")},
            "place_name": names["place", one["place"]]["name"],
            "place_code": names["place", one["place"]]["code"],
            "kind_name": names["kind", one["kind"]]["name"],
            "kind_code": names["kind", one["kind"]]["code"],
        }
        for one in told
    ]
