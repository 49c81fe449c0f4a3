"""The list of cases: one query for the list, its count, its export and its badge."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries._figures import check_condition
from onedoor.cases.queries._filters import Filters, Where, conditions
from onedoor.cases.queries._search import Search
from onedoor.cases.queries._sources import Source, is_narrowed, sources
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.refusal import invalid

__all__ = ["MOST_ITEMS", "Filters", "Page", "list_cases"]

MOST_ITEMS = 200
# Audiences smaller than this are counted by walking them.
SMALL = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    items: list[dict[str, Any]]
    next_cursor: str | None
    count: int
    capped: bool


ORDERS = {
    # name: (column, direction, comparison that goes on)
    "newest": ("registered_at", "DESC", "<"),
    "oldest": ("registered_at", "ASC", ">"),
    # by when the light turns red
    "due": ("red_at", "ASC", ">"),
    # the same with what has no due date at the end
    "due_first": ("red_at", "ASC", ">"),
}
_ITEM = """
    SELECT c.id, c.number, c.title, c.stage, c.kind, c.purpose, c.channel, c.urgent, c.confidentiality,
           c.registered_at, c.due_at, c.warn_at, coalesce(c.red_at, c.due_at) AS red_at, c.outcome, c.version,
           k.code AS category, k.name AS category_name, d.code AS division, d.name AS division_name,
           u.code AS lead_unit, u.short_name AS lead_unit_name
      FROM ({picked}) picked JOIN "case" c ON c.id = picked.id
      JOIN category k ON k.id = c.category_id JOIN people_division d ON d.id = c.division_id
      LEFT JOIN people_unit u ON u.id = c.lead_unit_id
     ORDER BY {column} {direction}, c.id {direction}
"""
After = tuple[datetime | None, UUID]


def list_cases(
    viewer: Viewer, filters: Filters, *, limit: int = 50, cursor: str | None = None, counted: bool = True
) -> Page:
    """One page of what the viewer may see, by key and never by offset, with a count capped at COUNT_CAP; not
    `counted`, the count is that of the page."""
    limit = max(1, min(limit, MOST_ITEMS))
    if filters.order not in ORDERS:
        raise invalid("order", "排序只能是 newest、oldest、due 或 due_first。")
    if filters.condition:
        check_condition(viewer, filters.condition)
    where, ways = conditions(filters), sources(viewer, filters)
    search = Search(viewer, filters.text)
    if search.hopeless or not ways:
        return Page([], None, 0, capped=False)
    column, direction, _ = ORDERS[filters.order]
    after = read_cursor(cursor, filters.order, nulls=filters.order == "due_first") if cursor else None
    picked, values = _picked(ways, filters.order, search, where, after, limit + 1)
    items = rows(_ITEM.format(picked=picked, column=column, direction=direction), values)
    more = len(items) > limit
    items = items[:limit]
    total = _count(viewer, filters, ways, search, where) if counted and (cursor or more) else len(items)
    cap = settings.COUNT_CAP
    next_cursor = make_cursor(items[-1][column], items[-1]["id"], filters.order) if more else None
    return Page(items, next_cursor, min(total, cap), capped=total > cap)


def _picked(
    ways: list[Source], order: str, search: Search, where: Where, after: After | None, limit: int
) -> tuple[str, list[object]]:
    """The ids of one page: from each way its first ones, then the first of all."""
    column, direction, beyond = ORDERS[order]
    condition = search.condition()
    prefix, values = search.hits()
    selects = []
    for way in ways:
        # the gate's own index is in the order of the list; walking it needs no sort
        key = way.registered if column == "registered_at" else way.red
        onward, onward_values = _onward(key, way.id, beyond, after, nulls=order == "due_first")
        selects.append(
            f"(SELECT {way.id} AS id, {key} AS key FROM {way.select(where.sql + condition.sql + onward)}"
            f" ORDER BY {key} {direction}, {way.id} {direction} LIMIT {limit})"
        )
        values += [*way.values, *where.values, *condition.values, *onward_values]
    union = " UNION ".join(selects)
    return (
        f"{prefix} SELECT id FROM ({union}) parts ORDER BY key {direction}, id {direction} LIMIT {limit}",
        values,
    )


def _onward(key: str, case: str, beyond: str, after: After | None, *, nulls: bool) -> tuple[str, list[object]]:
    """What comes after the cursor; with `nulls` the cases without a key follow all others."""
    if after is None:
        return "", []
    if after[0] is None:
        return f" AND {key} IS NULL AND {case} {beyond} %s", [after[1]]
    rest = f" OR {key} IS NULL" if nulls else ""
    return f" AND (({key}, {case}) {beyond} (%s, %s){rest})", list(after)


def _count(viewer: Viewer, filters: Filters, ways: list[Source], search: Search, where: Where) -> int:
    """How many there are, up to one above the cap."""
    most = settings.COUNT_CAP + 1
    narrow = filters.stages or filters.mine or filters.queue or is_narrowed(filters)
    by_text = search.query and not search.rare and not narrow and (viewer.whole_tree or not search.everywhere)
    if by_text and not _is_small(viewer):
        # start from the texts: of a big audience, many hits count
        return _count_texts(viewer, search, where, most)
    condition = search.condition()
    prefix, values = search.hits()
    names, parts = [], []
    for place, way in enumerate(ways):
        names.append(f"p{place}")
        found = way.select(where.sql + condition.sql)
        parts.append(f"p{place} AS MATERIALIZED (SELECT {way.id} AS id FROM {found} LIMIT {most})")
        values += [*way.values, *where.values, *condition.values]
    # a part is read when it is asked for: not once one alone has enough
    enough = " ".join(f"WHEN (SELECT count(*) FROM {name}) >= {most} THEN {most}" for name in names)
    # not UNION: the planner would sort each part, and so read all of it, before its limit
    union = " UNION ALL ".join(f"SELECT id FROM {name}" for name in names)
    last = f"(SELECT count(DISTINCT id) FROM ({union}) parts)"
    tables = f"{prefix}, " if prefix else "WITH "
    counted = f"{tables}{', '.join(parts)} SELECT CASE {enough} ELSE {last} END AS n"
    return min(int(rows(counted, values)[0]["n"]), most)


def _count_texts(viewer: Viewer, search: Search, where: Where, most: int) -> int:
    matching, values = search.counting()
    # a scalar subquery is asked row by row, until there are enough
    seen = "(SELECT TRUE FROM visible v WHERE v.case_id = t.case_id AND v.audience = ANY(%s) LIMIT 1)"
    table = f"{matching} t"
    if viewer.whole_tree:
        seen = f"(c.confidentiality = 'ordinary' OR {seen})"
    if viewer.whole_tree or where.parts:
        table += ' JOIN "case" c ON c.id = t.case_id'
    plain = where.sql.replace("@registered", "c.registered_at").replace("@red", "coalesce(c.red_at, c.due_at)")
    inner = f"SELECT 1 FROM {table} WHERE {seen}{plain} LIMIT {most}"
    values += [list(viewer.audiences), *where.values]
    return int(rows(f"SELECT count(*) AS n FROM ({inner}) counted", values)[0]["n"])


def _is_small(viewer: Viewer) -> bool:
    if viewer.whole_tree:
        return False
    found = rows(
        "SELECT count(*) AS n FROM (SELECT 1 FROM visible WHERE audience = ANY(%s) LIMIT %s) seen",
        [list(viewer.audiences), SMALL],
    )
    return int(found[0]["n"]) < SMALL
