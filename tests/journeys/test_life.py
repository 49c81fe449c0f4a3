"""Whole lives of a case, driven over the API by the people who would."""

import pytest

from api.conftest import Cast
from onedoor.cases.verify import run as verify

pytestmark = pytest.mark.django_db


def test_five_people_take_a_case_from_registration_to_archive(cast: Cast) -> None:
    case = cast.clerk.register()
    number = case["number"]
    assert (case["stage"], case["version"], case["lead_unit"]) == ("registered", 1, None)
    assert len(case["receipt_code"]) == 8

    assert cast.clerk.move(number, "accept", version=1)["stage"] == "accepted"
    sent = cast.dispatcher.move(number, "dispatch", unit="rsj", reason="属人社职责")
    assert (sent["stage"], sent["lead_unit"]["code"]) == ("dispatched", "rsj")
    assert cast.handler.move(number, "sign")["stage"] == "handling"
    concluded = cast.handler.move(number, "conclude", outcome="answered", answer="已清理走廊。")
    assert (concluded["stage"], concluded["answer"]) == ("concluded", "已清理走廊。")
    assert cast.supervisor.move(number, "close")["stage"] == "closed"
    assert cast.clerk.move(number, "follow_up", satisfied=True, text="很快")["stage"] == "followed_up"
    archived = cast.clerk.move(number, "archive")
    assert (archived["stage"], archived["version"], archived["due_at"]) == ("archived", 8, None)

    events = cast.director.get(f"/cases/{number}/events").body["items"]
    assert [event["kind"] for event in events] == [
        "register", "accept", "dispatch", "sign", "conclude", "close", "follow_up", "archive",
    ]  # fmt: skip
    assert [event["actor"] for event in events][:3] == ["迎进门", "迎进门", "方向明"]
    papers = cast.director.get(f"/cases/{number}/papers").body["items"]
    assert [paper["text"] for paper in papers] == ["已清理走廊。"]
    clocks = cast.director.get(f"/cases/{number}/clocks").body["items"]
    assert all(clock["stopped_at"] for clock in clocks)
    assert verify(["--json", "--jobs", "1"]) == 0


def test_three_units_an_objection_and_a_written_opinion(cast: Cast) -> None:
    number = cast.clerk.register(kind="appeal", purpose="petition", category="petition.land-resources")["number"]
    cast.clerk.move(number, "accept")
    cast.dispatcher.move(number, "dispatch", unit="rsj", co_units=["zjj", "gov-qinghe"])
    cast.handler2.move(number, "object", reason="不属住建职责")
    assert cast.handler.move(number, "sign")["stage"] == "handling"
    cast.handler3.move(number, "sign")
    cast.dispatcher.move(number, "designate", unit="zjj", reason="经核实属住建职责")
    again = cast.handler2.post(f"/cases/{number}/moves/object", {"reason": "仍有异议"})
    assert (again.status, again.body["code"]) == (422, "not_ready")
    cast.handler2.move(number, "sign")

    early = cast.handler.post(f"/cases/{number}/moves/conclude", {"outcome": "opinion_support"})
    assert (early.status, early.body["code"]) == (422, "not_ready")
    cast.handler2.move(number, "submit_opinion", text="房屋已核查。")
    cast.handler3.move(number, "submit_opinion", text="村里已调解。")
    cast.handler.move(number, "decide_acceptance", accepted=True)
    cast.unit_lead.move(number, "approve", answer="经调查，诉求成立，予以支持。")
    done = cast.handler.move(number, "conclude", outcome="opinion_support")
    assert done["answer"] == "经调查，诉求成立，予以支持。"
    unserved = cast.supervisor.post(f"/cases/{number}/moves/close", {})
    assert (unserved.status, unserved.body["code"]) == (422, "not_ready")
    cast.handler.move(number, "serve", proof="直接送达，本人签收")
    assert cast.supervisor.move(number, "close")["stage"] == "closed"
    assert verify(["--json", "--jobs", "1"]) == 0


def test_a_quarrel_goes_from_the_village_up_and_back_down(cast: Cast) -> None:
    number = cast.clerk_village.register()["number"]
    cast.clerk_village.move(number, "accept")
    up = cast.dispatcher_village.move(number, "send_up", reason="村里调不了")
    assert (up["number"], up["present_centre"], up["receiving_centre"]) == (
        number, "centre-qinghe", "centre-hefengtang",
    )  # fmt: skip
    down = cast.dispatcher_town.move(number, "send_down", centre="centre-hefengtang", reason="先由村里调解")
    assert down["present_centre"] == "centre-hefengtang"
    back = cast.dispatcher_village.move(number, "send_back_up", reason="双方不同意村里调解")
    assert (back["present_centre"], back["present_centre_name"]) == ("centre-qinghe", "清禾镇综治中心")
    assert number in cast.dispatcher.numbers()
