"""履行提醒: a week and a day before a promise falls due, and once it has not been kept, its unit is told; so is each
party who wants text messages. Each once."""

from datetime import datetime, timedelta

from django.db import transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.rules.access import unit_audience
from onedoor.rules.performance_plan import REMIND_BEFORE
from onedoor.rules.telling import PROMISE_TO_OTHERS

MOST = 500
# Days before the day, the nearest first; -1: the day is over. A worker that stood still tells of the nearest alone.
_SPANS = (-1, *sorted(REMIND_BEFORE))
_DUE = """
    INSERT INTO mediation_reminder (item_id, days)
    SELECT i.id, %s FROM agreement_item i JOIN agreement a ON a.id = i.agreement_id AND a.state = 'effective'
     WHERE i.state IN ('open', 'part') AND i.due_on <= %s
       AND NOT EXISTS (SELECT 1 FROM mediation_reminder r WHERE r.item_id = i.id AND r.days <= %s)
     ORDER BY i.due_on, i.id LIMIT %s
    ON CONFLICT DO NOTHING RETURNING item_id
"""


def remind(*, at: datetime, most: int = MOST) -> int:
    """Tells of what falls due, in one transaction; how many promises it told of, 0 when there is no more. Of a
    confidential matter the named persons find it on their own list: a notice to the unit would reach others."""
    at = utc(at)
    today = at.astimezone(ZONE).date()
    with transaction.atomic(durable=True):
        for days in _SPANS:
            last = today + timedelta(days=days)
            items = [row["item_id"] for row in rows(_DUE, [days, last, days, most])]
            if items:
                _tell_units(items, at)
                if days > 0:
                    _tell_parties(items, at)
                return len(items)
    return 0


def _tell_units(items: list[object], at: datetime) -> None:
    for row in rows(
        "SELECT DISTINCT m.unit_id, i.case_id FROM agreement_item i JOIN agreement a ON a.id = i.agreement_id"
        ' JOIN mediation m ON m.id = a.mediation_id JOIN "case" c ON c.id = i.case_id'
        " WHERE i.id = ANY(%s) AND c.confidentiality = 'ordinary'",
        [items],
    ):
        execute(
            "INSERT INTO notice (id, audience, case_id, kind, created_at) VALUES (%s, %s, %s, %s, %s)",
            [new_id(), unit_audience(row["unit_id"]), row["case_id"], "promise_due", at],
        )


def _tell_parties(items: list[object], at: datetime) -> None:
    """Who owes and who is owed, where they have left a telephone and want messages to it."""
    for row in rows(
        "SELECT DISTINCT p.id, p.case_id, p.part FROM agreement_item i JOIN party p ON p.id IN (i.who, i.to_whom)"
        " WHERE i.id = ANY(%s) AND p.contact = 'sms' AND p.phone IS NOT NULL AND p.erased_at IS NULL",
        [items],
    ):
        execute(
            "INSERT INTO applicant_message (id, case_id, party_id, kind, created_at, next_try_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [new_id(), row["case_id"], row["id"], _kind(row["part"]), at, at],
        )


def _kind(part: str) -> str:
    return "promise_due" if part == "applicant" else PROMISE_TO_OTHERS
