"""What a move needs beyond stage, role and place. Each returns nothing, or the sentence that says what is
missing, so that a disabled button can say why."""

from datetime import datetime, timedelta

from onedoor.rules.access import Actor, Confidentiality, Role
from onedoor.rules.facts import CaseFacts
from onedoor.rules.follow_up import call_back_waits

AGREEMENTS = ("agreement_written", "agreement_oral")
OPINIONS = ("opinion_support", "opinion_explain", "opinion_reject")
REVOKE_WITHIN = timedelta(days=30)
BAR_NAMES = {
    "agreement": "已达成的调解协议",
    "lawsuit": "诉讼",
    "arbitration": "仲裁",
    "review": "复查复核",
}


def somebody_asks(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    if facts.anonymous or any(party.part == "applicant" for party in facts.parties):
        return None
    return "还没有申请人；请补登申请人，或按匿名事项登记。"


def correction_overdue(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    clock = facts.clock("correction")
    if clock is not None and at > clock.due_at:
        return None
    return "补正期限还没有到，不能按逾期未补正处理。"


def not_who_asked_for_correction(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    asked_by = facts.pending.get("correction", {}).get("by")
    return "逾期未补正须由通知补正的人以外的第二人办理。" if asked_by == actor.account else None


def no_guidance_pending(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return "已提出告知引导，等待第二人确认。" if "guidance" in facts.pending else None


def guidance_pending(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if "guidance" in facts.pending else "还没有人提出告知引导。"


def not_who_proposed_guidance(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    proposed_by = facts.pending.get("guidance", {}).get("by")
    return "告知引导须由提出人以外的第二人确认。" if proposed_by == actor.account else None


def not_an_accusation(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return "检举控告事项不能当场办结。" if facts.confidentiality == Confidentiality.ACCUSATION else None


def may_be_withdrawn(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    if facts.confidentiality == Confidentiality.ACCUSATION:
        return "检举控告事项不能撤回。"
    if facts.someone_hurt:
        return "事项中有人受到伤害，不能撤回。"
    return None


def not_a_handler(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return "您是本事项的经办人，须由经办人以外的人办理。" if actor.account in facts.handled_by else None


def within_thirty_days_of_withdrawal(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    if facts.withdrawn_at is not None and at - facts.withdrawn_at <= REVOKE_WITHIN:
        return None
    return "撤回已超过30日，不能恢复；可以重新登记。"


def a_co_unit_answers(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    signed = [part for part in facts.assignments if part.unit == actor.unit and part.stage == "signed"]
    return "主办单位请用“办结”提交最终答复。" if all(part.lead for part in signed) else None


def an_objection_stands(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if any(part.stage == "objected" for part in facts.assignments) else "没有待裁定的异议。"


def was_sent_down(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if facts.sent_down_from is not None else "事项不是上级中心下交的，请用“上报”。"


def acceptance_not_decided(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    """Only where a law has the unit accept: elsewhere a decision would start the time for handling anew."""
    if not facts.terms.unit_accepts:
        return "本事项由中心受理，承办单位不另作受理决定。"
    decided = facts.lead is not None and facts.lead.accepted is not None
    return "本单位已作出受理决定。" if decided else None


def not_yet_met(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    met = any(clock.kind == "meet" and clock.stopped_at is not None for clock in facts.clocks)
    return "首次见面已有记录；以后的情况请用“报告进展”。" if met else None


def may_ask_for_extension(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    if "extension" in facts.pending:
        return "已申请延期，等待审批。"
    clock = facts.clock("handle")
    if clock is None:
        return "本事项没有在计的办理时限。"
    if clock.extended:
        return "本事项已延期一次，不能再次延期。"
    return "办理时限已到，不能再申请延期。" if at > clock.due_at else None


def extension_asked_for(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if "extension" in facts.pending else "没有待审批的延期申请。"


def not_who_asked_for_extension(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    asked_by = facts.pending.get("extension", {}).get("by")
    return "延期须由申请人以外的负责人审批。" if asked_by == actor.account else None


def decides_extensions_here(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    """The director may always decide; the unit's own lead only where the scheme leaves it to him."""
    item = facts.terms.items.get("handle")
    extension = item.extension if item is not None else None
    if actor.role == Role.DIRECTOR or extension is None or extension.by == actor.role:
        return None
    return "本事项的延期由中心主任审批。"


def something_is_to_be_told(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if _to_tell(facts) else "没有待告知当事人的延期或中止。"


def nothing_is_to_be_told(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    """信访工作条例 §34 and others: an extension is told, with reasons; so is a suspension."""
    return "延期或中止还没有告知当事人，请先“告知当事人”。" if _to_tell(facts) else None


def _to_tell(facts: CaseFacts) -> bool:
    return any(key.startswith("to_tell") for key in facts.pending)


def a_limit_runs(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    """What has no limit needs no suspension, and nothing would bring it back into view."""
    items = facts.terms.items
    runs = any(one.stopped_at is None and one.kind in items and items[one.kind].counts for one in facts.clocks)
    return None if runs else "本事项没有在计的时限，不需要中止。"


def no_suspension_asked_for(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return "已申请中止，等待审批。" if "suspension" in facts.pending else None


def suspension_asked_for(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if "suspension" in facts.pending else "没有待审批的中止申请。"


def not_who_asked_for_suspension(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    asked_by = facts.pending.get("suspension", {}).get("by")
    return "中止须由申请人以外的人审批。" if asked_by == actor.account else None


def an_opinion_is_approved(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    approved = any(part.approved for part in facts.assignments if part.lead and part.stage != "released")
    return None if approved else "书面意见还没有签发，不能送达。"


def every_unit_has_answered(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    """The lead gives the one merged answer, so the co-handling units' opinions come first."""
    waiting = [
        part.unit_name
        for part in facts.assignments
        if not part.lead and part.stage in ("awaiting", "signed", "objected")
    ]
    return f"{'、'.join(waiting)}还没有提交协办意见。" if waiting else None


def not_who_concluded(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return "办结须由办结人以外的人审核。" if facts.concluded_by == actor.account else None


def not_the_answer_of_an_accused_unit(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    """Where the accusation is recognised only after the accused unit has concluded."""
    led = any(part.lead and part.unit in facts.accused_units for part in facts.assignments)
    return "主办单位是被检举控告的单位，其结论不能采用，请退回重办。" if led and facts.lead is None else None


def opinion_is_approved_and_served(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    if facts.outcome not in OPINIONS:
        return None
    unsigned = an_opinion_is_approved(facts, actor, at)
    if unsigned is not None:
        return "书面意见还没有由单位负责人签发。"
    return "书面意见还没有送达申请人。" if facts.served_at is None else None


def nothing_bars_reopening(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    if not facts.bar:
        return None
    return f"本事项有{BAR_NAMES[facts.bar]}在先，不能重新办理。"


def follow_up_is_settled(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    if facts.satisfied is False and actor.role != Role.SUPERVISOR:
        return "申请人不满意，由督办员决定重新办理还是归档。"
    waits = call_back_waits(sampled=facts.sampled, anonymous=facts.anonymous, satisfied=facts.satisfied)
    return "本事项列入回访，请先回访再归档。" if facts.stage == "closed" and waits else None


def may_be_sampled(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    if facts.anonymous:
        return "匿名事项没有可以回访的人。"
    if facts.satisfied is not None:
        return "这件事项已经回访或评价过。"
    return "这件事项已列入回访。" if facts.sampled else None


def an_agreement_stands(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if facts.outcome in AGREEMENTS else "本事项没有达成协议，不需要登记履行。"


def a_day_of_performance_is_agreed(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if facts.clock("perform") else "还没有登记履行期限。"


def performance_is_settled(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return "协议约定了履行期限，请先登记履行情况再归档。" if facts.clock("perform") else None


def not_rated_yet(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if facts.satisfied is None else "这件事项已经评价过，谢谢您。"


def a_reply_waits(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if any(one.state == "replied" for one in facts.supervisions) else "没有待认可的督办回告。"


def a_notice_is_open(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    open_ = any(one.state in ("open", "replied") for one in facts.supervisions)
    return None if open_ else "没有正在督办的督办单。"


def a_notice_waits(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    waits = any(one.state in ("open", "replied", "appealed") for one in facts.supervisions)
    return None if waits else "没有可以剔除的督办单。"


def an_appeal_waits(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if any(one.state == "appealed" for one in facts.supervisions) else "没有待裁定的督办申诉。"


def a_due_date_waits(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if "due" in facts.pending else "没有待确认的时限变更。"


def no_contest_pending(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return "已登记不服，等待督办员答复。" if "contest" in facts.pending else None


def a_contest_is_pending(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return None if "contest" in facts.pending else "没有待答复的不服申请。"


def no_mediation_runs(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return "调解还在进行，请先终止调解或者达成协议。" if facts.mediation.runs else None


def report_back_is_made(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    """特邀调解规定 §§26, 27 for what a court has handed over; what others have is answered in the same way."""
    return "还没有向委派、委托或者移送的机关反馈调解结果。" if facts.mediation.report else None


def the_parties_want_more_time(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    """Where the scheme makes it depend on them (特邀调解规定 §27, 医疗纠纷预防和处理条例 §38)."""
    item = facts.terms.items.get("handle")
    extension = item.extension if item is not None else None
    if extension is None or not extension.consent or facts.mediation.longer:
        return None
    return "延长期限须各方当事人同意，请先在调解页面记录各方“同意延长调解期限”。"


def no_plan_of_performance(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    return "协议有分项的履行计划，请在调解页面逐项登记。" if facts.mediation.waiting is not None else None


def no_promise_waits(facts: CaseFacts, actor: Actor, at: datetime) -> str | None:
    waiting = facts.mediation.waiting
    return f"协议还有{waiting}项没有履行，也没有认定未履行。" if waiting else None
