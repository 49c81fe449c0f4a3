"""Figures of what a viewer may see: each with the condition under which the list shows its matters."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.cases.queries._figures import of_figure
from onedoor.cases.queries._filters import Filters, conditions
from onedoor.cases.queries._sources import sources
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.figures import FIGURES, Figure, Period, tells_of_ratings
from onedoor.rules.refusal import invalid


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure as counted: `part` of `whole` matters (`whole` None for a count), or `fen`, a sum of money of `part`
    matters."""

    figure: Figure
    part: int
    whole: int | None
    fen: int | None

    @property
    def part_condition(self) -> str:
        return part_of(self.figure)


def part_of(figure: Figure) -> str:
    """What is counted in the part is in the whole too."""
    return f"{figure.whole}.{figure.part}" if figure.whole else figure.part


def shown_to(viewer: Viewer) -> list[Figure]:
    """Figures that the viewer reads."""
    return [figure for figure in FIGURES.values() if viewer.reads_ratings or not _of_ratings(figure)]


def limits_of(period: Period) -> tuple[datetime, datetime]:
    """The period as `since` and `until` of a list."""
    return (
        datetime.combine(period.since, time.min, ZONE),
        datetime.combine(period.until + timedelta(days=1), time.min, ZONE),
    )


def count_figures(viewer: Viewer, filters: Filters, figures: Sequence[Figure]) -> list[Counted]:
    """All of them in one statement. `filters` as of the list, with since and until."""
    columns: list[str] = []
    order: dict[str, int] = {}
    for figure in figures:
        for condition in (part_of(figure), figure.whole):
            if condition and condition not in order:
                order[condition] = len(order)
                columns.append(f"count(*) FILTER (WHERE {of_figure(condition)}) AS n{order[condition]}")
        if figure.amount:
            columns.append(f"coalesce(sum(c.amount) FILTER (WHERE {of_figure(figure.part)}), 0)::bigint AS fen")
    found, values = ordinary_from(viewer, filters)
    row = rows(f"SELECT {', '.join(columns)} FROM {found}", values)[0]
    return [
        Counted(
            figure,
            row[f"n{order[part_of(figure)]}"],
            row[f"n{order[figure.whole]}"] if figure.whole else None,
            row["fen"] if figure.amount else None,
        )
        for figure in figures
    ]


# How a figure is broken down: key and name of the group, and what must be joined for them.
_BY = {
    "category": (
        "g.code", "g.name", 'JOIN category k ON k.id = c.category_id'
        " JOIN category g ON g.code = split_part(k.code, '.', 1)", "g.position",
    ),
    "channel": ("c.channel", "c.channel", "", "c.channel"),
    "unit": (
        "coalesce(u.code, '-')", "coalesce(u.short_name, '尚未交办')",
        "LEFT JOIN people_unit u ON u.id = c.lead_unit_id", "coalesce(u.code, '-')",
    ),
    "month": (
        "to_char(c.registered_at AT TIME ZONE '{zone}', 'YYYY-MM')",
        "to_char(c.registered_at AT TIME ZONE '{zone}', 'YYYY-MM')", "",
        "to_char(c.registered_at AT TIME ZONE '{zone}', 'YYYY-MM')",
    ),
    "division": (
        "coalesce(d.code, '-')", "coalesce(d.name, '本级')",
        "LEFT JOIN people_division d ON d.id = (c.division_path->>{depth})::bigint", "coalesce(d.code, '-')",
    ),
}  # fmt: skip
BY_NAMES = {
    "category": "类别", "division": "区域", "channel": "渠道", "unit": "主办单位", "month": "月份",
}  # fmt: skip
NONE = "-"  # the key of what belongs to no group: at the division itself, with no unit yet
MOST_GROUPS = 200


