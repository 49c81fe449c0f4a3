"""积分 as it is read: months, rankings, the entries behind each point, one's own, appeals, and a set tried on a year.

Who reads whose: ADR 18. What has become confidential since it was computed is in no sum and no list. Single ratings
are read by who reads ratings; everybody else sees sums of five or more, and of fewer only that there are too few.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onedoor.cases.counting import ZONE
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.figures.models import PointsMonth
from onedoor.figures.queries.happenings import happenings
from onedoor.figures.sets import set_of
from onedoor.figures.subjects import Named, is_own, named, of_centre, reads_entries
from onedoor.people.tokens import SignedIn
from onedoor.rules import points as rules
from onedoor.rules.access import Role
from onedoor.rules.follow_up import FEWEST_RATINGS
from onedoor.rules.points import CAPPED, FACTS, FEW, PERSONAL, READS, SUBJECTS, Ranked, RuleSet, Standing, Subject
from onedoor.rules.refusal import NOT_FOUND, Refused

RATINGS = sorted(name for name, fact in FACTS.items() if fact.rating)
_COUNTS = ("", CAPPED)
# The ordinary entries of a month and kind, and how many ratings stand behind a subject's.
_ENTRIES = """
    e AS (SELECT e.*, e.fact = ANY(%s) AS rating FROM points_entry e LEFT JOIN "case" c ON c.id = e.case_id
           WHERE e.month_id = %s AND e.kind = %s AND (e.case_id IS NULL OR c.confidentiality = 'ordinary')),
    r AS (SELECT subject, part, count(DISTINCT ref) FILTER (WHERE rating AND by IS NULL AND note = ANY(%s)) AS rated
            FROM e GROUP BY subject, part)
"""
_SUMS = f"""
    WITH {_ENTRIES} SELECT subject, part, sum(counted)::int AS total,
           (count(*) FILTER (WHERE by IS NULL AND note = ANY(%s)))::int AS entries,
           (count(DISTINCT matter) FILTER (WHERE by IS NULL AND note = ANY(%s)))::int AS matters
      FROM e JOIN r USING (subject, part) WHERE NOT (rating AND rated < %s) GROUP BY subject, part
"""
_LIST = f"""
    WITH {_ENTRIES} SELECT e.id, e.rule, e.fact, e.at, e.points, e.counted, e.note, e.reason, e.corrects_id, e.rating,
           e.by IS NOT NULL AS correction, r.rated, CASE WHEN {MAY_SEE} THEN c.number END AS number,
           e.case_id, e.matter, a.id AS appeal, a.state AS appeal_state, a.reason AS appeal_reason, a.answer
      FROM e JOIN r USING (subject, part) LEFT JOIN "case" c ON c.id = e.case_id
      LEFT JOIN points_appeal a ON a.entry_id = e.id
     WHERE e.subject = %s AND e.part = %s ORDER BY e.at, e.rule, e.ref, e.by IS NOT NULL, e.made_at, e.id
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
    values = [RATINGS, month, kind, list(_COUNTS), list(_COUNTS), list(_COUNTS), FEWEST_RATINGS]
    return [
        Standing(Subject(kind, row["subject"], row["part"]), row["total"], row["entries"], row["matters"])
        for row in rows(_SUMS, values)
    ]


