"""帮扶计划: made, given to another worker, renewed by a new decision, ended, visited, forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from onedoor.cases import secrets
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.grid.steps._gathered import Gathered
from onedoor.grid.steps._grid import grid_named, local_day, one, path, worker_named
from onedoor.people.access_log import log_access
from onedoor.people.tokens import SignedIn
from onedoor.rules import care as rules
from onedoor.rules import fieldwork
from onedoor.rules.access import Actor
from onedoor.rules.care import MAKES, VISITS, Person, PlanFacts, Terms
from onedoor.rules.field import Entry, Taken, read_id
from onedoor.rules.fieldwork import Reading
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid

NAME, PHONE, ADDRESS, NOTE = "care.name", "care.phone", "care.address", "care.note"
WHAT = "这份帮扶计划"


@dataclass(frozen=True, slots=True)
class _Plan:
    id: UUID
    facts: PlanFacts
    row: dict[str, Any]


def make_plan(*, signed: SignedIn, at: datetime, plan: UUID, raw: Mapping[str, Any]) -> UUID:
    """A plan for a person. `plan` is the form's id: sent twice it is one. `raw`: the fields of `check_person` and
    `check_terms`, `grid` (code or name) and `worker` (user name)."""
    at = utc(at)
    read = Reading()
    person = rules.check_person(raw, read)
    terms = rules.check_terms(raw, local_day(at), read)
    grid = read(lambda: grid_named(raw.get("grid")), None)
    worker = None
    if grid is not None:
        grid_path = tuple(grid.path)
        if fieldwork.at(signed.actors, MAKES, grid_path) is None:
            read.faults["grid"] = "这个网格不在您的范围内，或您的岗位不能建立帮扶计划。"
        worker = read(lambda: worker_named(raw.get("worker"), grid_path, VISITS), None)
        if worker is None:
            read.faults.setdefault("worker", "请选择由谁负责。")
    read.check()
    assert grid is not None and worker is not None, "else refused"
    with transaction.atomic(durable=True):
        _insert(plan, grid.pk, person, terms, worker.pk, signed.account, at)
        _log(signed.account, plan, "建立帮扶计划")
    return plan


def renew_plan(*, signed: SignedIn, at: datetime, plan: UUID, new: UUID, raw: Mapping[str, Any]) -> UUID:
    """A new decision about the same person: another plan with its own basis, end and code; the one before ends. `raw`:
    the fields of `check_terms`."""
    at = utc(at)
    read = Reading()
    terms = rules.check_terms(raw, local_day(at), read)
    read.check()
    with transaction.atomic(durable=True):
        found = _locked(plan, signed.account)
        rules.check_maker(found.facts, signed.account, "续期")
        if rows("SELECT 1 AS one FROM grid_careplan WHERE id = %s", [new]):
            return new  # the form was sent twice
        rules.check_living(found.facts, local_day(at))
        person = Person(
            secrets.decrypt(found.row["name"], about=NAME),
            secrets.decrypt(found.row["phone"], about=PHONE),
            secrets.decrypt(found.row["address"], about=ADDRESS),
        )
        _insert(new, found.row["grid_id"], person, terms, found.facts.worker, signed.account, at)
        _end(plan, at, rules.ENDS["renewed"])
        _log(signed.account, new, "续期，另立帮扶计划")
    return new


def change_worker(*, signed: SignedIn, at: datetime, plan: UUID, raw: Mapping[str, Any]) -> None:
    """Another worker has it from now on; the one before no longer sees it."""
    at = utc(at)
    with transaction.atomic(durable=True):
        found = _locked(plan, signed.account)
        rules.check_maker(found.facts, signed.account, "更换负责人")
        rules.check_living(found.facts, local_day(at))
        worker = worker_named(raw.get("worker"), path(found.row["path"]), VISITS)
        if worker is None:
            raise invalid("worker", "请选择由谁负责。")
        execute("UPDATE grid_careplan SET worker_id = %s WHERE id = %s", [worker.pk, plan])
        _log(signed.account, plan, "更换帮扶负责人")


def end_plan(*, signed: SignedIn, at: datetime, plan: UUID, raw: Mapping[str, Any]) -> None:
    """Ends it before its day; by the worker on it or who has made it. `raw`: `reason`, one of ENDS."""
    at = utc(at)
    reason = fieldwork.read_choice(raw, "reason", "原因", {k: v for k, v in rules.ENDS.items() if k != "renewed"})
    with transaction.atomic(durable=True):
        found = _locked(plan, signed.account)
        rules.check_living(found.facts, local_day(at))
        _end(plan, at, rules.ENDS[reason])
        _log(signed.account, plan, "终止帮扶计划")


def end_by_person(*, code: str, at: datetime) -> None:
    """The person ends a plan of consent himself, with the code on his sheet."""
    at = utc(at)
    with transaction.atomic(durable=True):
        found = _read(
            "p.code_index = ANY(%s)", secrets.care_code_indexes(code), Refused(NOT_FOUND, "没有找到，请核对帮扶码。")
        )
        rules.check_end_by_person(found.facts, local_day(at))
        _end(found.id, at, rules.ENDS["person"])
        _log(None, found.id, "本人终止帮扶计划")


def take_care_visit(entry: Entry, *, signed: SignedIn, actor: Actor, at: datetime, gathered: Gathered) -> Taken:
    """A visit under a plan, by the worker on it; the note is encrypted."""
    try:
        wanted = read_id(entry.content.get("plan"))
    except Refused:
        raise invalid("plan", "没有写明是哪份帮扶计划。") from None
    found = _locked(wanted, signed.account)
    on, note = rules.check_care_visit(entry.content, found.facts, signed.account, local_day(at))
    execute(
        'INSERT INTO grid_carevisit (id, plan_id, "on", account_id, note) VALUES (%s, %s, %s, %s, %s)',
        [entry.id, wanted, on, signed.account, secrets.encrypt(note, about=NOTE)],
    )
    ahead = rules.next_visit(found.row["every_days"], on, found.row["next_on"], found.facts.ends_on)
    execute("UPDATE grid_careplan SET next_on = %s WHERE id = %s", [ahead, wanted])
    return Taken()


def log_looked(*, account: int, plan: UUID, why: str) -> None:
    """Each look at a person's plan is written down; the person reads on `/care` who looked and when."""
    _log(account, plan, why)


