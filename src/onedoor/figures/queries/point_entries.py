"""The entries behind somebody's points. Single ratings are read by who reads ratings; everybody else sees sums of five
or more, and of fewer only that there are too few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.figures.models import PointsMonth
from onedoor.figures.queries.points import COUNTS, ENTRIES, RATINGS, Line, board, month_for
from onedoor.figures.sets import set_of
from onedoor.figures.subjects import of_centre
from onedoor.people.tokens import SignedIn
from onedoor.rules import points as rules
from onedoor.rules.follow_up import FEWEST_RATINGS
from onedoor.rules.points import FACTS, FEW, PERSONAL, RuleSet, Subject
from onedoor.rules.refusal import NOT_FOUND, Refused

_LIST = f"""
    WITH {ENTRIES} SELECT e.id, e.rule, e.fact, e.at, e.points, e.counted, e.note, e.reason, e.corrects_id, e.rating,
           e.by IS NOT NULL AS correction, r.rated, CASE WHEN {MAY_SEE} THEN c.number END AS number,
           e.case_id, e.matter, a.id AS appeal, a.state AS appeal_state, a.reason AS appeal_reason, a.answer
      FROM e JOIN r USING (subject, part) LEFT JOIN "case" c ON c.id = e.case_id
      LEFT JOIN points_appeal a ON a.entry_id = e.id
     WHERE e.subject = %s AND e.part = %s ORDER BY e.at, e.rule, e.ref, e.by IS NOT NULL, e.made_at, e.id
"""


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
    may_correct: bool

    @property
    def said(self) -> str:
        """Why it was corrected and why it does not count, whichever there is."""
        return "；".join(one for one in (self.reason, self.note) if one)


def entries(signed: SignedIn, month: date, subject: Subject, now: datetime) -> tuple[Line, list[Shown]]:
    """The entries behind one subject's points. Refused as not found for who may not read them."""
    there = month_for(month)
    line = next((one for one in board(signed, month, subject.kind) if one.whose.subject == subject), None)
    if line is None:
        raise Refused(NOT_FOUND, "没有找到这份积分，或您无权查看。")
    return line, entries_of(signed, there, line, now)


def entries_of(signed: SignedIn, month: PointsMonth, line: Line, now: datetime) -> list[Shown]:
    """The entries behind a line that the reader was given."""
    subject, held = line.whose.subject, set_of(month.version)
    viewer = signed.viewer()
    found = rows(
        _LIST,
        [RATINGS, month.month, subject.kind, list(COUNTS), *may_see(viewer), subject.id, subject.part],
    )
    single = (
        viewer.reads_ratings
        and of_centre(signed.actors, line.whose.path) is not None
        and not _is_self(signed, subject)
    )
    listed = [row for row in found if single or not row["rating"]]
    open_ = month.closed_at is None and now <= month.appeal_until
    shown = [_shown(held, row, may_appeal=open_ and line.own) for row in listed]
    if not single:
        shown += _ratings(held, [row for row in found if row["rating"]])
    return shown


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
        may_correct=not row["correction"] and row["note"] not in rules.UNCOUNTED,
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
        if not few and (row["note"] in COUNTS or row["correction"]):
            groups.setdefault(row["rule"], []).append(row)
    blank: dict[str, Any] = {
        "id": None, "at": None, "number": "", "correction": False, "reason": "", "appeal": None, "appeal_state": "",
        "appeal_reason": "", "answer": "", "may_appeal": False, "may_correct": False, "points": "", "basis": "",
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
