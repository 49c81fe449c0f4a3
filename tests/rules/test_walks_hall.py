"""Walks through the hall: settled at once, sent elsewhere, reported by nobody, handed between levels."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from onedoor.rules.refusal import INVALID, NOT_READY, NOT_YOUR_MOVE, WRONG_STAGE
from rules.fitting import extension_asked, guidance_proposed
from rules.kit import (
    Matter,
    centre,
    clerk,
    clerk2,
    committee,
    dispatcher,
    gaj,
    handler2,
    handler3,
    known,
    mediator,
    party,
    rsj,
    supervisor,
    town_centre,
    town_dispatcher,
    village_centre,
    village_clerk,
    village_dispatcher,
    zjj,
)


def test_the_wages_of_twelve_workers_are_settled_in_the_hall_within_the_hour() -> None:
    workers = tuple(party(number) for number in range(1, 13))
    firm = party(13, "respondent", name="某建筑公司")
    matter = Matter(kind="dispute", scheme="mediation-30", parties=(*workers, firm))
    wages = {worker.id: 8_000_00 + place for place, worker in enumerate(workers)}
    matter.wait(minutes=50)
    settlement = {
        "outcome": "agreement_written",
        "answer": "公司当场支付拖欠的工资。",
        "units": (rsj, committee),
        "mediator": known(mediator),
    }

    assert "confirmed" in matter.refuses("settle_on_spot", clerk, amounts=wages, **settlement).fields
    to_the_firm = {firm.id: 1}
    refused = matter.refuses("settle_on_spot", clerk, amounts=to_the_firm, confirmed=True, **settlement)
    assert refused.fields == {"amounts": "金额只能记在申请人名下。"}

    decision = matter.move("settle_on_spot", clerk, amounts=wages, confirmed=True, **settlement)
    assert matter.stage == "closed"
    assert decision.codes == {"outcome": "agreement_written", "mediator": mediator.account}
    assert matter.facts.lead_unit == rsj.id
    assert [(part.unit, part.lead, part.stage) for part in matter.facts.assignments] == [
        (rsj.id, True, "answered"),
        (committee.id, False, "answered"),
    ]
    assert matter.settled == {
        worker.id: {"settled_amount": wages[worker.id], "confirmed_at": matter.at} for worker in workers
    }
    assert all(clock.stopped_at == matter.at for clock in matter.facts.clocks)
    assert matter.columns["settled_on_spot"] is True

    # he who settled it does not ask whether people are content, and an agreement bars reopening
    assert matter.refuses("follow_up", clerk, satisfied=True).code == NOT_READY
    assert matter.refuses("archive", clerk).sentence == "本事项列入回访，请先回访再归档。"
    matter.move("follow_up", clerk2, satisfied=True, text="十二人均已收到工资。")
    assert "调解协议" in matter.refuses("reopen", supervisor, reason="再议").sentence
    matter.move("archive", clerk2)
    assert matter.stage == "archived"


def test_a_petition_of_another_county_is_sent_there_and_comes_back() -> None:
    matter = Matter(purpose="petition", scheme="petition-statutory")
    assert "basis" in matter.refuses("transfer_out", clerk, destination="邻县信访局").fields
    matter.move("transfer_out", clerk, destination="邻县信访局", basis="信访工作条例第二十二条")
    assert matter.stage == "transferred"
    assert [said.kind for said in matter.said] == ["destination", "basis"]
    assert matter.clock("accept").paused_at == matter.at

    matter.wait(days=20)
    matter.move("take_back", clerk, reason="邻县查明事发地在本县。")
    assert matter.stage == "accepted"
    assert matter.facts.clock("accept") is None, "what comes back is taken in"
    assert matter.facts.clock("handle") is None, "the competent unit has not accepted yet"
    assert matter.clock("dispatch").started_at == matter.at
    assert matter.clock("dispatch").paused_at is None
    matter.move("dispatch", dispatcher, unit=rsj)


def test_a_petition_that_was_already_taken_in_gets_the_time_outside_back() -> None:
    matter = Matter()
    matter.move("accept", clerk)
    due = matter.clock("handle").due_at
    matter.move("transfer_out", clerk, destination="邻县信访局", basis="属地管辖")
    matter.wait(days=3)
    matter.move("take_back", clerk, reason="退回")
    assert (matter.clock("handle").due_at - due).days == 3
    assert len([clock for clock in matter.facts.clocks if clock.kind == "handle"]) == 1


def test_a_dangerous_wall_reported_by_nobody() -> None:
    matter = Matter(kind="incident", channel="grid", anonymous=True, parties=(), sampled=True)
    matter.move("accept", clerk)
    matter.move("dispatch", dispatcher, unit=zjj)
    matter.move("sign", handler2)
    matter.move("report_progress", handler2, text="已拉警戒线。")
    matter.move("conclude", handler2, outcome="put_right", answer="危墙已拆除。")
    matter.move("close", supervisor)
    # there is nobody to call back
    matter.move("archive", clerk)
    assert matter.stage == "archived"


def test_nobody_settles_an_anonymous_report_alone() -> None:
    matter = Matter(kind="incident", anonymous=True, parties=())
    matter.move("settle_on_spot", clerk, outcome="unfounded", answer="未见危墙。")
    assert matter.stage == "concluded"
    assert matter.refuses("archive", clerk).code == WRONG_STAGE
    matter.move("send_back", supervisor, reason="请到现场查看。")
    assert matter.stage == "accepted"
    assert matter.clock("handle").started_at == matter.at
    assert matter.columns["settled_on_spot"] is False


def test_a_quarrel_goes_from_the_village_to_the_township_and_back() -> None:
    matter = Matter(
        kind="dispute",
        scheme="mediation-30",
        present_centre=village_centre.id,
        receiving_centre=village_centre.id,
        present_path=village_centre.division_path,
    )
    matter.move("accept", village_clerk)
    due = matter.clock("handle").due_at
    assert matter.refuses("accept", clerk).code == WRONG_STAGE
    assert matter.refuses("send_up", dispatcher, centre=centre, reason="代办").code == NOT_YOUR_MOVE
    assert matter.refuses("send_back_up", village_dispatcher, centre=centre, reason="退").code == NOT_READY

    matter.move("send_up", village_dispatcher, centre=town_centre, reason="双方要求镇里调解。")
    assert matter.facts.present_centre == town_centre.id
    assert matter.facts.present_path == town_centre.division_path
    assert matter.facts.receiving_centre == village_centre.id
    assert matter.told[-1].unit == town_centre.id
    assert matter.refuses("dispatch", village_dispatcher, unit=gaj).code == NOT_YOUR_MOVE

    matter.wait(days=1)
    assert "centre" in matter.refuses("send_down", town_dispatcher, centre=centre, reason="下交").fields
    assert "centre" in matter.refuses("send_down", town_dispatcher, centre=town_centre, reason="下交").fields
    assert "centre" in matter.refuses("send_down", town_dispatcher, centre=gaj, reason="下交").fields
    matter.move("send_down", town_dispatcher, centre=village_centre, reason="先由村里调解。")
    assert matter.facts.sent_down_from == town_centre.id

    matter.move("dispatch", village_dispatcher, unit=gaj)
    matter.move("sign", handler3)
    matter.move("send_back_up", village_dispatcher, centre=town_centre, reason="一方不在村里。")
    assert matter.stage == "accepted"
    assert matter.facts.sent_down_from is None
    assert matter.part(gaj).stage == "released"
    assert matter.clock("handle").due_at == due, "no hand-over starts the time anew"
    assert matter.facts.clock("sign") is None


def test_a_matter_against_the_centre_itself_is_raised_by_the_supervisor_above() -> None:
    town = {"present_centre": town_centre.id, "present_path": town_centre.division_path}
    matter = Matter(confidentiality="accusation", named=(supervisor.account,), accused_units=(town_centre.id,), **town)
    matter.move("accept", supervisor)
    refused = matter.refuses("send_up", supervisor, centre=centre, reason="回避")
    assert refused.fields == {"persons": "限制知悉的事项须指定县综治中心的承办人。"}
    matter.move("send_up", supervisor, centre=centre, reason="回避", persons=(known(dispatcher),))
    assert matter.facts.named == (dispatcher.account, supervisor.account)
    matter.move("dispatch", dispatcher, unit=gaj, persons=(known(handler3),))


@pytest.mark.parametrize("make", [guidance_proposed, extension_asked])
def test_what_was_proposed_at_one_centre_does_not_bind_the_next(make: Callable[[], Matter]) -> None:
    matter = make()
    if matter.stage == "registered":
        matter.move("accept", clerk)
        matter.move("guide", clerk, route="向人民法院起诉", reason="属于诉讼范围")
        matter.move("send_down", dispatcher, centre=town_centre, reason="先由镇里核实")
    else:
        matter.facts = replace(matter.facts, sent_down_from=town_centre.id)
        matter.move("send_back_up", dispatcher, centre=town_centre, reason="退回")
    assert matter.facts.pending == {}
    matter.move("dispatch", town_dispatcher, unit=gaj)


def test_at_the_top_there_is_nowhere_further_up() -> None:
    matter = Matter()
    matter.move("accept", clerk)
    refused = matter.refuses("send_up", dispatcher, reason="上报")
    assert (refused.code, refused.sentence) == (NOT_READY, "本级以上没有上级中心。")
    assert matter.refuses("dispatch", dispatcher, unit=town_centre).code == INVALID
