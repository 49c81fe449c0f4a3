"""What is left behind: mediations of matters that have gone elsewhere, and sessions that nobody has recorded."""

from datetime import datetime, timedelta

from django.db import transaction

from onedoor.cases.sql import rows
from onedoor.mediation.steps._act import by_itself, facts_of
from onedoor.mediation.steps._seats import leave_seats
from onedoor.rules.facts import Decision
from onedoor.rules.mediation import report_begins
from onedoor.rules.sessions import NEUTRAL

FORGOTTEN_AFTER = timedelta(days=14)
_LEFT = """
    SELECT m.case_id FROM mediation m JOIN "case" c ON c.id = m.case_id
     WHERE m.state IN ('asking', 'open') AND NOT (c.stage = ANY(%s)) ORDER BY m.case_id LIMIT 1
"""
_FORGOTTEN = """
    SELECT case_id FROM mediation_session WHERE state = 'booked' AND ends_at < %s ORDER BY case_id LIMIT 1
"""


def end_left_behind(*, at: datetime) -> bool:
    """Ends a mediation whose matter was withdrawn or has left for other reasons; False when there is none."""
    with transaction.atomic(durable=True):
        found = rows(_LEFT, [["handling", "suspended"]])
        if not found:
            return False
        with by_itself("end_mediation", found[0]["case_id"], at) as act:
            if act.facts.stage in ("handling", "suspended"):
                return True
            for row in act.rows_of("mediation", "state IN ('asking', 'open')"):
                ending = "withdrawn" if act.facts.stage == "withdrawn" else "moved"
                act.change("mediation", row, {"state": "ended", "ended_at": act.at, "ending": ending})
                for agreement in act.rows_of("agreement", "mediation_id = %s AND state = 'signing'", (row["id"],)):
                    act.change("agreement", agreement, {"state": "given_up"})
                act.decision = Decision(
                    act.facts.stage,
                    # who has handed it over is owed an answer all the same
                    clocks=report_begins(facts_of(row, [])),
                    codes={"mediation": str(row["id"]), "ending": ending},
                )
            for session in act.rows_of("mediation_session", "state = 'booked'"):
                act.change("mediation_session", session, {"state": "cancelled", "cancelled_why": NEUTRAL})
                leave_seats(session)
    return True


def cancel_forgotten(*, at: datetime) -> bool:
    """Cancels sessions of one matter that were over two weeks ago and never recorded; False when there is none."""
    with transaction.atomic(durable=True):
        found = rows(_FORGOTTEN, [at - FORGOTTEN_AFTER])
        if not found:
            return False
        with by_itself("cancel_session", found[0]["case_id"], at) as act:
            for row in act.rows_of("mediation_session", "state = 'booked' AND ends_at < %s", (at - FORGOTTEN_AFTER,)):
                act.change("mediation_session", row, {"state": "cancelled", "cancelled_why": NEUTRAL})
                leave_seats(row)
                act.decision = Decision(act.facts.stage)  # nobody waits for it any more
    return True
