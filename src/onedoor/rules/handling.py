"""What the units do with a case they have signed for."""

from datetime import datetime, timedelta

from onedoor.rules.access import Actor, Role
from onedoor.rules.facts import CaseFacts, ClockOrder, Decision, Inputs, NewStatement, NoticeOrder
from onedoor.rules.flow import FLOW, fitting_part
from onedoor.rules.needs import the_parties_want_more_time
from onedoor.rules.parts import TO_TELL, reason, route, without
from onedoor.rules.refusal import NOT_READY, WRONG_STAGE, Refused, invalid
from onedoor.rules.schemes import PAUSE_NAMES


def decide_acceptance(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """The competent unit accepts or refuses (受理, 不予受理). Acceptance starts the legal period, with the extension
    that a colleague before may have had; what is refused has none."""
    lead = facts.lead
    assert lead is not None, "check_move lets only the lead unit in"
    if take.accepted is False and not (take.reason and take.route):
        raise invalid("reason" if not take.reason else "route", "不予受理须写明理由和法定途径。")
    clocks = [ClockOrder("stop", "inform"), ClockOrder("restart" if take.accepted else "stop", "handle")]
    return Decision(
        facts.stage,
        parts={lead.id: {"accepted": take.accepted}},
        statements=[*reason(take), *route(take)],
        clocks=clocks,
        codes={"accepted": take.accepted},
    )


def report_progress(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    part = _own_part("report_progress", facts, actor, take)
    return Decision(facts.stage, statements=[NewStatement("progress", take.text, part)], codes={"assignment": part})


def meet(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """首次见面: the lead unit has met the applicant; ends that limit where the scheme sets one."""
    return Decision(facts.stage, statements=[NewStatement("progress", take.text)])


def submit_opinion(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """A co-handling unit answers; the lead's answer is `conclude`."""
    part = fitting_part(FLOW["submit_opinion"], facts, actor, take.assignment)
    if part is None or part.lead:  # a unit with two parts may name the lead's
        raise Refused(WRONG_STAGE, "主办单位请用“办结”提交最终答复。")
    return Decision(
        facts.stage,
        parts={part.id: {"stage": "answered"}},
        statements=[NewStatement("opinion", take.text, part.id)],
        codes={"assignment": part.id},
        notices=[NoticeOrder("opinion", unit=facts.lead_unit)] if facts.lead_unit else [],
    )


def request_extension(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    if take.days is None or take.days < 1:
        raise invalid("days", "请填写需要延长的天数。")
    asked: dict[str, str | int | None] = {"by": actor.account, "days": take.days}
    return Decision(
        facts.stage,
        case={"pending": {**facts.pending, "extension": asked}},
        statements=reason(take),
        clocks=[ClockOrder("check_extension", "handle", days=take.days)],
        codes={"days": take.days},
        notices=[NoticeOrder("extension_asked_for", unit=_decides_extensions(facts, actor))],
    )


def _decides_extensions(facts: CaseFacts, actor: Actor) -> int:
    """The unit whose people decide: its own, or the centre where the scheme leaves it to the director alone."""
    extension = facts.terms.items["handle"].extension
    return facts.present_centre if extension is not None and extension.by == Role.DIRECTOR else actor.unit


def _to_tell(what: str, by: int, parts: tuple[str, ...]) -> dict[str, dict[str, object]]:
    return {f"{TO_TELL}.{what}": {"by": by, "parts": " ".join(parts)}}


def decide_extension(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """信访工作条例 §34: approved by the head, at most 30 days, and the applicant is told the reasons."""
    days = facts.pending["extension"].get("days")
    assert isinstance(days, int)
    item = facts.terms.items["handle"]
    if take.granted and (missing := the_parties_want_more_time(facts, actor, at)):
        raise Refused(NOT_READY, missing)  # they may have changed their minds since it was asked for
    pending = without(facts, "extension")
    if take.granted and item.extension is not None:
        pending |= _to_tell("extension", actor.account, item.extension.told)
    return Decision(
        facts.stage,
        case={"pending": pending},
        statements=reason(take),
        # another track may have come between, and with it another limit
        clocks=[ClockOrder(do, "handle", days=days) for do in ("check_extension", "extend")] if take.granted else [],
        codes={"granted": take.granted, "days": days},
        notices=[NoticeOrder("extension_decided", unit=facts.lead_unit)] if facts.lead_unit else [],
    )


def tell(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """告知当事人: all that was to be told has been, an extension, a suspension or both, with reasons (信访工作条例
    §34); to whom and how is written down, and the applicant reads it."""
    told = [key for key in facts.pending if key.startswith(TO_TELL)]
    return Decision(
        facts.stage,
        case={"pending": {key: dict(value) for key, value in facts.pending.items() if key not in told}},
        statements=[NewStatement("told", take.text)],
        codes={"what": [key.removeprefix(f"{TO_TELL}.") for key in told]},
    )


def approve(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """签发: the unit's lead signs off the text; a later text is signed off anew."""
    part = _own_part("approve", facts, actor, take)
    lead = facts.lead is not None and facts.lead.id == part
    return Decision(
        facts.stage,
        case={"served_at": None} if lead else {},
        statements=[NewStatement("opinion", take.answer, part, approves=part)],
        codes={"assignment": part},
    )


def serve(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """送达, with proof; the right to a review runs from here (信访工作条例 §35)."""
    return Decision(facts.stage, case={"served_at": at}, statements=[NewStatement("service", take.proof)])


def request_suspension(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    if take.days is None or not 1 <= take.days <= 365:
        raise invalid("days", "请填写预计中止的天数（1到365天）。")
    cause = take.cause or "suspension"
    if cause not in PAUSE_NAMES:
        raise invalid("cause", f"中止事由只能是{'、'.join(PAUSE_NAMES.values())}。")
    asked: dict[str, str | int | None] = {"by": actor.account, "days": take.days, "cause": cause}
    return Decision(
        facts.stage,
        case={"pending": {**facts.pending, "suspension": asked}},
        statements=reason(take),
        codes={"days": take.days, "cause": cause},
        notices=[NoticeOrder("suspension_asked_for", unit=facts.present_centre)],
    )


def suspend(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Approved by somebody who does not handle the case. The clocks that this cause may pause stand still, until the
    expected time is over: then the case comes back into view."""
    asked = facts.pending["suspension"]
    days, cause = asked.get("days"), str(asked.get("cause") or "suspension")
    assert isinstance(days, int)
    until = at + timedelta(days=days)
    told = {"applicant": None} | {party.part: None for party in facts.parties if party.part == "respondent"}
    return Decision(
        "suspended",
        case={
            "pending": without(facts, "suspension") | _to_tell("suspension", actor.account, tuple(told)),
            "paused_at": at,
            "paused_until": until,
        },
        statements=reason(take),
        clocks=[ClockOrder("pause", cause=cause, until=until)],
        codes={"days": days, "cause": cause},
        notices=[NoticeOrder("suspended", unit=facts.lead_unit)] if facts.lead_unit else [],
    )


def decline_suspension(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    return Decision(facts.stage, case={"pending": without(facts, "suspension")}, statements=reason(take))


def resume(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """The real time of the suspension is given back."""
    ended: dict[str, object] = {"paused_at": None, "paused_until": None}
    return Decision("handling", case=ended, statements=reason(take), clocks=[ClockOrder("resume")])


def _own_part(move: str, facts: CaseFacts, actor: Actor, take: Inputs) -> str:
    part = fitting_part(FLOW[move], facts, actor, take.assignment)
    if part is None:
        raise Refused(WRONG_STAGE, "这项任务不是本单位的，或不在办理中。")
    return part.id
