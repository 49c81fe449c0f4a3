"""Walks through the units: an objection, an appraisal, an accusation recognised late."""

from datetime import timedelta

import pytest

from onedoor.rules.refusal import INVALID, NOT_ALLOWED, NOT_READY, NOT_YOUR_MOVE, WRONG_STAGE
from rules.kit import (
    Matter,
    committee,
    dispatched,
    dispatcher,
    gaj,
    handler,
    handler2,
    handler3,
    handling,
    known,
    mediator,
    party,
    rsj,
    supervisor,
    unit_lead,
    unit_lead2,
    zjj,
)


def test_of_three_units_one_objects_and_stops_nobody() -> None:
    matter = dispatched(zjj, gaj)
    assert [(part.unit, part.lead) for part in matter.facts.assignments] == [
        (rsj.id, True), (zjj.id, False), (gaj.id, False),
    ]  # fmt: skip
    matter.move("sign", handler2)
    assert matter.stage == "dispatched", "a co-unit's signature moves its own part only"
    matter.move("object", handler3, reason="不属于公安职权范围。")
    matter.move("sign", handler)
    assert matter.stage == "handling"
    matter.move("report_progress", handler2, text="已到现场。")
    matter.move("submit_opinion", handler2, text="房屋无安全问题。")

    answer = {"outcome": "answered", "answer": "三单位合并答复。"}
    assert matter.refuses("conclude", handler, **answer).sentence == "公安局还没有提交协办意见。"
    assert matter.refuses("conclude", handler2, **answer).code == NOT_YOUR_MOVE
    assert matter.refuses("submit_opinion", handler, text="主办意见").code == NOT_READY

    matter.move("designate", dispatcher, unit=gaj, reason="须核查出警记录。")
    assert matter.part(gaj).designated
    assert matter.clock("sign").assignment == matter.part(gaj).id
    refused = matter.refuses("object", handler3, reason="仍不同意")
    assert (refused.code, refused.sentence) == (NOT_READY, "本单位是经裁定指定的承办单位，不能再提异议。")
    matter.move("sign", handler3)
    assert matter.refuses("object", handler3, reason="仍不同意").code == NOT_READY
    assert matter.refuses("conclude", handler, **answer).code == NOT_READY
    matter.move("submit_opinion", handler3, text="出警记录属实。")
    matter.move("conclude", handler, **answer)
    assert matter.stage == "concluded"


def test_an_upheld_objection_lets_the_co_unit_go_or_puts_another_in_its_place() -> None:
    matter = dispatched(zjj, gaj)
    matter.move("object", handler2, reason="非住建职责")
    matter.move("object", handler3, reason="非公安职责")
    matter.move("designate", dispatcher, assignment=matter.part(zjj).id, reason="异议成立")
    assert matter.part(zjj).stage == "released"
    assert matter.part(gaj).stage == "objected"
    refused = matter.refuses("designate", dispatcher, unit=rsj, reason="改派")
    assert refused.fields == {"unit": "人社局已在本事项中，请另选单位。"}
    matter.move("designate", dispatcher, unit=committee, reason="改由调委会协办")
    assert matter.part(committee).designated
    assert not matter.part(committee).lead
    assert matter.refuses("designate", dispatcher, reason="再裁").sentence == "没有待裁定的异议。"


def test_the_leads_place_never_stays_empty() -> None:
    matter = dispatched()
    matter.move("object", handler, reason="非人社职责")
    assert "unit" in matter.refuses("designate", dispatcher, reason="异议成立").fields
    assert "assignment" in matter.refuses("designate", dispatcher, unit=zjj, assignment="none", reason="x").fields
    matter.move("designate", dispatcher, unit=zjj, reason="异议成立，由住建局主办")
    assert matter.facts.lead_unit == zjj.id
    assert matter.part(zjj).lead
    assert matter.part(rsj).stage == "released"
    matter.move("sign", handler2)
    assert matter.stage == "handling"


