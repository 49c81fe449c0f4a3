"""疑点 as they are read: a list through the gate, one with its evidence, how often a kind of question was wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.figures.queries.seen import answer_of
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import must_act
from onedoor.rules.figures import percent
from onedoor.rules.findings import OF_RATINGS, READS, STATES, said
from onedoor.rules.gaming import KINDS
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid

PAGE = 50
_FROM = """FROM gaming_finding f JOIN "case" c ON c.id = f.case_id LEFT JOIN people_unit u ON u.id = f.unit"""
_COLUMNS = """f.id, f.kind, f.cases::text AS cases, f.evidence::text AS evidence, f.found_at, f.state, f.drawn_at,
    f.reason, f.decided_at, c.number, c.title, c.stage, c.id AS case_id, c.recorded_at, c.outcome,
    c.creator_id AS registrar, c.concluded_by, u.short_name AS unit, d.name AS decided_by"""
_WHO = "LEFT JOIN people_account d ON d.id = f.decided_by"


def in_area(signed: SignedIn) -> tuple[str, list[object]]:
    """The findings of a supervisor's: on ordinary cases that he may see."""
    return f"c.confidentiality = 'ordinary' AND {MAY_SEE}", may_see(signed.viewer())


@dataclass(frozen=True, slots=True)
class Rate:
    """How a kind has turned out. `wrong`: the share of those decided that were not so (误报率)."""

    kind: str
    name: str
    open: int
    drawn: int
    confirmed: int
    not_confirmed: int

    @property
    def decided(self) -> int:
        return self.confirmed + self.not_confirmed

    @property
    def wrong(self) -> str:
        return percent(self.not_confirmed, self.decided)


def rates(signed: SignedIn) -> list[Rate]:
    must_act(signed.actors, READS, "查看疑点")
    condition, values = in_area(signed)
    counted = {
        (row["kind"], row["state"]): row["n"]
        for row in rows(f"SELECT f.kind, f.state, count(*) AS n {_FROM} WHERE {condition} GROUP BY 1, 2", values)
    }
    return [Rate(kind, name, *(counted.get((kind, state), 0) for state in STATES)) for kind, name in KINDS.items()]


def list_findings(
    signed: SignedIn, *, kind: str = "", state: str = "", cursor: str = ""
) -> tuple[list[dict[str, Any]], str | None]:
    """The newest first. The auditor gets no titles."""
    must_act(signed.actors, READS, "查看疑点")
    if (kind and kind not in KINDS) or (state and state not in STATES):
        raise invalid("kind", "没有这个选项。")
    condition, values = in_area(signed)
    more = ""
    for column, value in (("kind", kind), ("state", state)):
        if value:
            more, values = more + f" AND f.{column} = %s", [*values, value]
    if cursor:
        more, values = more + " AND (f.found_at, f.id) < (%s, %s)", [*values, *read_cursor(cursor)]
    found = rows(
        f"SELECT {_COLUMNS} {_FROM} {_WHO} WHERE {condition}{more} ORDER BY f.found_at DESC, f.id DESC LIMIT %s",
        [*values, PAGE + 1],
    )
    items = found[:PAGE]
    onward = make_cursor(items[-1]["found_at"], items[-1]["id"]) if len(found) > PAGE else None
    return [_shown(signed, row) for row in items], onward


def finding_for(signed: SignedIn, finding: UUID, *, lock: bool = False) -> dict[str, Any]:
    """One, through the gate; what may not be seen is not found."""
    must_act(signed.actors, READS, "查看疑点")
    condition, values = in_area(signed)
    found = rows(
        f"SELECT {_COLUMNS} {_FROM} {_WHO} WHERE f.id = %s AND {condition}{' FOR UPDATE OF f' if lock else ''}",
        [finding, *values],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到这条疑点，或您无权查看。")
    return _shown(signed, found[0])


def evidence_of(signed: SignedIn, finding: dict[str, Any]) -> list[dict[str, Any]]:
    """The case and those that belong to it, with what was asked and answered (for who reads matters), and what a
    call-back since has brought. Others that the reader may not see are left out."""
    ids = [finding["case_id"], *(UUID(one) for one in finding["cases"])]
    condition, values = in_area(signed)
    cases = rows(
        f'SELECT c.id, c.number, c.title, c.stage, c.outcome, c.registered_at, c.recorded_at FROM "case" c'
        f" WHERE c.id = ANY(%s) AND {condition} ORDER BY c.id = %s DESC, c.registered_at, c.id LIMIT 12",
        [ids, *values, finding["case_id"]],
    )
    wanted = [row["id"] for row in cases]
    texts = rows(
        "SELECT s.case_id, s.kind, s.text, EXISTS (SELECT 1 FROM assignment a WHERE a.case_id = s.case_id AND a.lead"
        " AND a.stage <> 'released' AND a.approved = s.id) AS approved FROM statement s WHERE s.case_id = ANY(%s)"
        " AND s.kind IN ('narrative', 'answer', 'opinion') AND s.erased_at IS NULL ORDER BY s.seq, s.id",
        [wanted],
    )
    sees = signed.viewer().sees_names
    for row in cases:
        own = [one for one in texts if one["case_id"] == row["id"]]
        row["asked"] = next((one["text"] for one in own if one["kind"] == "narrative"), "") if sees else ""
        row["answer"] = answer_of(row["outcome"], own) if sees else ""
        row["title"] = row["title"] if sees else ""
    return cases


def call_back_of(signed: SignedIn, finding: dict[str, Any]) -> dict[str, Any] | None:
    """The newest call-back or rating since the draw, for who reads ratings."""
    if finding["drawn_at"] is None or not signed.viewer().reads_ratings:
        return None
    since: datetime = finding["drawn_at"]
    found = rows(
        "SELECT e.kind, e.occurred_at AS at, (e.payload->'codes'->>'satisfied')::boolean AS satisfied, s.text"
        " FROM event e LEFT JOIN statement s ON s.case_id = e.case_id AND s.seq = e.seq AND s.erased_at IS NULL"
        " WHERE e.case_id = %s AND e.recorded_at >= %s AND e.kind IN ('follow_up', 'rate') AND e.occurred_at >= %s"
        " ORDER BY e.seq DESC LIMIT 1",
        [finding["case_id"], finding["recorded_at"], since],
    )
    return found[0] if found else None


def _shown(signed: SignedIn, row: dict[str, Any]) -> dict[str, Any]:
    """What the reader may know of it. A sentence about ratings says how single matters were rated, and a reason what
    somebody said at the call-back: both are for who reads ratings."""
    viewer = signed.viewer()
    tells = viewer.reads_ratings or row["kind"] not in OF_RATINGS
    evidence, cases = orjson.loads(row["evidence"]), orjson.loads(row["cases"])
    return {
        **row,
        "cases": cases if tells else [],
        "evidence": evidence if tells else {},
        "kind_name": KINDS[row["kind"]],
        "state_name": STATES[row["state"]],
        "said": said(row["kind"], evidence) if tells else "按岗位不显示评价的情况。",
        "reason": row["reason"] if viewer.reads_ratings else "",
        "title": row["title"] if viewer.sees_names else "",
    }
