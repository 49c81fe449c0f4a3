"""督办: somebody notices that a limit was missed or that a matter goes wrong, and asks the unit what it does about it.

What the sweeper raises by itself and what a supervisor or director raises by hand are the same notice (督办单):
level, cause, what is demanded, a reply by when. The unit replies or appeals; the supervisor accepts, demands more, or
takes an unfair one out (剔除). 信访工作条例 §40 names the cases of a petition.
"""

from collections.abc import Mapping
from datetime import datetime

from onedoor.rules.access import SEES_UNIT, Actor, Role
from onedoor.rules.facts import (
    CaseFacts,
    ClockFacts,
    ClockOrder,
    Decision,
    Inputs,
    NewStatement,
    NewSupervision,
    NoticeOrder,
    SupervisionFacts,
)
from onedoor.rules.parts import reason, without
from onedoor.rules.refusal import NOT_READY, Refused, invalid
from onedoor.rules.schemes import LEVELS, TELLING, SchemeItem
from onedoor.rules.sweeping import Turn

CAUSES: dict[str, str] = {
    "not_accepted": "未按时受理",
    "not_signed": "未按时签收",
    "not_informed": "未按时告知",
    "objection_unanswered": "异议未按时裁定",
    "late": "超期未办结",
    "due_soon": "时限将到期",
    "suspension_over": "中止超过预计时间",
    "follow_up_due": "未按时回访",
    "not_performed": "协议未按时履行",
    "manual": "督办员督办",
    "instruction": "领导批示",
}
_CAUSE_OF = {
    "accept": "not_accepted",
    "sign": "not_signed",
    "inform": "not_informed",
    "rule": "objection_unanswered",
    "follow_up": "follow_up_due",
    "perform": "not_performed",
}
STATES: dict[str, str] = {
    "open": "待回告",
    "replied": "已回告待认可",
    "appealed": "已申诉待裁定",
    "accepted": "回告已认可",
    "excluded": "已剔除",
    "ended": "已消除",
}
WAITING = ("open", "replied", "appealed")
# Whose work it touches; who may see a case may see its notices.
# Who may ask what another limit would have come to: only figures come out.
SEES_WHAT_IF = frozenset({Role.SUPERVISOR, Role.DIRECTOR, Role.ADMIN})
SEES_SUPERVISION = SEES_UNIT | {Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR}
REPLY_WITHIN = 1  # working days, where nobody says otherwise; local, 待部署方确认
_TOLD = {"unit": "clock_late", "unit_lead": "escalated_to_lead", "director": "escalated_to_director"}


# --- by hand


