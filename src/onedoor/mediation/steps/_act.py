"""The frame of every step of mediation: lock the case, ask the gate and the flow, decide, write rows and event."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from onedoor.cases.ids import new_id
from onedoor.cases.ledger import GOVERNED, utc
from onedoor.cases.queries.gate import COLUMNS, case_for, not_found
from onedoor.cases.secrets import salt
from onedoor.cases.sql import rows
from onedoor.cases.steps import _once
from onedoor.cases.steps._record import apply, flush
from onedoor.cases.steps._state import CaseState, Row, load
from onedoor.cases.steps.make_move import fitting
from onedoor.mediation.queries.names import called, party_names
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.facts import CaseFacts, Decision
from onedoor.rules.flow import check_move
from onedoor.rules.identity import check_text
from onedoor.rules.mediation import OF_THE_MEDIATOR, MediationFacts, newest
from onedoor.rules.mediation_flow import MEDIATION_FLOW
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.standing import Promise, standing_of


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts, on which case. With `key` a repeated request changes nothing."""

    viewer: Viewer
    actors: tuple[Actor, ...]
    number: str
    at: datetime
    key: str | None = None


@dataclass(slots=True)
class Act:
    """One step under way: what the rules look at, and the rows that it changes."""

    move: str
    state: CaseState
    facts: CaseFacts
    actor: Actor
    at: datetime
    again: bool = False
    beside: list[tuple[str, Row]] = field(default_factory=list)
    decision: Decision | None = None
    after: list[Callable[[], None]] = field(default_factory=list)  # run once the writer has written
    made: UUID = field(default_factory=new_id)  # id of what the step makes; the same when its key comes again

    def new(self, table: str, row: Row) -> Row:
        """Adds a row of the room; what it does not name is nothing."""
        whole = {"case_id": self.state.case["id"], "erased_at": None, "salt": salt(), **row}
        missing = set(GOVERNED[table]) - whole.keys()
        assert not missing, f"{table}: {missing}"
        self.state.add(table, whole)
        self.beside.append((table, whole))
        return whole

    def change(self, table: str, row: Row, columns: dict[str, Any]) -> None:
        self.state.change_beside(table, row, columns)
        if (table, row) not in self.beside:
            self.beside.append((table, row))

    def rows_of(self, table: str, condition: str = "TRUE", values: tuple[Any, ...] = ()) -> list[Row]:
        return rows_of(table, self.state.case["id"], condition, values)

    def row_of(self, table: str, key: object) -> Row:
        """The row of this case with that id; a wrong id is not found, whoever asks."""
        found = self.rows_of(table, "id = %s", (key_of(key),))
        if not found:
            raise Refused(NOT_FOUND, "没有找到，或者已被改动，请刷新后重试。")
        return found[0]

    def standing(self) -> dict[str, object]:
        """What the case keeps of its mediations, with what this step has changed."""
        rows = {table: self._as_changed(table) for table in _STANDING}
        return standing_of(
            self.facts.parties,
            [facts_of(row, rows["mediation_consent"]) for row in rows["mediation"]],
            [
                Promise(str(agreement["mediation_id"]), item["state"])
                for agreement in rows["agreement"]
                if agreement["state"] == "effective"
                for item in rows["agreement_item"]
                if item["agreement_id"] == agreement["id"]
            ],
        )

    def _as_changed(self, table: str) -> list[Row]:
        mine = {row["id"]: row for name, row in self.beside if name == table}
        there = [mine.pop(row["id"], row) for row in self.rows_of(table)]
        return [*there, *mine.values()]


def key_of(text: object) -> UUID | None:
    """The id of a row that an address or a form bears; None, which no row has, for what is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


_STANDING = ("mediation", "mediation_consent", "agreement", "agreement_item")
_ORDER = {
    "mediation": "opened_at, id",
    "mediation_consent": "at, id",
    "mediation_session": "starts_at, id",
    "session_signature": "at, id",
    "session_recording": "at, id",
    "agreement": "drafted_at, id",
    "agreement_item": "agreement_id, place",
    "agreement_signature": "at, id",
    "performance_entry": "at, id",
    "agreement_visit": "due_on, id",
    "judicial_confirmation": "applied_at, id",
}
_JSON = {"mediators", "routes", "present", "heard_by", "checks"}


def rows_of(table: str, case_id: object, condition: str = "TRUE", values: tuple[Any, ...] = ()) -> list[Row]:
    """The governed columns of a room's rows of one case, in the order in which they came about."""
    names = ", ".join(f"{name}::json" if name in _JSON else name for name in GOVERNED[table])
    statement = f"SELECT {names} FROM {table} WHERE case_id = %s AND {condition} ORDER BY {_ORDER[table]}"
    return [_bytes(row) for row in rows(statement, [case_id, *values])]


