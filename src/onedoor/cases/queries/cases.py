"""The list of cases: one query for the list, its count, its export and its badge."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from onedoor.cases.queries._waiting import Where, waits
from onedoor.cases.search_index import query_of
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer, division_audience, unit_audience
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.intake import CHANNELS
from onedoor.rules.numbers import is_number, parse_number
from onedoor.rules.refusal import invalid
from onedoor.rules.work import QUEUES, queues_of

MOST_ITEMS = 200
# Up to this many hits a search starts from the hits; above it walks the newest cases and asks each.
RARE = 3000
# Audiences smaller than this are counted by walking them.
SMALL = 10_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list asks for; empty means "any". `centres` and `roles` serve `mine`."""

    stages: tuple[str, ...] = ()
    category: str = ""
    unit: int | None = None
    division: int | None = None
    root: int | None = None
    light: str = ""
    channel: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    mine: bool = False
    queue: str = ""  # one queue of what is mine
    posts: tuple[tuple[str, int], ...] = ()  # (role, unit) of each post
    now: datetime | None = None
    order: str = "newest"


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
    "due": ("due_at", "ASC", ">"),
    # the same with what has no due date at the end
    "due_first": ("due_at", "ASC", ">"),
}
_ITEM = """
    SELECT c.id, c.number, c.title, c.stage, c.kind, c.purpose, c.channel, c.urgent, c.confidentiality,
           c.registered_at, c.due_at, c.warn_at, c.outcome, c.version, k.code AS category,
           k.name AS category_name, d.code AS division, d.name AS division_name, u.code AS lead_unit,
           u.short_name AS lead_unit_name
      FROM ({picked}) picked JOIN "case" c ON c.id = picked.id
      JOIN category k ON k.id = c.category_id JOIN people_division d ON d.id = c.division_id
      LEFT JOIN people_unit u ON u.id = c.lead_unit_id
     ORDER BY c.{column} {direction}, c.id {direction}
"""


def list_cases(
    viewer: Viewer, filters: Filters, *, limit: int = 50, cursor: str | None = None, counted: bool = True
) -> Page:
    """One page of what the viewer may see, by key and never by offset, with a count capped at COUNT_CAP; not
    `counted`, the count is that of the page."""
    limit = max(1, min(limit, MOST_ITEMS))
    if not set(filters.stages) <= set(STAGE_NAMES):
        raise invalid("stage", "没有这个阶段。")
    if filters.order not in ORDERS:
        raise invalid("order", "排序只能是 newest、oldest、due 或 due_first。")
    where = conditions(filters)
    search = _Search(viewer, filters.text)
    if search.hopeless:
        return Page([], None, 0, capped=False)
    column, direction, _ = ORDERS[filters.order]
    after = _read_cursor(cursor, filters.order) if cursor else None
    picked, values = _picked(viewer, filters, search, where, after, limit + 1)
    items = rows(_ITEM.format(picked=picked, column=column, direction=direction), values)
    more = len(items) > limit
    items = items[:limit]
    total = _count(viewer, filters, search, where) if counted and (cursor or more) else len(items)
    cap = settings.COUNT_CAP
    next_cursor = _make_cursor(items[-1][column], items[-1]["id"], filters.order) if more else None
    return Page(items, next_cursor, min(total, cap), capped=total > cap)


class _Search:
    """How the text is looked for. `rare`: few cases hold it, so the query starts from them."""

    def __init__(self, viewer: Viewer, text: str) -> None:
        self.active = bool(text.strip())
        self.number = self.query = ""
        self.text = text.strip()
        self.rare = self.hopeless = False
        self.names = viewer.sees_names
        if not self.active:
            return
        if is_number(self.text):
            self.number = parse_number(self.text)
            return
        query = query_of(self.text)
        if query is None:
            self.hopeless = True
            return
        self.query = query
        # The probe costs a bitmap of the index at most, and tells which of the two plans is good.
        found = rows(
            f"SELECT count(*) AS n FROM (SELECT 1 FROM case_text t WHERE {self.match} LIMIT %s) hits",
            [*self.match_values, RARE + 1],
        )
        self.rare = int(found[0]["n"]) <= RARE

    @property
    def match(self) -> str:
        return "(t.matter @@ %s::tsquery OR t.names @@ %s::tsquery)" if self.names else "t.matter @@ %s::tsquery"

    @property
    def match_values(self) -> list[object]:
        return [self.query, self.query] if self.names else [self.query]

    def condition(self) -> Where:
        """The search as a condition on a case that is already at hand."""
        where = Where()
        if self.number:
            where.add("c.number = %s", self.number)
        elif self.rare:
            where.add("c.id IN (SELECT case_id FROM hits)")
        elif self.active:
            # a scalar subquery is asked row by row, in the order of the walk
            where.add(f"(SELECT {self.match} FROM case_text t WHERE t.case_id = c.id)", *self.match_values)
        return where

    def hits(self) -> tuple[str, list[object]]:
        """The cases that hold the text or bear it as an external number, as a named subquery."""
        if not self.rare:
            return "", []
        sql = (
            f"WITH hits AS MATERIALIZED (SELECT t.case_id FROM case_text t WHERE {self.match}"
            " UNION SELECT e.case_id FROM external_number e WHERE e.number = %s) "
        )
        return sql, [*self.match_values, self.text]