def figure_by(
    viewer: Viewer, filters: Filters, figures: Sequence[Figure], by: str, *, depth: int = 1
) -> list[dict[str, Any]]:
    """The same, broken down: `key`, `name` and one Counted for each figure under `counted`. `depth`: of the divisions
    below the one that is looked at, counted from the top."""
    if by not in _BY:
        raise invalid("by", f"只能按{'、'.join(BY_NAMES.values())}（{'、'.join(BY_NAMES)}）细分。")
    key, name, join, order = (one.replace("{zone}", ZONE.key).replace("{depth}", str(int(depth))) for one in _BY[by])
    columns = []
    for place, figure in enumerate(figures):
        columns.append(f"count(*) FILTER (WHERE {of_figure(part_of(figure))}) AS n{place}")
        whole = of_figure(figure.whole) if figure.whole else "FALSE"
        columns.append(f"count(*) FILTER (WHERE {whole}) AS w{place}")
    found, values = ordinary_from(viewer, filters, join)
    found_rows = rows(
        f"SELECT {key} AS key, {name} AS name, {', '.join(columns)} FROM {found}"
        f" GROUP BY {key}, {name}, {order} ORDER BY {order} LIMIT {MOST_GROUPS}",
        values,
    )
    return [
        {
            "key": row["key"],
            "name": row["name"],
            "counted": [
                Counted(figure, row[f"n{place}"], row[f"w{place}"] if figure.whole else None, None)
                for place, figure in enumerate(figures)
            ],
        }
        for row in found_rows
    ]


Span = tuple[datetime | None, datetime | None]


def count_spans(
    viewer: Viewer, filters: Filters, asked: Sequence[str], spans: Sequence[Span], by: str = "", *, depth: int = 1
) -> list[dict[str, Any]]:
    """Conditions over several spans of registration, in one statement: `counts`, a row for each condition with a
    number for each span. With `by` broken down as `figure_by` does, without its limit; else one row. What lies in none
    of the spans is in no group."""
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
    key, name, join, order = "''", "''", "", ""
    if by:
        key, name, join, order = (
            one.replace("{zone}", ZONE.key).replace("{depth}", str(int(depth))) for one in _BY[by]
        )
    found, values = ordinary_from(viewer, filters, join, spans)
    grouped = f" GROUP BY {key}, {name}, {order} ORDER BY {order}" if by else ""
    return [
        {
            "key": row["key"],
            "name": row["name"],
            "counts": [[row[f"n{place}_{number}"] for number in range(len(spans))] for place in range(len(asked))],
        }
        for row in rows(
            f"SELECT {key} AS key, {name} AS name, {', '.join(columns)} FROM {found}{grouped}", [*inner, *values]
        )
    ]


def count_weeks(viewer: Viewer, filters: Filters, last: date, weeks: int) -> dict[tuple[int, int], list[int]]:
    """Registered matters week by week, the week that ends with the day `last` first: by where they lie, with every
    division above, and by category; ids of both. In one statement."""
    until = limits_of(Period("", last, last))[1]
    since = until - timedelta(days=7 * weeks)
    found, values = ordinary_from(viewer, replace(filters, since=since, until=until), "", [(since, until)])
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


def _of_ratings(figure: Figure) -> bool:
    return tells_of_ratings(figure.part) or tells_of_ratings(figure.whole)


def ordinary_from(
    viewer: Viewer, filters: Filters, join: str = "", spans: Sequence[Span] = ()
) -> tuple[str, list[object]]:
    """FROM and WHERE of the ordinary matters that the list of these filters shows, registered in any of the spans."""
    filters = replace(filters, order="newest", condition="all")
    where, ways = conditions(filters), sources(viewer, filters)
    if spans:
        where.add(*_in_any(spans))
    if len(ways) > 1:
        # who covers the whole tree comes to ordinary matters by one way alone; the other is that of restricted ones
        ways = [way for way in ways if not way.condition.endswith(" AND v.restricted")] or ways
    if len(ways) == 1 and ways[0].id == "c.id":
        found = ways[0].select(where.sql).replace('"case" c WHERE', f'"case" c {join} WHERE', 1)
        return found, [*ways[0].values, *where.values]
    selects, values = [], []
    for way in ways:
        selects.append(f"SELECT {way.id} AS id FROM {way.select(where.sql)}")
        values += [*way.values, *where.values]
    return f'"case" c {join} WHERE c.id IN ({" UNION ".join(selects)})', values


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