def _bytes(row: Row) -> Row:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def facts_of(row: Row, consents: list[Row]) -> MediationFacts:
    return MediationFacts(
        id=str(row["id"]),
        kind=row["kind"],
        source=row["source"],
        state=row["state"],
        mediators=tuple(row["mediators"]),
        disclosure=row["disclosure"],
        materials_at=row["materials_at"],
        returned_at=row["returned_at"],
        consents=newest(one for one in consents if one["mediation_id"] == row["id"] and _still_holds(row, one)),
    )


def _still_holds(mediation: Row, consent: Row) -> bool:
    """What was said of a mediator was said of the one there was."""
    since = mediation["mediators_since"]
    return consent["purpose"] not in OF_THE_MEDIATOR or since is None or consent["at"] >= since


def words(text: str, *, most: int, field: str, label: str) -> str:
    """Clean text, or nothing: what must not be missing the rule says, beside all else that is."""
    return check_text(text, most=most, field=field, label=label, required=False)


# Whose rules ask whether a mediator bears the name of a party; they name no party.
_COMPARES_NAMES = frozenset({"open_mediation", "change_mediator"})


@contextmanager
def acting(move: str, who: Who, content: object = None) -> Iterator[Act]:
    """Everything between the lock and the commit. The body sets `decision`; when it ends, rows, clocks and the event
    are written. `again` is true when `key` has been seen before: then nothing is to be done."""
    at = utc(who.at)
    if not who.actors:
        raise Refused("not_allowed", "您没有在任的岗位。")
    with transaction.atomic(durable=True):
        state = load(case_for(who.viewer, who.number, lock=True))
        if not state.seen_by(who.viewer):
            raise not_found()
        facts = state.facts()
        if move not in _COMPARES_NAMES:
            # what is refused is read by who acts, and names the parties as his pages do; no rule decides by a name
            facts = called(facts, party_names(who.viewer, state))
        again = False
        if who.key is not None:
            digest = _once.digest([state.case["number"], move, content])
            number = state.case["number"]
            again = (
                _once.seen_before(account=who.actors[0].account, key=who.key, content=digest, number=number)
                is not None
            )
        actor = _fitting_of(move, facts, who.actors, at) if not again else who.actors[0]
        act = Act(move, state, facts, actor, at, again)
        if who.key is not None:
            act.made = uuid5(act.state.case["id"], f"{who.actors[0].account}:{who.key}")
        yield act
        if act.again:
            return
        assert act.decision is not None, "a step decides"
        standing = act.standing()
        if standing != state.case["mediation"]:
            act.decision.case["mediation"] = standing
        apply(state, move, act.decision, actor=actor, at=at, recorded_at=at, beside=act.beside)
        flush([state])
        for more in act.after:
            more()


@contextmanager
def by_itself(move: str, case_id: UUID, at: datetime) -> Iterator[Act]:
    """What nobody does: within a transaction that is open already, the case is locked and the body may set `decision`.
    The event names no actor."""
    found = rows(f'SELECT {COLUMNS} FROM "case" c WHERE c.id = %s FOR NO KEY UPDATE', [case_id])
    state = load(found[0])
    act = Act(move, state, state.facts(), NOBODY, utc(at))
    yield act
    if act.decision is None:
        return
    standing = act.standing()
    if standing != state.case["mediation"]:
        act.decision.case["mediation"] = standing
    apply(state, move, act.decision, actor=None, at=act.at, recorded_at=act.at, beside=act.beside)
    flush([state])


NOBODY = Actor(0, "", "", 0, 0, 0, ())


def _fitting_of(move: str, facts: CaseFacts, actors: tuple[Actor, ...], at: datetime) -> Actor:
    actor = fitting(MEDIATION_FLOW[move], facts, actors, at)
    check_move(MEDIATION_FLOW[move], facts, actor, at)
    return actor
