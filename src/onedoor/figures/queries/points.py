"""积分 as it is read: months, rankings, one's own place. The entries behind them: `point_entries.py`.

Who reads whose: ADR 18. What has become confidential since it was computed is in no sum and no list.
"""

from dataclasses import dataclass
from datetime import date

from onedoor.cases.sql import rows
from onedoor.figures.models import PointsMonth
from onedoor.figures.sets import set_of
from onedoor.figures.subjects import Named, is_own, named, reads_entries
from onedoor.people.tokens import SignedIn
from onedoor.rules import points as rules
from onedoor.rules.access import Role
from onedoor.rules.follow_up import FEWEST_RATINGS
from onedoor.rules.point_sums import ranked
from onedoor.rules.points import CAPPED, FACTS, PERSONAL, READS, SUBJECTS, Ranked, Standing, Subject
from onedoor.rules.refusal import NOT_FOUND, Refused

RATINGS = sorted(name for name, fact in FACTS.items() if fact.rating)
COUNTS = ("", CAPPED)
# The ordinary entries of a month and kind, and how many ratings stand behind a subject's.
ENTRIES = """
    e AS (SELECT e.*, e.fact = ANY(%s) AS rating FROM points_entry e LEFT JOIN "case" c ON c.id = e.case_id
           WHERE e.month_id = %s AND e.kind = %s AND (e.case_id IS NULL OR c.confidentiality = 'ordinary')),
    r AS (SELECT subject, part, count(DISTINCT ref) FILTER (WHERE rating AND by IS NULL AND note = ANY(%s)) AS rated
            FROM e GROUP BY subject, part)
"""
_SUMS = f"""
    WITH {ENTRIES} SELECT subject, part, sum(counted)::int AS total,
           (count(*) FILTER (WHERE by IS NULL AND note = ANY(%s)))::int AS entries,
           (count(DISTINCT matter) FILTER (WHERE by IS NULL AND note = ANY(%s)))::int AS matters
      FROM e JOIN r USING (subject, part) WHERE NOT (rating AND rated < %s) GROUP BY subject, part
"""


def months() -> list[PointsMonth]:
    return list(PointsMonth.objects.order_by("-month")[:36])


def month_for(month: date) -> PointsMonth:
    there = PointsMonth.objects.filter(pk=month).first()
    if there is None:
        raise Refused(NOT_FOUND, "这个月还没有计算积分。")
    return there


def kinds_read_by(signed: SignedIn) -> list[str]:
    """The kinds of subject whose rankings somebody reads, other than his own place."""
    roles = {actor.role for actor in signed.actors}
    of_leads = {"staff": Role.UNIT_LEAD, "worker": Role.GRID_LEAD, "grid": Role.GRID_LEAD}
    return [
        kind
        for kind in SUBJECTS
        if roles & (rules.CENTRE if kind in PERSONAL else READS) or of_leads.get(kind) in roles
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A subject in a ranking. `own`: of the reader himself."""

    whose: Named
    ranked: Ranked
    own: bool

    @property
    def score(self) -> str:
        return rules.written(self.ranked.standing.average)

    @property
    def total(self) -> str:
        return rules.written(self.ranked.standing.total)


def standing_of(month: date, kind: str) -> list[Standing]:
    values = [RATINGS, month, kind, list(COUNTS), list(COUNTS), list(COUNTS), FEWEST_RATINGS]
    return [
        Standing(Subject(kind, row["subject"], row["part"]), row["total"], row["entries"], row["matters"])
        for row in rows(_SUMS, values)
    ]


def board(signed: SignedIn, month: date, kind: str) -> list[Line]:
    """The ranking of one kind, as far as the reader may see it. Places are counted among all."""
    held = set_of(month_for(month).version)
    found = ranked(held, standing_of(month, kind))
    names = named(kind, [one.standing.subject for one in found])
    return [
        Line(names[one.standing.subject], one, is_own(signed, names[one.standing.subject]))
        for one in found
        if one.standing.subject in names and reads_entries(signed, names[one.standing.subject])
    ]


def mine(signed: SignedIn, month: date) -> list[Line]:
    """Himself, and the units, windows and grids that he answers for: his own place, nobody else's."""
    return [
        line
        for kind in SUBJECTS
        for line in board(signed, month, kind)
        if line.own and (kind not in PERSONAL or line.whose.subject.id == signed.account)
    ]
