"""How far a matter is, for whoever holds its number and the last four digits of the applicant's phone."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from onedoor.cases import secrets
from onedoor.cases.queries.explained import consequences_of, explained_clock
from onedoor.cases.sql import rows
from onedoor.people import guard
from onedoor.people.limits import is_spent, spend
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.numbers import parse_number
from onedoor.rules.refusal import NOT_FOUND, TOO_MANY, Refused

FOUND_NOTHING = "没有找到。请核对编号和号码；没有留电话、忘记回执码的，请到窗口查询。"
# Wrong tries from one address in an hour, whatever the number: a village's shared machine may err this often.
MOST_WRONG, AN_HOUR = 30, timedelta(hours=1)
_TOO_MANY = "查询次数过多，请稍后再试，或到窗口、打电话查询。"
# What can be tried out and is therefore counted by number, each by itself: whoever knows a number and errs at one door
# locks nobody out of another. The codes of the receipt and of the rating are too long for that (None).
Door = Literal["digits", "one_time"] | None


def track(number: str, last_four: str, address: str, at: datetime) -> dict[str, Any]:
    """Stage, unit, due date and how that was counted, nothing else. One sentence for every reason of not finding
    anything: unknown number, other digits, no phone, a confidential matter."""
    found = guarded(number, address, at, lambda wanted: _found(wanted, last_four))
    return {
        "number": found["number"],
        "stage_name": STAGE_NAMES[found["stage"]],
        "unit": found["unit"] or found["centre"],
        "due_at": found["due_at"],
        "explanation": _explanation(found["id"], found["due_at"]),
        "phone": found["unit_phone"] or found["centre_phone"],
    }


def applicant_with_phone(number: str, last_four: str, address: str, at: datetime) -> tuple[UUID, UUID, str]:
    """The ids of the case and of the applicant whose telephone ends so, and that telephone; refuses like `track`."""
    found = guarded(number, address, at, lambda wanted: _found(wanted, last_four))
    return found["id"], found["party"], secrets.decrypt(found["phone"], about="party.phone")


def guarded(
    number: str,
    address: str,
    at: datetime,
    find: Callable[[str], dict[str, Any] | None],
    *,
    door: Door = "digits",
) -> dict[str, Any]:
    """What `find` finds for the number; refuses where it finds nothing. Five wrong tries at a door lock it for that
    number for a while, so that four digits cannot be tried out; thirty from one address stop that address, so that
    numbers cannot."""
    place = f"track-from:{address}"
    if is_spent(place, most=MOST_WRONG, within=AN_HOUR, at=at):
        raise Refused(TOO_MANY, _TOO_MANY)
    try:
        wanted = parse_number(number)
    except Refused:
        wanted = ""
    name = f"track-{door}:{wanted}"
    with transaction.atomic(durable=True):
        held = guard.take(name, at) if wanted and door else None
        if held is not None and held.locked_until is not None:
            raise Refused(TOO_MANY, _TOO_MANY)
        found = find(wanted) if wanted else None
        if found is None and held is not None:
            guard.failed(held, at)
    if found is None:
        with transaction.atomic(durable=True):
            spend(place, most=MOST_WRONG * 1000, within=AN_HOUR, at=at)
        raise Refused(NOT_FOUND, FOUND_NOTHING)
    if held is not None:
        guard.forget(name)
    return found


def _found(number: str, last_four: str) -> dict[str, Any] | None:
    phones = rows(
        "SELECT p.id AS party, p.phone, c.id, c.number, c.stage, c.due_at, u.short_name AS unit,"
        " u.phone AS unit_phone, r.short_name AS centre,"
        ' r.phone AS centre_phone FROM "case" c'
        " JOIN party p ON p.case_id = c.id AND p.part = 'applicant' AND p.phone IS NOT NULL"
        " AND p.erased_at IS NULL LEFT JOIN people_unit u ON u.id = c.lead_unit_id"
        " JOIN people_unit r ON r.id = c.present_centre_id"
        " WHERE c.number = %s AND c.confidentiality = 'ordinary'",
        [number],
    )
    given = last_four.strip().encode()
    for row in phones:
        phone = secrets.decrypt(row["phone"], about="party.phone").encode()
        if len(given) == 4 and hmac.compare_digest(phone[-4:], given):
            return row
    return None


def _explanation(case: UUID, due_at: datetime | None) -> list[str]:
    """Of the clock that makes the case due: scheme, dates and basis, nothing of the matter; and what has come about by
    law because a limit was missed."""
    clocks = rows(
        "SELECT kind, scheme, scheme_version, started_at, due_at, paused_at, stopped_at, extended, given_back,"
        " calendar, light FROM clock WHERE case_id = %s ORDER BY started_at, id",
        [case],
    )
    due = [one for one in clocks if one["due_at"] == due_at and not one["stopped_at"] and not one["paused_at"]]
    missed = consequences_of(clocks) if due_at is not None else []
    return [*(explained_clock(due[0]) if due else []), *missed]