def conditions(filters: Filters) -> Where:
    where = Where()
    if filters.category:
        _category(where, filters.category)
    if filters.channel:
        if filters.channel not in CHANNELS:
            raise invalid("channel", "没有这个渠道。")
        where.add("c.channel = %s", filters.channel)
    if filters.since is not None:
        where.add("c.registered_at >= %s", filters.since)
    if filters.until is not None:
        where.add("c.registered_at < %s", filters.until)
    if filters.light:
        _light(where, filters)
    if filters.order == "due":
        where.add("c.due_at IS NOT NULL")
    if filters.queue:
        if filters.queue not in QUEUES:
            raise invalid("queue", "没有这个工作队列。")
        waits(where, [QUEUES[filters.queue]], filters.posts)
    elif filters.mine:
        waits(where, queues_of(role for role, _ in filters.posts), filters.posts)
    return where


def _category(where: Where, code: str) -> None:
    """The category and all below it. One id reads its own index in order; its number stands in the text of
    the statement, so that the planner knows how common it is."""
    found = rows("SELECT id FROM category WHERE code = %s OR starts_with(code, %s)", [code, code + "."])
    ids = [int(row["id"]) for row in found]
    if not ids:
        raise invalid("category", "没有这个类别。")
    if len(ids) == 1:
        where.add(f"c.category_id = {ids[0]:d}")
    else:
        where.add("c.category_id = ANY(%s)", ids)


def _light(where: Where, filters: Filters) -> None:
    match filters.light:
        case "red":
            where.add("c.due_at < %s", filters.now)
        case "yellow":
            where.add("c.due_at >= %s AND c.warn_at <= %s", filters.now, filters.now)
        case "green":
            where.add("c.due_at >= %s AND c.warn_at > %s", filters.now, filters.now)
        case "none":
            where.add("c.due_at IS NULL")
        case _:
            raise invalid("light", "灯色只能是 green、yellow、red 或 none。")


@dataclass(frozen=True, slots=True)
class _Narrowing:
    """A unit or a division that is asked for: the audience that holds its ordinary cases. Restricted cases are in
    no audience but their persons', so of these the rows themselves are asked."""

    audience: int
    restricted: str

    def of(self) -> str:
        """The condition on an ordinary case `c`."""
        return f" AND EXISTS (SELECT 1 FROM visible n WHERE n.audience = {self.audience:d} AND n.case_id = c.id)"


def _narrowing(filters: Filters) -> list[_Narrowing]:
    found = []
    if filters.unit is not None:
        part = f"EXISTS (SELECT 1 FROM assignment a WHERE a.case_id = c.id AND a.unit_id = {filters.unit:d})"
        found.append(_Narrowing(unit_audience(filters.unit), f" AND {part}"))
    if filters.division is not None and filters.division != filters.root:
        paths = " OR ".join(
            f"c.{column} @> '[{filters.division:d}]'" for column in ("division_path", "receiving_path", "present_path")
        )
        found.append(_Narrowing(division_audience(filters.division), f" AND ({paths})"))
    return found


def _picked(
    viewer: Viewer,
    filters: Filters,
    search: _Search,
    where: Where,
    after: tuple[datetime | None, UUID] | None,
    limit: int,
) -> tuple[str, list[object]]:
    """The ids of one page: from each source its first ones, then the first of all."""
    column, direction, beyond = ORDERS[filters.order]
    condition = search.condition()
    prefix, values = search.hits()
    selects = []
    for source in sources(viewer, filters):
        # the gate's own index is in the order of registration; walking it needs no sort
        key = source.key if column == "registered_at" else f"c.{column}"
        onward, onward_values = _onward(key, source.id, beyond, after, nulls=filters.order == "due_first")
        selects.append(
            f"(SELECT c.id, c.{column} FROM {source.sql}{where.sql}{condition.sql}{onward}"
            f" ORDER BY {key} {direction}, {source.id} {direction} LIMIT {limit})"
        )
        values += [*source.values, *where.values, *condition.values, *onward_values]
    union = " UNION ".join(selects)
    return (
        f"{prefix}SELECT id, {column} FROM ({union}) parts"
        f" ORDER BY {column} {direction}, id {direction} LIMIT {limit}",
        values,
    )


