"""A petition that three units share: one objects, two answer, the lead's opinion is signed off and served."""

from api.kit import MATTER, Desk, ok, refusal
from onedoor.cases.verify import verify

PETITION = MATTER | {
    "kind": "appeal",
    "purpose": "petition",
    "category": "petition.land-resources",
    "narrative": "宅基地边界被新修道路占用，要求核实。",
    "division": "990101100201",
}
OPINION = "经调查，道路占用宅基地属实，予以支持，三十日内恢复。"


def test_three_units_an_objection_and_an_opinion_that_is_served(desk: Desk) -> None:
    number = desk.registered(**PETITION)["number"]
    desk.walk(
        number,
        ("clerk", "accept", {}),
        ("dispatcher", "dispatch", {"unit": "rsj", "co_units": ["zjj", "gov-qinghe"]}),
        ("handler2", "object", {"reason": "道路由交通局建设"}),
    )
    # a co-unit's objection stops nobody
    case = desk.walk(number, ("handler", "sign", {}), ("handler3", "sign", {}))
    assert case["stage"] == "handling"
    stages = {part["unit"]["code"]: part["stage"] for part in case["assignments"]}
    assert stages == {"rsj": "signed", "zjj": "objected", "gov-qinghe": "signed"}

    # designated it must take it, and cannot object again
    desk.walk(number, ("dispatcher", "designate", {"unit": "zjj", "reason": "涉及村镇规划"}))
    refusal(desk.move("handler2", number, "object", reason="仍有异议"), 422, "not_ready")
    desk.walk(number, ("handler2", "sign", {}), ("handler", "decide_acceptance", {"accepted": True}))

    # the lead's answer waits for the others', and an opinion for its approval
    early = desk.move("handler", number, "conclude", outcome="opinion_support")
    told = refusal(early, 422, "not_ready")
    assert "住建局" in told
    assert "清禾镇政府" in told
    desk.walk(
        number,
        ("handler2", "submit_opinion", {"text": "规划图上为宅基地。"}),
        ("handler3", "submit_opinion", {"text": "村里已丈量。"}),
    )
    unapproved = desk.move("handler", number, "conclude", outcome="opinion_support")
    assert "签发" in refusal(unapproved, 422, "not_ready")
    refusal(desk.move("handler", number, "approve", answer=OPINION), 403, "not_allowed")
    desk.walk(number, ("unit_lead", "approve", {"answer": OPINION}))
    case = ok(desk.move("handler", number, "conclude", outcome="opinion_support"))
    assert case["answer"] == OPINION
    assert {unit["code"] for unit in case["co_units"]} == {"gov-qinghe", "zjj"}

    # and it is not closed before it is served
    assert "送达" in refusal(desk.move("supervisor", number, "close"), 422, "not_ready")
    desk.walk(number, ("handler", "serve", {"proof": "直接送达，本人签收"}))
    case = ok(desk.move("supervisor", number, "close"))
    assert case["stage"] == "closed"
    assert case["served_at"] is not None
    papers = ok(desk.get("clerk", f"/cases/{number}/papers"))["items"]
    assert [paper["kind"] for paper in papers] == ["opinion", "opinion", "opinion", "service"]
    assert papers[2]["text"] == OPINION
    report = verify()
    assert (report.cases, report.findings) == (1, [])


def test_a_quarrel_goes_from_the_village_up_down_and_up_again(desk: Desk) -> None:
    number = desk.registered("clerk_village")["number"]
    desk.walk(number, ("clerk_village", "accept", {}))
    due = ok(desk.get("clerk", f"/cases/{number}"))["due_at"]
    up = ok(desk.move("dispatcher_village", number, "send_up", reason="村里调不了"))
    assert (up["number"], up["present_centre"], up["receiving_centre"]) == (
        number,
        "centre-qinghe",
        "centre-hefengtang",
    )
    assert up["due_at"] == due
    refusal(desk.move("dispatcher_village", number, "dispatch", unit="cun-hefengtang"), 403, "not_your_move")
    down = ok(desk.move("dispatcher_town", number, "send_down", centre="centre-hefengtang", reason="先由村里调解"))
    assert down["present_centre"] == "centre-hefengtang"
    back = ok(desk.move("dispatcher_village", number, "send_back_up", reason="双方不同意"))
    assert (back["present_centre"], back["present_centre_name"]) == ("centre-qinghe", "清禾镇综治中心")
    assert back["due_at"] == due
    assert number in desk.numbers("dispatcher", stage="accepted")
    report = verify()
    assert (report.cases, report.findings) == (1, [])