def board(signed: SignedIn, month: date, kind: str) -> list[Line]:
    """The ranking of one kind, as far as the reader may see it. Places are counted among all."""
    held = set_of(month_for(month).version)
    found = rules.ranked(held, standing_of(month, kind))
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


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a list of entries. `id` None: several ratings together. `number`: for who may see the case."""

    id: UUID | None
    name: str
    basis: str
    count: int
    at: datetime | None
    number: str
    what: str
    points: str
    counted: str
    note: str
    correction: bool
    reason: str
    appeal: UUID | None
    appeal_state: str
    appeal_reason: str
    answer: str
    may_appeal: bool


def entries(signed: SignedIn, month: date, subject: Subject, now: datetime) -> tuple[Line, list[Shown]]:
    """The entries behind one subject's points. Refused as not found for who may not read them."""
    there = month_for(month)
    held = set_of(there.version)
    line = next((one for one in board(signed, month, subject.kind) if one.whose.subject == subject), None)
    if line is None:
        raise Refused(NOT_FOUND, "没有找到这份积分，或您无权查看。")
    viewer = signed.viewer()
    found = rows(
        _LIST,
        [RATINGS, month, subject.kind, list(_COUNTS), *may_see(viewer), subject.id, subject.part],
    )
    single = (
        viewer.reads_ratings
        and of_centre(signed.actors, line.whose.path) is not None
        and not _is_self(signed, subject)
    )
    listed = [row for row in found if single or not row["rating"]]
    open_ = there.closed_at is None and now <= there.appeal_until
    shown = [_shown(held, row, may_appeal=open_ and line.own) for row in listed]
    if not single:
        shown += _ratings(held, [row for row in found if row["rating"]])
    return line, shown


def _is_self(signed: SignedIn, subject: Subject) -> bool:
    return subject.kind in PERSONAL and subject.id == signed.account


def _shown(held: RuleSet, row: dict[str, Any], *, may_appeal: bool) -> Shown:
    rule = held.rule(row["rule"])
    appealed = row["appeal_state"] or ""
    return Shown(
        id=row["id"],
        name=rule.name if rule else FACTS[row["fact"]].label,
        basis=rule.basis if rule else "",
        count=1,
        at=row["at"],
        number=row["number"] or "",
        what=_what(row),
        points=rules.written(row["points"]),
        counted=rules.written(row["counted"]),
        note=rules.NOTES.get(row["note"], ""),
        correction=row["correction"],
        reason=row["reason"],
        appeal=row["appeal"],
        appeal_state=rules.APPEALS.get(appealed, ""),
        appeal_reason=row["appeal_reason"] or "",
        answer=row["answer"] or "",
        may_appeal=may_appeal and not appealed and not row["correction"] and not row["rating"],
    )


def _what(row: dict[str, Any]) -> str:
    if row["number"]:
        return str(row["number"])
    if row["case_id"] is not None:
        return "（无权查看的事项）"
    return "到岗呼叫" if row["matter"].startswith("call:") else "网格任务"


def _ratings(held: RuleSet, found: Sequence[dict[str, Any]]) -> list[Shown]:
    """One line a rule for five or more; for fewer one line that says nothing but that."""
    if not found:
        return []
    few = found[0]["rated"] < FEWEST_RATINGS
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        if not few and (row["note"] in _COUNTS or row["correction"]):
            groups.setdefault(row["rule"], []).append(row)
    blank: dict[str, Any] = {
        "id": None, "at": None, "number": "", "correction": False, "reason": "", "appeal": None, "appeal_state": "",
        "appeal_reason": "", "answer": "", "may_appeal": False, "points": "", "basis": "",
    }  # fmt: skip
    if few:
        return [Shown(**blank, name="评价和回访", count=0, what="合计", counted="0", note=rules.NOTES[FEW])]
    lines = []
    for code, group in groups.items():
        rule = held.rule(code)
        count = sum(not row["correction"] for row in group)
        lines.append(
            Shown(
                **{**blank, "basis": rule.basis if rule else ""},
                name=rule.name if rule else FACTS[group[0]["fact"]].label,
                count=count,
                what=f"{count}件合计",
                counted=rules.written(sum(row["counted"] for row in group)),
                note="只显示合计，不逐件列出",
            )
        )
    return lines


