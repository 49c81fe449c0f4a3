"""呼叫: call an on-call unit, note that it has come, take the call back, tell once that it is late."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from onedoor.cases.calendars import national_calendar
from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.sql import execute, rows
from onedoor.people.steps.form import Form
from onedoor.rules import residence as rules
from onedoor.rules.access import Actor, unit_audience
from onedoor.rules.deadlines import Unit, due
from onedoor.rules.refusal import NOT_FOUND, Refused


def call_unit(*, actor: Actor, at: datetime, residence: int, place: str = "") -> UUID:
    """Calls the unit to the hall, to `place` if one is named; it gets a notice. Of two that call at once one does."""
    form = Form()
    place = form.text("place", place, "到哪里", 20, required=False)
    form.check()
    with transaction.atomic(durable=True):
        found = rows(
            "SELECT id, centre_id, unit_id, mode, active, minutes FROM hall_residence WHERE id = %s FOR UPDATE",
            [residence],
        )
        if not found:
            raise Refused(NOT_FOUND, "没有这个入驻单位。")
        there = found[0]
        # asked behind the lock: whoever came first has committed his call by now
        waiting = rows(
            "SELECT 1 AS one FROM hall_call WHERE residence_id = %s AND arrived_at IS NULL AND cancelled_at IS NULL",
            [residence],
        )
        rules.check_call(
            role=actor.role, unit=actor.unit, centre=there["centre_id"], mode=there["mode"],
            active=there["active"], waiting=bool(waiting),
        )  # fmt: skip
        made = new_id()
        ends = due(at, there["minutes"], Unit.MINUTES, calendar=national_calendar(), zone=ZONE, roll=False)
        execute(
            "INSERT INTO hall_call (id, centre_id, residence_id, place, called_at, called_by_id, due_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [made, there["centre_id"], residence, place, at, actor.account, ends],
        )
        _tell(there["unit_id"], "called", at)
    return made


def arrive(*, actors: Sequence[Actor], at: datetime, call: UUID) -> None:
    """The unit is here: said by the unit itself or by the hall."""
    with transaction.atomic(durable=True):
        there, facts = _locked(call)
        actor = _fitting(actors, facts)
        rules.check_arrival(facts, role=actor.role, unit=actor.unit, at=at)
        execute("UPDATE hall_call SET arrived_at = %s WHERE id = %s", [at, there["id"]])


def cancel_call(*, actors: Sequence[Actor], at: datetime, call: UUID) -> None:
    """Nobody need come any more."""
    with transaction.atomic(durable=True):
        there, facts = _locked(call)
        actor = _fitting(actors, facts)
        rules.check_cancelling(facts, role=actor.role, unit=actor.unit)
        execute("UPDATE hall_call SET cancelled_at = %s WHERE id = %s", [at, there["id"]])


def tell_late_calls(*, at: datetime, most: int = 100) -> int:
    """Tells hall and unit of each call whose time is over, once however often and by however many this runs; how
    many."""
    with transaction.atomic(durable=True):
        late = rows(
            "UPDATE hall_call SET told_at = %s WHERE id IN (SELECT id FROM hall_call WHERE due_at < %s"
            " AND arrived_at IS NULL AND cancelled_at IS NULL AND told_at IS NULL ORDER BY due_at LIMIT %s"
            " FOR UPDATE SKIP LOCKED) RETURNING centre_id, residence_id",
            [at, at, most],
        )
        for call in late:
            unit = rows("SELECT unit_id FROM hall_residence WHERE id = %s", [call["residence_id"]])[0]["unit_id"]
            for audience in {call["centre_id"], unit}:
                _tell(audience, "call_late", at)
    return len(late)


def forget_calls(*, before: datetime, most: int = 1000) -> int:
    """Removes ended calls that are older; how many."""
    with transaction.atomic(durable=True):
        return execute(
            "DELETE FROM hall_call WHERE id IN (SELECT id FROM hall_call WHERE called_at < %s"
            " ORDER BY called_at LIMIT %s FOR UPDATE SKIP LOCKED)",
            [before, most],
        )


def _locked(call: UUID) -> tuple[dict[str, Any], rules.CallFacts]:
    found = rows(
        "SELECT c.id, c.centre_id, r.unit_id, c.called_at, c.arrived_at, c.cancelled_at FROM hall_call c"
        " JOIN hall_residence r ON r.id = c.residence_id WHERE c.id = %s FOR UPDATE OF c",
        [call],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有这次呼叫。")
    one = found[0]
    return one, rules.CallFacts(
        one["centre_id"],
        one["unit_id"],
        one["called_at"],
        arrived=one["arrived_at"] is not None,
        cancelled=one["cancelled_at"] is not None,
    )


def _fitting(actors: Sequence[Actor], facts: rules.CallFacts) -> Actor:
    """The post at the hall or at the unit; else the first, to be refused by the rule."""
    there = [actor for actor in actors if actor.unit in (facts.centre, facts.unit)]
    able = [actor for actor in there if actor.role in rules.CALLS_UNITS | rules.ARRIVES]
    if not (able or there or actors):
        raise Refused(NOT_FOUND, "没有这次呼叫。")
    return (able or there or list(actors))[0]


def _tell(unit: int, kind: str, at: datetime) -> None:
    """A notice that is about no case."""
    execute(
        "INSERT INTO notice (id, audience, case_id, kind, created_at) VALUES (%s, %s, NULL, %s, %s)",
        [new_id(), unit_audience(unit), kind, at],
    )
