"""Moves that bring a case to a unit or to another centre."""

from datetime import datetime

from onedoor.rules.access import Actor, Confidentiality, Role
from onedoor.rules.facts import (
    CaseFacts,
    ClockOrder,
    Decision,
    Inputs,
    NewAssignment,
    NoticeOrder,
    UnitFacts,
)
from onedoor.rules.parts import (
    check_persons,
    named_with,
    reason,
    refuse_barred_units,
    released,
    still_to_do,
    tell_units,
    units_clocks_stop,
    waits_for_dispatch,
    without,
)
from onedoor.rules.refusal import NOT_READY, Refused, invalid

CENTRE_KIND = "centre"
MOST_CO_UNITS = 20


def dispatch(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """One lead unit, any number of co-handling ones; each signs for its own part."""
    assert take.unit is not None, "FLOW requires the unit"
    units = (take.unit, *take.co_units)
    if len({unit.id for unit in units}) != len(units):
        raise invalid("co_units", "同一个单位不能既主办又协办，也不能重复。")
    if len(take.co_units) > MOST_CO_UNITS:
        raise invalid("co_units", f"协办单位最多{MOST_CO_UNITS}个。")
    refuse_barred_units(facts, (take.unit,))
    refuse_barred_units(facts, take.co_units, "co_units")
    _refuse_centres(units)
    return Decision(
        "dispatched",
        case={"lead_unit": take.unit.id, "named": named_with(facts, take, units)},
        assign=[NewAssignment(unit, lead=unit is take.unit) for unit in units],
        statements=reason(take),
        clocks=[ClockOrder("stop", "dispatch"), ClockOrder("start", "sign", each_assignment=True)],
        codes={"lead": take.unit.code, "co": [unit.code for unit in take.co_units]},
        notices=[NoticeOrder("to_sign", unit=unit.id) for unit in units],
    )


def recall(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Back to dispatch, also from a unit that has signed and cannot do it; the time for handling runs on."""
    return Decision(
        "accepted",
        case={"lead_unit": None, "pending": still_to_do(facts)},
        parts=released(facts, "recalled"),
        statements=reason(take),
        clocks=[*units_clocks_stop(), *waits_for_dispatch(facts)],
        notices=tell_units(facts, "recalled"),
    )


def designate(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Rules on an objection. The unit named must take it and cannot object again (指定后不得退回).

    Another unit named: the objection is upheld and that unit takes its place. None named: the co-handling
    unit leaves the case; the lead's place cannot stay empty.
    """
    part = next(
        (part for part in facts.assignments if part.stage == "objected" and take.assignment in ("", part.id)),
        None,
    )
    if part is None:
        raise invalid("assignment", "这项任务没有待裁定的异议。")
    if take.unit is None:
        if part.lead:
            raise invalid("unit", "主办单位的异议成立时，须指定另一个主办单位。")
        return Decision(
            facts.stage,
            parts={part.id: {"stage": "released", "end_reason": "upheld"}},
            statements=reason(take),
            notices=[NoticeOrder("objection_upheld", unit=part.unit)],
        )
    if take.unit.id == part.unit:
        return Decision(
            facts.stage,
            parts={part.id: {"stage": "awaiting", "designated": True}},
            statements=reason(take),
            clocks=[ClockOrder("start", "sign", assignment=part.id)],
            codes={"unit": take.unit.code},
            notices=[NoticeOrder("designated", unit=part.unit)],
        )
    if any(other.unit == take.unit.id and other.stage != "released" for other in facts.assignments):
        raise invalid("unit", f"{take.unit.name}已在本事项中，请另选单位。")
    refuse_barred_units(facts, (take.unit,))
    _refuse_centres((take.unit,))
    case: dict[str, object] = {"named": named_with(facts, take, (take.unit,))}
    if part.lead:
        case["lead_unit"] = take.unit.id
    return Decision(
        facts.stage,
        case=case,
        parts={part.id: {"stage": "released", "end_reason": "upheld"}},
        assign=[NewAssignment(take.unit, lead=part.lead, designated=True)],
        statements=reason(take),
        clocks=[ClockOrder("start", "sign", each_assignment=True)],
        codes={"unit": take.unit.code},
        notices=[
            NoticeOrder("objection_upheld", unit=part.unit),
            NoticeOrder("designated", unit=take.unit.id),
        ],
    )


def add_unit(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    assert take.unit is not None, "FLOW requires the unit"
    if any(part.unit == take.unit.id and part.stage != "released" for part in facts.assignments):
        raise invalid("unit", f"{take.unit.name}已在本事项中。")
    refuse_barred_units(facts, (take.unit,))
    _refuse_centres((take.unit,))
    return Decision(
        facts.stage,
        case={"named": named_with(facts, take, (take.unit,))},
        assign=[NewAssignment(take.unit, lead=False)],
        statements=reason(take),
        clocks=[ClockOrder("start", "sign", each_assignment=True)],
        codes={"unit": take.unit.code},
        notices=[NoticeOrder("to_sign", unit=take.unit.id)],
    )


def send_up(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """上报: the step has found the next centre above and put it in `take.centre`."""
    if take.centre is None:
        raise Refused(NOT_READY, "本级以上没有上级中心。")
    return _move_to(facts, take, take.centre, {"sent_down_from": None})


def send_down(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """下交 to a centre below; it may send the case back up."""
    assert take.centre is not None, "FLOW requires the centre"
    below = facts.present_path == take.centre.division_path[: len(facts.present_path)]
    if take.centre.kind != CENTRE_KIND or not below or take.centre.id == facts.present_centre:
        raise invalid("centre", "只能下交给本级以下的综治中心。")
    return _move_to(facts, take, take.centre, {"sent_down_from": facts.present_centre})


def send_back_up(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Back to the centre that sent it down; the step has put it in `take.centre`."""
    assert take.centre is not None, "the step finds who sent it down"
    return _move_to(facts, take, take.centre, {"sent_down_from": None})


def restrict(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Limits who may know of the case, at any stage (信访工作条例 §30).

    Earlier access ends, notices are taken back, and accused units lose their part; where one of them had
    the lead, the case waits for dispatch again. The list of persons given replaces the earlier one.
    """
    if take.level not in (Confidentiality.RESTRICTED, Confidentiality.ACCUSATION):
        raise invalid("level", "知悉范围只能是限制知悉（restricted）或检举控告（accusation）。")
    if facts.confidentiality == Confidentiality.ACCUSATION and take.level != Confidentiality.ACCUSATION:
        raise invalid("level", "检举控告事项不能降为限制知悉。")
    if not take.persons:
        raise invalid("persons", "请至少指定一名知悉人。")
    accused = sorted({*facts.accused_units, *(unit.id for unit in take.accused_units)})
    check_persons(facts, take.persons, accused)
    if facts.present_centre not in accused and not any(
        facts.present_centre in person.units for person in take.persons
    ):
        raise invalid("persons", "知悉人中至少要有一名本中心的人员，否则事项无人可办。")
    if not any({Role.SUPERVISOR, Role.DIRECTOR} & set(person.roles) for person in take.persons):
        raise invalid("persons", "知悉人中至少要有一名督办员或中心主任，否则事项无人督办。")
    units = {unit for person in take.persons for unit in person.units}
    ended: dict[str, dict[str, object]] = {
        part.id: {"stage": "released", "end_reason": "restricted"}
        for part in facts.assignments
        if part.stage != "released" and part.unit not in units
    }
    lead = facts.lead
    again = lead is not None and lead.id in ended and facts.stage in ("dispatched", "handling", "suspended")
    case: dict[str, object] = {
        "confidentiality": take.level,
        "named": sorted(person.account for person in take.persons),
        "accused_units": accused,
    }
    clocks = [ClockOrder("stop", kind, assignment=part) for part in ended for kind in ("sign", "rule")]
    if again:
        ended = released(facts, "restricted")
        case |= {"lead_unit": None, "pending": still_to_do(facts), "paused_at": None, "paused_until": None}
        clocks = [*units_clocks_stop(), ClockOrder("resume"), *waits_for_dispatch(facts)]
    return Decision(
        "accepted" if again else facts.stage,
        case=case,
        parts=ended,
        statements=reason(take),
        clocks=clocks,
        codes={"level": take.level},
        take_back_notices=True,
    )


def _move_to(facts: CaseFacts, take: Inputs, centre: UnitFacts, case: dict[str, object]) -> Decision:
    return Decision(
        "accepted",
        case={
            **case,
            "present_centre": centre.id,
            "present_path": list(centre.division_path),
            "lead_unit": None,
            "named": named_with(facts, take, (centre,)),
            "pending": without(facts, "guidance") if facts.stage == "accepted" else still_to_do(facts),
        },
        parts=released(facts, "moved"),
        statements=reason(take),
        clocks=[*units_clocks_stop(), *waits_for_dispatch(facts)],
        codes={"centre": centre.code},
        notices=[NoticeOrder("to_dispatch", unit=centre.id)],
    )


def _refuse_centres(units: tuple[UnitFacts, ...]) -> None:
    for unit in units:
        if unit.kind == CENTRE_KIND:
            raise invalid("unit", f"{unit.name}是综治中心，请用“上报”或“下交”。")