_APPEALS = """
    SELECT a.id, a.reason, a.at, a.state, e.id AS entry, e.kind, e.subject, e.part, e.rule, e.fact, e.counted,
           e.month_id AS month, m.version, b.name AS by_name
      FROM points_appeal a JOIN points_entry e ON e.id = a.entry_id JOIN points_month m ON m.month = e.month_id
      LEFT JOIN people_account b ON b.id = a.by LEFT JOIN "case" c ON c.id = e.case_id
     WHERE a.state = 'waiting' AND (e.case_id IS NULL OR c.confidentiality = 'ordinary') ORDER BY a.at, a.id LIMIT 200
"""


def appeals_waiting(signed: SignedIn) -> list[dict[str, Any]]:
    """Those that the reader decides on."""
    found = rows(_APPEALS)
    shown = []
    for kind in SUBJECTS:
        of_kind = [row for row in found if row["kind"] == kind]
        names = named(kind, [Subject(kind, row["subject"], row["part"]) for row in of_kind]) if of_kind else {}
        for row in of_kind:
            whose = names.get(Subject(kind, row["subject"], row["part"]))
            if whose is None or of_centre(signed.actors, whose.path) is None:
                continue
            rule = set_of(row["version"]).rule(row["rule"])
            shown.append(
                {
                    **row,
                    "whose": whose,
                    "name": rule.name if rule else FACTS[row["fact"]].label,
                    "counted": rules.written(row["counted"]),
                }
            )
    return sorted(shown, key=lambda one: (one["at"], one["id"]))


def exemptions() -> list[dict[str, Any]]:
    return rows(
        "SELECT x.id, x.since, x.until, x.reason, x.at, d.name AS division, c.number FROM points_exemption x"
        ' LEFT JOIN people_division d ON d.id = x.division LEFT JOIN "case" c ON c.id = x.case_id'
        " WHERE x.withdrawn_at IS NULL AND (x.case_id IS NULL OR c.confidentiality = 'ordinary')"
        " ORDER BY x.at DESC LIMIT 100"
    )


def last_year(now: datetime) -> list[date]:
    """The twelve months that have ended before this one, the oldest first."""
    month = now.astimezone(ZONE).date().replace(day=1)
    found = []
    for _ in range(12):
        month = rules.month_before(month)
        found.append(month)
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Tried:
    """A subject under two sets."""

    whose: Named
    before: Ranked
    after: Ranked

    def _written(self, one: Ranked) -> str:
        return (
            f"{rules.written(one.standing.average)}（{rules.written(one.standing.total)}分，{one.standing.matters}件）"
        )

    @property
    def before_written(self) -> str:
        return self._written(self.before)

    @property
    def after_written(self) -> str:
        return self._written(self.after)

    @property
    def moved(self) -> int:
        """Places up (above nought) or down."""
        return (self.before.rank or 0) - (self.after.rank or 0) if self.before.rank and self.after.rank else 0


def try_set(held: RuleSet, wanted: RuleSet, of: Sequence[date]) -> dict[str, list[Tried]]:
    """试算: both sets over these months; nothing is written. By kind of subject, in the order of the set tried."""
    now: list[rules.Entry] = []
    then: list[rules.Entry] = []
    for month in of:
        found = list(happenings(month))
        now += rules.entries_of(held, found)
        then += rules.entries_of(wanted, found)
    tried = {}
    for kind in SUBJECTS:
        before = _ranks(held, now, kind)
        after = _ranks(wanted, then, kind)
        names = named(kind, [*before, *after])
        empty = {one: Ranked(Standing(one, 0, 0, 0), None, 0) for one in names}
        listed = [Tried(names[one], before.get(one, empty[one]), after.get(one, empty[one])) for one in names]
        if listed:
            tried[kind] = sorted(
                listed, key=lambda one: (one.after.rank or 10**6, one.before.rank or 10**6, one.whose.subject)
            )
    return tried


def _ranks(held: RuleSet, found: Sequence[rules.Entry], kind: str) -> dict[Subject, Ranked]:
    sums = rules.standings(one for one in found if one.happening.subject.kind == kind)
    return {one.standing.subject: one for one in rules.ranked(held, sums)}
