"""The calls that are about one case, as the contract names them."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.kit import MATTER, NOBODYS_NUMBER, TO_CLOSED, TO_HANDLING, Desk, is_sentence, ok, refusal, row_counts
from onedoor.cases.models import Case
from onedoor.people.models import Account, Post, Unit
from onedoor.rules.flow import FLOW
from onedoor.rules.numbers import is_number

FIELDS = {
    "number", "title", "narrative", "stage", "stage_name", "category", "purpose", "channel", "division", "lead_unit",
    "co_units", "parties", "light", "due_at", "outcome", "version", "registered_at",
}  # fmt: skip


def test_a_registration_answers_with_the_case(desk: Desk) -> None:
    whole = MATTER | {
        "purpose": "petition",
        "title": "走廊被占",
        "division": "990101100",
        "lon": 119.5,
        "lat": 29.1,
        "occurred_at": "2026-03-01T09:00:00+08:00",
        "amount": 120_050,
        "people_involved": 3,
        "urgent": True,
        "external_numbers": [{"system": "12345", "number": "H-1"}],
    }
    case = ok(desk.post("clerk", "/cases", whole, key=str(uuid.uuid4())), 201)
    assert set(case) >= FIELDS
    assert is_number(case["number"])
    assert len(case["receipt_code"]) == 8
    assert (case["stage"], case["stage_name"], case["version"]) == ("registered", "已登记", 1)
    given = {name: case[name] for name in whole if name not in ("parties", "address", "occurred_at")}
    assert given == {name: whole[name] for name in given}
    assert case["occurred_at"] == "2026-03-01T09:00:00+08:00"
    assert [party["name"] for party in case["parties"]] == ["𠮷田安", "邻家福"]
    for name in ("registered_at", "due_at"):
        assert datetime.fromisoformat(case[name]).utcoffset() == timedelta(hours=8)
    read = ok(desk.get("clerk", f"/cases/{case['number']}"))
    assert read == {name: value for name, value in case.items() if name != "receipt_code"}


def test_the_same_key_gives_the_same_case_and_no_other(desk: Desk) -> None:
    first = ok(desk.post("clerk", "/cases", MATTER, key="k1"), 201)
    before = row_counts()
    again = ok(desk.post("clerk", "/cases", MATTER, key="k1"), 200)
    assert again["number"] == first["number"]
    refusal(desk.post("clerk", "/cases", MATTER | {"urgent": True}, key="k1"), 409, "conflict")
    assert row_counts() == before
    assert ok(desk.post("clerk", "/cases", MATTER), 201)["number"] != first["number"]
    # a key is the account's own
    assert ok(desk.post("clerk_town", "/cases", MATTER, key="k1"), 201)["number"] != first["number"]


@pytest.mark.parametrize("key", ["", "k" * 101, "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(desk: Desk, key: str) -> None:
    number = desk.registered()["number"]
    refusal(desk.post("clerk", "/cases", MATTER, key=key), 422, "invalid", "Idempotency-Key")
    refusal(desk.post("clerk", f"/cases/{number}/moves/accept", {}, key=key), 422, "invalid", "Idempotency-Key")


def test_a_number_is_read_as_people_write_it(desk: Desk) -> None:
    number = desk.registered()["number"]
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    for written in (number.lower(), f" {number[:6]} {number[6:12]} {number[12:]} ", wide, "-".join(number)):
        assert ok(desk.get("clerk", f"/cases/{written}"))["number"] == number
        assert desk.get("clerk", f"/cases/{written}/events").status_code == 200


@pytest.mark.parametrize("number", [NOBODYS_NUMBER, "1", "A" * 500, "%00", "..", "九九", "1;DROP", "👍"])
def test_a_number_that_is_nobodys_is_not_found(desk: Desk, number: str) -> None:
    for path in ("", "/events", "/moves", "/clocks", "/papers", f"/attachments/{uuid.uuid4()}"):
        refusal(desk.get("clerk", f"/cases/{number}{path}"), 404, "not_found")
    refusal(desk.move("clerk", number, "accept"), 404, "not_found")
    refusal(desk.attach("clerk", number), 404, "not_found")


def test_moves_say_for_every_move_of_the_stage_whether_it_may_be_made_and_why_not(desk: Desk) -> None:
    number = desk.registered()["number"]
    items = ok(desk.get("clerk", f"/cases/{number}/moves"))["items"]
    assert {one["move"] for one in items} == {move.name for move in FLOW.values() if "registered" in move.source}
    for one in items:
        assert one["allowed"] == (one["why"] is None)
        assert one["why"] is None or is_sentence(one["why"])
    by_name = {one["move"]: one for one in items}
    assert by_name["accept"]["allowed"]
    assert by_name["guide"]["takes"] == [{"name": "route", "required": True}, {"name": "reason", "required": True}]
    assert by_name["confirm_guidance"]["why"] == "您的岗位不能“确认告知引导”。"
    # what is promised here is kept there
    for one in items:
        answer = desk.move("clerk", number, one["move"])
        assert one["allowed"] or answer.json()["detail"] == one["why"], one["move"]
        assert not one["allowed"] or answer.status_code in (200, 409, 422), one["move"]


def test_events_clocks_and_papers_tell_the_life(desk: Desk) -> None:
    number = desk.registered()["number"]
    desk.walk(number, *TO_CLOSED)
    events = ok(desk.get("director", f"/cases/{number}/events"))["items"]
    assert [event["kind"] for event in events] == ["register", "accept", "dispatch", "sign", "conclude", "close"]
    assert [event["seq"] for event in events] == [1, 2, 3, 4, 5, 6]
    assert [event["actor"] for event in events] == ["迎进门", "迎进门", "方向明", "房立行", "房立行", "杜督行"]
    assert events[3]["unit"] == "住建局"
    assert [one["kind"] for one in events[0]["statements"]] == ["narrative"]
    clocks = ok(desk.get("director", f"/cases/{number}/clocks"))["items"]
    assert {clock["kind"] for clock in clocks} == {"accept", "sign", "handle", "follow_up"}
    assert all(bool(clock["stopped_at"]) == (clock["kind"] != "follow_up") for clock in clocks)
    assert all(clock["light"] == "green" for clock in clocks)
    papers = ok(desk.get("director", f"/cases/{number}/papers"))["items"]
    assert [paper["text"] for paper in papers] == ["已上门清理，走廊恢复畅通。"]


REFUSED: list[tuple[str, str, dict[str, Any], int, str, tuple[str, ...]]] = [
    ("clerk", "nonsense", {}, 404, "not_found", ()),
    ("clerk", "ACCEPT", {}, 404, "not_found", ()),
    ("clerk", "close", {}, 403, "not_allowed", ()),
    ("handler", "sign", {}, 404, "not_found", ()),
    ("dispatcher", "dispatch", {"unit": "zjj"}, 409, "wrong_stage", ()),
    ("clerk_town", "accept", {}, 404, "not_found", ()),
    ("dispatcher", "confirm_guidance", {}, 422, "not_ready", ()),
    ("clerk", "ask_correction", {}, 422, "invalid", ("reason",)),
    ("clerk", "ask_correction", {"reason": "\0"}, 422, "invalid", ("reason",)),
    ("clerk", "ask_correction", {"reason": "缺", "unit": "zjj"}, 422, "invalid", ("unit",)),
    ("clerk", "accept", {"version": "1"}, 422, "invalid", ("version",)),
    ("clerk", "accept", {"version": 1.0}, 422, "invalid", ("version",)),
    ("clerk", "accept", {"version": True}, 422, "invalid", ("version",)),
    ("clerk", "accept", {"version": 10**30}, 422, "invalid", ("version",)),
    ("clerk", "accept", {"as_post": "clerk"}, 422, "invalid", ("as_post",)),
    ("clerk", "merge", {"reason": "同", "into": ["x"]}, 422, "invalid", ("into",)),
    ("clerk", "merge", {"reason": "同", "into": "\0"}, 422, "invalid", ("into",)),
    ("clerk", "merge", {"reason": "同", "into": NOBODYS_NUMBER}, 422, "invalid", ("into",)),
    ("clerk", "restrict", {"level": "secret", "persons": [], "reason": "密"}, 422, "invalid", ("level",)),
    ("clerk", "restrict", {"level": "restricted", "persons": ["\0"], "reason": "密"}, 422, "invalid", ("persons",)),
    ("clerk", "restrict", {"level": "restricted", "persons": [[[]]], "reason": "密"}, 422, "invalid", ("persons",)),
    (
        "clerk",
        "settle_on_spot",
        {"outcome": 5, "answer": [], "units": "zjj", "mediator": "\0", "amounts": {"x": "y"}, "confirmed": 1},
        422,
        "invalid",
        ("outcome", "answer", "units", "mediator", "amounts", "confirmed"),
    ),
]


@pytest.mark.parametrize(("who", "move", "body", "status", "code", "fields"), REFUSED)
def test_a_move_that_cannot_be_made_is_refused_with_its_code_and_leaves_nothing(
    desk: Desk, who: str, move: str, body: dict[str, Any], status: int, code: str, fields: tuple[str, ...]
) -> None:
    number = desk.registered()["number"]
    desk.signed(who)
    before = row_counts()
    refusal(desk.post(who, f"/cases/{number}/moves/{move}", body, key="k"), status, code, *fields)
    assert row_counts() == before
    assert ok(desk.get("clerk", f"/cases/{number}"))["version"] == 1


@pytest.mark.parametrize(
    "body", [{"unit": "\0"}, {"unit": 5}, {"unit": "nobody"}, {"unit": "zjj", "co_units": ["\0", [["x"]]]}]
)
def test_a_unit_that_does_not_exist_is_refused_at_its_field(desk: Desk, body: dict[str, Any]) -> None:
    number = desk.registered()["number"]
    desk.walk(number, ("clerk", "accept", {}))
    field = "co_units" if "co_units" in body else "unit"
    refusal(desk.move("dispatcher", number, "dispatch", **body), 422, "invalid", field)


def test_a_repeated_move_is_made_once(desk: Desk) -> None:
    number = desk.registered()["number"]
    path = f"/cases/{number}/moves/accept"
    first = ok(desk.post("clerk", path, {"version": 1}, key="k1"))
    before = row_counts()
    again = ok(desk.post("clerk", path, {"version": 1}, key="k1"))
    assert again == first
    refusal(desk.post("clerk", path, {"version": 1, "reason": "另"}, key="k1"), 409, "conflict")
    other = desk.registered()["number"]
    refusal(desk.post("clerk", f"/cases/{other}/moves/accept", {"version": 1}, key="k1"), 409, "conflict")
    assert row_counts()["event"] == before["event"] + 1


def test_a_stale_version_is_refused_and_says_how_the_case_stands_now(desk: Desk) -> None:
    number = desk.registered()["number"]
    desk.walk(number, ("clerk", "accept", {"version": 1}))
    late = desk.move("dispatcher", number, "dispatch", unit="zjj", version=1)
    assert "待分流" in refusal(late, 409, "stale_version")
    assert ok(desk.move("dispatcher", number, "dispatch", unit="zjj", version=2))["version"] == 3


def test_a_person_of_several_posts_names_the_one_he_acts_from(desk: Desk) -> None:
    clerk = Account.objects.get(username="clerk")
    town = Unit.objects.get(code="centre-qinghe")
    second = Post.objects.create(account=clerk, role="clerk", unit=town, division=town.division)
    first = Post.objects.get(account=clerk, unit__code="centre")
    there = ok(desk.post("clerk", "/cases", MATTER | {"as_post": second.pk}), 201)
    here = ok(desk.post("clerk", "/cases", MATTER | {"as_post": first.pk}), 201)
    assert (there["present_centre"], here["present_centre"]) == ("centre-qinghe", "centre")
    refusal(desk.move("clerk", there["number"], "accept", as_post=first.pk), 403, "not_your_move")
    assert ok(desk.move("clerk", there["number"], "accept"))["stage"] == "accepted"  # the only fitting one is taken
    foreign = Post.objects.get(account__username="dispatcher").pk
    refusal(desk.move("clerk", here["number"], "accept", as_post=foreign), 422, "invalid", "as_post")


def test_a_post_out_of_use_acts_no_more(desk: Desk) -> None:
    number = desk.registered()["number"]
    Post.objects.filter(account__username="clerk").update(active=False)
    refusal(desk.post("clerk", "/cases", MATTER), 403, "not_allowed")
    refusal(desk.move("clerk", number, "accept"), 403, "not_allowed")
    assert ok(desk.get("clerk", "/me"))["posts"] == []


def test_a_receipt_code_is_the_proof_that_a_withdrawal_needs(desk: Desk) -> None:
    case = desk.registered()
    refusal(desk.move("clerk", case["number"], "withdraw", proof="code", code="AAAAAAAA"), 422, "invalid", "code")
    done = desk.move("clerk", case["number"], "withdraw", proof="code", code=case["receipt_code"].lower())
    assert ok(done)["stage"] == "withdrawn"


def test_every_case_that_was_refused_is_not_there(desk: Desk) -> None:
    desk.post("clerk", "/cases", {})
    assert not Case.objects.exists()


def test_everything_after_the_sign_is_by_the_unit_that_signed(desk: Desk) -> None:
    number = desk.registered()["number"]
    case = desk.walk(number, *TO_HANDLING)
    assert case["lead_unit"] == {"code": "zjj", "name": "住建局"}
    assert case["assignments"][0]["stage"] == "signed"
