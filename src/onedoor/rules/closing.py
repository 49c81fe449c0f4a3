"""Outcomes, and the moves that bring them: settle_on_spot, conclude, close, send_back, reopen."""

from datetime import datetime

from onedoor.rules.access import IN_THE_FIELD, Actor
from onedoor.rules.facts import (
    CaseFacts,
    ClockOrder,
    Decision,
    Inputs,
    NewAssignment,
    NewStatement,
    NoticeOrder,
)
from onedoor.rules.flow import Stage
from onedoor.rules.intake import merge, withdraw
from onedoor.rules.needs import AGREEMENTS, OPINIONS, may_be_withdrawn, not_a_handler
from onedoor.rules.parts import (
    OUTLIVE,
    clocks_wait,
    handling_begins,
    reason,
    refuse_barred_units,
    released,
    route,
    still_to_do,
    without,
)
from onedoor.rules.refusal import NOT_READY, Refused, invalid
from onedoor.rules.schemes import CLOCK_NAMES

OUTCOME_NAMES = {
    "agreement_written": "达成书面协议",
    "agreement_oral": "达成口头协议",
    "opinion_support": "书面意见（支持）",
    "opinion_explain": "书面意见（解释）",
    "opinion_reject": "书面意见（不支持）",
    "answered": "已答复",
    "served": "已提供服务",
    "put_right": "已处置整改",
    "unfounded": "查无实情",
    "mediation_ended": "调解不成（已告知途径）",
    "to_court": "已诉讼或仲裁",
    "guided": "已引导至法定途径",
    "not_again": "不再受理",
    "withdrawn": "已撤回",
    "merged": "已并案",
}
# 小事不出格: what can end where it was found. Opinions, routes and refusals are the centre's.
SETTLED_IN_THE_GRID = ("answered", "served", "put_right", "agreement_oral", "unfounded")


def check_outcome(take: Inputs) -> None:
    """The outcome is known and comes with what it needs.

    人民调解法 §26: when mediation ends without agreement the parties are told of arbitration, administrative
    and judicial routes. 信访工作条例 §36: what is not taken up again names its basis.
    """
    if take.outcome not in OUTCOME_NAMES:
        raise invalid("outcome", "没有这种办理结果。")
    if take.outcome in ("mediation_ended", "guided", "to_court") and not take.route:
        raise invalid("route", f"“{OUTCOME_NAMES[take.outcome]}”须写明告知的法定途径。")
    if take.outcome == "not_again" and not take.basis:
        raise invalid("basis", "不再受理须写明依据。")


def bar_of(outcome: str) -> str:
    """What stands against reopening after that outcome."""
    if outcome in AGREEMENTS:
        return "agreement"
    return "lawsuit" if outcome == "to_court" else ""


