"""A case in memory while a step works on it: the rows as they stand, and what has become of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from onedoor.cases.counted import Contribution, contribution_of
from onedoor.cases.ledger import GOVERNED, JSON_COLUMNS
from onedoor.cases.schemes import scheme_of
from onedoor.cases.sql import array, rows
from onedoor.rules.access import Confidentiality, Viewer, audiences_of_case
from onedoor.rules.facts import (
    AssignmentFacts,
    CaseFacts,
    ClockFacts,
    MediationStanding,
    PartyFacts,
    SupervisionFacts,
    TargetFacts,
)
from onedoor.rules.schemes import Scheme

Row = dict[str, Any]


@dataclass(slots=True)
class CaseState:
    """The rows of one case. `new` holds what is to be inserted, `changed` what is to be updated, both by
    table; `before` is the case row as it was loaded."""

    case: Row
    parties: list[Row] = field(default_factory=list)
    assignments: list[Row] = field(default_factory=list)
    clocks: list[Row] = field(default_factory=list)
    papers: list[Row] = field(default_factory=list)  # statements and attachments, read only to be erased
    said: list[Row] = field(default_factory=list)  # statements that the case file shows
    numbers: list[Row] = field(default_factory=list)  # external numbers
    files: list[Row] = field(default_factory=list)  # attachments
    supervisions: list[Row] = field(default_factory=list)
    beside: list[Row] = field(default_factory=list)  # rows of a room that are to be changed
    names: list[Row] = field(default_factory=list)  # one row: codes and names of category, division, centres
    new: dict[str, list[Row]] = field(default_factory=dict)
    changed: dict[tuple[str, UUID], set[str]] = field(default_factory=dict)
    is_new: bool = False
    version_before: int = 0
    repeated_before: tuple[object, ...] = ()
    audiences_before: frozenset[int] = frozenset()
    counted_before: Contribution | None = None
    take_back_notices: bool = False
    text_changed: bool = False

    def add(self, table: str, row: Row) -> None:
        self.new.setdefault(table, []).append(row)

    def change_beside(self, table: str, row: Row, columns: dict[str, object]) -> None:
        """Changes a row of a room; `apply` is told of it, as of a new one, by its argument `beside`."""
        if row not in self.beside:
            self.beside.append(row)
        self.change(table, row, columns)

    def change(self, table: str, row: Row, columns: dict[str, object]) -> None:
        """Sets columns of a row; a row that is itself new needs no update."""
        differing = [column for column, value in columns.items() if row[column] != value]
        if not differing:
            return
        fresh = table in self.new and row in self.new[table]
        for column in differing:
            row[column] = columns[column]
        if not fresh:
            self.changed.setdefault((table, row["id"]), set()).update(differing)

    def is_renamed(self) -> bool:
        """Whether a move has changed what `names` names: the present centre, or a corrected category."""
        changed = self.changed.get(("case", self.case["id"]), set())
        return not changed.isdisjoint(_NAMED)

    def seen_by(self, viewer: Viewer) -> bool:
        """Whether the viewer may see the case as it now stands."""
        if viewer.whole_tree and self.case["confidentiality"] == Confidentiality.ORDINARY:
            return True
        return not self.audiences().isdisjoint(viewer.audiences)

    def audiences(self) -> frozenset[int]:
        case = self.case
        return _audiences(
            case["confidentiality"],
            case["creator_id"],
            tuple(case["named"]),
            tuple(self.unit_parts()),
            (tuple(case["division_path"]), tuple(case["receiving_path"]), tuple(case["present_path"])),
            # what is filed is read by those whose it is
            self.mediators if case["stage"] != "archived" else (),
        )

    def unit_parts(self) -> list[int]:
        """Units with a part in it that has not been taken from them."""
        return [part["unit_id"] for part in self.assignments if part["stage"] != "released"]

    @property
    def terms(self) -> Scheme:
        """The scheme in the version that the case began with."""
        return scheme_of(self.case["scheme"], self.case["scheme_version"])

    def repeated(self) -> tuple[object, ...]:
        """What the gate repeats of the case, in the order of REPEATED."""
        case = self.case
        return case["stage"], case["due_at"], case["red_at"], case["confidentiality"] != Confidentiality.ORDINARY

    def facts(self) -> CaseFacts:
        case = self.case
        return CaseFacts(
            number=case["number"],
            stage=case["stage"],
            kind=case["kind"],
            purpose=case["purpose"],
            channel=case["channel"],
            confidentiality=case["confidentiality"],
            terms=self.terms,
            track=case["track"],
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
            accepted_at=case["accepted_at"],
            place_path=tuple(case["division_path"]),
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
                    light=row["light"],
                    rung=row["rung"],
                )
                for row in self.clocks
            ),
            supervisions=tuple(
                SupervisionFacts(
                    id=str(row["id"]),
                    number=row["number"],
                    unit=row["unit_id"],
                    level=row["level"],
                    cause=row["cause"],
                    state=row["state"],
                    clock=str(row["clock"]) if row["clock"] else None,
                    issued_by=row["issued_by"],
                )
                for row in self.supervisions
            ),
            mediation=MediationStanding(**{**case["mediation"], "mediators": self.mediators}),
        )

    @property
    def mediators(self) -> tuple[int, ...]:
        """Accounts of who mediates the case, or has brought its agreement about."""
        return tuple(self.case["mediation"].get("mediators", ()))

    def as_target(self) -> TargetFacts:
        case = self.case
        return TargetFacts(
            id=str(case["id"]),
            number=case["number"],
            stage=case["stage"],
            confidentiality=case["confidentiality"],
            present_centre=case["present_centre_id"],
        )


@lru_cache(maxsize=4096)
def _audiences(
    confidentiality: str,
    creator: int | None,
    named: tuple[int, ...],
    unit_parts: tuple[int, ...],
    division_paths: tuple[tuple[int, ...], ...],
    mediators: tuple[int, ...],
) -> frozenset[int]:
    """Remembered, for each case is asked before and after, and the cases of a place are much alike."""
    return audiences_of_case(
        confidentiality=confidentiality,
        creator=creator,
        named=named,
        unit_parts=unit_parts,
        division_paths=division_paths,
        mediators=mediators,
    )


def _named(table: str, name: str) -> str:
    return ", ".join(f"{name}.{column}" for column in GOVERNED[table])


# The whole of a case in one statement. It must not be part of the statement that locks the case: after
# waiting for a lock PostgreSQL renews the locked row, and would leave these parts as they were before.
_MOVING = """
           (SELECT json_agg(a ORDER BY assigned_at, lead DESC, id) FROM
                   (SELECT a.*, u.short_name AS unit_name, u.code AS unit_code
                      FROM assignment a JOIN people_unit u ON u.id = a.unit_id
                     WHERE a.case_id = k.id) a)::text AS assignments,
           (SELECT json_agg(c ORDER BY started_at, id) FROM clock c WHERE c.case_id = k.id)::text AS clocks,
           (SELECT json_agg(v ORDER BY issued_at, id) FROM supervision v
             WHERE v.case_id = k.id)::text AS supervisions
