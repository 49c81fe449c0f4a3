"""网格任务: my area's for who looks after it, mine and the open ones for who goes out; of a matter, beside it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from onedoor.cases.counting import ZONE
from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import may_see
from onedoor.cases.sql import rows
from onedoor.grid.queries.area import (
    NOT_HIDDEN,
    NUMBER,
    Values,
    below,
    day_cursor,
    in_area,
    must_look,
    not_hidden,
    read_day_cursor,
)
from onedoor.people.tokens import SignedIn
from onedoor.rules import fieldwork
from onedoor.rules import tasks as rules
from onedoor.rules.field import read_id
from onedoor.rules.fieldwork import GUESTS, LOOKS, WORKS
from onedoor.rules.refusal import Refused
from onedoor.rules.tasks import RUNNING, STATES, STEPS, TaskFacts

PAGE = 30
_COLUMNS = (
    "t.id, t.title, t.state, t.version, t.guests, t.due_on, t.made_at, t.done_at, t.account_id, t.signed_by_id,"
    " d.code AS grid, d.name AS grid_name, a.name AS worker, p.name AS place"
)
_TABLES = (
    " FROM grid_fieldtask t JOIN people_division d ON d.id = t.grid_id"
    " LEFT JOIN people_account a ON a.id = coalesce(t.signed_by_id, t.account_id)"
    ' LEFT JOIN grid_place p ON p.id = t.place_id LEFT JOIN "case" c ON c.id = t.case_id'
)


@dataclass(frozen=True, slots=True)
class TaskPage:
    items: list[dict[str, Any]]
    next_cursor: str
    count: int
    capped: bool


def list_tasks(
    signed: SignedIn, today: date, *, state: str = "running", grid: str = "", late: bool = False, cursor: str = ""
) -> TaskPage:
    """One page and its count under the same conditions. What runs goes by its day, the rest newest first. `state`:
    one of STATES, or `running`."""
    where, values = _mine(signed)
    states = RUNNING if state == "running" else (state,)
    where += " AND t.state = ANY(%s)"
    values.append(list(states))
    if grid:
        inside, more = below(grid, "t.grid_id")
        where, values = f"{where} AND {inside}", [*values, *more]
    if late:
        where += " AND t.due_on < (CASE WHEN t.state = 'done' THEN (t.done_at AT TIME ZONE %s)::date ELSE %s END)"
        values += [settings.TIME_ZONE, today]
    by_day = state in ("running", *RUNNING)
    key, direction, beyond = (
        ("coalesce(t.due_on, DATE '9999-12-31')", "", ">") if by_day else ("t.made_at", " DESC", "<")
    )
    onward, after = "", []
    if cursor:
        order = f"tasks-{state}"
        after = list(read_day_cursor(cursor, order) if by_day else read_cursor(cursor, order))
        onward = f" AND ({key}, t.id) {beyond} (%s, %s)"
    found = rows(
        f"SELECT {_COLUMNS}, {NUMBER} AS number{_TABLES} WHERE {where}{onward}"
        f" ORDER BY {key}{direction}, t.id{direction} LIMIT %s",
        [*may_see(signed.viewer()), *values, *after, PAGE + 1],
    )
    items = [_named(one, today, signed.account) for one in found[:PAGE]]
    following = ""
    if len(found) > PAGE:
        last, order = items[-1], f"tasks-{state}"
        following = (
            day_cursor(last["due_on"], last["id"], order)
            if by_day
            else make_cursor(last["made_at"], last["id"], order)
        )
    count = len(items)
    if following or cursor:
        cap = settings.COUNT_CAP
        counted = f"SELECT count(*) AS n FROM (SELECT 1{_TABLES} WHERE {where} LIMIT %s) one"
        count = int(rows(counted, [*values, cap + 1])[0]["n"])
        return TaskPage(items, following, min(count, cap), count > cap)
    return TaskPage(items, following, count, capped=False)


def task_for(signed: SignedIn, task: UUID, today: date) -> dict[str, Any]:
    """One of those; another is not found. `course`: what has been done with it; `orders`, `takes`: what I may do."""
    where, values = _mine(signed)
    found = rows(
        f"SELECT {_COLUMNS}, t.text, t.result, t.course::text AS course, t.signed_at, t.entry, t.place_id,"
        f" m.name AS made_by, d.path, {NUMBER} AS number, c.id IS NOT NULL AS has_case{_TABLES}"
        f" LEFT JOIN people_account m ON m.id = t.made_by_id WHERE t.id = %s AND {where}",
        [*may_see(signed.viewer()), task, *values],
    )
    if not found:
        raise fieldwork.not_there("这项任务")
    one = _named(found[0], today, signed.account)
    course = orjson.loads(one["course"])
    names = {row["id"]: row["name"] for row in rows(
        "SELECT id, name FROM people_account WHERE id = ANY(%s)", [[line["by"] for line in course]]
    )}  # fmt: skip
    facts = TaskFacts(
        state=one["state"], version=one["version"], account=one["account_id"], signed_by=one["signed_by_id"],
        guests=one["guests"], path=tuple(orjson.loads(one["path"])),
    )  # fmt: skip
    takes = rules.takes(signed.actors, facts) is not None
    free = one["state"] == "open" and one["account_id"] in (None, signed.account)
    return {
        **one,
        "course": [
            {
                **line,
                "when": datetime.fromisoformat(line["at"]),
                "what_name": STEPS[line["what"]],
                "by": names.get(line["by"], ""),
            }
            for line in course
        ],
        "orders": rules.orders(signed.actors, facts.path) is not None,
        "signs": takes and free,
        "finishes": takes and (free or (one["state"] == "signed" and one["signed_by_id"] == signed.account)),
        "runs": one["state"] in RUNNING,
    }


def task_named(signed: SignedIn, given: object, today: date) -> UUID | None:
    """The id of the task that an entry names, if I may see it."""
    try:
        return UUID(str(task_for(signed, read_id(given), today)["id"]))
    except Refused:
        return None


def tasks_of_case(case: UUID) -> list[dict[str, Any]]:
    """Beside a matter, for who sees it: what was asked of the grid and what came of it. No worker is named: who
    handles the matter need not know who has found it."""
    found = rows(
        "SELECT t.id, t.title, t.state, t.result, t.due_on, t.made_at, t.done_at, d.name AS grid_name"
        " FROM grid_fieldtask t JOIN people_division d ON d.id = t.grid_id WHERE t.case_id = %s"
        " ORDER BY t.made_at DESC, t.id DESC LIMIT 50",
        [case],
    )
    return [{**one, "state_name": STATES[one["state"]]} for one in found]


def task_numbers(signed: SignedIn, today: date) -> dict[str, int]:
    """How many run in my area and how many of them are late."""
    where, values = _mine(signed)
    found = rows(
        f"SELECT count(*) AS running, count(*) FILTER (WHERE t.due_on < %s) AS late{_TABLES}"
        f" WHERE {where} AND t.state = ANY(%s)",
        [today, *values, list(RUNNING)],
    )
    return {name: int(number) for name, number in found[0].items()}


def _mine(signed: SignedIn) -> tuple[str, Values]:
    """What I may see: all of an area that I look after or work in; as a guest what is open to guests."""
    must_look(signed, fieldwork.FIELD, "网格任务只对网格长、网格员和上级中心开放。")
    ways, values = [], Values()
    looks, looked = in_area(signed, LOOKS | WORKS, "t.grid_id")
    if fieldwork.areas(signed.actors, LOOKS | WORKS):
        ways.append(looks)
        values += looked
    if fieldwork.areas(signed.actors, GUESTS):
        guests, guested = in_area(signed, GUESTS, "t.grid_id")
        ways.append(f"(t.guests AND {guests})")
        values += guested
    return f"({' OR '.join(ways)}) AND {NOT_HIDDEN}", [*values, *not_hidden(signed.viewer())]


def _named(one: dict[str, Any], today: date, account: int) -> dict[str, Any]:
    done_on = one["done_at"].astimezone(ZONE).date() if one["done_at"] else None
    return {
        **one,
        "state_name": STATES[one["state"]],
        "late": rules.is_late(one["state"], one["due_on"], done_on, today),
        "mine": account in (one["account_id"], one["signed_by_id"]),
    }
