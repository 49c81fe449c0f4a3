"""司法确认: applied for together within thirty days, what it excludes, and what the court decides.

人民调解法 §33 and 民事诉讼法 §205: both parties apply within 30 days of the agreement's taking effect. 法释〔2011〕5号
§4: the court says within three days whether it takes it up; §5: it decides within 15 days, the president may add ten.
民诉法解释 §354 what is handed in, §355 what is not taken up, §358 what is dismissed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from onedoor.rules.facts import CaseFacts, Decision, NewStatement, NoticeOrder
from onedoor.rules.refusal import INVALID, NOT_READY, Refused, invalid

WITHIN = timedelta(days=30)
CONFIRMATION_STATES = {
    "applied": "已申请",
    "accepted": "法院已受理",
    "not_accepted": "法院不予受理",
    "confirmed": "裁定协议有效",
    "dismissed": "裁定驳回申请",
}
# What must hold, one by one; a "no" names the ground on which the court would not take it up, or would dismiss it.
CHECKS = {
    "jurisdiction": ("属于人民法院受理民事案件的范围，并由本法院管辖", "民诉法解释第三百五十五条第一项、第二项"),
    "no_status": ("不涉及确认婚姻关系、亲子关系、收养关系等身份关系", "民诉法解释第三百五十五条第三项"),
    "no_special": ("不涉及适用其他特别程序、公示催告程序、破产程序审理", "民诉法解释第三百五十五条第四项"),
    "no_property_right": ("内容不涉及物权、知识产权确权", "民诉法解释第三百五十五条第五项"),
    "lawful": ("不违反法律强制性规定，不损害国家、社会和他人利益，不违背公序良俗", "民诉法解释第三百五十八条"),
    "voluntary": ("双方自愿", "民诉法解释第三百五十八条第四项"),
    "clear": ("内容明确，可以执行", "民诉法解释第三百五十八条第五项"),
}
# 民诉法解释 §354
BUNDLE = (
    "司法确认申请书",
    "调解协议",
    "主持调解的组织出具的证明",
    "与调解协议相关的财产权利证明",
    "双方当事人的身份、住所、联系方式等基本信息",
)


@dataclass(frozen=True, slots=True)
class ConfirmationFacts:
    id: str
    state: str


def apply_confirmation(
    facts: CaseFacts,
    *,
    effective_on: date | None,
    court: str,
    checks: Mapping[str, bool],
    both: bool,
    today: date,
    last_on: date | None = None,
) -> Decision:
    """申请司法确认: jointly, in time, and only what the court may confirm; every check is answered. `last_on`: the
    last day by the running limit, which rolls over a holiday (民事诉讼法 §85)."""
    if effective_on is None:
        raise Refused(NOT_READY, "调解协议还没有生效。")
    faults: dict[str, str] = {}
    if not court:
        faults["court"] = "请填写管辖的人民法院。"
    if not both:
        faults["both"] = "须由双方当事人共同申请（民事诉讼法第二百零五条）。"
    for name, (what, basis) in CHECKS.items():
        if name not in checks:
            faults[name] = "请选择。"
        elif not checks[name]:
            faults[name] = f"不符合“{what}”，人民法院不予受理或者驳回（{basis}），不能申请司法确认。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    if today > max(effective_on + WITHIN, last_on or effective_on):
        raise Refused(NOT_READY, "协议生效已超过30日，不能再申请司法确认；可以向人民法院起诉。")
    return Decision(facts.stage, codes={"court": court})


def confirmation_accepted(facts: CaseFacts, standing: ConfirmationFacts, accepted: bool, reason: str) -> Decision:
    if standing.state != "applied":
        raise Refused(NOT_READY, f"司法确认{CONFIRMATION_STATES[standing.state]}。")
    if not accepted and not reason:
        raise invalid("reason", "请写明法院不予受理的理由。")
    return Decision(
        facts.stage,
        statements=[NewStatement("reason", reason)] if reason else [],
        codes={"confirmation": standing.id, "accepted": accepted},
        notices=[NoticeOrder("confirmation", unit=facts.lead_unit)] if facts.lead_unit else [],
    )


def decide_confirmation(
    facts: CaseFacts, standing: ConfirmationFacts, confirmed: bool, number: str, reason: str
) -> Decision:
    if standing.state != "accepted":
        raise Refused(NOT_READY, "请先登记法院受理的情况。")
    if not number:
        raise invalid("number", "请填写裁定书的案号。")
    if not confirmed and not reason:
        raise invalid("reason", "请写明驳回的理由。")
    return Decision(
        facts.stage,
        statements=[NewStatement("reason", reason)] if reason else [],
        codes={"confirmation": standing.id, "confirmed": confirmed},
        notices=[NoticeOrder("confirmation", unit=facts.lead_unit)] if facts.lead_unit else [],
    )
