"""Committees with what the law finds missing, mediators with their load, rooms."""

from datetime import date
from typing import Any

from onedoor.cases.sql import rows
from onedoor.mediation.models import Committee, MeetingRoom
from onedoor.rules.committees import COMMITTEE_KINDS, MEDIATOR_KINDS, OFFICES, MemberFacts, faults_of, term_ends
from onedoor.rules.sessions import ROOM_KINDS


def committees(today: date) -> list[dict[str, Any]]:
    """In their order, each with its members in office and the faults that 人民调解法 §§8, 9 find."""
    found = []
    for one in Committee.objects.select_related("unit").prefetch_related("members").order_by("position", "id"):
        members = [
            {"id": member.pk, "name": member.name, "office": OFFICES[member.office], "until": member.until}
            for member in sorted(one.members.all(), key=lambda member: (list(OFFICES).index(member.office), member.pk))
        ]
        facts = [MemberFacts(member.office, member.woman, member.until) for member in one.members.all()]
        found.append(
            {
                "id": one.pk,
                "name": one.unit.name,
                "kind": COMMITTEE_KINDS[one.kind],
                "word": one.word,
                "term_began": one.term_began,
                "term_ends": term_ends(one.term_began) if one.term_began else None,
                "members": members,
                "faults": faults_of(facts, one.term_began, today),
            }
        )
    return found


def mediators() -> list[dict[str, Any]]:
    """Everybody who holds the post, whether introduced yet or not."""
    found = rows(
        "SELECT a.id, a.name, string_agg(DISTINCT u.short_name, '、') AS units, m.kind, m.studio, m.about, m.most,"
        " coalesce(m.languages, '[]'::jsonb)::json AS languages, m.active,"
        " (SELECT coalesce(json_agg(c.name ORDER BY c.position), '[]') FROM category c"
        "   WHERE m.specialities ? c.code) AS specialities,"
        " (SELECT count(*) FROM mediation k WHERE k.state IN ('asking', 'open')"
        "   AND k.mediators @> to_jsonb(a.id)) AS running"
        " FROM people_account a JOIN people_post p ON p.account_id = a.id AND p.active AND p.role = 'mediator'"
        " JOIN people_unit u ON u.id = p.unit_id"
        " LEFT JOIN mediation_mediator m ON m.account_id = a.id"
        " WHERE a.is_active GROUP BY a.id, m.id ORDER BY a.name"
    )
    return [{**row, "kind_name": MEDIATOR_KINDS.get(row["kind"] or "", "未填写")} for row in found]


_INTRODUCED = """
    SELECT a.name, string_agg(DISTINCT u.name, '、') AS units, m.kind, m.studio, m.about,
           m.languages::json AS languages,
           (SELECT coalesce(json_agg(c.name ORDER BY c.position), '[]') FROM category c
             WHERE m.specialities ? c.code) AS specialities
      FROM mediation_mediator m
      JOIN people_account a ON a.id = m.account_id AND a.is_active
      JOIN people_post p ON p.account_id = a.id AND p.active AND p.role = 'mediator'
      JOIN people_unit u ON u.id = p.unit_id
     WHERE m.active
     GROUP BY a.id, m.id ORDER BY m.kind = 'chief' DESC, m.studio = '', a.name LIMIT 200
"""


def introduced() -> list[dict[str, Any]]:
    """Mediators as the parties may choose among them (人民调解法 §19): who they are, and nothing of what they have in
    hand."""
    return [{**row, "kind_name": MEDIATOR_KINDS[row["kind"]]} for row in rows(_INTRODUCED)]


def rooms() -> list[dict[str, Any]]:
    return [
        {
            "id": one.pk,
            "unit": str(one.unit),
            "name": one.name,
            "kind": ROOM_KINDS[one.kind],
            "seats": one.seats,
            "equipment": one.equipment,
            "active": one.active,
        }
        for one in MeetingRoom.objects.select_related("unit").order_by("unit__code", "position", "name")
    ]
