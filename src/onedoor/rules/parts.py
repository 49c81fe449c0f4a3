"""Small pieces that the rule files of several stages share."""

from collections.abc import Iterable

from onedoor.rules.access import Confidentiality, check_named_person
from onedoor.rules.facts import CaseFacts, ClockOrder, Inputs, NewStatement, NoticeOrder, PersonFacts, UnitFacts
from onedoor.rules.refusal import invalid
from onedoor.rules.schemes import CLOCK_NAMES

# What the parties may still do, and the court has still to do, when our own handling is over.
OUTLIVE = frozenset({"request_review", "sue", "confirm", "confirm_accept", "confirm_decide", "file", "perform"})


def refuse_barred_units(facts: CaseFacts, units: Iterable[UnitFacts], field: str = "unit") -> None:
    """An accused unit never gets the case (信访工作条例 §30), nor a respondent unit its own matter."""
    respondents = {party.unit for party in facts.parties if party.part == "respondent" and party.unit}
    for unit in units:
        if unit.id in facts.accused_units:
            raise invalid(field, f"不能把事项交给被检举控告的单位（{unit.name}）办理。")
        if unit.id in respondents:
            raise invalid(field, f"{unit.name}是本事项的被申请人，不能由它办理，请另选单位。")


def named_with(facts: CaseFacts, take: Inputs, units: Iterable[UnitFacts]) -> list[int]:
    """The persons named on a restricted case once those in `take.persons` join.

    Each unit that gets the case needs at least one of its own people named, none of an accused unit, and
    none who is himself a party (回避). An ordinary case names nobody.
    """
    if facts.confidentiality == Confidentiality.ORDINARY:
        if take.persons:
            raise invalid("persons", "一般事项按单位知悉，不需要指定知悉人。")
        return list(facts.named)
    for unit in units:
        if not any(unit.id in person.units for person in take.persons):
            raise invalid("persons", f"限制知悉的事项须指定{unit.name}的承办人。")
    check_persons(facts, take.persons, facts.accused_units)
    return sorted({*facts.named, *(person.account for person in take.persons)})


def check_persons(facts: CaseFacts, persons: Iterable[PersonFacts], accused: Iterable[int]) -> None:
    """Refuses people of an accused unit, and people who bear the name of the other side."""
    accused = tuple(accused)
    others = {party.name for party in facts.parties if party.part == "respondent" and party.kind == "person"}
    for person in persons:
        check_named_person(units=person.units, accused_units=accused, name=person.name)
        if person.name in others:
            raise invalid("persons", f"{person.name}与被申请人同名，须回避；确非同一人的，请另选人员。")


def released(facts: CaseFacts, why: str) -> dict[str, dict[str, object]]:
    """Ends every unit's part that is still open."""
    return {
        part.id: {"stage": "released", "end_reason": why} for part in facts.assignments if part.stage != "released"
    }


def units_clocks_stop() -> list[ClockOrder]:
    """The limits that bind a unit end when the case leaves it; the case's own go on."""
    return [ClockOrder("stop", "sign"), ClockOrder("stop", "inform"), ClockOrder("stop", "rule")]


def handling_begins(facts: CaseFacts) -> ClockOrder:
    """The limit that runs while a case waits for dispatch: that for handling, or, where that begins only with the
    competent unit's acceptance, that for dispatch."""
    return ClockOrder("start", "dispatch" if facts.terms.handle_waits else "handle")


def waits_for_dispatch(facts: CaseFacts) -> list[ClockOrder]:
    """The limit for dispatch, where there is one, begins anew when the case comes back to be dispatched."""
    return [ClockOrder("stop", "dispatch"), ClockOrder("start", "dispatch")] if facts.terms.handle_waits else []


TO_TELL = "to_tell"


def still_to_do(facts: CaseFacts) -> dict[str, object]:
    """Of what is pending that which does not end with a unit's part: what the parties must be told, and dates that a
    changed calendar has put in question."""
    return {key: dict(value) for key, value in facts.pending.items() if key == "due" or key.startswith(TO_TELL)}


def clocks_wait() -> list[ClockOrder]:
    """What is concluded waits for its review: the handling limit stands still, in case the matter is sent back
    to be handled further; all others end."""
    ended = [kind for kind in CLOCK_NAMES if kind != "handle" and kind not in OUTLIVE]
    return [ClockOrder("pause", "handle"), *(ClockOrder("stop", kind) for kind in ended)]


def tell_units(facts: CaseFacts, kind: str) -> list[NoticeOrder]:
    """A notice of that kind to every unit that still has a part."""
    return [NoticeOrder(kind, unit=part.unit) for part in facts.assignments if part.stage != "released"]


def without(facts: CaseFacts, key: str) -> dict[str, object]:
    """What is pending, less one item."""
    return {name: dict(value) for name, value in facts.pending.items() if name != key}


def reason(take: Inputs) -> list[NewStatement]:
    return [NewStatement("reason", take.reason)] if take.reason else []


def route(take: Inputs) -> list[NewStatement]:
    """The lawful route told and the basis named, where the input has them."""
    told = [NewStatement("guidance", take.route)] if take.route else []
    return [*told, *([NewStatement("basis", take.basis)] if take.basis else [])]
