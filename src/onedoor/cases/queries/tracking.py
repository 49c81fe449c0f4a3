"""How far a matter is, for whoever holds its number and the last four digits of the applicant's phone."""

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from onedoor.cases import secrets
from onedoor.cases.queries.explained import explained_clock
from onedoor.cases.sql import rows
from onedoor.people import guard
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.numbers import parse_number
from onedoor.rules.refusal import NOT_FOUND, TOO_MANY, Refused


def track(number: str, last_four: str, at: datetime) -> dict[str, Any]:
    """Stage, unit, due date and how that was counted, nothing else. One sentence for every reason of not finding
    anything: unknown number, other digits, no phone, a confidential matter. Five wrong tries lock the number for a
    while, so that four digits cannot be tried out."""
    try:
        wanted = parse_number(number)
    except Refused:
        raise _nothing() from None
    with transaction.atomic(durable=True):
        held = guard.take(f"track:{wanted}", at)
        if held.locked_until is not None:
            raise Refused(TOO_MANY, "查询次数过多，请稍后再试，或到窗口、打电话查询。")
        found = _found(wanted, last_four)
        if found is None:
            guard.failed(held, at)
    if found is None:
        raise _nothing()
    guard.forget(f"track:{wanted}")
    return found


def _nothing() -> Refused:
    return Refused(NOT_FOUND, "没有找到。请核对编号和登记电话的后四位；没有留电话的，请到窗口查询。")


def _found(number: str, last_four: str) -> dict[str, Any] | None:
    phones = rows(
        "SELECT p.phone, c.id, c.stage, c.due_at, u.short_name AS unit, r.short_name AS centre,"
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
            return {
                "number": number,
                "stage_name": STAGE_NAMES[row["stage"]],
                "unit": row["unit"] or row["centre"],
                "due_at": row["due_at"],
                "explanation": _explanation(row["id"], row["due_at"]),
                "phone": row["centre_phone"],
            }
    return None


def _explanation(case: UUID, due_at: datetime | None) -> list[str]:
    """Of the clock that makes the case due: scheme, dates and basis, nothing of the matter."""
    if due_at is None:
        return []
    found = rows(
        "SELECT kind, scheme, scheme_version, started_at, due_at, paused_at, stopped_at, extended, given_back,"
        " calendar FROM clock WHERE case_id = %s AND due_at = %s AND stopped_at IS NULL AND paused_at IS NULL"
        " ORDER BY started_at, id LIMIT 1",
        [case, due_at],
    )
    return explained_clock(found[0]) if found else []
