"""How cases end: every outcome at the window and from a unit, review, reopening, follow-up, filing, contesting."""

from datetime import timedelta

import pytest

from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.needs import OPINIONS
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, NOT_READY, WRONG_STAGE
from rules.fitting import CODE, REASON, after, contested, guided
from rules.kit import (
    Matter,
    accepted,
    centre,
    clerk,
    clerk2,
    closed,
    director,
    dispatcher,
    handler,
    handler2,
    handling,
    resident,
    rsj,
    supervisor,
    target,
    unit_lead,
    unit_lead2,
    zjj,
)

# What an outcome needs beside the answer, at the window.
BESIDE: dict[str, dict[str, object]] = {
    **{opinion: {"units": (rsj,)} for opinion in OPINIONS},
    "mediation_ended": {"route": "可以申请仲裁或者起诉"},
    "to_court": {"route": "人民法院已立案"},
    "guided": {"route": "申请行政复议"},
    "not_again": {"basis": "信访工作条例第三十六条"},
    "withdrawn": CODE,
    "merged": {"into": target()},
}
SECOND = {*OPINIONS, "guided", "not_again"}
ENDS = {"withdrawn": "withdrawn", "merged": "merged", **dict.fromkeys(SECOND, "concluded")}
BARS = {"agreement_written": "agreement", "agreement_oral": "agreement", "to_court": "lawsuit"}


@pytest.mark.parametrize("taken_in", [False, True])
@pytest.mark.parametrize("outcome", OUTCOME_NAMES)
def test_every_outcome_at_the_window(outcome: str, taken_in: bool) -> None:
    matter = accepted() if taken_in else Matter()
    take = {"outcome": outcome, "answer": "当场答复", "confirmed": True, **BESIDE.get(outcome, {})}
    matter.move("settle_on_spot", clerk, **take)
    assert matter.stage == ENDS.get(outcome, "closed")
    assert matter.facts.outcome == outcome
    assert matter.facts.bar == BARS.get(outcome, "")
    assert [said.text for said in matter.said if said.kind == "answer"] == ["当场答复"]
    assert not [c for c in matter.facts.clocks if c.stopped_at is None and c.paused_at is None]


@pytest.mark.parametrize("outcome", [*BESIDE, "nonsense"])
def test_an_outcome_at_the_window_without_what_it_needs(outcome: str) -> None:
    refused = Matter().refuses("settle_on_spot", clerk, outcome=outcome, answer="x", confirmed=True)
    missing = "outcome" if outcome == "nonsense" else next(iter(BESIDE[outcome]))
    assert set(refused.fields) == {missing}


@pytest.mark.parametrize("outcome", sorted(OUTCOME_NAMES.keys() - SECOND - {"withdrawn", "merged"}))
def test_what_nobody_confirms_is_not_closed_at_the_window(outcome: str) -> None:
    take = {"outcome": outcome, "answer": "x", **BESIDE.get(outcome, {})}
    assert set(Matter().refuses("settle_on_spot", clerk, **take).fields) == {"confirmed"}
    assert "confirmed" in Matter().refuses("settle_on_spot", clerk, confirmed=False, **take).fields


@pytest.mark.parametrize("amount", [-1, 10**15 + 1])
def test_an_amount_is_an_amount(amount: int) -> None:
    take = {"outcome": "answered", "answer": "x", "confirmed": True}
    assert "amounts" in Matter().refuses("settle_on_spot", clerk, amounts={"party1": amount}, **take).fields