def _onward(
    key: str, case: str, beyond: str, after: tuple[datetime | None, UUID] | None, *, nulls: bool
) -> tuple[str, list[object]]:
    """What comes after the cursor; with `nulls` the cases without a key follow all others."""
    if after is None:
        return "", []
    if after[0] is None:
        return f" AND {key} IS NULL AND {case} {beyond} %s", [after[1]]
    rest = f" OR {key} IS NULL" if nulls else ""
    return f" AND (({key}, {case}) {beyond} (%s, %s){rest})", list(after)


@dataclass(frozen=True, slots=True)
class _Source:
    """One way in which a viewer comes to cases: FROM and WHERE, and the columns of its index."""

    sql: str
    values: tuple[object, ...]
    key: str
    id: str


def sources(viewer: Viewer, filters: Filters) -> list[_Source]:
    """The ways to the viewer's cases, with the stages asked for: each source has an index by stage.

    Stages stand in the text of the statement like audiences; they are our own words.
    """
    found = []
    for source in _ways(viewer, _narrowing(filters)):
        column = "v.stage" if source.id == "v.case_id" else "c.stage"
        stages = "', '".join(filters.stages)
        asked = f" AND {column} IN ('{stages}')" if stages else ""
        found.append(replace(source, sql=source.sql + asked))
    return found


def _ways(viewer: Viewer, narrowing: Sequence[_Narrowing]) -> list[_Source]:
    """Who covers the whole tree reads ordinary cases from the case table, or from the audience that a filter
    narrows to; restricted ones come through the person's own audience only, for everybody.

    Audiences stand as numbers in the text: they differ by a factor of a million in size, and a plan made
    without knowing which one is asked for would be wrong for most.
    """

    def gate(audience: int, condition: str) -> _Source:
        sql = f'visible v JOIN "case" c ON c.id = v.case_id WHERE v.audience = {audience:d}{condition}'
        return _Source(sql, (), "v.sort_key", "v.case_id")

    ordinary, restricted = " AND c.confidentiality = 'ordinary'", " AND c.confidentiality <> 'ordinary'"
    narrow = "".join(one.of() for one in narrowing)
    own = gate(viewer.person, restricted + "".join(one.restricted for one in narrowing))
    if viewer.whole_tree and narrowing:
        return [gate(narrowing[0].audience, "".join(one.of() for one in narrowing[1:]) + ordinary), own]
    if viewer.whole_tree:
        return [_Source(f'"case" c WHERE TRUE{ordinary}', (), "c.registered_at", "c.id"), own]
    found = [gate(audience, narrow) for audience in viewer.audiences]
    return [*found, own] if narrowing else found


def _count(viewer: Viewer, filters: Filters, search: _Search, where: Where) -> int:
    """How many there are, up to one above the cap."""
    most = settings.COUNT_CAP + 1
    condition = search.condition()
    values = [*where.values, *condition.values]
    prefix, prefix_values = search.hits()
    common = search.active and bool(search.query) and not search.rare
    if common and not filters.stages and not _narrowing(filters) and not _is_small(viewer):
        # start from the index of the text: of a big audience, nearly every hit counts
        inner = (
            f'SELECT c.id FROM case_text t JOIN "case" c ON c.id = t.case_id WHERE {search.match} '
            "AND ((%s AND c.confidentiality = 'ordinary') OR EXISTS (SELECT 1 FROM visible v"
            " WHERE v.case_id = c.id AND v.audience = ANY(%s)))"
            f"{where.sql} LIMIT {most}"
        )
        values = [*search.match_values, viewer.whole_tree, list(viewer.audiences), *where.values]
        return int(rows(f"SELECT count(*) AS n FROM ({inner}) counted", values)[0]["n"])
    selects, select_values = [], []
    for source in sources(viewer, filters):
        selects.append(f"(SELECT c.id FROM {source.sql}{where.sql}{condition.sql} LIMIT {most})")
        select_values += [*source.values, *values]
    inner = f"{prefix}SELECT id FROM ({' UNION '.join(selects)}) parts LIMIT {most}"
    found = rows(f"SELECT count(*) AS n FROM ({inner}) counted", [*prefix_values, *select_values])
    return int(found[0]["n"])


def _is_small(viewer: Viewer) -> bool:
    if viewer.whole_tree:
        return False
    found = rows(
        "SELECT count(*) AS n FROM (SELECT 1 FROM visible WHERE audience = ANY(%s) LIMIT %s) seen",
        [list(viewer.audiences), SMALL],
    )
    return int(found[0]["n"]) < SMALL


def _make_cursor(key: datetime | None, case: UUID, order: str) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([order, key, case])).decode().rstrip("=")


def _read_cursor(cursor: str, order: str) -> tuple[datetime | None, UUID]:
    try:
        made, key, case = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        read = datetime.fromisoformat(key) if key is not None else None, UUID(case)
    except (ValueError, TypeError, AttributeError):
        raise invalid("cursor", "翻页标记不对，请从第一页开始。") from None
    if made != order or (read[0] is None and order != "due_first"):
        raise invalid("cursor", "翻页标记不对，请从第一页开始。")
    return read
