"""What a unit does with its part: acceptance by law, progress, extension, approval, recall."""

from datetime import timedelta

import pytest

from onedoor.rules.refusal import NOT_READY, NOT_YOUR_MOVE, WRONG_STAGE
from onedoor.rules.scheme_book import SCHEMES
from rules.fitting import PETITION, REASON, accepted_by_unit, extension_asked, extension_to_tell, suspension_asked
from rules.kit import (
    Matter,
    centre,
    clerk,
    colleague,
    director,
    dispatched,
    dispatcher,
    handler,
    handler2,
    handler3,
    handling,
    mediator,
    rsj,
    supervisor,
    unit_lead,
    unit_lead2,
    zjj,
)


@pytest.mark.parametrize("scheme", sorted(code for code, one in SCHEMES.items() if one.unit_accepts))
def test_where_the_law_says_so_the_unit_accepts_and_the_legal_time_starts(scheme: str) -> None:
    matter = handling(scheme=scheme)
    assert matter.clock("inform").started_at == matter.at
    matter.wait(days=2)
    matter.move("decide_acceptance", handler, accepted=True)
    assert matter.facts.clock("inform") is None
    assert matter.clock("handle").started_at == matter.at
    assert matter.refuses("decide_acceptance", handler, accepted=False).sentence == "本单位已作出受理决定。"


@pytest.mark.parametrize("scheme", sorted(code for code, one in SCHEMES.items() if not one.unit_accepts))
def test_elsewhere_no_unit_starts_its_time_anew(scheme: str) -> None:
    matter = handling(scheme=scheme)
    assert matter.facts.clock("inform") is None
    assert matter.refuses("decide_acceptance", handler, accepted=True).code == NOT_READY


def test_a_refusal_to_accept_names_reasons_and_the_lawful_route() -> None:
    matter = handling(**PETITION)
    assert set(matter.refuses("decide_acceptance", handler, accepted=False, route="诉讼").fields) == {"reason"}
    assert set(matter.refuses("decide_acceptance", handler, accepted=False, **REASON).fields) == {"route"}
    matter.move("decide_acceptance", handler, accepted=False, route="诉讼", **REASON)
    assert matter.part(rsj).accepted is False
    assert [said.kind for said in matter.said[-2:]] == ["reason", "guidance"]
    assert not [clock.kind for clock in matter.facts.clocks if clock.stopped_at is None], (
        "what is refused has no limit"
    )
    matter.move("conclude", handler, outcome="guided", answer="已告知。", route="诉讼")
    matter.move("send_back", supervisor, reason="应当受理。")
    assert matter.part(rsj).accepted is None, "it decides anew"
    assert matter.clock("inform").started_at == matter.at


def test_what_a_new_unit_accepts_keeps_the_extension_that_the_matter_has_had() -> None:
    matter = extension_asked()
    matter.move("decide_extension", unit_lead, granted=True, **REASON)
    matter.move("recall", dispatcher, reason="改派")
    assert matter.clock("dispatch").started_at == matter.at
    matter.move("dispatch", dispatcher, unit=zjj)
    assert matter.facts.clock("dispatch") is None
    matter.move("sign", handler2)
    matter.move("decide_acceptance", handler2, accepted=True)
    assert matter.clock("handle").extended == 30
    assert matter.refuses("request_extension", handler2, days=5, **REASON).sentence == (
        "本事项已延期一次，不能再次延期。"
    )


def test_what_is_to_be_told_stays_to_be_told_and_stops_the_end() -> None:
    matter = extension_to_tell()
    told = {"to_tell.extension": {"by": unit_lead.account, "parts": "applicant"}}
    assert matter.facts.pending == told
    refused = matter.refuses("conclude", handler, outcome="answered", answer="已答复。")
    assert refused.sentence == "延期或中止还没有告知当事人，请先“告知当事人”。"
    matter.move("request_suspension", handler, days=5, reason="鉴定")
    matter.move("suspend", supervisor)
    assert matter.facts.pending.keys() == {"to_tell.extension", "to_tell.suspension"}
    matter.move("resume", handler, reason="已鉴定")
    matter.move("recall", dispatcher, reason="改派")
    assert matter.facts.pending.keys() == {"to_tell.extension", "to_tell.suspension"}
    matter.move("tell", clerk, text="电话告知申请人延期和中止的理由。")
    assert matter.facts.pending == {}
    assert matter.refuses("tell", clerk, text="再次").code == NOT_READY


def test_what_the_director_decides_is_asked_of_the_centre() -> None:
    matter = handling(scheme="hotline-shandong")
    matter.move("request_extension", handler, days=5, **REASON)
    assert matter.told[-1].unit == centre.id
    matter = extension_asked()
    assert matter.told[-1].unit == rsj.id


def test_an_extension_is_asked_for_once_and_in_time() -> None:
    matter = accepted_by_unit()
    assert "days" in matter.refuses("request_extension", handler, days=0, **REASON).fields
    assert "days" in matter.refuses("request_extension", handler, days=31, **REASON).fields
    matter.at = matter.clock("handle").due_at
    late = accepted_by_unit()
    late.at = late.clock("handle").due_at + timedelta(seconds=1)
    assert late.refuses("request_extension", handler, days=30, **REASON).sentence == ("办理时限已到，不能再申请延期。")
    matter.move("request_extension", handler, days=30, **REASON)
    assert matter.refuses("request_extension", handler, days=1, **REASON).sentence == "已申请延期，等待审批。"
    due = matter.clock("handle").due_at
    matter.move("decide_extension", unit_lead, granted=True, **REASON)
    assert matter.clock("handle").due_at == due + timedelta(days=30)
    assert matter.refuses("request_extension", handler, days=1, **REASON).sentence == (
        "本事项已延期一次，不能再次延期。"
    )
    assert matter.refuses("decide_extension", unit_lead, granted=True, **REASON).code == NOT_READY


