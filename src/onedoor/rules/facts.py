"""What a rule may look at, frozen, and what it gives back."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from onedoor.rules.schemes import Scheme

Code = str | int | bool | None | list[str] | list[int] | dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit that an input names. `division_path`: ids, root first."""

    id: int
    code: str
    name: str
    kind: str
    division: int
    division_path: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """An account that an input names, with the units of its posts."""

    account: int
    username: str
    name: str
    units: tuple[int, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """One unit's part."""

    id: str
    unit: int
    unit_name: str
    lead: bool
    stage: str
    designated: bool
    object_until: datetime | None
    signed_by: int | None
    accepted: bool | None
    approved: str | None  # id of the statement the unit's lead has signed off (签发)


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """A running or stopped clock."""

    id: str
    kind: str
    assignment: str | None
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    paused_at: datetime | None
    stopped_at: datetime | None
    extended: int
    light: str = "green"
    rung: int = 0


@dataclass(frozen=True, slots=True)
class SupervisionFacts:
    """One notice of supervision (督办单). `issued_by` None: raised by the sweeper."""

    id: str
    number: str
    unit: int
    level: str
    cause: str
    state: str
    clock: str | None
    issued_by: int | None


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """One party; `unit` is set where the party is itself one of the centre's units."""

    id: str
    part: str
    kind: str
    name: str
    unit: int | None


@dataclass(frozen=True, slots=True)
class MediationStanding:
    """What a case knows of its mediations; the room keeps it (`rules/standing.py`). `state` of `mediation.STATES`, of
    the one that runs, else of the one that led to an agreement, else of the last; "" for none. `waiting`: promises of
    the agreement in effect that are neither kept nor found broken; None where none were made. `longer`: all parties
    agree to more time. `report`: who has handed the matter over has not yet been told how it ended."""

    state: str = ""
    mediators: tuple[int, ...] = ()
    waiting: int | None = None
    longer: bool = False
    report: bool = False

    @property
    def runs(self) -> bool:
        return self.state in ("asking", "open")


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as the rules see it."""

    number: str
    stage: str
    kind: str
    purpose: str
    channel: str
    confidentiality: str
    terms: Scheme
    track: str
    anonymous: bool
    someone_hurt: bool
    outcome: str
    bar: str
    creator: int | None
    receiving_centre: int
    present_centre: int
    present_path: tuple[int, ...]
    sent_down_from: int | None
    lead_unit: int | None
    concluded_by: int | None
    withdrawn_at: datetime | None
    closed_at: datetime | None
    served_at: datetime | None
    paused_at: datetime | None
    sampled: bool
    satisfied: bool | None
    pending: Mapping[str, Mapping[str, str | int | None]]
    named: tuple[int, ...]
    accused_units: tuple[int, ...]
    parties: tuple[PartyFacts, ...]
    assignments: tuple[AssignmentFacts, ...]
    clocks: tuple[ClockFacts, ...]
    supervisions: tuple[SupervisionFacts, ...] = ()
    mediation: MediationStanding = MediationStanding()
    accepted_at: datetime | None = None
    place_path: tuple[int, ...] = ()  # of the division where it happened, root first

    def clock(self, kind: str) -> ClockFacts | None:
        """The clock of that kind that still runs."""
        return next((clock for clock in self.clocks if clock.kind == kind and clock.stopped_at is None), None)

    @property
    def lead(self) -> AssignmentFacts | None:
        """The lead unit's part that is still open."""
        return next((part for part in self.assignments if part.lead and part.stage != "released"), None)

    @property
    def handled_by(self) -> frozenset[int]:
        """The people who handle the case: who has signed for a part, and who has concluded it."""
        handlers = (self.concluded_by, *(part.signed_by for part in self.assignments))
        return frozenset(account for account in handlers if account is not None)


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """Another case that an input names (`into` of a merge)."""

    id: str
    number: str
    stage: str
    confidentiality: str
    present_centre: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a move may take; FLOW says which move takes what. Codes are already resolved to facts."""

    reason: str = ""
    text: str = ""
    answer: str = ""
    outcome: str = ""
    route: str = ""
    basis: str = ""
    destination: str = ""
    proof: str = ""
    proof_holds: bool = False  # the step has checked the code or found the signed sheet
    level: str = ""
    field: str = ""
    value: str = ""
    cause: str = ""
    track: str = ""
    days: int | None = None
    ability: int | None = None
    manner: int | None = None
    result: int | None = None
    on: date | None = None
    assignment: str = ""
    supervision: str = ""
    accepted: bool | None = None
    granted: bool | None = None
    upheld: bool | None = None
    satisfied: bool | None = None
    performed: bool | None = None
    confirmed: bool | None = None
    unit: UnitFacts | None = None
    units: tuple[UnitFacts, ...] = ()
    co_units: tuple[UnitFacts, ...] = ()
    accused_units: tuple[UnitFacts, ...] = ()
    centre: UnitFacts | None = None
    persons: tuple[PersonFacts, ...] = ()
    mediator: PersonFacts | None = None
    amounts: Mapping[str, int] = dataclasses.field(default_factory=dict)  # party id → 分
    into: TargetFacts | None = None


@dataclass(frozen=True, slots=True)
class NewAssignment:
    unit: UnitFacts
    lead: bool
    stage: str = "awaiting"
    designated: bool = False


@dataclass(frozen=True, slots=True)
class NewStatement:
    """What was written. `approves`: this statement becomes the signed-off text of that assignment;
    `answers`: it becomes that assignment's opinion."""

    kind: str
    text: str
    assignment: str | None = None
    approves: str | None = None


@dataclass(frozen=True, slots=True)
class ClockOrder:
    """What is to happen to clocks: start, stop, pause, resume or extend those of `kind` (all if empty).

    `assignment` limits it to one unit's part; `each_assignment` starts one for every new assignment. A pause for a
    `cause` (of `schemes.PAUSE_NAMES`) stops only the clocks that it may;
    `until` says when it should be over. `clock` names the one that is meant. `on`: it begins with that day, `since`:
    with that instant, not now. "restart" lets the running one begin anew, with the extension that it has had.
    """

    do: str
    kind: str = ""
    assignment: str | None = None
    each_assignment: bool = False
    days: int = 0
    cause: str = ""
    until: datetime | None = None
    clock: str = ""
    on: date | None = None
    since: datetime | None = None
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class NewSupervision:
    """A notice to be raised: to which unit, and within how many working days it has to reply."""

    unit: int
    level: str
    cause: str
    days: int
    demand: str = ""
    clock: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeOrder:
    """Who is told of what: a unit by id, or a person by account id."""

    kind: str
    unit: int | None = None
    account: int | None = None


@dataclass(slots=True)
class Decision:
    """What a rule has decided; the writer carries it out and nothing else."""

    stage: str
    case: dict[str, object] = dataclasses.field(default_factory=dict)
    assign: list[NewAssignment] = dataclasses.field(default_factory=list)
    parts: dict[str, dict[str, object]] = dataclasses.field(default_factory=dict)  # assignment id → changed columns
    parties: dict[str, dict[str, object]] = dataclasses.field(default_factory=dict)
    statements: list[NewStatement] = dataclasses.field(default_factory=list)
    clocks: list[ClockOrder] = dataclasses.field(default_factory=list)
    supervise: list[NewSupervision] = dataclasses.field(default_factory=list)
    supervisions: dict[str, dict[str, object]] = dataclasses.field(default_factory=dict)  # id → changed columns
    notices: list[NoticeOrder] = dataclasses.field(default_factory=list)
    codes: dict[str, Code] = dataclasses.field(default_factory=dict)
    take_back_notices: bool = False