def supervise(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    if take.level not in LEVELS:
        raise invalid("level", f"督办级别只能是{'、'.join(LEVELS.values())}。")
    return _raise(facts, take, take.level, "manual", take.reason)


def instruct(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """批示: the director's own word, to be answered like any other notice."""
    return _raise(facts, take, "ordinary", "instruction", take.text)


def _raise(facts: CaseFacts, take: Inputs, level: str, cause: str, demand: str) -> Decision:
    unit = take.unit.id if take.unit is not None else facts.lead_unit or facts.present_centre
    units = {part.unit for part in facts.assignments if part.stage != "released"} | {facts.present_centre}
    if unit not in units or unit in facts.accused_units:
        raise invalid("unit", "只能督办正在承办本事项的单位或现办中心。")
    new = NewSupervision(unit=unit, level=level, cause=cause, days=take.days or REPLY_WITHIN, demand=demand)
    return Decision(
        facts.stage,
        supervise=[new],
        codes={"level": level, "cause": cause},
        notices=[NoticeOrder("supervised", unit=unit)],
    )


def reply_supervision(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """回告: the measures taken, and in how many more days the unit promises to be done."""
    notice = _own_notice(facts, actor, take)
    return Decision(
        facts.stage,
        supervisions={
            notice.id: {
                "state": "replied",
                "replied_by": actor.account,
                "replied_at": at,
                "promised_days": take.days,
            }
        },
        statements=[NewStatement("measures", take.text)],
        codes={"supervision": notice.number, "days": take.days},
        notices=[NoticeOrder("supervision_replied", unit=facts.present_centre)],
    )


def appeal_supervision(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    notice = _own_notice(facts, actor, take)
    return Decision(
        facts.stage,
        supervisions={notice.id: {"state": "appealed"}},
        statements=reason(take),
        codes={"supervision": notice.number},
        notices=[NoticeOrder("supervision_appealed", unit=facts.present_centre)],
    )


def accept_reply(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Enough has been done about it: nothing further comes of the same clock by itself. If the promised day passes, a
    supervisor raises a notice by hand."""
    notice = _waiting(facts, take, ("replied",))
    return Decision(
        facts.stage,
        supervisions={notice.id: {"state": "accepted", "closed_at": at}},
        statements=reason(take),
        codes={"supervision": notice.number},
    )


def demand_more(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    notice = _waiting(facts, take, ("open", "replied"))
    return Decision(
        facts.stage,
        supervisions={notice.id: {"state": "open", "reply_days": take.days}},
        statements=[NewStatement("demand", take.reason)],
        codes={"supervision": notice.number},
        notices=[NoticeOrder("supervised", unit=notice.unit)],
    )


def decide_appeal(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Upheld: the item is taken out (剔除), with the reason, and nothing further comes of the same clock by itself;
    else the unit has to reply after all, from now. Who raised it by hand does not judge the appeal against it."""
    notice = _waiting(facts, take, ("appealed",))
    if notice.issued_by == actor.account:
        raise Refused(NOT_READY, "申诉须由签发督办单以外的人裁定。")
    ended: dict[str, object] = {"state": "excluded", "closed_at": at}
    if not take.upheld:
        ended = {"state": "open", "reply_days": REPLY_WITHIN}
    return Decision(
        facts.stage,
        supervisions={notice.id: ended},
        statements=reason(take),
        codes={"supervision": notice.number, "upheld": take.upheld},
        notices=[NoticeOrder("supervision_decided", unit=notice.unit)],
    )


def exclude(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """剔除 without an appeal: the centre sees by itself that an item is unfair (a power cut, a wrong date). Who raised
    it by hand does not take it out: he accepts a reply, or another judges."""
    notice = _waiting(facts, take, WAITING)
    if notice.issued_by == actor.account:
        raise Refused(NOT_READY, "督办单须由签发人以外的人剔除。")
    return Decision(
        facts.stage,
        supervisions={notice.id: {"state": "excluded", "closed_at": at}},
        statements=reason(take),
        codes={"supervision": notice.number},
        notices=[NoticeOrder("supervision_decided", unit=notice.unit)],
    )


def decide_due(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """A calendar has changed so that limits would be over already: the new dates hold, or the old ones are kept. They
    are kept until this is decided; what that took is taken back when the new ones hold."""
    kept = facts.pending["due"].get("kept")
    assert isinstance(kept, Mapping), "recompute writes it so"
    return Decision(
        facts.stage,
        case={"pending": without(facts, "due")},
        statements=reason(take),
        clocks=[ClockOrder("take_back", clock=str(clock), seconds=int(seconds)) for clock, seconds in kept.items()]
        if take.granted
        else [],
        codes={"granted": take.granted},
    )


def _own_notice(facts: CaseFacts, actor: Actor, take: Inputs) -> SupervisionFacts:
    """The notice that the actor's unit has to answer."""
    for notice in facts.supervisions:
        named = take.supervision in ("", notice.id, notice.number)
        if notice.unit == actor.unit and notice.state == "open" and named:
            return notice
    raise invalid("supervision", "这张督办单不是本单位的，或不在待回告。")


def _waiting(facts: CaseFacts, take: Inputs, states: tuple[str, ...]) -> SupervisionFacts:
    for notice in facts.supervisions:
        if notice.state in states and take.supervision in ("", notice.id, notice.number):
            return notice
    raise invalid("supervision", "没有这张待处理的督办单。")


# --- by the sweeper


def on_turn(facts: CaseFacts, clock: ClockFacts, item: SchemeItem, turn: Turn) -> Decision:
    """What follows from a turn of one clock's light or ladder, or from a pause that is over."""
    decision = Decision(facts.stage, codes={"clock": clock.kind, "assignment": clock.assignment})
    unit = addressee(facts, clock, item)
    if turn.kind == "pause_over":
        decision.codes = {"clock": clock.kind}
        decision.supervise = [_automatic(facts.lead_unit or facts.present_centre, "suspension_over")]
        told = {facts.lead_unit or facts.present_centre, facts.present_centre}
        decision.notices = [NoticeOrder("suspension_over", unit=one) for one in sorted(told)]
        return decision
    if turn.kind in ("warned", "urgent"):
        decision.notices = [NoticeOrder(f"clock_{turn.kind}", unit=unit)]
    if not item.supervised:  # the applicant's own limit: the centre is told that it is over
        if turn.kind == "late":
            decision.notices = [NoticeOrder("party_limit_over", unit=facts.present_centre)]
        return decision
    deemed = turn.kind == "late" and item.consequence == "deemed_accepted" and _deem_accepted(facts, clock, decision)
    if turn.kind == "late" and item.consequence in TELLING:
        decision.codes["consequence"] = item.consequence
        decision.notices.append(NoticeOrder("limit_has_consequence", unit=unit))
    if turn.rung is None:
        if turn.kind == "late":
            decision.notices.append(NoticeOrder("clock_late", unit=unit))
        return decision
    decision.codes |= {"level": turn.rung.level, "told": turn.rung.tell}
    cause = "due_soon" if turn.kind == "warned" else _CAUSE_OF.get(clock.kind, "late")
    standing = next((one for one in facts.supervisions if one.clock == clock.id and one.state in WAITING), None)
    if standing is None:
        # that the unit let the time pass is asked, though the clock itself ends with the acceptance deemed
        bound = None if deemed else clock.id
        decision.supervise = [_automatic(unit, cause, turn.rung.level, bound)]
    else:
        level = max(standing.level, turn.rung.level, key=_rank)
        decision.supervisions = {standing.id: {"level": level, "cause": cause}}
    whom = facts.present_centre if turn.rung.tell == "director" else unit
    word = "clock_warned" if turn.kind == "warned" and turn.rung.tell == "unit" else _TOLD[turn.rung.tell]
    decision.notices = [one for one in decision.notices if one.kind != word]
    decision.notices.append(NoticeOrder(word, unit=whom))
    return decision


def _rank(level: str) -> int:
    return list(LEVELS).index(level)


def is_settled(state: str) -> bool:
    """Whether a notice on a clock lets nothing further come of that clock by itself: a person has judged it."""
    return state in ("excluded", "accepted")


def on_overdue_reply(facts: CaseFacts, notice: SupervisionFacts, at: datetime) -> Decision:
    """The day to reply by has passed: the next level, once for each day set; the unit's lead and the centre hear."""
    level = list(LEVELS)[min(_rank(notice.level) + 1, len(LEVELS) - 1)]
    return Decision(
        facts.stage,
        supervisions={notice.id: {"level": level, "chased_at": at}},
        codes={"supervision": notice.number, "level": level},
        notices=[
            NoticeOrder("reply_overdue", unit=unit) for unit in dict.fromkeys((notice.unit, facts.present_centre))
        ],
    )


def _deem_accepted(facts: CaseFacts, clock: ClockFacts, decision: Decision) -> bool:
    """行政复议法 §30: who does not decide in time has accepted on the day the time was over; from that day on the time
    for handling counts, however late we notice. Whether that is so here."""
    part = next((part for part in facts.assignments if part.id == clock.assignment), facts.lead)
    if part is None or part.accepted is not None:
        return False
    decision.parts[part.id] = {"accepted": True}
    decision.clocks += [ClockOrder("stop", clock.kind), ClockOrder("restart", "handle", since=clock.due_at)]
    decision.codes["accepted"] = True
    decision.notices.append(NoticeOrder("deemed_accepted", unit=part.unit))
    return True


def _automatic(unit: int, cause: str, level: str = "ordinary", clock: str | None = None) -> NewSupervision:
    return NewSupervision(unit=unit, level=level, cause=cause, days=REPLY_WITHIN, clock=clock)


def addressee(facts: CaseFacts, clock: ClockFacts, item: SchemeItem) -> int:
    """Who has to keep the limit: the unit whose part it is, the lead unit, or the centre."""
    if item.binds == "unit":
        part = next((part for part in facts.assignments if part.id == clock.assignment), None)
        if part is not None:
            return part.unit
        if facts.lead_unit is not None:
            return facts.lead_unit
    return facts.present_centre


def is_satisfied(state: str, cause: str, *, clock: str | None, automatic: bool, suspended: bool, ended: bool) -> bool:
    """Whether a notice has nothing left to demand: the case has ended, its clock has stopped or has time again, or the
    suspension that went on for too long is over. `clock`: "running", "stopped", "in_time", or None for a notice that
    hangs on none."""
    if state not in WAITING:
        return False
    in_time = automatic and clock == "in_time"
    return ended or clock == "stopped" or in_time or (cause == "suspension_over" and not suspended)