def test_an_extension_refused_changes_no_date_and_may_be_asked_for_again() -> None:
    matter = extension_asked()
    due = matter.clock("handle").due_at
    matter.move("decide_extension", unit_lead, granted=False, **REASON)
    assert matter.clock("handle").due_at == due
    matter.move("request_extension", handler, days=5, **REASON)


def test_who_asks_for_an_extension_does_not_grant_it() -> None:
    matter = accepted_by_unit()
    matter.move("request_extension", unit_lead, days=5, **REASON)
    refused = matter.refuses("decide_extension", unit_lead, granted=True, **REASON)
    assert refused.sentence == "延期须由申请人以外的负责人审批。"
    assert matter.refuses("decide_extension", unit_lead2, granted=True, **REASON).code == NOT_YOUR_MOVE
    matter.move("decide_extension", director, granted=True, **REASON)


def test_where_the_scheme_leaves_extensions_to_the_director_no_unit_grants_its_own() -> None:
    matter = handling(scheme="hotline-shandong")
    matter.move("request_extension", handler, days=5, **REASON)
    refused = matter.refuses("decide_extension", unit_lead, granted=True, **REASON)
    assert refused.sentence == "本事项的延期由中心主任审批。"
    matter.move("decide_extension", director, granted=True, **REASON)


def test_without_a_running_limit_there_is_nothing_to_extend() -> None:
    matter = handling(scheme="petition-simple")
    matter.move("decide_acceptance", handler, accepted=True)
    assert "days" in matter.refuses("request_extension", handler, days=1, **REASON).fields
    stopped = Matter(stage="handling", assignments=matter.facts.assignments)
    assert stopped.refuses("request_extension", handler, days=1, **REASON).sentence == "本事项没有在计的办理时限。"


@pytest.mark.parametrize("days", [0, 366])
def test_a_suspension_says_how_long(days: int) -> None:
    assert "days" in handling().refuses("request_suspension", handler, days=days, reason="鉴定").fields
    handling().move("request_suspension", handler, days=max(1, min(days, 365)), reason="鉴定")


def test_who_asked_for_a_suspension_may_take_the_request_back_only_through_another() -> None:
    matter = suspension_asked()
    assert matter.refuses("decline_suspension", handler, reason="x").code == "not_allowed"
    matter.move("decline_suspension", unit_lead, reason="不必等待")
    assert matter.facts.pending == {}


def test_a_part_belongs_to_its_unit() -> None:
    matter = handling(zjj)
    assert matter.refuses("sign", handler3).sentence == "本单位没有承办这件事项。"
    assert matter.refuses("sign", colleague).sentence == "本单位的任务现为“已签收”，不能“签收”。"
    own, other = matter.part(rsj).id, matter.part(zjj).id
    assert matter.refuses("sign", handler2, assignment=own).code == WRONG_STAGE
    assert matter.refuses("report_progress", handler, assignment=other, text="x").code == WRONG_STAGE
    assert matter.refuses("object", handler2, assignment=own, reason="x").code == WRONG_STAGE
    matter.move("sign", handler2, assignment=other)
    assert matter.refuses("request_extension", handler2, days=1, **REASON).code == NOT_YOUR_MOVE
    matter.move("report_progress", colleague, text="同事接着办理。")
    matter.move("submit_opinion", handler2, text="协办意见")
    assert matter.refuses("submit_opinion", handler2, text="再次").code == WRONG_STAGE
    assert matter.told[-1].unit == rsj.id
    assert matter.refuses("sign", mediator).code == NOT_YOUR_MOVE


@pytest.mark.parametrize("make", [dispatched, handling])
def test_a_recalled_case_waits_for_dispatch_and_its_time_runs_on(make: type[Matter]) -> None:
    matter = make()
    due = matter.clock("handle").due_at
    matter.move("recall", dispatcher, reason="分错单位")
    assert (matter.stage, matter.facts.lead_unit, matter.facts.lead) == ("accepted", None, None)
    assert matter.told[-1].unit == rsj.id
    assert [clock.kind for clock in matter.facts.clocks if clock.stopped_at is None] == ["handle"]
    assert matter.clock("handle").due_at == due
    matter.move("dispatch", dispatcher, unit=zjj)
    assert matter.refuses("sign", handler).code == NOT_YOUR_MOVE


def test_what_the_unit_had_asked_for_goes_with_it() -> None:
    matter = extension_asked()
    matter.move("recall", dispatcher, reason="改派")
    assert matter.facts.pending == {}


def test_the_supervisor_resumes_what_the_unit_lets_lie() -> None:
    matter = suspension_asked()
    matter.move("suspend", supervisor)
    assert matter.refuses("resume", dispatcher, reason="x").code == "not_allowed"
    matter.move("resume", supervisor, reason="中止事由已消除")
    assert matter.stage == "handling"
