"""What a list asks for, as conditions on a case.

Conditions name the columns that the gate's own table repeats by a word (`@id`, `@registered`, `@red`), so that each
way to the cases reads them from its own index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onedoor.cases.counting import ZONE
from onedoor.cases.queries._figures import ENDING, of_figure
from onedoor.cases.sql import rows
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.intake import CHANNELS
from onedoor.rules.refusal import invalid
from onedoor.rules.seeing import DEEPEST_LEVEL, ENDINGS, WEEKDAYS
from onedoor.rules.work import PART_STAGES, QUEUES, Queue, queues_of


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list asks for; empty means "any". `posts`, (role, unit) each, serve `mine` and `queue`."""

    stages: tuple[str, ...] = ()
    category: str = ""
    category_alone: bool = False  # it, and no category below
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
    posts: tuple[tuple[str, int], ...] = ()
    now: datetime | None = None
    order: str = "newest"
    condition: str = ""  # of `rules.figures.CONDITIONS`: one side of a figure
    place: int | None = None  # a division in which it happened
    place_alone: bool = False  # there, and in no division below
    lead: int | None = None  # the unit that leads it; nought: none yet
    ending: str = ""  # of `rules.seeing.ENDINGS`
    weekday: int | None = None  # of registration by the county's clock; Monday is 1
    hour: int | None = None  # likewise, 0 to 23
    level: int | None = None  # of the centre that has it, the top of the tree is 1


