"""A small tree of centres and units, its people, and a case in memory that carries out what the rules decide.

`Matter` repeats no rule: it does with a `Decision` what the writer does, in a few dataclasses.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from onedoor.rules import deadlines
from onedoor.rules.access import Actor, Role, applicant
from onedoor.rules.decide import decide
from onedoor.rules.facts import (
    AssignmentFacts,
    CaseFacts,
    ClockFacts,
    ClockOrder,
    Decision,
    Inputs,
    NewAssignment,
    NewStatement,
    NoticeOrder,
    PartyFacts,
    PersonFacts,
    SupervisionFacts,
    TargetFacts,
    UnitFacts,
)
from onedoor.rules.refusal import Refused
from onedoor.rules.scheme_book import RULES, SCHEMES
from onedoor.rules.schemes import choose_scheme

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday

COUNTY, TOWN, OTHER_TOWN, VILLAGE = (1,), (1, 11), (1, 12), (1, 11, 111)


def a_unit(unit: int, name: str, kind: str, path: tuple[int, ...] = COUNTY) -> UnitFacts:
    return UnitFacts(unit, f"unit-{unit}", name, kind, path[-1], path)


centre = a_unit(1, "县综治中心", "centre")
town_centre = a_unit(2, "清禾镇综治中心", "centre", TOWN)
village_centre = a_unit(3, "禾丰塘村综治中心", "centre", VILLAGE)
other_centre = a_unit(4, "石桥湾镇综治中心", "centre", OTHER_TOWN)
rsj = a_unit(21, "人社局", "department")
zjj = a_unit(22, "住建局", "department")
gaj = a_unit(23, "公安局", "police")
committee = a_unit(24, "联合调委会", "committee")
UNITS = (centre, town_centre, village_centre, other_centre, rsj, zjj, gaj, committee)

CAST: dict[int, Actor] = {}


def _person(account: int, username: str, role: Role, unit: UnitFacts) -> Actor:
    CAST[account] = Actor(account, username, role, account, unit.id, unit.division, unit.division_path)
    return CAST[account]


clerk = _person(101, "clerk", Role.CLERK, centre)
resident = CAST[0] = applicant(1)
clerk2 = _person(102, "clerk2", Role.CLERK, centre)
dispatcher = _person(103, "dispatcher", Role.DISPATCHER, centre)
supervisor = _person(104, "supervisor", Role.SUPERVISOR, centre)
director = _person(105, "director", Role.DIRECTOR, centre)
handler = _person(106, "handler", Role.HANDLER, rsj)
colleague = _person(107, "colleague", Role.HANDLER, rsj)
unit_lead = _person(108, "unit_lead", Role.UNIT_LEAD, rsj)
handler2 = _person(109, "handler2", Role.HANDLER, zjj)
unit_lead2 = _person(110, "unit_lead2", Role.UNIT_LEAD, zjj)
handler3 = _person(111, "handler3", Role.HANDLER, gaj)
unit_lead3 = _person(112, "unit_lead3", Role.UNIT_LEAD, gaj)
mediator = _person(113, "mediator", Role.MEDIATOR, committee)
town_clerk = _person(114, "town_clerk", Role.CLERK, town_centre)
town_dispatcher = _person(115, "town_dispatcher", Role.DISPATCHER, town_centre)
village_clerk = _person(116, "village_clerk", Role.CLERK, village_centre)
village_dispatcher = _person(117, "village_dispatcher", Role.DISPATCHER, village_centre)
other_supervisor = _person(118, "other_supervisor", Role.SUPERVISOR, other_centre)
auditor = _person(119, "auditor", Role.AUDITOR, centre)
grid_worker = _person(120, "grid_worker", Role.GRID_WORKER, a_unit(31, "禾丰塘村委会", "village", VILLAGE))
grid_lead = _person(121, "grid_lead", Role.GRID_LEAD, a_unit(32, "清禾镇政府", "township", TOWN))


def known(actor: Actor, name: str = "") -> PersonFacts:
    """The actor as somebody whom an input names."""
    return PersonFacts(actor.account, actor.username, name or actor.username, (actor.unit,), (actor.role,))


def party(number: int, part: str = "applicant", *, name: str = "", unit: UnitFacts | None = None) -> PartyFacts:
    kind = "organisation" if unit else "person"
    return PartyFacts(f"party{number}", part, kind, name or f"当事人{number}", unit.id if unit else None)


def target(number: str = "B", **different: object) -> TargetFacts:
    return replace(TargetFacts(f"id-{number}", number, "accepted", "ordinary", centre.id), **different)  # type: ignore[arg-type]


class EveryDay:
    """A calendar without rest days: what is tested here is the flow, not the counting."""

    def is_working_day(self, day: date) -> bool:
        return True

    def name_of(self, day: date) -> str:
        return ""

    def is_expected(self, day: date) -> bool:
        return False


CALENDAR = EveryDay()

BLANK = CaseFacts(
    number="A", stage="registered", kind="appeal", purpose="", channel="window", confidentiality="ordinary",
    terms=SCHEMES["ordinary"], track="", anonymous=False, someone_hurt=False, outcome="", bar="", creator=clerk.account,
    receiving_centre=centre.id, present_centre=centre.id, present_path=COUNTY, sent_down_from=None,
    lead_unit=None, concluded_by=None, withdrawn_at=None, closed_at=None, served_at=None, paused_at=None,
    sampled=True, satisfied=None, pending={}, named=(), accused_units=(), parties=(party(1),),
    assignments=(), clocks=(),
)  # fmt: skip

# Columns of the case that the rules write and never read.
_WRITTEN_ONLY = {
    "concluded_at", "followed_up_at", "archived_at", "settled_on_spot", "merged_into",
    "title", "category", "amount", "people_involved", "paused_until",
}  # fmt: skip
# Inputs that the step finds out by itself; the person does not give them.
_FOUND = {"proof_holds": "withdraw settle_on_spot", "centre": "send_up send_back_up"}


class Matter:
    """One case and what has become of it. `at` is the time of the next move."""

    def __init__(self, **different: object) -> None:
        if "scheme" in different:
            different["terms"] = SCHEMES[str(different.pop("scheme"))]
        self.facts = replace(BLANK, **different)  # type: ignore[arg-type]
        self.at = NOW
        self.columns: dict[str, object] = {}
        self.settled: dict[str, dict[str, object]] = {}
        self.said: list[NewStatement] = []
        self.told: list[NoticeOrder] = []
        if not self.facts.clocks:
            self._clock(ClockOrder("start", "accept"), [])

    @property
    def stage(self) -> str:
        return self.facts.stage

    def wait(self, **time: float) -> None:
        self.at += timedelta(**time)

    def part(self, unit: UnitFacts) -> AssignmentFacts:
        """The unit's newest part."""
        return next(part for part in reversed(self.facts.assignments) if part.unit == unit.id)

    def clock(self, kind: str) -> ClockFacts:
        """The running clock of that kind."""
        found = self.facts.clock(kind)
        assert found is not None, f"no {kind} clock runs"
        return found

    def decide(self, move: str, actor: Actor, **take: object) -> Decision:
        given = frozenset(name for name in take if move not in _FOUND.get(name, "").split())
        take.pop("code", None)
        return decide(move, self.facts, actor, self.at, Inputs(**take), given)  # type: ignore[arg-type]

    def move(self, move: str, actor: Actor, **take: object) -> Decision:
        decision = self.decide(move, actor, **take)
        self.apply(decision, actor)
        return decision

    def refuses(self, move: str, actor: Actor, **take: object) -> Refused:
        """The refusal; nothing has changed, and there is a sentence to act on."""
        with pytest.raises(Refused) as caught:
            self.apply(self.decide(move, actor, **take), actor)
        refused = caught.value
        assert refused.sentence.endswith("。")
        assert all(sentence.endswith("。") for sentence in refused.fields.values())
        return refused

    def apply(self, decision: Decision, actor: Actor) -> None:
        # first, since an extension may still be refused here
        for order in decision.clocks:
            if order.do == "check_extension":
                deadlines.check_extension(self.facts.terms.items[order.kind], order.days)
        parts = [replace(part, **_columns(decision.parts.get(part.id, {}))) for part in self.facts.assignments]
        place = len(parts)
        parts += [self._part(place + more, new, actor) for more, new in enumerate(decision.assign)]
        for statement in decision.statements:
            self.said.append(statement)
            if statement.approves:
                text = f"statement{len(self.said)}"
                parts = [replace(part, approved=text) if part.id == statement.approves else part for part in parts]
        read = {name: value for name, value in decision.case.items() if name not in _WRITTEN_ONLY}
        self.columns |= decision.case
        for name in ("named", "accused_units", "present_path"):
            if name in read:
                read[name] = tuple(read[name])  # type: ignore[arg-type]
        if "track" in read:
            read["terms"] = SCHEMES[
                choose_scheme(
                    RULES,
                    kind=self.facts.kind,
                    purpose=self.facts.purpose,
                    channel=self.facts.channel,
                    track=str(read["track"]),
                ).scheme
            ]
        read["supervisions"] = self._supervisions(decision, actor)
        self.facts = replace(self.facts, stage=str(decision.stage), assignments=tuple(parts), **read)  # type: ignore[arg-type]
        for order in decision.clocks:
            self._clock(order, [part.id for part in parts[place:]])
        for who, columns in decision.parties.items():
            self.settled.setdefault(who, {}).update(columns)
        self.told += decision.notices

    def _supervisions(self, decision: Decision, actor: Actor) -> tuple[SupervisionFacts, ...]:
        known = {"level", "state"}
        standing = [
            replace(
                one, **{name: value for name, value in decision.supervisions.get(one.id, {}).items() if name in known}
            )  # type: ignore[arg-type]
            for one in self.facts.supervisions
        ]
        for new in decision.supervise:
            name = f"notice{len(standing)}"
            standing.append(
                SupervisionFacts(name, name, new.unit, new.level, new.cause, "open", new.clock, actor.account)
            )
        return tuple(standing)

    def _part(self, place: int, new: NewAssignment, actor: Actor) -> AssignmentFacts:
        limit = deadlines.plan(self.facts.terms, "object", self.at, calendar=CALENDAR, zone=UTC)
        awaiting = new.stage == "awaiting"
        return AssignmentFacts(
            id=f"part{place}", unit=new.unit.id, unit_name=new.unit.name, lead=new.lead, stage=new.stage,
            designated=new.designated, object_until=limit.times.due_at if limit and awaiting else None,
            signed_by=None if awaiting else actor.account, accepted=None, approved=None,
        )  # fmt: skip

    def _clock(self, order: ClockOrder, fresh: list[str]) -> None:
        scheme = self.facts.terms
        clocks = list(self.facts.clocks)
        extended = 0
        if order.do == "restart":
            running = [clock for clock in clocks if clock.kind == order.kind and clock.stopped_at is None]
            extended = max((clock.extended for clock in running), default=0)
            clocks = [replace(clock, stopped_at=self.at) if clock in running else clock for clock in clocks]
        if order.do in ("start", "restart"):
            begins = datetime.combine(order.on, time.min, UTC) if order.on is not None else self.at
            begins = order.since or begins
            plan = deadlines.plan(scheme, order.kind, begins, calendar=CALENDAR, zone=UTC)
            for part in (fresh if order.each_assignment else [order.assignment]) if plan else []:
                clocks.append(
                    ClockFacts(
                        f"clock{len(clocks)}",
                        order.kind,
                        part,
                        begins,
                        plan.times.warn_at,
                        plan.times.due_at,
                        None,
                        None,
                        extended,
                    )
                )
        else:
            clocks = [self._changed(clock, order) for clock in clocks]
        self.facts = replace(self.facts, clocks=tuple(clocks))

    def _changed(self, clock: ClockFacts, order: ClockOrder) -> ClockFacts:
        if clock.stopped_at or order.kind not in ("", clock.kind) or order.assignment not in (None, clock.assignment):
            return clock
        if order.do == "stop":
            return replace(clock, stopped_at=self.at)
        if order.do == "pause":
            return replace(clock, paused_at=clock.paused_at or self.at)
        if order.do == "resume" and clock.paused_at:
            item = self.facts.terms.items[clock.kind]
            back = deadlines.pause_given_back(item, clock.paused_at, self.at, calendar=CALENDAR, zone=UTC)
            return replace(clock, paused_at=None, due_at=clock.due_at + back, warn_at=clock.warn_at + back)
        if order.do == "extend":
            return replace(clock, due_at=clock.due_at + timedelta(days=order.days), extended=order.days)
        return clock


def _columns(changed: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in changed.items() if name not in ("signed_at", "end_reason")}


def accepted(**different: object) -> Matter:
    matter = Matter(**different)
    matter.move("accept", clerk)
    return matter


def dispatched(*co_units: UnitFacts, **different: object) -> Matter:
    """To 人社局, with any co-handling units."""
    matter = accepted(**different)
    matter.move("dispatch", dispatcher, unit=rsj, co_units=co_units)
    return matter


def handling(*co_units: UnitFacts, **different: object) -> Matter:
    matter = dispatched(*co_units, **different)
    matter.move("sign", handler)
    return matter


def concluded(**different: object) -> Matter:
    matter = handling(**different)
    matter.move("conclude", handler, outcome="answered", answer="已答复。")
    return matter


def closed(**different: object) -> Matter:
    matter = concluded(**different)
    matter.move("close", dispatcher)
    return matter