def erase_plans(*, before: date, at: datetime, most: int = 200) -> int:
    """Empties plans that ended before that day, their visits with them; how many. What is left says that there was a
    plan in that grid from one day to another, and of what kind of basis."""
    with transaction.atomic(durable=True):
        gone = [
            row["id"]
            for row in rows(
                "SELECT id FROM grid_careplan WHERE erased_at IS NULL"
                " AND least(ends_on, (ended_at AT TIME ZONE %s)::date) < %s"
                " ORDER BY ends_on LIMIT %s FOR UPDATE SKIP LOCKED",
                [settings.TIME_ZONE, before, most],
            )
        ]
        if gone:
            execute("DELETE FROM grid_carevisit WHERE plan_id = ANY(%s)", [gone])
            execute(
                "UPDATE grid_careplan SET name = NULL, phone = NULL, address = NULL, basis_text = '', purpose = '',"
                " help = '', end_reason = '', code_index = NULL, next_on = NULL, erased_at = %s WHERE id = ANY(%s)",
                [utc(at), gone],
            )
        return len(gone)


# ---- in common


def _insert(plan: UUID, grid: int, person: Person, terms: Terms, worker: int, maker: int, at: datetime) -> None:
    execute(
        "INSERT INTO grid_careplan (id, grid_id, name, phone, address, basis, basis_text, consented_on, purpose, help,"
        " every_days, begins_on, ends_on, next_on, worker_id, made_by_id, made_at, end_reason, code_index)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s) ON CONFLICT DO NOTHING",
        [
            plan, grid, secrets.encrypt(person.name, about=NAME), secrets.encrypt(person.phone, about=PHONE),
            secrets.encrypt(person.address, about=ADDRESS), terms.basis, terms.basis_text, terms.consented_on,
            terms.purpose, terms.help, terms.every_days, terms.begins_on, terms.ends_on, terms.begins_on, worker,
            maker, at, secrets.care_code_index(secrets.care_code(str(plan))),
        ],
    )  # fmt: skip


def _end(plan: UUID, at: datetime, reason: str) -> None:
    execute(
        "UPDATE grid_careplan SET ended_at = %s, end_reason = %s, next_on = NULL WHERE id = %s", [at, reason, plan]
    )


def _log(account: int | None, plan: UUID, what: str) -> None:
    log_access(action="care", account=account, subject=str(plan), reason=what)


def _locked(plan: UUID, account: int) -> _Plan:
    """For the worker on it or who has made it; for everybody else there is none."""
    found = _read("p.id = %s", plan, fieldwork.not_there(WHAT))
    if not rules.may_read(found.facts, account):
        raise fieldwork.not_there(WHAT)
    return found


def _read(where: str, value: object, refused: Refused) -> _Plan:
    row = one(
        "SELECT p.id, p.grid_id, d.path, p.name, p.phone, p.address, p.basis, p.every_days, p.begins_on, p.ends_on,"
        " p.next_on, p.ended_at, p.worker_id, p.made_by_id FROM grid_careplan p"
        f" JOIN people_division d ON d.id = p.grid_id WHERE {where} AND p.erased_at IS NULL FOR NO KEY UPDATE OF p",
        [value],
        refused,
    )
    facts = PlanFacts(
        basis=row["basis"],
        begins_on=row["begins_on"],
        ends_on=row["ends_on"],
        ended=row["ended_at"] is not None,
        worker=row["worker_id"],
        made_by=row["made_by_id"],
    )
    return _Plan(row["id"], facts, row)