def test_who_has_signed_may_still_object_within_the_time_the_law_gives() -> None:
    """信访工作条例 §23③: five working days from receipt; to sign for it the same day takes none of them."""
    matter = handling(scheme="petition-statutory", purpose="petition")
    matter.wait(days=2)
    matter.move("object", handler, reason="属于住建部门职权")
    assert matter.facts.clock("inform") is None
    assert matter.refuses("conclude", handler, outcome="answered", answer="x").code == NOT_YOUR_MOVE
    matter.move("designate", dispatcher, unit=zjj, reason="核实同意")
    matter.move("sign", handler2)
    assert matter.stage == "handling"
    assert matter.clock("inform").started_at == matter.at

    accepted = handling(scheme="petition-statutory")
    accepted.move("decide_acceptance", handler, accepted=True)
    assert accepted.refuses("object", handler, reason="晚了").sentence == "本单位已作出受理决定，不能再提异议。"


@pytest.mark.parametrize("signed", [False, True])
def test_an_objection_has_its_time(signed: bool) -> None:
    matter = handling() if signed else dispatched()
    limit = matter.part(rsj).object_until
    assert limit is not None
    matter.at = limit + timedelta(seconds=1)
    refused = matter.refuses("object", handler, reason="不是我们的")
    assert (refused.code, refused.sentence) == (NOT_READY, "提出异议的期限已过，请签收办理。")
    matter.at = limit
    matter.move("object", handler, reason="不是我们的")


def test_a_case_waits_for_an_appraisal_and_gets_the_time_back() -> None:
    matter = handling()
    due = matter.clock("handle").due_at
    matter.move("request_suspension", unit_lead, reason="委托司法鉴定", days=60)
    assert matter.refuses("request_suspension", handler, reason="再申请", days=5).code == NOT_READY
    assert matter.refuses("suspend", unit_lead).sentence == "中止须由申请人以外的人审批。"
    matter.move("suspend", supervisor, reason="同意")
    assert matter.stage == "suspended"
    assert matter.clock("handle").paused_at == matter.at
    assert matter.refuses("report_progress", handler, text="x").code == WRONG_STAGE

    matter.wait(days=40)
    matter.move("resume", handler, reason="收到鉴定意见")
    assert matter.stage == "handling"
    assert matter.facts.paused_at is None
    assert matter.clock("handle").paused_at is None
    assert matter.clock("handle").due_at - due == timedelta(days=40)


def test_whoever_handles_the_case_does_not_approve_its_suspension() -> None:
    matter = dispatched()
    matter.move("sign", unit_lead)
    matter.move("request_suspension", handler, reason="等待鉴定", days=10)
    for move in ("suspend", "decline_suspension"):
        refused = matter.refuses(move, unit_lead, reason="自批")
        assert refused.sentence == "您是本事项的经办人，须由经办人以外的人办理。"
    matter.move("decline_suspension", supervisor, reason="不必鉴定")
    assert matter.refuses("suspend", supervisor).sentence == "没有待审批的中止申请。"


def test_a_suspended_case_may_be_concluded_and_leaves_no_request_behind() -> None:
    matter = handling()
    matter.move("request_suspension", handler, reason="等待鉴定", days=10)
    matter.move("conclude", handler, outcome="answered", answer="不必再等。")
    assert matter.facts.pending == {}
    matter.move("send_back", dispatcher, reason="补充事实")
    assert matter.refuses("suspend", supervisor).code == NOT_READY


def accusation(matter: Matter) -> None:
    """Recognised by the dispatcher as one against 人社局."""
    matter.move(
        "restrict",
        dispatcher,
        level="accusation",
        persons=(known(dispatcher), known(supervisor)),
        accused_units=(rsj,),
        reason="内容为检举人社局工作人员。",
    )


