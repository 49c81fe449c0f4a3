"""网格任务: ordered, signed for, done, given to another, sent back, cancelled.

`take_sign` and `take_done` carry out what a phone has sent, within the transaction of its batch; what they do is done
at the desk by the same functions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import MAY_SEE, case_for, may_see
from onedoor.cases.sql import execute, json
from onedoor.grid.steps._gathered import Gathered
from onedoor.grid.steps._grid import grid_named, local_day, one, path, worker_named
from onedoor.people.tokens import SignedIn
from onedoor.rules import fieldwork
from onedoor.rules import tasks as rules
from onedoor.rules.access import Actor, Confidentiality
from onedoor.rules.field import Entry, Taken, read_id
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid
from onedoor.rules.tasks import TaskFacts

WHAT = "这项任务"


@dataclass(frozen=True, slots=True)
class _Task:
    id: UUID
    facts: TaskFacts
    case_number: str
    signed_by: int | None
    result: str


def order_task(*, signed: SignedIn, at: datetime, task: UUID, raw: Mapping[str, Any]) -> UUID:
    """Orders a task. `task` is the id that the form was given: sent twice it is one. `raw`: what `check_order` reads,
    `grid` (code or name), `worker` (user name; empty: whoever comes first), and what it is about: `place` (id) or
    `case` (number) or `entry` (id), each in what the viewer may see."""
    at = utc(at)
    order = rules.check_order(raw, local_day(at))
    grid = grid_named(raw.get("grid"))
    grid_path = tuple(grid.path)
    rules.must_order(signed.actors, grid_path)
    roles = fieldwork.TAKES if order.guests else fieldwork.WORKS
    worker = worker_named(raw.get("worker"), grid_path, roles)
    place = _place(raw.get("place"), grid_path)
    case = _case(signed, raw.get("case"))
    entry, entry_case = _entry(signed, raw.get("entry"))
    with transaction.atomic(durable=True):
        execute(
            "INSERT INTO grid_fieldtask (id, grid_id, title, text, account_id, guests, place_id, case_id, entry,"
            " made_by_id, made_at, due_on, state, version, result, course)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', 1, '', %s) ON CONFLICT (id) DO NOTHING",
            [
                task, grid.pk, order.title, order.text, worker.pk if worker else None, order.guests, place,
                case or entry_case, entry, signed.account, at, order.due_on,
                json([_line("order", signed.account, at, "")]),
            ],
        )  # fmt: skip
    return task


def change_task(*, signed: SignedIn, at: datetime, task: UUID, seen: int | None, raw: Mapping[str, Any]) -> None:
    """Other words, another day, open to guests or not, while it runs."""
    at = utc(at)
    with transaction.atomic(durable=True):
        found = _ordered(signed, task, seen)
        rules.check_running(found.facts)
        order = rules.check_order(raw, local_day(at))
        _write(
            found,
            "change",
            signed.account,
            at,
            "",
            title=order.title,
            text=order.text,
            due_on=order.due_on,
            guests=order.guests,
        )


def assign_task(*, signed: SignedIn, at: datetime, task: UUID, seen: int | None, raw: Mapping[str, Any]) -> None:
    """For another worker (`worker`, a user name), or for whoever comes first; who had signed has it no more."""
    at = utc(at)
    with transaction.atomic(durable=True):
        found = _ordered(signed, task, seen)
        rules.check_running(found.facts)
        roles = fieldwork.TAKES if found.facts.guests else fieldwork.WORKS
        worker = worker_named(raw.get("worker"), found.facts.path, roles)
        whom = worker.pk if worker else None
        _write(
            found, "assign", signed.account, at, worker.name if worker else "",
            account_id=whom, state="open", signed_by_id=None, signed_at=None,
        )  # fmt: skip


def return_task(*, signed: SignedIn, at: datetime, task: UUID, seen: int | None, raw: Mapping[str, Any]) -> None:
    """Back to who has done it, with a word; what he had written stays in the course."""
    at = utc(at)
    with transaction.atomic(durable=True):
        found = _ordered(signed, task, seen)
        word = rules.check_return(found.facts, raw)
        _write(found, "return", signed.account, at, word, state="signed", result="", done_at=None, done_entry=None)


def cancel_task(*, signed: SignedIn, at: datetime, task: UUID, seen: int | None, raw: Mapping[str, Any]) -> None:
    at = utc(at)
    with transaction.atomic(durable=True):
        found = _ordered(signed, task, seen)
        rules.check_running(found.facts)
        word = rules.check_word(raw, "取消的原因")
        _write(found, "cancel", signed.account, at, word, state="cancelled")


def sign_task(*, signed: SignedIn, at: datetime, task: UUID, seen: int | None) -> None:
    """Signing at the desk."""
    at = utc(at)
    with transaction.atomic(durable=True):
        found = _taken_by(signed, task)
        rules.check_seen(found.facts, seen)
        if rules.check_sign(found.facts, signed.account, found.facts.version):
            _sign(found, signed.account, at)


def finish_task(*, signed: SignedIn, at: datetime, task: UUID, seen: int | None, raw: Mapping[str, Any]) -> None:
    """Doing it at the desk."""
    at = utc(at)
    result = rules.check_result(raw)
    with transaction.atomic(durable=True):
        found = _taken_by(signed, task)
        rules.check_seen(found.facts, seen)
        rules.check_done(found.facts, signed.account, found.facts.version)
        _finish(found, signed.account, at, result, None)


# ---- from phones


def take_sign(entry: Entry, *, signed: SignedIn, actor: Actor, at: datetime, gathered: Gathered) -> Taken:
    """Signing in the field (`Asks` where somebody was faster)."""
    found = _taken_by(signed, _id(entry))
    if rules.check_sign(found.facts, signed.account, entry.seen, decided=entry.decided):
        _sign(found, signed.account, entry.made_at)
    return Taken(case_number=found.case_number)


def take_done(entry: Entry, *, signed: SignedIn, actor: Actor, at: datetime, gathered: Gathered) -> Taken:
    """Doing it in the field. Where another has done it, it is asked; decided so, both results stay."""
    finish = finish_with(entry, signed=signed, result=rules.check_result(entry.content))
    finish.write()
    return Taken(case_number=finish.case_number)


@dataclass(frozen=True, slots=True)
class Finish:
    """A task that may be done: the number of its matter, and what writes it."""

    case_number: str
    write: Callable[[], None]


def finish_with(entry: Entry, *, signed: SignedIn, result: str) -> Finish:
    """Checks that the task named in the entry may be done with that result: for `take_done`, and for a round that was
    ordered."""
    found = _taken_by(signed, _id(entry))
    how = rules.check_done(found.facts, signed.account, entry.seen, decided=entry.decided)

    def write() -> None:
        if how == "more":
            both = f"{found.result}\n另有：{result}".strip()
            _write(found, "more", signed.account, entry.made_at, result, result=both)
        else:
            _finish(found, signed.account, entry.made_at, result, entry.id)

    return Finish(found.case_number, write)


# ---- in common


def _id(entry: Entry) -> UUID:
    try:
        return read_id(entry.content.get("task"))
    except Refused:
        raise invalid("task", "没有写明是哪项任务。") from None


def _sign(found: _Task, who: int, when: datetime) -> None:
    _write(found, "sign", who, when, "", state="signed", signed_by_id=who, signed_at=utc(when), account_id=who)


def _finish(found: _Task, who: int, when: datetime, result: str, entry: UUID | None) -> None:
    already = {} if found.signed_by == who else {"signed_by_id": who, "signed_at": utc(when), "account_id": who}
    _write(
        found, "done", who, when, result, state="done", result=result, done_at=utc(when), done_entry=entry, **already
    )


def _write(found: _Task, what: str, who: int, when: datetime, note: str, /, **changed: Any) -> None:
    columns = "".join(f", {name} = %s" for name in changed)
    execute(
        f"UPDATE grid_fieldtask SET version = version + 1, course = course || %s::jsonb{columns} WHERE id = %s",
        [json([_line(what, who, when, note)]), *changed.values(), found.id],
    )


def _line(what: str, who: int, when: datetime, text: str) -> dict[str, Any]:
    return {"at": utc(when).isoformat(), "what": what, "by": who, "text": text}


def _ordered(signed: SignedIn, task: UUID, seen: int | None) -> _Task:
    """Locked, for who orders in its grid."""
    found = _locked(signed, task)
    if rules.orders(signed.actors, found.facts.path) is None:
        if rules.sees(signed.actors, found.facts):
            rules.must_order(signed.actors, found.facts.path)
        raise fieldwork.not_there(WHAT)
    rules.check_seen(found.facts, seen)
    return found


def _taken_by(signed: SignedIn, task: UUID) -> _Task:
    """Locked, for who may do it."""
    found = _locked(signed, task)
    if rules.takes(signed.actors, found.facts) is None:
        if rules.sees(signed.actors, found.facts):
            raise Refused(NOT_ALLOWED, "您的岗位不能签收和完成这项任务。")
        raise fieldwork.not_there(WHAT)
    return found


def _locked(signed: SignedIn, task: UUID) -> _Task:
    # a task about a matter that has become confidential is seen by who may see the matter
    viewer = signed.viewer()
    found = one(
        "SELECT t.id, t.state, t.version, t.account_id, t.signed_by_id, t.guests, t.result, d.path, c.number"
        " FROM grid_fieldtask t JOIN people_division d ON d.id = t.grid_id"
        ' LEFT JOIN "case" c ON c.id = t.case_id'
        f" WHERE t.id = %s AND (c.id IS NULL OR c.confidentiality = 'ordinary' OR {MAY_SEE})"
        " FOR NO KEY UPDATE OF t",
        [task, *may_see(viewer)],
        fieldwork.not_there(WHAT),
    )
    facts = TaskFacts(
        state=found["state"],
        version=found["version"],
        account=found["account_id"],
        signed_by=found["signed_by_id"],
        guests=found["guests"],
        path=path(found["path"]),
    )
    return _Task(found["id"], facts, found["number"] or "", found["signed_by_id"], found["result"])


def _place(given: object, grid: fieldwork.Path) -> UUID | None:
    if not given:
        return None
    try:
        wanted = read_id(given)
    except Refused:
        raise invalid("place", "没有这个场所。") from None
    found = one(
        "SELECT p.id, d.path FROM grid_place p JOIN people_division d ON d.id = p.grid_id"
        " WHERE p.id = %s AND p.active",
        [wanted],
        invalid("place", "没有这个场所。"),
    )
    if grid[-1] not in path(found["path"]):
        raise invalid("place", "这个场所不在任务的网格里。")
    return wanted


def _case(signed: SignedIn, given: object) -> UUID | None:
    """An ordinary matter that the one who orders may see: what is confidential is not given to a grid."""
    number = given.strip() if isinstance(given, str) else ""
    if not number:
        return None
    try:
        found = case_for(signed.viewer(), number)
    except Refused as refused:
        raise invalid("case", refused.sentence) from None
    if found["confidentiality"] != Confidentiality.ORDINARY:
        raise invalid("case", "限制知悉和检举控告的事项，不能布置网格任务。")
    return UUID(str(found["id"]))


def _entry(signed: SignedIn, given: object) -> tuple[UUID | None, UUID | None]:
    """An entry of one's area, and its matter where that is an ordinary one."""
    if not given:
        return None, None
    try:
        wanted = read_id(given)
    except Refused:
        raise invalid("entry", "没有这条上报。") from None
    found = one(
        "SELECT e.grid_path, CASE WHEN c.confidentiality = 'ordinary' THEN c.id END AS case_id FROM grid_fieldentry e"
        ' LEFT JOIN "case" c ON c.id = e.case_id WHERE e.id = %s',
        [wanted],
        invalid("entry", "没有这条上报。"),
    )
    if fieldwork.at(signed.actors, fieldwork.LOOKS, path(found["grid_path"])) is None:
        raise invalid("entry", "没有这条上报。")
    return wanted, found["case_id"]