@pytest.mark.parametrize("outcome", OUTCOME_NAMES)
def test_every_outcome_from_a_unit(outcome: str) -> None:
    matter = handling()
    take = {name: value for name, value in BESIDE.get(outcome, {}).items() if name in ("route", "basis")}
    if outcome in ("withdrawn", "merged"):
        assert "outcome" in matter.refuses("conclude", handler, outcome=outcome, answer="x").fields
        return
    if take:
        assert set(matter.refuses("conclude", handler, outcome=outcome, answer="x").fields) == set(take)
    if outcome in OPINIONS:
        assert matter.refuses("conclude", handler, outcome=outcome).sentence == "书面意见须先由单位负责人签发。"
        matter.move("approve", unit_lead, answer="处理意见")
        assert "answer" in matter.refuses("conclude", handler, outcome=outcome, answer="另一份").fields
    else:
        assert "answer" in matter.refuses("conclude", handler, outcome=outcome, **take).fields
        take["answer"] = "已答复"
    matter.move("conclude", handler, outcome=outcome, **take)
    assert (matter.stage, matter.facts.bar) == ("concluded", BARS.get(outcome, ""))
    assert matter.part(rsj).stage == "answered"


def test_no_unit_invents_an_outcome() -> None:
    assert "outcome" in handling().refuses("conclude", handler, outcome="promised", answer="不再上访").fields


def test_an_opinion_is_signed_off_and_served_before_it_is_closed() -> None:
    matter = Matter()
    matter.move("settle_on_spot", clerk, outcome="opinion_explain", answer="见意见书", units=(rsj,))
    assert matter.part(rsj).stage == "signed"
    assert matter.refuses("close", supervisor).sentence == "书面意见还没有由单位负责人签发。"
    assert matter.refuses("serve", clerk, proof="直接送达").sentence == "书面意见还没有签发，不能送达。"
    assert matter.refuses("approve", handler, answer="意见").code == NOT_ALLOWED
    matter.move("approve", unit_lead, answer="处理意见书")
    assert matter.refuses("close", supervisor).sentence == "书面意见还没有送达申请人。"
    matter.move("serve", clerk, proof="申请人签收回证")
    assert matter.facts.served_at == matter.at
    matter.move("approve", unit_lead, answer="更正后的意见书")
    assert matter.refuses("close", supervisor).sentence == "书面意见还没有送达申请人。"
    matter.move("serve", clerk, proof="申请人签收回证")
    matter.move("close", supervisor)
    assert matter.part(rsj).stage == "answered", "nothing is left in the unit's inbox"


def test_a_co_units_opinion_does_not_undo_the_service() -> None:
    matter = handling(zjj)
    matter.move("sign", handler2)
    matter.move("approve", unit_lead2, answer="协办意见")
    assert matter.refuses("serve", handler, proof="x").code == NOT_READY
    matter.move("approve", unit_lead, answer="处理意见书")
    matter.move("serve", handler, proof="回证")
    matter.move("approve", unit_lead2, answer="协办意见（修订）")
    assert matter.facts.served_at == matter.at


@pytest.mark.parametrize("move", ["send_back", "reopen"])
def test_what_is_done_again_is_signed_off_and_served_again(move: str) -> None:
    matter = handling()
    matter.move("approve", unit_lead, answer="处理意见书")
    matter.move("serve", handler, proof="回证")
    matter.move("conclude", handler, outcome="opinion_reject")
    if move == "reopen":
        matter.move("close", dispatcher)
    matter.move(move, supervisor, **REASON)
    assert matter.stage == "handling"
    assert (matter.part(rsj).approved, matter.facts.served_at, matter.facts.outcome) == (None, None, "")
    assert matter.refuses("conclude", handler, outcome="opinion_reject").code == NOT_READY


def test_the_handling_limit_stands_still_while_the_answer_is_reviewed() -> None:
    """Neither does the review eat the unit's time, nor does being sent back give it a whole new limit."""
    matter = handling()
    due = matter.clock("handle").due_at
    matter.wait(days=50)
    matter.move("conclude", handler, outcome="answered", answer="已答复")
    assert matter.clock("handle").paused_at == matter.at
    matter.wait(days=3)
    matter.move("send_back", supervisor, **REASON)
    clock = matter.clock("handle")
    assert (clock.paused_at, clock.stopped_at, clock.due_at) == (None, None, due + timedelta(days=3))
    matter.move("conclude", handler, outcome="answered", answer="补充答复")
    matter.move("close", dispatcher)
    assert matter.facts.clock("handle") is None
    matter.wait(days=1)
    matter.move("reopen", supervisor, **REASON)
    assert matter.clock("handle").started_at == matter.at, "a handling begun anew has a limit of its own"


