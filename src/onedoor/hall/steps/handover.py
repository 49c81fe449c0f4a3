"""转接: make a slip to a partner office, take one in, note what became of it, name what it led to, erase its texts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from onedoor.cases.calendars import calendar_of
from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.queries.gate import case_for
from onedoor.cases.sql import execute, rows
from onedoor.cases.steps import _once
from onedoor.hall.queries.handover import handover_for, handover_of_partner, partner_of
from onedoor.hall.queries.hotline import note_for
from onedoor.hall.queries.visits import visit_for
from onedoor.hall.steps._serial import centre_code, next_number
from onedoor.people.steps.form import Form
from onedoor.rules import handover as rules
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.deadlines import Unit, last_day
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, Refused, invalid

KIND = "Z"  # of 转接, in the number
SOURCES = ("visit", "call", "case")


def hand_out(
    *, viewer: Viewer, actor: Actor, at: datetime, raw: Mapping[str, str], key: str | None = None
) -> tuple[str, bool]:
    """A slip to a partner office. `raw`: `partner` (its code), `what`, `due_day` (else by the partner's days), and one
    of `visit`, `call`, `case` (numbers) if it comes from there. Its number, and whether it is the earlier one of the
    same key."""
    _may_hand_over(actor)
    what = rules.check_what(raw.get("what"))
    with transaction.atomic(durable=True):
        code = centre_code(actor.unit, "转接单")
        partner = _partner(actor.unit, raw.get("partner", ""))
        source = _source(viewer, actor, raw, what)
        columns = {"direction": "out", "what": what, "their_number": "", **source}
        return _make(
            centre=actor.unit, code=code, partner=partner, due_day=raw.get("due_day", ""), account=actor.account,
            at=at, columns=columns, key=key, asked=dict(raw),
        )  # fmt: skip


def take_in(*, actor: Actor, at: datetime, raw: Mapping[str, str], key: str | None = None) -> tuple[str, bool]:
    """A slip that a partner office has brought on paper. `raw`: `partner` (its code), `their_number`, `what`,
    `due_day`. As `hand_out`."""
    _may_hand_over(actor)
    what, theirs = rules.check_what(raw.get("what")), _their_number(raw.get("their_number"))
    with transaction.atomic(durable=True):
        code = centre_code(actor.unit, "转接单")
        partner = _partner(actor.unit, raw.get("partner", ""))
        columns = {"direction": "in", "what": what, "their_number": theirs}
        return _make(
            centre=actor.unit, code=code, partner=partner, due_day=raw.get("due_day", ""), account=actor.account,
            at=at, columns=columns, key=key, asked={**raw, "direction": "in"},
        )  # fmt: skip


def come_in(*, account: int, at: datetime, raw: Mapping[str, Any], key: str | None = None) -> tuple[str, bool]:
    """A slip that a partner's program hands in. `raw`: `number` (theirs), `what`, `due_day`. As `hand_out`."""
    what, theirs = rules.check_what(raw.get("what")), _their_number(raw.get("number"))
    with transaction.atomic(durable=True):
        partner = partner_of(account)
        columns = {"direction": "in", "what": what, "their_number": theirs}
        return _make(
            centre=partner["centre_id"], code=partner["division"], partner=partner, due_day=raw.get("due_day", ""),
            account=account, at=at, columns=columns, key=key, asked=dict(raw),
        )  # fmt: skip


def move_handover(*, viewer: Viewer, actor: Actor, at: datetime, number: str, to: str, raw: Mapping[str, str]) -> None:
    """The centre receives, answers or returns what came in, and notes the same of what it has sent.
    `raw`: `answer`."""
    _may_hand_over(actor)
    with transaction.atomic(durable=True):
        one = handover_for(viewer, (actor,), number, lock=True)
        text = rules.check_move(_facts(one), to, raw, partner=False)
        if one["direction"] == "in":  # what is said here goes to the other office
            for case in _led_to(one):
                rules.check_reply(text, confidentiality=case["confidentiality"])
                _nobody_named(case["id"], text, "answer")
        _move(one, to, text, at)


def partner_moves(
    *, account: int, at: datetime, number: str, to: str, raw: Mapping[str, Any], key: str | None = None
) -> None:
    """The partner's program receives, answers or returns what was sent to it. `raw`: `answer`. With `key` a repeated
    request changes nothing."""
    with transaction.atomic(durable=True):
        one = handover_of_partner(partner_of(account)["id"], number, lock=True)
        if key is not None:
            content = _once.digest([number, to, dict(raw)])
            if _once.seen_before(account=account, key=f"slip:{key}"[:100], content=content, number=number) is not None:
                return
        _move(one, to, rules.check_move(_facts(one), to, raw, partner=True), at)


def lead_to_visit(visit: UUID, *, viewer: Viewer, actor: Actor, at: datetime, number: str) -> None:
    """Notes that what came in has led to the visit; runs within the transaction that takes it down."""
    with transaction.atomic():
        one = handover_for(viewer, (actor,), number, lock=True)
        rules.check_leading(_facts(one), already=one["visit_id"] is not None)
        _led(one, "visit_id", visit, at)


def lead_to_case(*, viewer: Viewer, actor: Actor, at: datetime, number: str, case: UUID, channel: object) -> None:
    """Notes that what came in has led to the case; runs within the transaction that registers it."""
    with transaction.atomic():
        one = handover_for(viewer, (actor,), number, lock=True)
        rules.check_leading(_facts(one), already=one["case_id"] is not None, channel=channel)
        _led(one, "case_id", case, at)


def erase_handover_texts(*, before: datetime, at: datetime, most: int = 1000) -> int:
    """Empties the texts of slips that are older than `before`; returns how many. The counts stay."""
    with transaction.atomic(durable=True):
        return execute(
            "UPDATE hall_handover SET what = '', answer = '', erased_at = %s WHERE id IN (SELECT id"
            " FROM hall_handover WHERE made_at < %s AND erased_at IS NULL ORDER BY made_at LIMIT %s"
            " FOR UPDATE SKIP LOCKED)",
            [at, before, most],
        )


def _make(
    *,
    centre: int,
    code: str,
    partner: Mapping[str, Any],
    due_day: object,
    account: int,
    at: datetime,
    columns: Mapping[str, Any],
    key: str | None,
    asked: Mapping[str, Any],
) -> tuple[str, bool]:
    number = next_number(centre, code, KIND, at.astimezone(ZONE).date())
    if key is not None:
        earlier = _once.seen_before(
            account=account, key=f"handover:{key}"[:100], content=_once.digest(dict(asked)), number=number
        )
        if earlier is not None:
            transaction.set_rollback(True)  # the number goes back
            return earlier, True
    # looked at only now: what was right yesterday is answered alike when it is sent again today
    columns = {**columns, "due_day": _due(due_day, at.astimezone(ZONE).date(), partner)}
    if columns["direction"] == "in":
        # the row of the partner is locked: of two that bring the same number one is told
        rows("SELECT id FROM hall_partner WHERE id = %s FOR UPDATE", [partner["id"]])
        same = rows(
            "SELECT number FROM hall_handover WHERE partner_id = %s AND their_number = %s AND direction = 'in'",
            [partner["id"], columns["their_number"]],
        )
        if same:
            raise Refused(CONFLICT, f"对方的这个编号已经转来过，转接单 {same[0]['number']}。")
    names = ["id", "number", "centre_id", "partner_id", "state", "answer", "made_at", "made_by_id", *columns]
    execute(
        f"INSERT INTO hall_handover ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})",
        [new_id(), number, centre, partner["id"], "sent", "", at, account, *columns.values()],
    )
    return number, False


def _move(one: Mapping[str, Any], to: str, text: str, at: datetime) -> None:
    ends = None if to == "received" else at
    execute(
        "UPDATE hall_handover SET state = %s, answer = %s, received_at = coalesce(received_at, %s), ended_at = %s"
        " WHERE id = %s",
        [to, text, at, ends, one["id"]],
    )


def _led(one: Mapping[str, Any], column: str, to: UUID, at: datetime) -> None:
    execute(f"UPDATE hall_handover SET {column} = %s WHERE id = %s", [to, one["id"]])
    execute(
        "UPDATE hall_handover SET state = 'received', received_at = %s WHERE id = %s AND state = 'sent'",
        [at, one["id"]],
    )


def _source(viewer: Viewer, actor: Actor, raw: Mapping[str, str], what: str) -> dict[str, UUID]:
    """Where the slip comes from, by column; refuses what may not go to others, and names of a matter's parties."""
    given = [(name, raw[name]) for name in SOURCES if raw.get(name)]
    if len(given) > 1:
        raise invalid("what", "一张转接单只能来自一次接待、一个来电或一件事项。")
    if not given:
        return {}
    name, number = given[0]
    if name == "case":
        case = case_for(viewer, number)
        rules.check_source(confidentiality=case["confidentiality"])
        _nobody_named(case["id"], what, "what")
        return {"case_id": case["id"]}
    if name == "visit":
        visit = visit_for(viewer, (actor,), number)
        led, led_to = "hall_visitcase", "visit_id"
        accusation, source = visit["purpose"] == "accusation", visit["id"]
    else:
        note = note_for(viewer, (actor,), number)
        led, led_to = "hall_callnotecase", "note_id"
        accusation, source = note["accusation"], note["id"]
    for case in rows(
        f'SELECT c.id, c.confidentiality FROM {led} x JOIN "case" c ON c.id = x.case_id WHERE x.{led_to} = %s',
        [source],
    ):
        rules.check_source(confidentiality=case["confidentiality"])
        _nobody_named(case["id"], what, "what")
    rules.check_source(accusation=accusation)
    return {led_to: source}


def _led_to(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The matters behind a slip that came in: its own, and those of the visit it has led to."""
    return rows(
        'SELECT c.id, c.confidentiality FROM "case" c WHERE c.id = %s'
        " OR c.id IN (SELECT x.case_id FROM hall_visitcase x WHERE x.visit_id = %s)",
        [one["case_id"], one["visit_id"]],
    )


def _nobody_named(case: UUID, what: str, field: str) -> None:
    """The partner is told what is needed and not who is in dispute with whom (个人信息保护法 §6)."""
    named = rows("SELECT name FROM party WHERE case_id = %s AND kind = 'person' AND erased_at IS NULL", [case])
    if any(len(row["name"]) > 1 and row["name"] in what for row in named):
        raise invalid(field, "转接单里不写当事人姓名，只写需要办什么；本人凭转接单到对方窗口办理。")


def _partner(centre: int, code: str) -> dict[str, Any]:
    found = []
    if code and "\0" not in code:
        found = rows(
            "SELECT p.id, p.days, d.path FROM hall_partner p JOIN people_unit u ON u.id = p.centre_id"
            " JOIN people_division d ON d.id = u.division_id WHERE p.centre_id = %s AND p.code = %s AND p.active",
            [centre, code],
        )
    if not found:
        raise invalid("partner", "请选择外部单位。")
    return found[0]


def _due(typed: object, today: date, partner: Mapping[str, Any]) -> date:
    """The day that was typed; else the last of the partner's working days."""
    if typed in (None, ""):
        calendar = calendar_of(tuple(orjson.loads(partner["path"])))
        return last_day(today, partner["days"], Unit.WORKING_DAYS, calendar)
    try:
        due = date.fromisoformat(typed if isinstance(typed, str) else "")
    except ValueError:
        raise invalid("due_day", "答复期限应为 2026-03-01 的样子。") from None
    rules.check_due(due, today)
    return due


def _their_number(typed: object) -> str:
    if typed is not None and not isinstance(typed, str):
        raise invalid("number", "对方的编号应为文字。")
    form = Form()
    text = form.text("number", typed or "", "对方的编号", 60)
    if form.faults:
        form.faults["their_number"] = form.faults["number"]
    form.check()
    return text


def _may_hand_over(actor: Actor) -> None:
    if actor.role not in rules.HANDS_OVER:
        raise Refused(NOT_ALLOWED, "您的岗位不能办理转接。")


def _facts(one: Mapping[str, Any]) -> rules.HandoverFacts:
    return rules.HandoverFacts(direction=one["direction"], state=one["state"])
