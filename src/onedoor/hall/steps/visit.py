"""接待: take a visit, answer it, end it unanswered, add a remark, name the case it led to, erase its texts."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.sql import execute, rows
from onedoor.cases.steps import _once
from onedoor.hall.queries.visits import visit_for
from onedoor.hall.steps._serial import centre_code
from onedoor.hall.steps.become import become_visit
from onedoor.rules import visits
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid


def take_visit(
    *,
    actor: Actor,
    at: datetime,
    raw: Mapping[str, Any],
    key: str | None = None,
    ticket: UUID | None = None,
    outreach: int | None = None,
    beside: Callable[[UUID], None] | None = None,
) -> tuple[str, bool]:
    """Takes down a visit at the actor's centre, with its answer if one is given; the number of the hall that it came
    with (`ticket`) notes it; `outreach` says that it was taken in a village; `beside` is given its id and writes
    in the same transaction. Its number, and whether it is the earlier one of the same key."""
    _may_receive(actor)
    asked = visits.check_reception(raw)
    with transaction.atomic(durable=True):
        code = centre_code(actor.unit, "接待")
        number = _number(actor.unit, code, at.astimezone(ZONE).date())
        if key is not None:
            content = _once.digest({**raw, **({"outreach": outreach} if outreach is not None else {})})
            earlier = _once.seen_before(
                account=actor.account, key=f"visit:{key}"[:100], content=content, number=number
            )
            if earlier is not None:
                transaction.set_rollback(True)  # the number goes back
                return earlier, True
        if outreach is not None and not rows(
            "SELECT 1 AS one FROM hall_outreach WHERE id = %s AND centre_id = %s AND state <> 'cancelled'",
            [outreach, actor.unit],
        ):
            raise invalid("outreach", "没有这次下沉，或已取消。")
        ended, made = at if asked.answer else None, new_id()
        execute(
            "INSERT INTO hall_visit (id, number, centre_id, received_at, received_by_id, \"window\", purpose, persons,"
            " asked, answer, ending, ended_at, outreach_id, reason)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')",
            [
                made, number, actor.unit, at, actor.account, asked.window, asked.purpose, asked.persons,
                asked.asked, asked.answer, "answered" if ended else "", ended, outreach,
            ],
        )  # fmt: skip
        if ticket is not None:
            become_visit(actor=actor, at=at, ticket=ticket, visit=number)
        if beside is not None:
            beside(made)
    return number, False


def answer_visit(*, viewer: Viewer, actor: Actor, at: datetime, number: str, answer: str) -> None:
    """Answers at once; the visit is over."""
    _may_receive(actor)
    with transaction.atomic(durable=True):
        visit = visit_for(viewer, (actor,), number, lock=True)
        text = visits.check_answer(_facts(visit), answer)
        execute(
            "UPDATE hall_visit SET answer = %s, ending = 'answered', ended_at = %s WHERE id = %s",
            [text, at, visit["id"]],
        )


def end_visit(*, viewer: Viewer, actor: Actor, at: datetime, number: str, reason: str) -> None:
    """The visitors have left, without an answer and without a case."""
    _may_receive(actor)
    with transaction.atomic(durable=True):
        visit = visit_for(viewer, (actor,), number, lock=True)
        text = visits.check_leaving(_facts(visit), reason)
        execute(
            "UPDATE hall_visit SET reason = %s, ending = 'left', ended_at = %s WHERE id = %s", [text, at, visit["id"]]
        )


def remark_visit(*, viewer: Viewer, actor: Actor, at: datetime, number: str, text: str) -> None:
    """Adds to what was written."""
    _may_receive(actor)
    with transaction.atomic(durable=True):
        visit = visit_for(viewer, (actor,), number, lock=True)
        execute(
            "INSERT INTO hall_visitremark (id, visit_id, at, by_id, text) VALUES (%s, %s, %s, %s, %s)",
            [new_id(), visit["id"], at, actor.account, visits.check_remark(text)],
        )


def lead_to_case(*, viewer: Viewer, actor: Actor, at: datetime, number: str, case: UUID) -> None:
    """Notes that the visit has led to the case and ends it, if it is not over. A second call changes nothing. May
    run within the transaction that registers the case."""
    _may_receive(actor)
    with transaction.atomic():
        visit = visit_for(viewer, (actor,), number, lock=True)
        execute(
            "INSERT INTO hall_visitcase (visit_id, case_id, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [visit["id"], case, at],
        )
        execute(
            "UPDATE hall_visit SET ending = 'registered', ended_at = %s WHERE id = %s AND ended_at IS NULL",
            [at, visit["id"]],
        )


def erase_visit_texts(*, before: datetime, at: datetime, most: int = 1000) -> int:
    """Empties the texts of visits that are older than `before`; returns how many. The counts stay."""
    with transaction.atomic(durable=True):
        found = rows(
            "UPDATE hall_visit SET asked = '', answer = '', reason = '', erased_at = %s WHERE id IN (SELECT id FROM"
            " hall_visit WHERE received_at < %s AND erased_at IS NULL ORDER BY received_at LIMIT %s"
            " FOR UPDATE SKIP LOCKED) RETURNING id",
            [at, before, most],
        )
        execute("UPDATE hall_visitremark SET text = '' WHERE visit_id = ANY(%s)", [[row["id"] for row in found]])
    return len(found)


def _may_receive(actor: Actor) -> None:
    if actor.role not in visits.RECEIVES:
        raise Refused(NOT_ALLOWED, "您的岗位不能登记接待。")


def _number(centre: int, code: str, day: date) -> str:
    """The next of the centre's day. Its row is locked until the visit is committed, so none is given out twice."""
    found = rows(
        "INSERT INTO hall_visitserial (centre_id, day, last) VALUES (%s, %s, 1)"
        " ON CONFLICT (centre_id, day) DO UPDATE SET last = hall_visitserial.last + 1 RETURNING last",
        [centre, day],
    )
    return f"{code}-{day:%y%m%d}-{found[0]['last']:03d}"


def _facts(visit: Mapping[str, Any]) -> visits.VisitFacts:
    return visits.VisitFacts(purpose=visit["purpose"], ended=visit["ended_at"] is not None)