@pytest.mark.parametrize("make", [dispatched, handling])
def test_an_accusation_recognised_after_dispatch_leaves_the_accused(make: type[Matter]) -> None:
    matter = make(zjj)  # type: ignore[arg-type]
    matter.move("sign", handler2)
    decision = matter.decide("restrict", supervisor, level="restricted", persons=(known(supervisor),), reason="x")
    assert decision.take_back_notices

    accusation(matter)
    assert matter.stage == "accepted"
    assert matter.facts.confidentiality == "accusation"
    assert matter.facts.named == (dispatcher.account, supervisor.account)
    assert {part.stage for part in matter.facts.assignments} == {"released"}
    assert matter.facts.lead_unit is None
    assert {clock.kind for clock in matter.facts.clocks if clock.stopped_at is None} == {"handle"}

    refused = matter.refuses("dispatch", dispatcher, unit=rsj, persons=(known(handler),))
    assert refused.fields == {"unit": "不能把事项交给被检举控告的单位（人社局）办理。"}
    assert "co_units" in matter.refuses("dispatch", dispatcher, unit=zjj, co_units=(rsj,)).fields
    refused = matter.refuses("dispatch", dispatcher, unit=gaj, persons=(known(handler3), known(handler)))
    assert (refused.code, set(refused.fields)) == (NOT_ALLOWED, {"persons"})
    assert "persons" in matter.refuses("dispatch", dispatcher, unit=gaj).fields
    proof = {"proof": "code", "code": "K7", "proof_holds": True}
    assert matter.refuses("withdraw", dispatcher, **proof).sentence == "检举控告事项不能撤回。"
    assert matter.refuses("settle_on_spot", dispatcher, outcome="answered", answer="x").code == NOT_READY

    matter.move("dispatch", dispatcher, unit=gaj, persons=(known(handler3),))
    assert handler3.account in matter.facts.named
    assert handler.account not in matter.facts.named
    matter.move("sign", handler3)
    assert "unit" in matter.refuses("add_unit", dispatcher, unit=rsj, reason="x").fields


def test_only_the_accused_co_unit_leaves() -> None:
    matter = handling(zjj)
    matter.move(
        "restrict",
        supervisor,
        level="accusation",
        persons=(known(dispatcher), known(supervisor), known(handler)),
        accused_units=(zjj,),
        reason="检举住建局",
    )
    assert matter.stage == "handling"
    assert matter.part(zjj).stage == "released"
    assert matter.part(rsj).stage == "signed"
    assert matter.refuses("sign", unit_lead2).code == NOT_YOUR_MOVE


def test_the_conclusion_of_an_accused_unit_is_not_closed_on() -> None:
    matter = handling(zjj)
    matter.move("sign", handler2)
    matter.move("submit_opinion", handler2, text="协办意见")
    matter.move("conclude", handler, outcome="answered", answer="并无此事。")
    matter.move(
        "restrict",
        dispatcher,
        level="accusation",
        persons=(known(dispatcher), known(supervisor), known(handler2)),
        accused_units=(rsj,),
        reason="内容为检举人社局工作人员。",
    )
    assert matter.stage == "concluded"
    assert matter.refuses("close", supervisor).sentence == "主办单位是被检举控告的单位，其结论不能采用，请退回重办。"
    matter.move("send_back", supervisor, reason="另行交办")
    assert matter.stage == "accepted"
    assert matter.part(zjj).stage == "released"
    matter.move("dispatch", dispatcher, unit=gaj, persons=(known(handler3),))
    matter.move("sign", handler3)
    matter.move("conclude", handler3, outcome="answered", answer="已调查处理。")
    matter.move("close", supervisor)


def test_a_suspended_accusation_runs_again_when_it_goes_back_to_dispatch() -> None:
    matter = handling()
    matter.move("request_suspension", handler, reason="等待鉴定", days=10)
    matter.move("suspend", supervisor)
    accusation(matter)
    assert matter.facts.paused_at is None
    assert matter.clock("handle").paused_at is None


def test_a_unit_that_is_a_party_never_gets_the_matter() -> None:
    matter = Matter(parties=(party(1), party(2, "respondent", unit=zjj)))
    matter.move("accept", dispatcher)
    assert "unit" in matter.refuses("dispatch", dispatcher, unit=zjj).fields
    assert "co_units" in matter.refuses("dispatch", dispatcher, unit=rsj, co_units=(zjj,)).fields
    spot = {"outcome": "answered", "answer": "x", "confirmed": True}
    assert "units" in matter.refuses("settle_on_spot", dispatcher, units=(zjj,), **spot).fields
    matter.move("dispatch", dispatcher, unit=rsj)
    assert matter.refuses("add_unit", dispatcher, unit=zjj, reason="x").code == INVALID
    matter.move("object", handler, reason="x")
    assert "unit" in matter.refuses("designate", dispatcher, unit=zjj, reason="x").fields
    assert matter.refuses("sign", mediator).code == NOT_YOUR_MOVE
