"""One case from the door to the archive, by five people who know nothing of each other but the record."""

from datetime import datetime
from typing import Any

from api.kit import MATTER, Desk, ok
from onedoor.cases import search_index
from onedoor.cases.verify import verify

WAGES = MATTER | {
    "kind": "incident",  # of a dispute the parties would have to want more time
    "category": "dispute.labour.wages",
    "title": "工资拖欠",
    "narrative": "在石桥湾工地做工三个月，工资一万二千元至今未付。",
    "parties": [
        {"part": "applicant", "kind": "person", "name": "𠮷田安", "phone": "13812345678"},
        {"part": "respondent", "kind": "organisation", "name": "澜平恒建劳务有限公司"},
    ],
    "division": "990101101",
    "amount": 1_200_000,
}
CONTRACT = {
    "number", "title", "narrative", "stage", "stage_name", "category", "purpose", "channel", "division", "lead_unit",
    "co_units", "parties", "light", "due_at", "outcome", "version", "registered_at",
}  # fmt: skip


def test_five_people_take_a_case_from_the_door_to_the_archive(desk: Desk) -> None:
    case = ok(desk.post("clerk", "/cases", WAGES, key="window-3-0001"), 201)
    number = case["number"]
    assert set(case) >= CONTRACT
    assert (case["stage"], case["version"], case["lead_unit"], case["light"]) == ("registered", 1, None, "green")
    search_index.drain()

    # the clerk takes it in; it waits for the dispatcher
    assert [one["move"] for one in moves(desk, "clerk", number) if one["move"] == "accept"] == ["accept"]
    step(desk, "clerk", number, "accept", {}, "accepted", 2)
    assert desk.numbers("dispatcher", mine="true") == [number]
    assert desk.numbers("handler", q="工资") == []

    # the dispatcher sends it to the labour office, whose handler signs
    case = step(desk, "dispatcher", number, "dispatch", {"unit": "rsj", "reason": "属人社职责"}, "dispatched", 3)
    assert case["lead_unit"] == {"code": "rsj", "name": "人社局"}
    assert desk.numbers("handler", mine="true") == desk.numbers("handler", q="工资") == [number]
    step(desk, "handler", number, "sign", {}, "handling", 4)
    step(desk, "handler", number, "report_progress", {"text": "已约谈用工单位。"}, "handling", 5)
    step(desk, "handler", number, "request_extension", {"days": 5, "reason": "等银行流水"}, "handling", 6)
    due = ok(desk.get("handler", f"/cases/{number}"))["due_at"]
    case = step(desk, "unit_lead", number, "decide_extension", {"granted": True, "reason": "同意"}, "handling", 7)
    assert datetime.fromisoformat(case["due_at"]) > datetime.fromisoformat(due)
    step(desk, "handler", number, "tell", {"text": "已电话告知：须等银行流水，延长五日。"}, "handling", 8)
    answer = {"outcome": "agreement_written", "answer": "公司当场付清工资一万二千元。"}
    case = step(desk, "handler", number, "conclude", answer, "concluded", 9)
    assert (case["outcome"], case["outcome_name"], case["answer"]) == (
        "agreement_written", "达成书面协议", "公司当场付清工资一万二千元。",
    )  # fmt: skip
    assert (case["due_at"], case["light"]) == (None, "none")

    # the supervisor looks it over, the clerk calls back and files it
    assert desk.numbers("supervisor", mine="true") == [number]
    step(desk, "supervisor", number, "close", {}, "closed", 10)
    step(desk, "clerk", number, "follow_up", {"satisfied": True, "text": "钱已到账"}, "followed_up", 11)
    case = step(desk, "clerk", number, "archive", {}, "archived", 12)
    assert all(case[name] for name in ("accepted_at", "concluded_at", "closed_at", "followed_up_at", "archived_at"))

    events = items(desk, "director", number, "events")
    assert [event["kind"] for event in events] == [
        "register", "accept", "dispatch", "sign", "report_progress", "request_extension", "decide_extension",
        "tell", "conclude", "close", "follow_up", "archive",
    ]  # fmt: skip
    assert [event["actor"] for event in events] == [
        "迎进门", "迎进门", "方向明", "任劳安", "任劳安", "任劳安", "任审定", "任劳安", "任劳安", "杜督行", "迎进门", "迎进门",
    ]  # fmt: skip
    assert [event["seq"] for event in events] == list(range(1, 13))
    clocks = {clock["kind"]: clock for clock in items(desk, "director", number, "clocks")}
    assert set(clocks) == {"accept", "sign", "handle", "follow_up"}
    assert clocks["handle"]["extended"] == 5
    assert all(clock["stopped_at"] and clock["light"] == "green" for clock in clocks.values())
    papers = items(desk, "director", number, "papers")
    assert [(paper["kind"], paper["text"]) for paper in papers] == [("answer", "公司当场付清工资一万二千元。")]
    search_index.drain()
    for text in ("付清", "𠮷田", "工资", number.lower()):
        assert desk.numbers("clerk", q=text) == [number], text
    report = verify()
    assert (report.cases, report.findings) == (1, [])


def step(
    desk: Desk, who: str, number: str, move: str, body: dict[str, Any], stage: str, version: int
) -> dict[str, Any]:
    """One move, seen beforehand as allowed, made on the version seen; the case as it then reads."""
    offered = {one["move"]: one for one in moves(desk, who, number)}
    assert offered[move]["allowed"], offered[move]["why"]
    assert set(body) <= {one["name"] for one in offered[move]["takes"]}
    case = ok(desk.move(who, number, move, version=version - 1, **body))
    assert (case["stage"], case["version"]) == (stage, version)
    assert case == ok(desk.get(who, f"/cases/{number}"))
    return case


def moves(desk: Desk, who: str, number: str) -> list[dict[str, Any]]:
    return items(desk, who, number, "moves")


def items(desk: Desk, who: str, number: str, what: str) -> list[dict[str, Any]]:
    return list(ok(desk.get(who, f"/cases/{number}/{what}"))["items"])
