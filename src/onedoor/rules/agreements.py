"""调解协议: its text, who must sign it, and when it takes effect.

人民调解法 §28 written or oral; §29 what it may hold, and that a written one takes effect on the day on which all
parties have signed, sealed or put their fingerprint and the mediator and the committee have signed and sealed it, one
copy for each; §30 an oral one takes effect when it is reached, and is recorded.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from onedoor.rules.access import Actor
from onedoor.rules.facts import CaseFacts, ClockOrder, Decision, NewStatement
from onedoor.rules.mediation import MediationFacts, check_may_go_on, check_mediates, report_begins, sides
from onedoor.rules.refusal import CONFLICT, INVALID, NOT_ALLOWED, NOT_READY, Refused, invalid

FORMS = {"written": "书面协议", "oral": "口头协议"}
AGREEMENT_STATES = {
    "signing": "待签署",
    "effective": "已生效",
    "superseded": "已被新文本代替",
    "given_up": "未签署而放弃",
}
ITEM_KINDS = {
    "payment": "给付款项",
    "apology": "赔礼道歉",
    "restoration": "恢复原状、修复",
    "handover": "交付财物、资料",
    "joint_care": "共同照料、抚养安排",
    "other": "其他",
}
CURRENCIES = {"CNY": "人民币"}
SIGN_WAYS = {"drawn": "屏幕手写签名", "sheet": "签名或按指印的纸质件", "seal": "盖章（单位）"}
MOST_ITEMS = 120
MOST_FEN = 10**15


@dataclass(frozen=True, slots=True)
class Item:
    """What one party owes another: `amount` in 分 for a payment, None else."""

    kind: str
    who: str
    to: str
    what: str
    amount: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Text:
    """The final text of an agreement. Every signature binds the digest of exactly this."""

    number: str
    form: str
    facts: str
    disputed: str
    terms: str
    place: str
    way: str
    currency: str
    items: tuple[Item, ...]
    liabilities: str = ""  # each party's, where they are agreed (人民调解法 §29)


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """An agreement as it stands. `signed`: ids of parties and "mediator:ACCOUNT"."""

    id: str
    form: str
    state: str
    digest: str
    signed: frozenset[str]


def digest_of(text: Text) -> str:
    """SHA-256 in hex over every word, amount and day of the text."""
    plain = {
        # a text without liabilities has the digest that it had before there were any
        **{
            name: getattr(text, name)
            for name in Text.__slots__
            if name != "items" and (name != "liabilities" or text.liabilities)
        },
        "items": [
            [one.kind, one.who, one.to, one.what, one.amount, one.due_on.isoformat() if one.due_on else None]
            for one in text.items
        ],
    }
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def draft_agreement(facts: CaseFacts, now: MediationFacts, actor: Actor, text: Text, today: date) -> Decision:
    """拟定协议. A later draft replaces an unsigned or half-signed one: it is a new agreement with no signature on
    it."""
    check_mediates(now, actor)
    check_may_go_on(facts, now)
    _check_text(facts, text, today)
    if text.form != "written":
        raise invalid("form", "口头协议请用“达成口头协议”。")
    return Decision(facts.stage, codes={"mediation": now.id, "digest": digest_of(text)})


def give_up_draft(
    facts: CaseFacts, now: MediationFacts, actor: Actor, agreement: AgreementFacts, why: str
) -> Decision:
    """放弃未签的协议, a first one or a change: what was in effect before stays so."""
    check_mediates(now, actor)
    if agreement.state != "signing":
        raise Refused(NOT_READY, f"这份协议{AGREEMENT_STATES[agreement.state]}。")
    if not why:
        raise invalid("reason", "请写明放弃的原因，如：一方不愿签署。")
    return Decision(
        facts.stage,
        statements=[NewStatement("reason", why)],
        codes={"mediation": now.id, "agreement": agreement.id},
    )


def agree_orally(facts: CaseFacts, now: MediationFacts, actor: Actor, text: Text, today: date) -> Decision:
    """达成口头协议: in effect at once and recorded (人民调解法 §§28, 30)."""
    check_mediates(now, actor)
    check_may_go_on(facts, now)
    _check_text(facts, text, today)
    return Decision(
        facts.stage,
        clocks=[*first_due(text.items), *report_begins(now)],
        codes={"mediation": now.id, "digest": digest_of(text)},
    )


def _check_text(facts: CaseFacts, text: Text, today: date) -> None:
    faults: dict[str, str] = {}
    if not text.facts:
        faults["facts"] = "请写明纠纷的主要事实。"
    if not text.disputed:
        faults["disputed"] = "请写明争议事项。"
    if not text.terms:
        faults["terms"] = "请写明协议内容。"
    if text.currency not in CURRENCIES:
        faults["currency"] = "请选择币种。"
    if len(text.items) > MOST_ITEMS:
        faults["items"] = f"履行事项最多{MOST_ITEMS}项。"
    parties = {party.id for side in sides(facts.parties).values() for party in side}
    for place, item in enumerate(text.items):
        fault = _fault_of(item, parties, today)
        if fault:
            faults[f"items.{place}.{fault[0]}"] = f"第{place + 1}项：{fault[1]}"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)


def _fault_of(item: Item, parties: set[str], today: date) -> tuple[str, str] | None:
    if item.kind not in ITEM_KINDS:
        return "kind", "请选择履行方式。"
    if item.who not in parties:
        return "who", "请选择由谁履行。"
    if item.to and (item.to not in parties or item.to == item.who):
        return "to", "请选择向谁履行，不能是履行人自己。"
    if item.kind == "payment" and not item.to:
        return "to", "请选择收款人。"
    if item.kind == "payment" and (item.amount is None or not 0 < item.amount <= MOST_FEN):
        return "amount", "请填写大于零的金额。"
    if item.kind != "payment" and item.amount is not None:
        return "amount", "只有给付款项才填金额。"
    if item.kind != "payment" and not item.what:
        return "what", "请写明做什么。"
    if item.due_on is None:
        return "due_on", "请填写履行期限。"
    if not today <= item.due_on <= date(today.year + 20, 12, 31):
        return "due_on", "履行期限不能早于今天，也不能晚于二十年后。"
    return None


def to_sign(facts: CaseFacts, now: MediationFacts, agreement: AgreementFacts) -> dict[str, str]:
    """Who has still to sign: each party whose will counts, and any of those who mediate now until one has. Key and
    name."""
    wanted = {party.id: party.name for side in sides(facts.parties).values() for party in side}
    mediators = {f"mediator:{account}": "调解员" for account in now.mediators}
    left = {key: name for key, name in wanted.items() if key not in agreement.signed}
    return left if mediators.keys() & agreement.signed else left | mediators


def sign_agreement(
    facts: CaseFacts,
    now: MediationFacts,
    agreement: AgreementFacts,
    actor: Actor,
    signer: str,
    way: str,
    digest: str,
) -> Decision:
    """签署. `digest`: of the text that the signer has before him; of any other text the signature is refused. A
    mediator signs from his own account, and a seal is an organisation's."""
    if agreement.state != "signing":
        raise Refused(NOT_READY, f"这份协议{AGREEMENT_STATES[agreement.state]}，不能签署。")
    if digest != agreement.digest:
        raise Refused(CONFLICT, "协议文本已经改动，请重新阅看后再签。")
    if way not in SIGN_WAYS:
        raise invalid("way", "请选择签署方式。")
    parties = {party.id for side in sides(facts.parties).values() for party in side}
    if signer not in parties and signer not in {f"mediator:{one}" for one in now.mediators}:
        raise invalid("signer", "请选择签署人。")
    if signer.startswith("mediator:") and signer != f"mediator:{actor.account}":
        raise Refused(NOT_ALLOWED, "调解员须用自己的账号签署。")
    kind = next((party.kind for party in facts.parties if party.id == signer), "person")
    if way == "seal" and kind != "organisation":
        raise invalid("way", "只有单位当事人可以盖章；个人请签名或者按指印。")
    if signer in agreement.signed:
        raise Refused(NOT_READY, "这位签署人已经签过。")
    return Decision(
        facts.stage, codes={"mediation": now.id, "agreement": agreement.id, "signer": signer, "digest": digest}
    )