def test_a_second_person_closes() -> None:
    matter = accepted()
    matter.move("settle_on_spot", dispatcher, outcome="not_again", answer="不再受理", basis="第三十六条")
    assert matter.refuses("close", dispatcher).sentence == "办结须由办结人以外的人审核。"
    assert matter.refuses("close", clerk).code == NOT_ALLOWED
    matter.move("close", director)


@pytest.mark.parametrize("outcome", BARS)
def test_an_agreement_or_a_lawsuit_bars_reopening_until_the_record_says_otherwise(outcome: str) -> None:
    matter = Matter()
    take = {"outcome": outcome, "answer": "x", "confirmed": True, **BESIDE.get(outcome, {})}
    matter.move("settle_on_spot", clerk, **take)
    assert matter.refuses("reopen", supervisor, **REASON).code == NOT_READY
    matter.move("follow_up", supervisor, satisfied=False)
    assert matter.refuses("reopen", director, **REASON).code == NOT_READY
    matter.move("correct_record", supervisor, field="bar", value="none", reason="协议已被撤销")
    matter.move("reopen", supervisor, **REASON)
    assert matter.stage == "accepted"
    assert matter.facts.satisfied is None


def test_filing_does_not_open_a_way_round_the_bar() -> None:
    matter = Matter(sampled=False)
    matter.move("settle_on_spot", clerk, outcome="agreement_oral", answer="x", confirmed=True)
    matter.move("archive", clerk)
    matter.move("contest", clerk, reason="申请人反悔")
    assert matter.refuses("decide_contest", supervisor, upheld=True, **REASON).code == NOT_READY
    matter.move("correct_record", supervisor, field="bar", value="none", reason="协议无效")
    matter.move("decide_contest", supervisor, upheld=True, **REASON)
    assert matter.stage == "accepted"


def test_follow_up_comes_before_filing_unless_it_was_not_sampled_or_anonymous() -> None:
    assert closed().refuses("archive", clerk).code == NOT_READY
    closed(sampled=False).move("archive", clerk)
    closed(anonymous=True, parties=()).move("archive", clerk)


def test_who_handled_the_case_does_not_ask_whether_people_are_content() -> None:
    matter = Matter()
    matter.move("settle_on_spot", clerk, outcome="answered", answer="x", confirmed=True)
    assert matter.refuses("follow_up", clerk, satisfied=True).code == NOT_READY
    matter.move("follow_up", clerk2, satisfied=True, text="满意")


def test_an_unsatisfied_applicant_is_not_filed_away_at_the_desk() -> None:
    matter = closed()
    matter.move("follow_up", clerk, satisfied=False)
    assert (matter.told[-1].kind, matter.told[-1].unit) == ("unsatisfied", centre.id)
    assert matter.refuses("archive", clerk).sentence == "申请人不满意，由督办员决定重新办理还是归档。"
    assert matter.refuses("archive", supervisor).fields.keys() == {"reason"}
    matter.move("archive", supervisor, reason="已由住建局负责人当面解释，继续监测噪声。")
    assert matter.said[-1].kind == "remedy", "the applicant reads why"


