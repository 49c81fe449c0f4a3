"""What applicants read of the mediation of their own matter, once they have shown that it is theirs: the sessions to
which they are asked, and what was promised. Nothing of what the other side has said alone, not even that it has."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from onedoor.cases.sql import rows
from onedoor.rules.agreements import ITEM_KINDS
from onedoor.rules.performance_plan import ITEM_STATES
from onedoor.rules.sessions import REPLIES, SESSION_KINDS

_SESSIONS = """
    SELECT s.id, s.kind, s.starts_at, s.ends_at, s.place, r.name AS room,
           json_agg(json_build_object('party', p.party, 'name', y.name, 'reply', p.reply) ORDER BY y.place) AS replies
      FROM mediation_session s
      JOIN mediation_session_reply p ON p.session_id = s.id
      JOIN party y ON y.id = p.party AND y.part = 'applicant' AND y.erased_at IS NULL
      LEFT JOIN mediation_room r ON r.id = s.room_id
     WHERE s.case_id = %s AND s.state = 'booked' AND s.ends_at > %s
     GROUP BY s.id, r.name ORDER BY s.starts_at
"""
_PROMISES = """
    SELECT i.kind, i.what, i.amount, i.paid, i.due_on, i.state, w.name AS who, t.name AS to_whom
      FROM agreement_item i
      JOIN agreement a ON a.id = i.agreement_id AND a.state = 'effective'
      LEFT JOIN party w ON w.id = i.who LEFT JOIN party t ON t.id = i.to_whom
     WHERE i.case_id = %s AND i.erased_at IS NULL ORDER BY i.due_on, i.place
"""


def invited(case: UUID, now: datetime) -> list[dict[str, Any]]:
    """Sessions to come that ask an applicant to be there, with what each applicant has answered."""
    return [
        {
            **row,
            "kind_name": SESSION_KINDS[row["kind"]],
            "replies": [{**one, "reply_name": REPLIES[one["reply"]]} for one in row["replies"]],
        }
        for row in rows(_SESSIONS, [case, now])
    ]


def promises(case: UUID, today: date) -> list[dict[str, Any]]:
    """What the agreement in effect promises, by its day."""
    return [
        {
            **row,
            "kind_name": ITEM_KINDS[row["kind"]],
            "state_name": ITEM_STATES[row["state"]],
            "late": row["state"] in ("open", "part") and row["due_on"] < today,
        }
        for row in rows(_PROMISES, [case])
    ]


def texts_in_effect(case: UUID) -> list[str]:
    """The digests of the agreements in effect, by which a paper shows that it is one of them."""
    found = rows("SELECT digest FROM agreement WHERE case_id = %s AND state = 'effective'", [case])
    return [str(row["digest"]) for row in found if row["digest"]]