def still_to_sign(facts: CaseFacts, now: MediationFacts, agreement: AgreementFacts) -> list[str]:
    """Names of those whose signature is missing; of several mediators one is enough."""
    return list(dict.fromkeys(to_sign(facts, now, agreement).values()))


def seal_agreement(
    facts: CaseFacts, now: MediationFacts, agreement: AgreementFacts, items: Iterable[Item]
) -> Decision:
    """调委会印章: the last act, with which the agreement takes effect (人民调解法 §29). What it replaces has no time
    left in which the court could be asked to confirm it."""
    if agreement.state != "signing":
        raise Refused(NOT_READY, f"这份协议{AGREEMENT_STATES[agreement.state]}。")
    missing = still_to_sign(facts, now, agreement)
    if missing:
        raise Refused(NOT_READY, f"还没有签署：{'、'.join(missing)}。")
    return Decision(
        facts.stage,
        clocks=[
            *([ClockOrder("stop", "confirm")] if now.state == "agreed" else report_begins(now)),
            *first_due(items),
        ],
        codes={"mediation": now.id, "agreement": agreement.id, "digest": agreement.digest},
    )


def hand_out(facts: CaseFacts, agreement: AgreementFacts, how: str) -> Decision:
    """送交: each party has its copy (人民调解法 §29: 各方当事人各执一份)."""
    if agreement.state != "effective":
        raise Refused(NOT_READY, "协议还没有生效。")
    if not how:
        raise invalid("how", "请写明何时、怎样交给了各方当事人。")
    return Decision(facts.stage, codes={"agreement": agreement.id})


def first_due(items: Iterable[Item]) -> list[ClockOrder]:
    """The performance clock runs to the earliest day on which something is due."""
    days = [item.due_on for item in items if item.due_on is not None]
    return [ClockOrder("stop", "perform"), *([ClockOrder("start", "perform", on=min(days))] if days else [])]


def read_items(rows: Iterable[Mapping[str, object]]) -> tuple[Item, ...]:
    """From rows as the database has them."""
    return tuple(
        Item(
            str(row["kind"]),
            str(row["who"]),
            str(row["to_whom"] or ""),
            str(row["what"]),
            row["amount"] if isinstance(row["amount"], int) else None,
            row["due_on"] if isinstance(row["due_on"], date) else None,
        )
        for row in rows
    )
