"""What a number of the hall has become: a visit, a case. Their own numbers stay; the hall's number names them."""

from datetime import datetime
from uuid import UUID

from onedoor.cases.sql import execute, rows
from onedoor.hall.steps._hall_day import day_of, touch
from onedoor.rules.access import Actor
from onedoor.rules.refusal import invalid
from onedoor.rules.tickets import may_call


def become_visit(*, actor: Actor, at: datetime, ticket: UUID, visit: str) -> None:
    """Runs within the transaction that takes the visit down."""
    _become("visit", actor, at, ticket, visit)


def become_case(*, actor: Actor, at: datetime, ticket: UUID, case: str) -> None:
    """Runs within the transaction that registers the case."""
    _become("case", actor, at, ticket, case)


def _become(column: str, actor: Actor, at: datetime, ticket: UUID, number: str) -> None:
    """Refuses a number that has not been called today at a window where the actor may call."""
    day = day_of(at)
    found = rows(
        "SELECT t.centre_id, p.unit_id FROM hall_ticket t JOIN hall_place p ON p.id = t.window_id"
        " WHERE t.id = %s AND t.day = %s",
        [ticket, day],
    )
    if not found or not may_call(
        role=actor.role, unit=actor.unit, centre=found[0]["centre_id"], window_unit=found[0]["unit_id"]
    ):
        raise invalid("ticket", "这个号今天没有在您的窗口叫过，请回到叫号页重新打开登记。")
    touch(found[0]["centre_id"], day)
    execute(f'UPDATE hall_ticket SET "{column}" = %s WHERE id = %s', [number, ticket])
