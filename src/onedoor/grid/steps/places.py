"""场所、检查表、巡查: what is looked after, what is looked at, and each look."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, json, rows
from onedoor.cases.steps._state import CaseState
from onedoor.grid.steps._gathered import Gathered
from onedoor.grid.steps._grid import grid_named, local_day, one, path
from onedoor.grid.steps.tasks import finish_with
from onedoor.people.access_log import log_access
from onedoor.people.steps.form import Form
from onedoor.people.tokens import SignedIn
from onedoor.rules import fieldwork
from onedoor.rules import places as rules
from onedoor.rules.access import Actor, Role
from onedoor.rules.field import Entry, Taken, read_id
from onedoor.rules.fieldwork import LEADS, WORKS
from onedoor.rules.refusal import NOT_ALLOWED, STALE_VERSION, Refused, invalid

WHAT = "这个场所"


def keep_place(*, signed: SignedIn, at: datetime, place: UUID, raw: Mapping[str, Any], new: bool) -> UUID:
    """A new place, or what is there changed. `raw`: what `check_place` reads, and `grid` (code or name). `place` is
    the form's: sent twice it is one."""
    grid = grid_named(raw.get("grid"))
    grid_path = tuple(grid.path)
    if fieldwork.at(signed.actors, LEADS, grid_path) is None:
        raise invalid("grid", "这个网格不在您的范围内。")
    names = {one["code"]: one["name"] for one in rows("SELECT code, name FROM grid_checklist WHERE active")}
    with transaction.atomic(durable=True):
        if not new:
            there = _place(place, lock=True)
            fieldwork.must_be_at(signed.actors, LEADS, path(there["path"]), WHAT)
            if there["checklist"] and raw.get("checklist") == there["checklist"]:
                names.setdefault(there["checklist"], "")  # out of use, and kept where it was
        content = rules.check_place(raw, names, local_day(utc(at)))
        values = [
            grid.pk, content.kind, content.name, content.address, content.lon, content.lat, content.checklist,
            content.every_days, content.next_on, content.active,
        ]  # fmt: skip
        if new:
            execute(
                "INSERT INTO grid_place (grid_id, kind, name, address, lon, lat, checklist, every_days, next_on,"
                " active, id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
                [*values, place],
            )
        else:
            execute(
                "UPDATE grid_place SET grid_id = %s, kind = %s, name = %s, address = %s, lon = %s, lat = %s,"
                " checklist = %s, every_days = %s, next_on = %s, active = %s WHERE id = %s",
                [*values, place],
            )
    return place


def keep_checklist(*, signed: SignedIn, at: datetime, code: str, seen: int, raw: Mapping[str, Any]) -> int:
    """A new list (`seen` 0, `code` typed) or the next version of one; what was used stays as it was. Returns the
    version. Refuses who has not seen the newest."""
    keeper = keeps_checklists(signed)
    if keeper is None:
        raise Refused(NOT_ALLOWED, "检查表由系统管理员和最上级中心的分流专员、主任维护。")
    form = Form()
    code = form.word("code", code, "代码", 40)
    form.check()
    name, items = rules.check_checklist(raw)
    active = bool(raw.get("active", True))
    with transaction.atomic(durable=True):
        # two who change a list at once: the second reads what the first has made
        execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"checklist:{code}"])
        newest = rows("SELECT max(version) AS version FROM grid_checklist WHERE code = %s", [code])[0]["version"] or 0
        if newest and not seen:
            raise invalid("code", "这个代码已有检查表。")
        if newest != seen:
            raise Refused(STALE_VERSION, "这份检查表刚刚有人改过，请看过再改。")
        execute("UPDATE grid_checklist SET active = FALSE WHERE code = %s AND active", [code])
        execute(
            "INSERT INTO grid_checklist (code, version, name, items, made_at, active) VALUES (%s, %s, %s, %s, %s, %s)",
            [code, newest + 1, name, json(items), utc(at), active],
        )
        log_access(action="field", account=signed.account, subject=f"检查表 {code}", reason=f"第{newest + 1}版")
    return int(newest) + 1


def keeps_checklists(signed: SignedIn) -> Actor | None:
    """The post from which somebody keeps the lists, which are the same for the whole tree."""
    return next(
        (
            actor
            for actor in signed.actors
            if actor.role in rules.KEEPS_CHECKLISTS and (actor.role == Role.ADMIN or actor.division == signed.root)
        ),
        None,
    )


def take_inspection(entry: Entry, *, signed: SignedIn, actor: Actor, at: datetime, gathered: Gathered) -> Taken:
    """A round. Its faults become one matter; the place is due again from the day of the look. Where it was ordered,
    the task is done by it."""
    content = entry.content
    today, on = local_day(at), local_day(entry.made_at)
    rules.check_day(on, today)
    place = gathered.place(place_of(content))
    if place is None:
        raise fieldwork.not_there(WHAT)
    fieldwork.must_be_at(signed.actors, WORKS, place["path"], WHAT)
    if not place["active"]:
        raise invalid("place", "这个场所已停用，不再巡查。")
    checklist, items = _checklist(content, gathered)
    found = rules.check_found(content, items)
    said = f"已巡查，发现{len(found.faults)}个问题。" if found.faults else "已巡查，没有发现问题。"
    finish = finish_with(entry, signed=signed, result=said) if content.get("task") else None
    row = {
        "id": entry.id,
        "place_id": place["id"],
        "on": on,
        "account_id": signed.account,
        "checklist_id": checklist,
        "answers": json(found.answers),
        "faults": len(found.faults),
        "text": found.text,
    }

    def then(state: CaseState | None) -> None:
        gathered.insert("grid_inspection", {**row, "case_id": state.case["id"] if state else None})
        ahead = rules.next_round(place["every_days"], on, place["last_on"], place["next_on"])
        gathered.looked_at(place, {"next_on": ahead, "last_on": max(place["last_on"] or on, on)})
        if finish is not None:
            finish.write()

    if not found.faults:
        return Taken(case_number=finish.case_number if finish else "", then=then)
    return Taken(report=rules.as_report(place["kind"], place["name"], place["address"], found), then=then)


def place_of(content: Mapping[str, Any]) -> UUID:
    """Which place a round is about."""
    try:
        return read_id(content.get("place"))
    except Refused:
        raise invalid("place", "没有写明是哪个场所。") from None


def _place(place: UUID, *, lock: bool = False) -> dict[str, Any]:
    return one(
        "SELECT p.checklist, d.path FROM grid_place p JOIN people_division d ON d.id = p.grid_id WHERE p.id = %s"
        f"{' FOR NO KEY UPDATE OF p' if lock else ''}",
        [place],
        fieldwork.not_there(WHAT),
    )


def _checklist(content: Mapping[str, Any], gathered: Gathered) -> tuple[int | None, list[dict[str, Any]]]:
    """The version that the worker had before him, however old; none for a place without one."""
    code, version = content.get("checklist") or "", content.get("checklist_version")
    if not code:
        return None, []
    if not isinstance(code, str) or not isinstance(version, int) or isinstance(version, bool):
        raise invalid("checklist", "没有写明检查表和版本。")
    found = gathered.checklist(code, min(max(version, 0), 2**31 - 1))
    if found is None:
        raise invalid("checklist", "没有这份检查表。")
    return found
