"""受害线索: write one down, report it, refer for help, close it. Nothing of it touches the matter, but that joint
sessions to come are put off for a neutral reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import case_for
from onedoor.cases.secrets import encrypt
from onedoor.cases.sql import execute, rows
from onedoor.mediation.queries.harm import report_for
from onedoor.mediation.steps._act import Who, words
from onedoor.mediation.steps.sessions import cancel_session
from onedoor.people.access_log import log_access
from onedoor.rules import harm as rules
from onedoor.rules.access import Actor, Viewer, person_audience
from onedoor.rules.refusal import NOT_ALLOWED, NOT_READY, Refused, invalid
from onedoor.rules.telling import SEPARATE

SEALED, ENTRY = "harm.report", "harm.entry"


def write_harm(*, viewer: Viewer, actors: tuple[Actor, ...], raw: Mapping[str, str], at: datetime) -> UUID:
    """Writes one down; its id. `raw`: ground, who, signs, safe_contact, wish, number (of the matter, or empty)."""
    actor = _writer(actors)
    given = rules.Signs(
        ground=raw.get("ground", ""),
        who=words(raw.get("who", ""), most=200, field="who", label="是谁"),
        signs=words(raw.get("signs", ""), most=5000, field="signs", label="情况"),
        safe_contact=words(raw.get("safe_contact", ""), most=200, field="safe_contact", label="安全联系方式"),
        wish=raw.get("wish", ""),
        number=raw.get("number", "").strip(),
    )
    state, at = rules.check_signs(given), utc(at)
    case = None
    if given.number:
        try:
            case = case_for(viewer, given.number)
        except Refused as refused:
            raise invalid("number", "没有找到这件事项，或您无权查看。") from refused
    key = new_id()
    sealed = orjson.dumps({"who": given.who, "signs": given.signs, "safe_contact": given.safe_contact}).decode()
    with transaction.atomic(durable=True):
        execute(
            "INSERT INTO harm_report (id, centre_id, case_id, ground, wish, state, sealed, reporter, at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                key, _centre(actor), case["id"] if case else None, given.ground, given.wish, state,
                encrypt(sealed, about=f"{SEALED}.{key}"), actor.account, at,
            ],
        )  # fmt: skip
        _tell_confidential(actor, at)
        log_access(action="harm", account=actor.account, subject=str(key), reason="记下受害线索")
    if case is not None and state == "open":
        _put_off(viewer, actors, str(case["number"]), case["id"], at)
    return key


def _writer(actors: tuple[Actor, ...]) -> Actor:
    found = next((one for one in actors if one.role in rules.WRITES), None)
    if found is None:
        raise Refused(NOT_ALLOWED, "您的岗位不能填写受害线索报告。")
    return found


def _centre(actor: Actor) -> int:
    """The nearest centre above the reporter's unit; its confidential posts take it up."""
    found = rows(
        "SELECT u.id FROM people_unit u WHERE u.kind = 'centre' AND u.active AND u.division_id = ANY(%s)"
        " AND EXISTS (SELECT 1 FROM people_post p WHERE p.unit_id = u.id AND p.active AND p.confidential)"
        " ORDER BY array_position(%s::bigint[], u.division_id) DESC LIMIT 1",
        [list(actor.division_path), list(actor.division_path)],
    )
    if not found:
        raise Refused(NOT_READY, "本中心还没有指定保密岗位，请直接向公安机关报告。")
    return int(found[0]["id"])


def _tell_confidential(actor: Actor, at: datetime) -> None:
    """Each confidential person of the centre, by himself; the notice leads to the list and names nothing."""
    for row in rows(
        "SELECT DISTINCT account_id AS id FROM people_post WHERE active AND confidential AND unit_id = %s",
        [_centre(actor)],
    ):
        execute(
            "INSERT INTO notice (id, audience, case_id, kind, created_at) VALUES (%s, %s, NULL, 'confidential', %s)",
            [new_id(), person_audience(row["id"]), at],
        )


def _put_off(viewer: Viewer, actors: tuple[Actor, ...], number: str, case: UUID, at: datetime) -> None:
    """Joint sessions to come, where one of my posts may; else the centre's people do it by hand."""
    for row in rows("SELECT id, kind FROM mediation_session WHERE case_id = %s AND state = 'booked'", [case]):
        if row["kind"] not in SEPARATE:
            try:
                cancel_session(who=Who(viewer, actors, number, at), session=str(row["id"]), reason=rules.NEUTRAL)
            except Refused:
                continue


def tell(*, viewer: Viewer, report: str, to: str, receipt: str, at: datetime) -> None:
    """To whom it was reported, and the receipt."""
    receipt = words(receipt, most=1000, field="receipt", label="报告情况")
    with transaction.atomic(durable=True):
        found = report_for(viewer, report, lock=True)
        rules.check_told(found["ground"], found["wish"], found["state"], to, receipt)
        _entry(found["id"], "told", to, receipt, viewer.account, utc(at))
        execute("UPDATE harm_report SET state = 'reported' WHERE id = %s", [found["id"]])


def refer(*, viewer: Viewer, report: str, to: str, text: str, at: datetime) -> None:
    """转介: to help, with the person's consent and the least that is needed."""
    text = words(text, most=500, field="text", label="转介说明")
    if to not in rules.REFERRALS:
        raise invalid("to", "请选择转介的服务。")
    if not text:
        raise invalid("text", "请写明本人怎样同意、告诉了对方什么（只告诉必要的）。")
    with transaction.atomic(durable=True):
        found = report_for(viewer, report, lock=True)
        if found["state"] == "closed":
            raise Refused(NOT_READY, "这份报告已经了结。")
        _entry(found["id"], "referred", to, text, viewer.account, utc(at))


def close_harm(*, viewer: Viewer, report: str, text: str, at: datetime) -> None:
    text = words(text, most=1000, field="text", label="结果")
    with transaction.atomic(durable=True):
        found = report_for(viewer, report, lock=True)
        if found["state"] == "closed":
            raise Refused(NOT_READY, "这份报告已经了结。")
        told = rows("SELECT what FROM harm_entry WHERE report_id = %s AND kind = 'told'", [found["id"]])
        rules.check_closing(found["ground"], frozenset(one["what"] for one in told), text)
        _entry(found["id"], "closed", "", text, viewer.account, utc(at))
        execute("UPDATE harm_report SET state = 'closed', closed_at = %s WHERE id = %s", [utc(at), found["id"]])


def _entry(report: UUID, kind: str, what: str, text: str, by: int, at: datetime) -> None:
    key = new_id()
    execute(
        "INSERT INTO harm_entry (id, report_id, kind, what, sealed, by, at) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [key, report, kind, what, encrypt(text, about=f"{ENTRY}.{key}"), by, at],
    )


def erase_harm(*, before: datetime, most: int = 500) -> int:
    """Removes reports that were closed before that; how many."""
    with transaction.atomic(durable=True):
        keys = rows("SELECT id FROM harm_report WHERE closed_at < %s LIMIT %s FOR UPDATE SKIP LOCKED", [before, most])
        listed: list[Any] = [row["id"] for row in keys]
        execute("DELETE FROM harm_entry WHERE report_id = ANY(%s)", [listed])
        return execute("DELETE FROM harm_report WHERE id = ANY(%s)", [listed])
