"""履行提醒: a week and a day before a promise falls due, and once it has not been kept, its unit is told; each
once."""

from datetime import datetime, timedelta

from django.db import transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.rules.access import unit_audience
from onedoor.rules.performance_plan import REMIND_BEFORE

MOST = 500
_DUE = """
    INSERT INTO mediation_reminder (item_id, days)
    SELECT i.id, %s FROM agreement_item i JOIN agreement a ON a.id = i.agreement_id AND a.state = 'effective'
     WHERE i.state IN ('open', 'part') AND i.due_on = %s
     ORDER BY i.id LIMIT %s
    ON CONFLICT DO NOTHING RETURNING item_id
"""


def remind(*, at: datetime) -> int:
    """Tells of what falls due, in one transaction; how many promises it told of. Run again it tells of none twice. Of
    a confidential matter the named persons find it on their own list: a notice to the unit would reach others."""
    at, told = utc(at), 0
    today = at.astimezone(ZONE).date()
    with transaction.atomic(durable=True):
        for days in (*REMIND_BEFORE, -1):
            items = [row["item_id"] for row in rows(_DUE, [days, today + timedelta(days=days), MOST])]
            if not items:
                continue
            units = rows(
                "SELECT DISTINCT m.unit_id, i.case_id FROM agreement_item i JOIN agreement a ON a.id = i.agreement_id"
                ' JOIN mediation m ON m.id = a.mediation_id JOIN "case" c ON c.id = i.case_id'
                " WHERE i.id = ANY(%s) AND c.confidentiality = 'ordinary'",
                [items],
            )
            for row in units:
                execute(
                    "INSERT INTO notice (id, audience, case_id, kind, created_at) VALUES (%s, %s, %s, %s, %s)",
                    [new_id(), unit_audience(row["unit_id"]), row["case_id"], "promise_due", at],
                )
            told += len(items)
    return told