def settle_on_spot(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Settled in the hall, in one form, with every outcome there is.

    What the applicants confirm is closed at once. A written opinion, a lawful route, a refusal to take the
    matter up again, and an anonymous matter that nobody can confirm want a second pair of eyes and wait for
    it as *concluded*. A withdrawal and a merger keep the safeguards of their own moves.
    """
    check_outcome(take)
    if actor.role in IN_THE_FIELD and take.outcome not in SETTLED_IN_THE_GRID:
        named = "、".join(OUTCOME_NAMES[code] for code in SETTLED_IN_THE_GRID)
        raise invalid("outcome", f"在网格里办结的，结果只能是{named}；其他的请上报。")
    if take.outcome in ("withdrawn", "merged"):
        return _ended_on_spot(facts, actor, at, take)
    second = facts.anonymous or take.outcome in (*OPINIONS, "guided", "not_again")
    if not second and not take.confirmed:
        raise invalid("confirmed", "当场办结须由申请人确认；申请人未确认的，请按流程分流办理。")
    if take.outcome in OPINIONS and not take.units:
        raise invalid("units", "书面意见由有权处理的单位作出，请选择单位。")
    applicants = {party.id for party in facts.parties if party.part == "applicant"}
    if set(take.amounts) - applicants:
        raise invalid("amounts", "金额只能记在申请人名下。")
    if any(amount < 0 or amount > 10**15 for amount in take.amounts.values()):
        raise invalid("amounts", "金额不能小于零。")
    parties: dict[str, dict[str, object]] = {
        party: {"settled_amount": amount} for party, amount in take.amounts.items()
    }
    if take.confirmed:
        for party in applicants:
            parties.setdefault(party, {})["confirmed_at"] = at
    refuse_barred_units(facts, take.units, "units")
    stage = Stage.CONCLUDED if second else Stage.CLOSED
    case: dict[str, object] = {
        "outcome": take.outcome,
        "pending": without(facts, "guidance"),
        "concluded_by": actor.account,
        "concluded_at": at,
        "settled_on_spot": True,
        "bar": bar_of(take.outcome),
    }
    if facts.stage == Stage.REGISTERED:
        case["accepted_at"] = at
    if stage == Stage.CLOSED:
        case["closed_at"] = at
    if take.units:
        case["lead_unit"] = take.units[0].id
    return Decision(
        stage,
        case=case,
        assign=[
            NewAssignment(unit, lead=place == 0, stage="signed" if second and place == 0 else "answered")
            for place, unit in enumerate(take.units)
        ],
        parties=parties,
        statements=[NewStatement("answer", take.answer), *reason(take), *route(take)],
        clocks=clocks_wait() if second else [ClockOrder("stop")],
        codes={"outcome": take.outcome, "mediator": take.mediator.account if take.mediator else None},
    )


def _ended_on_spot(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """A withdrawal or a merger by way of `settle_on_spot`: that move's own rule, with what was answered."""
    if take.outcome == "merged":
        decision = merge(facts, actor, at, take)
    else:
        hindrance = may_be_withdrawn(facts, actor, at) or not_a_handler(facts, actor, at)
        if hindrance is not None:
            raise Refused(NOT_READY, hindrance)
        decision = withdraw(facts, actor, at, take)
    decision.statements.insert(0, NewStatement("answer", take.answer))
    return decision


def conclude(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """The lead unit gives the one merged answer.

    A written opinion must have been signed off (签发) before; its text is then the answer.
    """
    check_outcome(take)
    if take.outcome in ("withdrawn", "merged"):
        raise invalid("outcome", "撤回和并案请用各自的办理动作。")
    lead = facts.lead
    assert lead is not None, "check_move lets only the lead unit in"
    statements: list[NewStatement] = []
    if take.outcome in OPINIONS:
        if lead.approved is None:
            raise Refused(NOT_READY, "书面意见须先由单位负责人签发。")
        if take.answer:
            raise invalid("answer", "书面意见以签发稿为准，办结时不再另填答复。")
    elif not take.answer:
        raise invalid("answer", "请填写答复意见。")
    else:
        statements.append(NewStatement("answer", take.answer))
    _check_mediated(facts, take.outcome)
    return Decision(
        "concluded",
        case={
            "outcome": take.outcome,
            "bar": bar_of(take.outcome),
            "concluded_by": actor.account,
            "concluded_at": at,
            "paused_at": None,
            "paused_until": None,
            "pending": still_to_do(facts),
        },
        parts={lead.id: {"stage": "answered"}},
        statements=[*statements, *route(take)],
        clocks=clocks_wait(),
        codes={"outcome": take.outcome},
        notices=[NoticeOrder("concluded", unit=facts.present_centre)],
    )


def _check_mediated(facts: CaseFacts, outcome: str) -> None:
    """What is concluded is what the mediation has come to, where there was one."""
    state = facts.mediation.state
    if outcome in AGREEMENTS and state not in ("", "agreed"):
        raise invalid("outcome", "调解没有达成协议，不能按达成协议办结。")
    if outcome == "mediation_ended" and state == "agreed":
        raise invalid("outcome", "调解已达成协议，请按达成协议办结。")


def close(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """The lead's part is done too, where an opinion on the spot had left it open to be signed off."""
    lead = facts.lead
    return Decision(
        "closed",
        case={"closed_at": at},
        parts={lead.id: {"stage": "answered"}} if lead is not None and lead.stage == "signed" else {},
        statements=reason(take),
        # a promise goes on being watched when the matter is closed
        clocks=[ClockOrder("stop", kind) for kind in CLOCK_NAMES if kind not in OUTLIVE],
    )


def send_back(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Back to the lead unit; to dispatch, where no unit had it (settled on the spot without one)."""
    return _again(facts, take, notice="sent_back")


def reopen(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    decision = _again(facts, take, notice="reopened")
    decision.case |= {"closed_at": None, "satisfied": None}
    decision.clocks.append(ClockOrder("stop", "perform"))
    return decision


def _again(facts: CaseFacts, take: Inputs, *, notice: str) -> Decision:
    lead = facts.lead
    # one limit for one handling: what was left of it when it was concluded goes on; after closing a new one begins
    clocks = [ClockOrder("resume", "handle") if facts.clock("handle") else handling_begins(facts)]
    case: dict[str, object] = {
        "outcome": "",
        "bar": "",
        "concluded_by": None,
        "concluded_at": None,
        "settled_on_spot": False,
    }
    if lead is None:
        return Decision(
            "accepted",
            case={**case, "lead_unit": None},
            parts=released(facts, notice),
            statements=reason(take),
            clocks=clocks,
        )
    # The earlier approval stood for the earlier text: the new answer is signed off and served anew.
    part: dict[str, object] = {"stage": "signed", "approved": None}
    if facts.terms.unit_accepts and not lead.accepted:  # what it did not accept it decides on anew
        part["accepted"] = None
        clocks = [ClockOrder("start", "inform"), *([] if facts.terms.handle_waits else clocks)]
    elif facts.terms.handle_waits and not facts.clock("handle"):
        clocks = [ClockOrder("start", "handle")]
    return Decision(
        "handling",
        case={**case, "served_at": None},
        parts={lead.id: part},
        statements=reason(take),
        clocks=clocks,
        notices=[NoticeOrder(notice, unit=lead.unit)],
    )