def test_who_rates_is_heard_by_the_centre_if_he_is_not_satisfied_and_after_filing_by_way_of_a_contest() -> None:
    matter = closed()
    matter.move("rate", resident, satisfied=True, manner=5)
    assert (matter.stage, matter.facts.satisfied) == ("followed_up", True)
    assert matter.refuses("rate", resident, satisfied=False).code == WRONG_STAGE
    assert "unsatisfied" not in [notice.kind for notice in matter.told]

    filed = closed(sampled=False)
    filed.move("archive", clerk)
    filed.move("rate", resident, satisfied=False, text="问题又出现了。")
    assert (filed.stage, filed.told[-1].kind, filed.said[-1].kind) == ("archived", "unsatisfied", "rating")
    filed.move("decide_contest", supervisor, upheld=True, **REASON)
    assert filed.stage == "accepted"


def test_a_contest_is_answered_and_not_twice_at_once() -> None:
    matter = contested()
    assert matter.refuses("contest", clerk, **REASON).code == NOT_READY
    matter.move("decide_contest", supervisor, upheld=False, **REASON)
    assert (matter.stage, matter.facts.outcome) == ("guided", "guided")
    assert matter.refuses("decide_contest", supervisor, upheld=True, **REASON).code == NOT_READY
    matter.move("contest", clerk, **REASON)


def contest_upheld(matter: Matter) -> Matter:
    matter.move("contest", clerk, reason="申请人不服")
    matter.move("decide_contest", supervisor, upheld=True, **REASON)
    assert (matter.facts.outcome, matter.facts.pending, matter.facts.lead_unit) == ("", {}, None)
    return matter


def test_an_upheld_contest_brings_the_matter_back_to_where_it_belongs() -> None:
    never = contest_upheld(guided())
    assert (never.stage, never.clock("accept").started_at) == ("registered", never.at)
    merged = Matter()
    merged.move("merge", clerk, into=target(), **REASON)
    assert contest_upheld(merged).stage == "registered", "it never was taken in"
    taken_in = handling()
    taken_in.move("withdraw", clerk, **CODE)
    assert contest_upheld(taken_in).stage == "accepted"
    assert [clock.kind for clock in taken_in.facts.clocks if clock.stopped_at is None] == ["handle"]
    waiting = after(handling(), "request_suspension", handler, days=9, **REASON)
    waiting.move("suspend", supervisor)
    waiting.move("withdraw", clerk, **CODE)
    contest_upheld(waiting)
    assert (waiting.stage, waiting.facts.paused_at) == ("accepted", None)
    filed = closed(sampled=False)
    filed.move("archive", clerk)
    assert contest_upheld(filed).stage == "accepted"
    assert filed.part(rsj).stage == "released"


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("title", "更正后的标题", "更正后的标题"),
        ("category", "dispute.wages", "dispute.wages"),
        ("amount", "100", 100),
        ("people_involved", "12", 12),
        ("bar", "review", "review"),
        ("bar", "none", ""),
    ],
)
def test_the_supervisor_puts_a_record_right(field: str, value: str, stored: object) -> None:
    matter = closed()
    matter.move("correct_record", supervisor, field=field, value=value, **REASON)
    assert (matter.stage, matter.columns[field]) == ("closed", stored)


def test_nobody_but_the_supervisor_puts_a_record_right() -> None:
    for actor in (director, clerk, dispatcher, handler):
        refused = closed().refuses("correct_record", actor, field="amount", value="1", **REASON)
        assert refused.code == NOT_ALLOWED


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("outcome", "answered", "field"),
        ("stage", "archived", "field"),
        ("amount", "-1", "value"),
        ("amount", "9" * 16, "value"),
        ("people_involved", "十二", "value"),
        ("bar", "promise", "value"),
        ("title", "", "value"),
        ("title", "长" * 201, "value"),
    ],
)
def test_what_cannot_be_put_right(field: str, value: str, fault: str) -> None:
    refused = closed().refuses("correct_record", supervisor, field=field, value=value, **REASON)
    assert (refused.code, set(refused.fields)) == (INVALID, {fault})


def test_nobody_promises_anything_to_be_heard() -> None:
    """There is no outcome by which a resident gives up going on."""
    assert not [name for name in OUTCOME_NAMES.values() for word in ("息诉", "罢访", "承诺") if word in name]
