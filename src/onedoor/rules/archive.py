"""After the end: filing, contesting, and the supervisor's recorded correction."""

from datetime import datetime

from onedoor.rules.access import Actor
from onedoor.rules.facts import CaseFacts, ClockOrder, Decision, Inputs, NewStatement, NoticeOrder
from onedoor.rules.needs import BAR_NAMES, nothing_bars_reopening
from onedoor.rules.parts import handling_begins, reason, released, without
from onedoor.rules.refusal import NOT_READY, Refused, invalid

CORRECTABLE = {
    "title": "标题",
    "category": "类别",
    "amount": "涉及金额",
    "people_involved": "涉及人数",
    "bar": "重办障碍",
}
"""What a supervisor may put right on a finished case; the step reads `value` into `codes` and the column."""


def archive(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """归档. An applicant who is not satisfied reads why it is left at that."""
    if facts.satisfied is False and not take.reason:
        raise invalid("reason", "申请人不满意，归档须写明处理决定和理由，申请人会看到。")
    said = [NewStatement("remedy", take.reason)] if facts.satisfied is False else reason(take)
    return Decision("archived", case={"archived_at": at}, statements=said)


def contest(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """The applicant does not accept how the matter ended; a supervisor has to answer."""
    return Decision(
        facts.stage,
        case={"pending": {**facts.pending, "contest": {"by": actor.account}}},
        statements=[NewStatement("contest", take.reason)],
        notices=[NoticeOrder("contested", unit=facts.present_centre)],
    )


def decide_contest(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Upheld: the matter comes back, to registration if it was never taken in.

    What bars reopening bars this too, until `correct_record` lifts it.
    """
    case: dict[str, object] = {"pending": without(facts, "contest")}
    if not take.upheld:
        return Decision(facts.stage, case=case, statements=reason(take), codes={"upheld": False})
    hindrance = nothing_bars_reopening(facts, actor, at)
    if hindrance is not None:
        raise Refused(NOT_READY, hindrance)
    never_accepted = facts.stage != "archived" and facts.accepted_at is None
    case |= {
        "outcome": "",
        "merged_into": None,
        "withdrawn_at": None,
        "closed_at": None,
        "concluded_by": None,
        "concluded_at": None,
        "settled_on_spot": False,
        "archived_at": None,
        "satisfied": None,
        "paused_at": None,
        "paused_until": None,
        "lead_unit": None,
    }
    return Decision(
        "registered" if never_accepted else "accepted",
        case=case,
        parts=released(facts, "contest"),
        statements=reason(take),
        clocks=[ClockOrder("stop"), ClockOrder("start", "accept") if never_accepted else handling_begins(facts)],
        codes={"upheld": True},
    )


def correct_record(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """One field of a finished case, with a reason; the event keeps the old and the new row's digests.

    The step has checked that `value` fits the field.
    """
    if take.field not in CORRECTABLE:
        names = "、".join(f"{code}（{name}）" for code, name in CORRECTABLE.items())
        raise invalid("field", f"可更正的项目：{names}。")
    value: object = take.value
    if take.field in ("amount", "people_involved"):
        if not take.value.isdecimal() or len(take.value) > 15:
            raise invalid("value", "请填写数字。")
        value = int(take.value)
    elif take.field == "bar":
        if take.value not in ("none", *BAR_NAMES):
            raise invalid("value", "只能是 none（无）、agreement、lawsuit、arbitration 或 review。")
        value = "" if take.value == "none" else take.value
    elif take.field == "title" and not 1 <= len(take.value) <= 200:
        raise invalid("value", "标题应为1到200字。")
    return Decision(facts.stage, case={take.field: value}, statements=reason(take), codes={"field": take.field})
