"""A unit signs for its part, or objects to it."""

from datetime import datetime

from onedoor.rules.access import Actor
from onedoor.rules.facts import CaseFacts, ClockOrder, Decision, Inputs, NoticeOrder
from onedoor.rules.flow import FLOW, fitting_part
from onedoor.rules.parts import reason
from onedoor.rules.refusal import NOT_READY, WRONG_STAGE, Refused


def sign(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """The case is in handling once the lead unit has signed; a co-unit's signature changes its own part."""
    part = fitting_part(FLOW["sign"], facts, actor, take.assignment)
    if part is None:
        raise Refused(WRONG_STAGE, "这项任务已经签收，或不是本单位的任务。")
    clocks = [ClockOrder("stop", "sign", assignment=part.id)]
    if part.lead and facts.terms.unit_accepts:
        clocks.append(ClockOrder("start", "inform"))
    return Decision(
        "handling" if part.lead else facts.stage,
        parts={part.id: {"stage": "signed", "signed_at": at, "signed_by": actor.account}},
        clocks=clocks,
        codes={"assignment": part.id, "lead": part.lead},
    )


def object(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:  # noqa: A001  the move's name
    """信访工作条例 §23: not ours, within five working days, with reasons; the scheme sets the limit.

    To have signed for receipt does not shorten the limit; to have decided on acceptance ends it. An objecting
    co-unit stops nobody else. A designated unit cannot object (潍坊市12345条例: 指定后不得退回).
    """
    part = fitting_part(FLOW["object"], facts, actor, take.assignment)
    if part is None:
        raise Refused(WRONG_STAGE, "这项任务已提出异议或已提交意见，不能再提异议。")
    if part.designated:
        raise Refused(NOT_READY, "本单位是经裁定指定的承办单位，不能再提异议。")
    if part.accepted is not None:
        raise Refused(NOT_READY, "本单位已作出受理决定，不能再提异议。")
    if part.object_until is not None and at > part.object_until:
        raise Refused(NOT_READY, "提出异议的期限已过，请签收办理。")
    return Decision(
        facts.stage,
        parts={part.id: {"stage": "objected"}},
        statements=reason(take),
        clocks=[
            ClockOrder("stop", "sign", assignment=part.id),
            *([ClockOrder("stop", "inform")] if part.lead else []),
        ],
        codes={"assignment": part.id},
        notices=[NoticeOrder("objection", unit=facts.present_centre)],
    )