class Where:
    """Conditions on the case `c`, with their values in order."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[object] = []

    def add(self, condition: str, *values: object) -> None:
        self.parts.append(condition)
        self.values += values

    @property
    def sql(self) -> str:
        return "".join(f" AND {part}" for part in self.parts)


@dataclass(frozen=True, slots=True)
class Branch:
    """One stage ("" for any) and what is asked of its cases besides; of `created` those of the viewer's own making.
    A list is put together from its branches, since each stage has an index in the order of the list, and several
    together have none."""

    stage: str
    sql: str = ""
    values: tuple[object, ...] = ()
    created: bool = False


def conditions(filters: Filters) -> Where:
    """All that does not depend on the stage."""
    where = Where()
    if filters.category:
        _category(where, filters.category, alone=filters.category_alone)
    if filters.channel:
        if filters.channel not in CHANNELS:
            raise invalid("channel", "没有这个渠道。")
        where.add("c.channel = %s", filters.channel)
    if filters.since is not None:
        where.add("@registered >= %s", filters.since)
    if filters.until is not None:
        where.add("@registered < %s", filters.until)
    if filters.light:
        _light(where, filters)
    if filters.condition:
        where.add(of_figure(filters.condition))
    if filters.place is not None:
        place = f"{filters.place:d}"
        where.add(f"c.division_id = {place}" if filters.place_alone else f"c.division_path @> '[{place}]'")
    if filters.lead is not None:
        where.add(f"c.lead_unit_id = {filters.lead:d}" if filters.lead else "c.lead_unit_id IS NULL")
    _of_board(where, filters)
    if filters.order == "due":
        where.add("@red IS NOT NULL")
    return where


LOCAL = f"(@registered AT TIME ZONE '{ZONE.key}')"


def _of_board(where: Where, filters: Filters) -> None:
    if filters.ending:
        if filters.ending not in ENDINGS:
            raise invalid("ending", "没有这种去向。")
        where.add(f"({ENDING}) = '{filters.ending}'")
    if filters.weekday is not None:
        if filters.weekday not in WEEKDAYS:
            raise invalid("weekday", "星期是1（星期一）到7（星期日）。")
        where.add(f"extract(isodow FROM {LOCAL}) = {filters.weekday:d}")
    if filters.hour is not None:
        if not 0 <= filters.hour <= 23:
            raise invalid("hour", "小时是0到23。")
        where.add(f"extract(hour FROM {LOCAL}) = {filters.hour:d}")
    if filters.level is not None:
        if not 1 <= filters.level <= DEEPEST_LEVEL:
            raise invalid("level", "没有这个层级。")
        where.add(f"jsonb_array_length(c.present_path) = {filters.level:d}")


def _category(where: Where, code: str, *, alone: bool) -> None:
    """The category and all below it. One id reads its own index in order; its number stands in the text of
    the statement, so that the planner knows how common it is."""
    found = rows(
        "SELECT id FROM category WHERE code = %s OR NOT %s AND starts_with(code, %s)", [code, alone, code + "."]
    )
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
            where.add("@red < %s", filters.now)
        case "yellow":
            where.add("@red >= %s AND c.warn_at <= %s", filters.now, filters.now)
        case "green":
            where.add("@red >= %s AND (c.warn_at > %s OR c.warn_at IS NULL)", filters.now, filters.now)
        case "none":
            where.add("@red IS NULL")
        case _:
            raise invalid("light", "灯色只能是 green、yellow、red 或 none。")


def branches(filters: Filters, *, each_stage: bool) -> list[Branch]:
    """The stages asked for, or those of the queues with what waits in them; when nothing narrows it one branch
    for any stage, or one for `each_stage`. Nothing waits for a post without a queue."""
    if not set(filters.stages) <= set(STAGE_NAMES):
        raise invalid("stage", "没有这个阶段。")
    if filters.queue and filters.queue not in QUEUES:
        raise invalid("queue", "没有这个工作队列。")
    if not filters.queue and not filters.mine:
        stages = filters.stages or (tuple(STAGE_NAMES) if each_stage else ("",))
        return [Branch(stage) for stage in stages]
    # mine is what waits for me; what I registered and others have by now is asked for by its own queue
    mine = (queue for queue in queues_of(role for role, _ in filters.posts) if not queue.created)
    queues = [QUEUES[filters.queue]] if filters.queue else list(mine)
    found: dict[tuple[str, str, str, bool], Branch] = {}
    for queue in _without_subsets(queues):
        units = sorted({unit for role, unit in filters.posts if role in queue.roles})
        sql, values = ("", []) if queue.created else _waiting(queue, units)
        for stage in queue.stages or PART_STAGES:
            if units and (not filters.stages or stage in filters.stages):
                one = Branch(str(stage), sql, tuple(values), queue.created)
                found[str(stage), sql, repr(values), queue.created] = one
    return list(found.values())


def _without_subsets(queues: Sequence[Queue]) -> list[Queue]:
    """What all queues hold together needs no queue whose cases another one holds anyway."""
    if len(queues) < 2:
        return list(queues)
    plain = {stage for queue in queues if not queue.pending and not queue.objected for stage in queue.stages}
    parts = {part for queue in queues if not queue.pending for part in queue.parts}
    kept = [queue for queue in queues if not queue.parts and (not queue.pending or not set(queue.stages) <= plain)]
    whole = next((queue for queue in queues if queue.parts), None)
    if whole is not None:
        roles = tuple({role for queue in queues if queue.parts for role in queue.roles})
        kept.append(Queue("parts", "", roles, parts=tuple(sorted(parts))))
    return kept


def _waiting(queue: Queue, units: Sequence[int]) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    listed = ", ".join(f"{unit:d}" for unit in units) or "NULL"
    if queue.parts:
        # the words stand in the text, for the partial index of open parts
        words = "', '".join(queue.parts)
        parts.append(
            "EXISTS (SELECT 1 FROM assignment a WHERE a.case_id = @id"
            f" AND a.unit_id IN ({listed}) AND a.stage IN ('{words}'))"
        )
    else:
        parts.append(f"c.present_centre_id IN ({listed})")
    if queue.objected:
        parts.append("EXISTS (SELECT 1 FROM assignment o WHERE o.case_id = @id AND o.stage = 'objected')")
    if queue.pending:
        parts.append("c.pending <> '{}' AND c.pending ?| %s")
        values.append(queue.pending.split())
    return "".join(f" AND {part}" for part in parts), values
