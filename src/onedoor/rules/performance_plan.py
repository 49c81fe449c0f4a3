"""履行: each thing promised by its day, what has been paid, urging, and what follows when a promise is not kept.

人民调解法 §31: the committee sees to it that an agreement is kept, and urges the parties to; §32: a dispute about it
goes to the court; §33: a confirmed one can be enforced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from onedoor.rules.facts import CaseFacts, ClockOrder, Decision, NewStatement, NoticeOrder
from onedoor.rules.refusal import NOT_READY, Refused, invalid

ITEM_STATES = {
    "open": "待履行",
    "part": "部分履行",
    "done": "已履行",
    "defaulted": "未履行",
    "replaced": "已由新协议代替",
}
ENTRY_KINDS = {"performed": "履行", "urged": "催促", "defaulted": "认定未履行"}
# How many days before the day the parties are reminded.
REMIND_BEFORE = (7, 1)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One promise. Amounts in 分; `amount` None: not a payment."""

    id: str
    kind: str
    amount: int | None
    paid: int
    due_on: date | None
    state: str


def record_item(
    facts: CaseFacts, items: Sequence[ItemFacts], item: ItemFacts, paid: int | None, proof: str, on: date, today: date
) -> tuple[Decision, str, int]:
    """登记履行: the decision, the item's state, what has been paid in all. "Performed" wants a proof: a receipt, a
    transfer slip, a picture, or the word of who received it."""
    if item.state in ("done", "replaced"):
        raise Refused(NOT_READY, f"这一项{ITEM_STATES[item.state]}。")
    if not proof:
        raise invalid("proof", "请写明凭据（收条、转账凭证、照片或者对方确认）。")
    if on > today:
        raise invalid("on", "履行日期不能晚于今天。")
    total = 0
    if item.amount is not None:
        if paid is None or paid <= 0:
            raise invalid("amount", "请填写本次给付的金额。")
        if item.paid + paid > item.amount:
            raise invalid("amount", "超过了约定的金额，请核对。")
        total = item.paid + paid
    elif paid is not None:
        raise invalid("amount", "这一项不是给付款项，不填金额。")
    state = "done" if item.amount is None or total == item.amount else "part"
    # of this item as it is now: what was broken and is kept in part waits again
    states = {one.id: one.state for one in items} | {item.id: state}
    rest = [one.due_on for one in items if one.due_on is not None and states[one.id] in ("open", "part")]
    return (
        Decision(
            facts.stage, clocks=_next_day(facts, items, rest), codes={"item": item.id, "state": state, "amount": paid}
        ),
        state,
        total,
    )


def _next_day(facts: CaseFacts, items: Iterable[ItemFacts], rest: Sequence[date]) -> list[ClockOrder]:
    """The limit of the earliest day that waits. Where that stays the same it runs on: begun anew it would be found
    late anew, with another notice of supervision for the same promise."""
    waited = [one.due_on for one in items if one.due_on is not None and one.state in ("open", "part")]
    if rest and waited and min(rest) == min(waited) and facts.clock("perform") is not None:
        return []
    orders = [ClockOrder("stop", "perform")]
    return [*orders, ClockOrder("start", "perform", on=min(rest))] if rest else orders


def urge(facts: CaseFacts, item: ItemFacts, text: str) -> Decision:
    if item.state not in ("open", "part"):
        raise Refused(NOT_READY, f"这一项{ITEM_STATES[item.state]}，不需要催促。")
    if not text:
        raise invalid("text", "请写明怎样催促的、对方怎么说。")
    return Decision(facts.stage, codes={"item": item.id})


def default(
    facts: CaseFacts, items: Sequence[ItemFacts], item: ItemFacts, text: str, route: str, today: date
) -> Decision:
    """认定未履行: only after its day, and with the lawful way told: a lawsuit, or enforcement where the court has
    confirmed the agreement (人民调解法 §§32, 33)."""
    if item.state not in ("open", "part"):
        raise Refused(NOT_READY, f"这一项{ITEM_STATES[item.state]}。")
    if item.due_on is not None and today <= item.due_on:
        raise Refused(NOT_READY, "履行期限还没有过，不能认定未履行。")
    if not text:
        raise invalid("text", "请写明未履行的情况。")
    if not route:
        raise invalid("route", "请写明告知当事人的途径，如向人民法院起诉，或者申请强制执行。")
    rest = [
        one.due_on for one in items if one.due_on is not None and one.id != item.id and one.state in ("open", "part")
    ]
    return Decision(
        facts.stage,
        statements=[NewStatement("guidance", route)],
        clocks=_next_day(facts, items, rest),
        codes={"item": item.id},
        notices=[NoticeOrder("not_performed", unit=facts.present_centre)],
    )


def split(total: int, parts: int) -> list[int]:
    """分期: equal instalments in 分 that together are exactly the whole; the first ones carry what is left over."""
    if parts < 1 or total < parts:
        raise ValueError("nothing to split")
    each, over = divmod(total, parts)
    return [each + (place < over) for place in range(parts)]