"""
# The same of many cases, a statement for each table: what the server makes into JSON for one case, so that all comes
# in one round trip, would have to be made and read again for each of a million.
_MOVING_MANY = {
    "assignments": f"""
        SELECT {_named("assignment", "a")}, u.short_name AS unit_name, u.code AS unit_code
          FROM assignment a JOIN people_unit u ON u.id = a.unit_id
         WHERE a.case_id = ANY(%s::uuid[]) ORDER BY a.assigned_at, a.lead DESC, a.id
    """,
    "clocks": f"""
        SELECT {_named("clock", "c")} FROM clock c
         WHERE c.case_id = ANY(%s::uuid[]) ORDER BY c.started_at, c.id
    """,
    "supervisions": f"""
        SELECT {_named("supervision", "v")} FROM supervision v
         WHERE v.case_id = ANY(%s::uuid[]) ORDER BY v.issued_at, v.id
    """,
}
_WHOLE = f"""
    SELECT {_MOVING},
           (SELECT json_agg(p ORDER BY place) FROM party p WHERE p.case_id = k.id)::text AS parties,
           (SELECT json_agg(s ORDER BY seq, id) FROM
                   (SELECT id, seq, kind, text, erased_at FROM statement
                     WHERE case_id = k.id AND kind = ANY(%s)) s)::text AS said,
           (SELECT json_agg(e ORDER BY id) FROM
                   (SELECT id, system, number FROM external_number WHERE case_id = k.id) e)::text AS numbers,
           (SELECT json_agg(f ORDER BY at, id) FROM
                   (SELECT id, name, type, size, at, uploader FROM attachment
                     WHERE case_id = k.id AND erased_at IS NULL) f)::text AS files,
           (SELECT json_build_array(n) FROM
                   (SELECT g.code AS category, g.name AS category_name, d.code AS division,
                           d.name AS division_name, r.code AS receiving_centre,
                           r.short_name AS receiving_centre_name, p.code AS present_centre,
                           p.short_name AS present_centre_name
                      FROM category g, people_division d, people_unit r, people_unit p
                     WHERE g.id = %s AND d.id = %s AND r.id = %s AND p.id = %s) n)::text AS names
      FROM (SELECT %s::uuid AS id) k
