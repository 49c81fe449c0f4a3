"""A case in memory while a step works on it: the rows as they stand, and what has become of them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from onedoor.cases.ledger import JSON_COLUMNS
from onedoor.cases.sql import rows
from onedoor.rules.access import audiences_of_case
from onedoor.rules.facts import AssignmentFacts, CaseFacts, ClockFacts, PartyFacts, TargetFacts

Row = dict[str, Any]


@dataclass(slots=True)
class CaseState:
    """The rows of one case. `new` holds what is to be inserted, `changed` what is to be updated, both by
    table; `before` is the case row as it was loaded."""

    case: Row
    parties: list[Row] = field(default_factory=list)
    assignments: list[Row] = field(default_factory=list)
    clocks: list[Row] = field(default_factory=list)
    new: dict[str, list[Row]] = field(default_factory=dict)
    changed: dict[tuple[str, UUID], set[str]] = field(default_factory=dict)
    is_new: bool = False
    version_before: int = 0
    stage_before: str = ""
    audiences_before: frozenset[int] = frozenset()
    take_back_notices: bool = False
    text_changed: bool = False

    def add(self, table: str, row: Row) -> None:
        self.new.setdefault(table, []).append(row)

    def change(self, table: str, row: Row, columns: dict[str, object]) -> None:
        """Sets columns of a row; a row that is itself new needs no update."""
        fresh = row in self.new.get(table, ())
        for column, value in columns.items():
            if row[column] != value:
                row[column] = value
                if not fresh:
                    self.changed.setdefault((table, row["id"]), set()).add(column)

    def audiences(self) -> frozenset[int]:
        case = self.case
        return audiences_of_case(
            confidentiality=case["confidentiality"],
            creator=case["creator_id"],
            named=case["named"],
            unit_parts=[part["unit_id"] for part in self.assignments if part["stage"] != "released"],
            division_paths=[
                tuple(case["division_path"]),
                tuple(case["receiving_path"]),
                tuple(case["present_path"]),
            ],
        )

    def facts(self) -> CaseFacts:
        case = self.case
        return CaseFacts(
            number=case["number"],
            stage=case["stage"],
            kind=case["kind"],
            purpose=case["purpose"],
            channel=case["channel"],
            confidentiality=case["confidentiality"],
            scheme=case["scheme"],
            anonymous=case["anonymous"],
            someone_hurt=case["someone_hurt"],
            outcome=case["outcome"],
            bar=case["bar"],
            creator=case["creator_id"],
            receiving_centre=case["receiving_centre_id"],
            present_centre=case["present_centre_id"],
            present_path=tuple(case["present_path"]),
            sent_down_from=case["sent_down_from_id"],
            lead_unit=case["lead_unit_id"],
            concluded_by=case["concluded_by"],
            withdrawn_at=case["withdrawn_at"],
            closed_at=case["closed_at"],
            served_at=case["served_at"],
            paused_at=case["paused_at"],
            sampled=case["sampled"],
            satisfied=case["satisfied"],
            pending=case["pending"],
            named=tuple(case["named"]),
            accused_units=tuple(case["accused_units"]),
            parties=tuple(
                PartyFacts(str(row["id"]), row["part"], row["kind"], row["name"], row["unit_id"])
                for row in self.parties
            ),
            assignments=tuple(
                AssignmentFacts(
                    id=str(row["id"]),
                    unit=row["unit_id"],
                    unit_name=row["unit_name"],
                    lead=row["lead"],
                    stage=row["stage"],
                    designated=row["designated"],
                    object_until=row["object_until"],
                    signed_by=row["signed_by"],
                    accepted=row["accepted"],
                    approved=str(row["approved"]) if row["approved"] else None,
                )
                for row in self.assignments
            ),
            clocks=tuple(
                ClockFacts(
                    id=str(row["id"]),
                    kind=row["kind"],
                    assignment=str(row["assignment"]) if row["assignment"] else None,
                    started_at=row["started_at"],
                    warn_at=row["warn_at"],
                    due_at=row["due_at"],
                    paused_at=row["paused_at"],
                    stopped_at=row["stopped_at"],
                    extended=row["extended"],
                )
                for row in self.clocks
            ),
        )

    def as_target(self) -> TargetFacts:
        case = self.case
        return TargetFacts(
            id=str(case["id"]),
            number=case["number"],
            stage=case["stage"],
            confidentiality=case["confidentiality"],
            present_centre=case["present_centre_id"],
        )


PARTIES = "SELECT * FROM party WHERE case_id = %s ORDER BY place"
ASSIGNMENTS = (
    "SELECT a.*, u.short_name AS unit_name, u.code AS unit_code FROM assignment a"
    " JOIN people_unit u ON u.id = a.unit_id WHERE case_id = %s ORDER BY assigned_at, lead DESC, a.id"
)
CLOCKS = "SELECT * FROM clock WHERE case_id = %s ORDER BY started_at, id"


def from_rows(case: Row, parties: list[Row], assignments: list[Row], clocks: list[Row]) -> CaseState:
    """The state of a case just read, with JSON columns decoded."""
    for column in JSON_COLUMNS:
        if isinstance(case[column], str):
            case[column] = orjson.loads(case[column])
    state = CaseState(case, parties, assignments, clocks)
    state.version_before = case["version"]
    state.stage_before = case["stage"]
    state.audiences_before = state.audiences()
    return state


def load(case: Row) -> CaseState:
    """The rest of a case whose row is at hand, and locked if it is to be changed."""
    key = [case["id"]]
    return from_rows(case, rows(PARTIES, key), rows(ASSIGNMENTS, key), rows(CLOCKS, key))
