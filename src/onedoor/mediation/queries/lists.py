"""What waits for a mediator: his mediations, the sessions to come, the promises that fall due. Each goes by the
gate."""

from datetime import date, datetime, timedelta
from typing import Any

from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.agreements import ITEM_KINDS
from onedoor.rules.mediation import KINDS, SOURCES, STATES
from onedoor.rules.mediators import ON_CALL
from onedoor.rules.performance_plan import ITEM_STATES
from onedoor.rules.sessions import REPLIES, SESSION_KINDS

MOST = 100
_OPEN = f"""
    SELECT m.id, m.number AS mediation, m.kind, m.source, m.state, m.opened_at, m.mediators::json AS mediators,
           c.number, c.title, c.due_at, c.warn_at, c.red_at,
           (SELECT count(*) FROM mediation_session s WHERE s.mediation_id = m.id AND s.state = 'held') AS held
      FROM mediation m JOIN "case" c ON c.id = m.case_id
     WHERE m.state IN ('asking', 'open') AND (m.mediators @> to_jsonb(%s::bigint) OR m.unit_id = ANY(%s)) AND {MAY_SEE}
     ORDER BY c.due_at NULLS LAST, m.id LIMIT {MOST}
"""
_COMING = f"""
    SELECT s.id, s.kind, s.side, s.starts_at, s.ends_at, s.place, r.name AS room, c.number, c.title,
           (SELECT json_agg(p.reply) FROM mediation_session_reply p WHERE p.session_id = s.id) AS replies
      FROM mediation_session s
      JOIN mediation m ON m.id = s.mediation_id
      JOIN "case" c ON c.id = s.case_id
      LEFT JOIN mediation_room r ON r.id = s.room_id
     WHERE s.state = 'booked' AND s.starts_at BETWEEN %s AND %s
       AND (m.mediators @> to_jsonb(%s::bigint) OR m.unit_id = ANY(%s)) AND {MAY_SEE}
     ORDER BY s.starts_at, s.id LIMIT {MOST}
"""
_DUE = f"""
    SELECT i.id, i.kind, i.amount, i.paid, i.due_on, i.state, a.number AS agreement, c.number, c.title
      FROM agreement_item i
      JOIN agreement a ON a.id = i.agreement_id AND a.state = 'effective'
      JOIN mediation m ON m.id = a.mediation_id
      JOIN "case" c ON c.id = i.case_id
     WHERE i.state IN ('open', 'part') AND i.due_on <= %s
       AND (m.mediators @> to_jsonb(%s::bigint) OR m.unit_id = ANY(%s)) AND {MAY_SEE}
     ORDER BY i.due_on, i.id LIMIT {MOST}
"""
_VISITS = f"""
    SELECT v.id, v.due_on, a.number AS agreement, c.number, c.title
      FROM agreement_visit v
      JOIN agreement a ON a.id = v.agreement_id
      JOIN mediation m ON m.id = a.mediation_id
      JOIN "case" c ON c.id = v.case_id
     WHERE v.state = 'planned' AND v.due_on <= %s
       AND (m.mediators @> to_jsonb(%s::bigint) OR m.unit_id = ANY(%s)) AND {MAY_SEE}
     ORDER BY v.due_on, v.id LIMIT {MOST}
"""
AHEAD, PROMISES_AHEAD = timedelta(days=14), timedelta(days=14)


def running(viewer: Viewer) -> list[dict[str, Any]]:
    """Mediations that run, mine and my unit's; the first to be due first."""
    return [
        {
            **row,
            "kind_name": KINDS[row["kind"]],
            "source_name": SOURCES[row["source"]],
            "state_name": STATES[row["state"]],
            "mine": viewer.account in row["mediators"],
            "title": row["title"] if viewer.sees_names else "",
        }
        for row in rows(_OPEN, [viewer.account, list(viewer.units), *may_see(viewer)])
    ]


def coming(viewer: Viewer, now: datetime) -> list[dict[str, Any]]:
    """Sessions of the next two weeks, and of the last that nobody has recorded yet."""
    given = [now - AHEAD, now + AHEAD, viewer.account, list(viewer.units), *may_see(viewer)]
    return [
        {
            **row,
            "kind_name": SESSION_KINDS[row["kind"]],
            "over": row["ends_at"] < now,
            "replies": [REPLIES[one] for one in row["replies"] or ()],
        }
        for row in rows(_COMING, given)
    ]


def falling_due(viewer: Viewer, today: date) -> list[dict[str, Any]]:
    """Promises whose day has passed or comes within two weeks; the oldest first."""
    given = [today + PROMISES_AHEAD, viewer.account, list(viewer.units), *may_see(viewer)]
    return [
        {
            **row,
            "kind_name": ITEM_KINDS[row["kind"]],
            "state_name": ITEM_STATES[row["state"]],
            "late": row["due_on"] < today,
            "rest": row["amount"] - row["paid"] if row["amount"] is not None else None,
        }
        for row in rows(_DUE, given)
    ]


def visits_due(viewer: Viewer, today: date) -> list[dict[str, Any]]:
    """Visits after agreements whose day has come or comes within two weeks; the oldest first."""
    given = [today + PROMISES_AHEAD, viewer.account, list(viewer.units), *may_see(viewer)]
    return [{**row, "late": row["due_on"] < today} for row in rows(_VISITS, given)]


def rooms_of(centre: int) -> list[dict[str, Any]]:
    """The rooms of a centre that can be booked."""
    return rows(
        "SELECT id, name, kind, seats, equipment FROM mediation_room WHERE unit_id = %s AND active"
        " ORDER BY position, name",
        [centre],
    )


def taken(centre: int, begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    """When the rooms of a centre are taken: the room and the hours, and nothing of who or what for."""
    return rows(
        "SELECT s.room_id, s.starts_at, s.ends_at FROM mediation_session s JOIN mediation_room r ON r.id = s.room_id"
        " WHERE r.unit_id = %s AND s.state = 'booked' AND s.starts_at < %s AND s.ends_at > %s"
        " ORDER BY s.room_id, s.starts_at",
        [centre, ends, begins],
    )


def mediators_for(units: list[int], category: str) -> list[dict[str, Any]]:
    """Mediators of these units, who knows the field of the matter first, then who has least to do."""
    return rows(
        "SELECT a.id, a.name, coalesce(m.studio, '') AS studio, coalesce(m.about, '') AS about,"
        " coalesce(m.languages, '[]'::jsonb)::json AS languages, coalesce(m.specialities, '[]')::json AS specialities,"
        " (SELECT count(*) FROM mediation k WHERE k.state IN ('asking', 'open')"
        "   AND k.mediators @> to_jsonb(a.id)) AS running,"
        " EXISTS (SELECT 1 FROM jsonb_array_elements_text(coalesce(m.specialities, '[]')) s(code)"
        "   WHERE %s = s.code OR %s LIKE s.code || '.%%') AS fits"
        " FROM people_account a LEFT JOIN mediation_mediator m ON m.account_id = a.id"
        " WHERE a.is_active AND coalesce(m.active, TRUE) AND (m.kind = ANY(%s) OR"
        " EXISTS (SELECT 1 FROM people_post q WHERE q.account_id = a.id AND q.active AND q.unit_id = ANY(%s)))"
        " AND EXISTS (SELECT 1 FROM people_post p WHERE p.account_id = a.id AND p.active AND p.role = 'mediator')"
        " ORDER BY fits DESC, running, a.name",
        [category, category, list(ON_CALL), units],
    )