"""
REPEATED = ("stage", "due_at", "red_at", "restricted")
SAID = ("narrative", "answer", "opinion")
_NAMED = ("category_id", "division_id", "receiving_centre_id", "present_centre_id")
_IDS = frozenset({"id", "case_id", "assignment", "approved", "clock"})
_TIMES = frozenset(
    {
        "assigned_at", "object_until", "signed_at", "started_at", "warn_at", "red_at", "due_at", "paused_at",
        "stopped_at", "look_at", "issued_at", "reply_by", "asked_at", "chased_at", "replied_at", "closed_at",
        "confirmed_at", "erased_at", "at",
    }
)  # fmt: skip
_JSON = tuple(column for column in GOVERNED["case"] if column in JSON_COLUMNS)
_BYTES = frozenset({"id_number", "id_number_index", "phone", "phone_index", "address", "salt"})


def _typed(row: Row) -> Row:
    for column, value in row.items():
        if value is None:
            continue
        if column in _IDS:
            row[column] = UUID(value)
        elif column in _TIMES:
            row[column] = datetime.fromisoformat(value)
        elif column in _BYTES:
            row[column] = bytes.fromhex(value[2:])
    return row


def load(case: Row) -> CaseState:
    """All of a case whose row is at hand, and locked if it is to be changed."""
    _read_json(case)
    named = [case[column] for column in _NAMED]
    found = rows(_WHOLE, [list(SAID), *named, case["id"]])[0]
    return _state(
        case, {name: [_typed(row) for row in orjson.loads(text)] if text else [] for name, text in found.items()}
    )


def load_moving(cases: Sequence[Row]) -> list[CaseState]:
    """Of several locked cases what the clock itself may change: their parts, clocks and notices of supervision. No
    parties and no texts: enough for a sweep, not for a move."""
    ids = array(case["id"] for case in cases)
    parts: dict[str, dict[UUID, list[Row]]] = {}
    for name, statement in _MOVING_MANY.items():
        mine = parts[name] = defaultdict(list)
        for row in rows(statement, [ids]):
            mine[row["case_id"]].append(row)
    states = []
    for case in cases:
        _read_json(case)
        states.append(_state(case, {name: mine.get(case["id"], []) for name, mine in parts.items()}))
    return states


def _read_json(case: Row) -> None:
    for column in _JSON:
        if isinstance(case[column], str):
            case[column] = orjson.loads(case[column])


def _state(case: Row, parts: dict[str, Any]) -> CaseState:
    state = CaseState(case, **parts)
    state.version_before = case["version"]
    state.repeated_before = state.repeated()
    state.audiences_before = state.audiences()
    state.counted_before = contribution_of(case, state.unit_parts())
    return state
