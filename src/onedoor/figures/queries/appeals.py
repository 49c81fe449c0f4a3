"""What the centre has to decide on: appeals that wait, and what does not count."""

from datetime import date
from typing import Any

from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.figures.sets import set_of
from onedoor.figures.subjects import named, of_centre, root_path
from onedoor.people.tokens import SignedIn
from onedoor.rules import points as rules
from onedoor.rules.points import FACTS, SUBJECTS, Subject

_APPEALS = """
    SELECT a.id, a.reason, a.at, a.state, e.id AS entry, e.kind, e.subject, e.part, e.rule, e.fact, e.counted,
           e.month_id AS month, m.version, b.name AS by_name
      FROM points_appeal a JOIN points_entry e ON e.id = a.entry_id JOIN points_month m ON m.month = e.month_id
      LEFT JOIN people_account b ON b.id = a.by LEFT JOIN "case" c ON c.id = e.case_id
     WHERE a.state = 'waiting' AND (%s::date IS NULL OR e.month_id = %s)
       AND (e.case_id IS NULL OR c.confidentiality = 'ordinary') ORDER BY a.at, a.id
"""
# Through the gate like every list of matters.
_EXEMPT = f"""
    SELECT x.id, x.since, x.until, x.reason, x.at, d.name AS division, c.number FROM points_exemption x
      LEFT JOIN people_division d ON d.id = x.division LEFT JOIN "case" c ON c.id = x.case_id
     WHERE x.withdrawn_at IS NULL AND (x.case_id IS NULL OR c.confidentiality = 'ordinary' AND {MAY_SEE})
     ORDER BY x.at DESC LIMIT 100
"""


def waiting_appeals(month: date | None = None) -> list[dict[str, Any]]:
    """Those that somebody can decide on, the oldest first: what has become confidential since, or whose subject is
    gone, keeps no month open and tells nobody that it is there."""
    found = rows(_APPEALS, [month, month])
    shown = []
    for kind in SUBJECTS:
        of_kind = [row for row in found if row["kind"] == kind]
        names = named(kind, [Subject(kind, row["subject"], row["part"]) for row in of_kind]) if of_kind else {}
        subjects = [(row, names.get(Subject(kind, row["subject"], row["part"]))) for row in of_kind]
        shown += [{**row, "whose": whose} for row, whose in subjects if whose is not None]
    return sorted(shown, key=lambda one: (one["at"], one["id"]))


def appeals_waiting(signed: SignedIn) -> list[dict[str, Any]]:
    """Those that the reader decides on."""
    shown = []
    for row in waiting_appeals():
        if of_centre(signed.actors, row["whose"].path) is not None:
            rule = set_of(row["version"]).rule(row["rule"])
            name = rule.name if rule else FACTS[row["fact"]].label
            shown.append({**row, "name": name, "counted": rules.written(row["counted"])})
    return shown


def exemptions(signed: SignedIn) -> list[dict[str, Any]]:
    """For who may change them, the newest first; for anybody else none."""
    if of_centre(signed.actors, root_path(signed)) is None:
        return []
    return rows(_EXEMPT, may_see(signed.viewer()))
