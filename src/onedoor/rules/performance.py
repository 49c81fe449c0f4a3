"""Whether an agreement is kept: the day agreed for performing it, and what came of it."""

from datetime import datetime, timedelta

from onedoor.rules.access import Actor
from onedoor.rules.facts import CaseFacts, ClockOrder, Decision, Inputs, NewStatement, NoticeOrder
from onedoor.rules.parts import route
from onedoor.rules.refusal import invalid

LONGEST = timedelta(days=20 * 366)


def agree_performance(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """登记履行期限: the day by which the parties have agreed to perform (人民调解法 §29); named again it replaces the
    earlier one. The committee sees to it that they do (§31)."""
    assert take.on is not None, "FLOW requires it"
    # `at` is in UTC, where a day begins no earlier than here in the east: today itself is never refused
    if not at.date() <= take.on <= (at + LONGEST).date():
        raise invalid("on", "履行日期不能早于今天，也不能晚于二十年后。")
    return Decision(
        facts.stage,
        clocks=[ClockOrder("stop", "perform"), ClockOrder("start", "perform", on=take.on)],
        codes={"on": take.on.isoformat()},
    )


def record_performance(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """登记履行情况. Not performed: the parties are told the lawful way to have it enforced (人民调解法 §§32, 33)."""
    if take.performed is False and not take.route:
        raise invalid("route", "未履行的，须写明告知当事人的途径，如向人民法院起诉或者申请强制执行。")
    return Decision(
        facts.stage,
        statements=[NewStatement("performance", take.text), *route(take)],
        clocks=[ClockOrder("stop", "perform")],
        codes={"performed": take.performed},
        notices=[] if take.performed else [NoticeOrder("not_performed", unit=facts.present_centre)],
    )
