"""来电记录: note a call, answer it later, mark it as dropped, name the case it led to, erase its texts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.sql import execute, rows
from onedoor.cases.steps import _once
from onedoor.hall.queries.hotline import note_for
from onedoor.hall.steps._serial import centre_code, next_number
from onedoor.rules import hotline as rules
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid

KIND = "R"  # of 热线, in the number


def take_note(*, actor: Actor, at: datetime, raw: Mapping[str, Any], key: str | None = None) -> tuple[str, bool]:
    """Notes a call to one of the lines of the actor's centre. `raw`: `hotline` (its id), `asked`, `answer`,
    `accusation`, `dropped`. Its number, and whether it is the earlier one of the same key."""
    _may_take(actor)
    asked = rules.check_note(raw)
    with transaction.atomic(durable=True):
        code = centre_code(actor.unit, "来电")
        line = _line(actor.unit, raw.get("hotline"))
        number = next_number(actor.unit, code, KIND, at.astimezone(ZONE).date())
        if key is not None:
            earlier = _once.seen_before(
                account=actor.account, key=f"call:{key}"[:100], content=_once.digest(dict(raw)), number=number
            )
            if earlier is not None:
                transaction.set_rollback(True)  # the number goes back
                return earlier, True
        execute(
            "INSERT INTO hall_callnote (id, number, centre_id, hotline_id, at, taken_by_id, accusation, asked, answer,"
            " ending, ended_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                new_id(), number, actor.unit, line, at, actor.account, asked.accusation, asked.asked, asked.answer,
                asked.ending, at if asked.ending else None,
            ],
        )  # fmt: skip
    return number, False


def answer_note(*, viewer: Viewer, actor: Actor, at: datetime, number: str, answer: str) -> None:
    """Answers; the call is over."""
    _may_take(actor)
    with transaction.atomic(durable=True):
        note = note_for(viewer, (actor,), number, lock=True)
        text = rules.check_answer(_facts(note), answer)
        execute(
            "UPDATE hall_callnote SET answer = %s, ending = 'answered', ended_at = %s WHERE id = %s",
            [text, at, note["id"]],
        )


def drop_note(*, viewer: Viewer, actor: Actor, at: datetime, number: str) -> None:
    """The line was cut, or it was nobody's wish."""
    _may_take(actor)
    with transaction.atomic(durable=True):
        note = note_for(viewer, (actor,), number, lock=True)
        rules.check_drop(_facts(note))
        execute("UPDATE hall_callnote SET ending = 'dropped', ended_at = %s WHERE id = %s", [at, note["id"]])


def lead_note_to_case(
    *, viewer: Viewer, actor: Actor, at: datetime, number: str, case: UUID, channel: object, read_back: object
) -> None:
    """Notes that the call has led to the case and ends it, if it is not over. Runs within the transaction that
    registers the case with this channel, read back or not."""
    _may_take(actor)
    with transaction.atomic():
        note = note_for(viewer, (actor,), number, lock=True)
        rules.check_leading(_facts(note), channel=channel, read_back=read_back)
        execute(
            "INSERT INTO hall_callnotecase (note_id, case_id, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [note["id"], case, at],
        )
        execute(
            "UPDATE hall_callnote SET ending = 'registered', ended_at = %s WHERE id = %s AND ended_at IS NULL",
            [at, note["id"]],
        )


def erase_note_texts(*, before: datetime, at: datetime, most: int = 1000) -> int:
    """Empties the texts of calls that are older than `before`; returns how many. The counts stay."""
    with transaction.atomic(durable=True):
        return execute(
            "UPDATE hall_callnote SET asked = '', answer = '', erased_at = %s WHERE id IN (SELECT id FROM"
            " hall_callnote WHERE at < %s AND erased_at IS NULL ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED)",
            [at, before, most],
        )


def _line(centre: int, wanted: object) -> int:
    text = str(wanted or "").strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        found = rows("SELECT id FROM hall_hotline WHERE id = %s AND centre_id = %s AND active", [int(text), centre])
        if found:
            return int(found[0]["id"])
    raise invalid("hotline", "请选择来电的热线。")


def _may_take(actor: Actor) -> None:
    if actor.role not in rules.TAKES_CALLS:
        raise Refused(NOT_ALLOWED, "您的岗位不能登记来电。")


def _facts(note: Mapping[str, Any]) -> rules.NoteFacts:
    return rules.NoteFacts(accusation=note["accusation"], ending=note["ending"])
