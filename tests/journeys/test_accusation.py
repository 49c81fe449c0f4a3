"""An accusation from the door to the archive: those named do all of it, nobody else learns that it exists."""

from api.kit import EVERYBODY, MATTER, Desk, ok, refusal
from onedoor.cases.verify import verify

ACCUSATION = MATTER | {
    "kind": "appeal",
    "purpose": "accusation",
    "category": "petition.discipline",
    "narrative": "住建局验收人员收受工程队钱款。",
    "parties": [
        {"part": "applicant", "kind": "person", "name": "秘而宣", "phone": "13987654321"},
        {"part": "respondent", "kind": "organisation", "name": "住建局"},
    ],
}


def test_an_accusation_is_handled_by_the_named_alone(desk: Desk) -> None:
    case = desk.registered("supervisor", **ACCUSATION)
    number, named = case["number"], {"supervisor", "dispatcher_secret"}
    assert case["confidentiality"] == "accusation"
    only_seen_by(desk, number, named)

    # it can be neither withdrawn nor settled on the spot, and the accused do not get it
    refusal(desk.move("supervisor", number, "withdraw", proof="code", code=case["receipt_code"]), 422, "not_ready")
    desk.walk(number, ("supervisor", "accept", {}))
    refused = desk.move("dispatcher_secret", number, "dispatch", unit="zjj", persons=["handler2"])
    refusal(refused, 422, "invalid", "unit")
    refusal(desk.move("dispatcher_secret", number, "dispatch", unit="xfj"), 422, "invalid", "persons")

    desk.walk(number, ("dispatcher_secret", "dispatch", {"unit": "xfj", "persons": ["handler4"]}))
    named.add("handler4")
    only_seen_by(desk, number, named)
    assert desk.numbers("handler4", mine="true", q="收受") == [number]
    desk.walk(
        number,
        ("handler4", "sign", {}),
        ("handler4", "conclude", {"outcome": "put_right", "answer": "已移交纪检部门核查。"}),
        ("supervisor", "close", {}),
        ("supervisor", "follow_up", {"satisfied": True}),
        ("supervisor", "archive", {}),
    )
    only_seen_by(desk, number, named)
    events = ok(desk.get("supervisor", f"/cases/{number}/events"))["items"]
    assert {event["actor"] for event in events} == {"杜督行", "方守默", "信有回"}
    report = verify()
    assert (report.cases, report.findings) == (1, [])


def only_seen_by(desk: Desk, number: str, named: set[str]) -> None:
    assert {who for who in EVERYBODY if desk.get(who, f"/cases/{number}").status_code == 200} == named
    assert {who for who in EVERYBODY if desk.numbers(who, q="收受")} == named
    assert {who for who in EVERYBODY if ok(desk.get(who, "/cases"))["count"]["value"]} == named
