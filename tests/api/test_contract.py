"""The surface that other programs rely on."""

import uuid

import pytest
from django.test import Client
from pytest_django import Settings

from api.conftest import Cast
from api.kit import QUARREL
from onedoor.cases.models import Case
from onedoor.cases.search_index import drain

pytestmark = pytest.mark.django_db


def test_signing_in_gives_a_token_that_works(cast: Cast, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # what the fixture used
    client = Client()
    body = {"username": "clerk", "password": "onedoor-demo"}

    got = client.post("/api/v1/sessions", body, content_type="application/json")

    assert got.status_code == 201
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {got.json()['token']}"}).json()
    assert (me["username"], me["name"], me["posts"][0]["role"]) == ("clerk", "迎进门", "clerk")
    assert me["posts"][0]["unit"] == {"code": "centre", "name": "澜平县社会治理综合服务中心"}


def test_without_a_good_token_nothing_opens(cast: Cast) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Bearer " + "\u00e9" * 3}):
        got = Client().get("/api/v1/cases", headers=headers)
        assert (got.status_code, got.json()["code"]) == (401, "not_signed_in")
        assert got["Content-Type"] == "application/problem+json"


def test_the_catalogue_has_the_fixed_codes(cast: Cast) -> None:
    found = cast.handler.get("/catalogue").body

    assert [one["code"] for one in found["kinds"]] == ["dispute", "appeal", "incident", "consultation"]
    assert [one["code"] for one in found["purposes"]] == ["suggestion", "accusation", "petition"]
    assert {one["code"] for one in found["channels"]} == {
        "window", "hotline", "letter", "visit", "web", "mail", "grid", "transfer",
    }  # fmt: skip
    assert {one["code"] for one in found["outcomes"]} == {
        "agreement_written", "agreement_oral", "opinion_support", "opinion_explain", "opinion_reject", "answered",
        "served", "put_right", "unfounded", "mediation_ended", "to_court", "guided", "not_again", "withdrawn",
        "merged",
    }  # fmt: skip
    assert all(one["code"] and one["name"] for part in found.values() for one in part)


def test_the_same_key_gives_the_same_case(cast: Cast) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = cast.clerk.post("/cases", QUARREL, **key)
    again = cast.clerk.post("/cases", QUARREL, **key)
    other = cast.clerk.post("/cases", {**QUARREL, "narrative": "另一件事"}, **key)
    somebody_else = cast.clerk_town.post("/cases", QUARREL, **key)

    assert (first.status, again.status, other.status, somebody_else.status) == (201, 200, 409, 201)
    assert first.body["number"] == again.body["number"] != somebody_else.body["number"]
    assert other.body["code"] == "conflict"
    assert Case.objects.count() == 2


def test_a_repeated_move_is_made_once(cast: Cast) -> None:
    number = cast.clerk.register()["number"]
    first = cast.clerk.post(f"/cases/{number}/moves/accept", {}, **{"Idempotency-Key": "k1"})
    again = cast.clerk.post(f"/cases/{number}/moves/accept", {}, **{"Idempotency-Key": "k1"})

    assert (first.status, again.status) == (200, 200)
    assert first.body["version"] == again.body["version"] == 2


def test_an_old_version_is_refused(cast: Cast) -> None:
    number = cast.clerk.register()["number"]
    cast.clerk.move(number, "accept")

    late = cast.dispatcher.post(f"/cases/{number}/moves/dispatch", {"unit": "rsj", "version": 1})

    assert (late.status, late.body["code"]) == (409, "stale_version")
    assert cast.clerk.get(f"/cases/{number}").body["version"] == 2


@pytest.mark.parametrize(
    ("who", "move", "status", "code"),
    [
        ("clerk", "nonsense", 404, "not_found"),
        ("clerk", "close", 403, "not_allowed"),
        ("handler2", "sign", 404, "not_found"),
        ("dispatcher", "dispatch", 409, "wrong_stage"),
        ("clerk", "ask_correction", 422, "invalid"),
        ("dispatcher", "confirm_guidance", 422, "not_ready"),
    ],
)
def test_refusals_have_their_codes(cast: Cast, who: str, move: str, status: int, code: str) -> None:
    number = cast.clerk.register()["number"]

    got = getattr(cast, who).post(f"/cases/{number}/moves/{move}", {"unit": "rsj"} if move == "dispatch" else {})

    assert (got.status, got.body["code"]) == (status, code)
    assert got.body["detail"].endswith("。")


def test_moves_say_what_may_be_done_and_why_not(cast: Cast) -> None:
    number = cast.clerk.register()["number"]

    moves = {one["move"]: one for one in cast.clerk.get(f"/cases/{number}/moves").body["items"]}

    assert moves["accept"]["allowed"] and moves["accept"]["why"] is None
    assert not moves["confirm_guidance"]["allowed"]
    assert moves["confirm_guidance"]["why"] == "您的岗位不能“确认告知引导”。"


def test_lists_filter_page_and_count(cast: Cast) -> None:
    numbers = [cast.clerk.register(channel="hotline" if place % 2 else "window")["number"] for place in range(5)]
    cast.clerk.move(numbers[0], "accept")
    cast.dispatcher.move(numbers[0], "dispatch", unit="zjj")

    assert cast.clerk.numbers() == numbers[::-1]
    assert cast.clerk.numbers("order=oldest") == numbers
    assert set(cast.clerk.numbers("order=due")) == set(numbers)
    assert cast.clerk.numbers("channel=hotline") == [numbers[3], numbers[1]]
    assert cast.clerk.numbers("stage=dispatched") == [numbers[0]]
    assert cast.clerk.numbers("stage=registered,dispatched") == numbers[::-1]
    assert cast.clerk.numbers("unit=zjj") == [numbers[0]]
    assert cast.clerk.numbers("category=dispute") == numbers[::-1]
    assert cast.clerk.numbers("category=petition") == []
    assert cast.clerk.numbers("division=990101") == numbers[::-1]
    assert cast.clerk.numbers("light=green") == numbers[::-1]
    assert cast.clerk.numbers("light=red") == []
    assert cast.handler2.numbers("mine=true") == [numbers[0]]
    assert cast.dispatcher.numbers("mine=true") == numbers[:0:-1]
    page, seen = cast.clerk.get("/cases?limit=2").body, []
    assert page["count"] == {"value": 5, "capped": False}
    while True:
        seen += [item["number"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        page = cast.clerk.get(f"/cases?limit=2&cursor={page['next_cursor']}").body
    assert seen == numbers[::-1]


@pytest.mark.parametrize(
    "query", ["stage=nonsense", "light=blue", "unit=none", "since=yesterday", "cursor=x", "order=x"]
)
def test_a_filter_that_means_nothing_is_refused(cast: Cast, query: str) -> None:
    got = cast.clerk.get(f"/cases?{query}")

    assert (got.status, got.body["code"]) == (422, "invalid")
    assert query.split("=")[0] in got.body["fields"]


def test_two_characters_are_enough_to_find_a_case(cast: Cast) -> None:
    number = cast.clerk.register(external_numbers=[{"system": "12345", "number": "HL-77"}])["number"]
    drain()

    for text in ("走廊", "沟通无果", "𠮷田", number, number.lower(), "HL-77"):
        assert cast.clerk.numbers(f"q={text}") == [number], text
    assert cast.clerk.numbers("q=桥梁") == []
    assert cast.clerk.numbers("q=。，") == []
    assert cast.auditor.numbers("q=走廊") == [number]
    assert cast.auditor.numbers("q=𠮷田") == []  # who sees no names cannot search them
    assert cast.handler2.numbers("q=走廊") == []


def test_a_deadline_is_explained(cast: Cast) -> None:
    got = cast.clerk.post(
        "/deadlines/preview", {"scheme": "petition-statutory", "started_at": "2025-09-25T10:00:00+08:00"}
    )

    handle = next(clock for clock in got.body["clocks"] if clock["kind"] == "handle")
    assert handle["due_at"] == "2025-11-24T23:59:59+08:00"
    assert "信访工作条例" in handle["basis"]
    assert handle["explanation"]


def test_a_device_may_send_its_batch_again(cast: Cast) -> None:
    entries = [{"id": str(uuid.uuid4()), "case": {**QUARREL, "channel": "grid"}}, {"id": "x", "case": {}}]
    entries.append({"id": str(uuid.uuid4()), "case": {"narrative": ""}})

    first = cast.grid_worker.post("/sync", {"entries": entries}).body["entries"]
    again = cast.grid_worker.post("/sync", {"entries": entries}).body["entries"]

    assert [one["state"] for one in first] == ["received", "refused", "refused"]
    assert [one["state"] for one in again] == ["again", "refused", "refused"]
    assert first[0]["number"] == again[0]["number"]
    assert "narrative" in first[2]["fields"]


def test_the_openapi_document_names_every_call(cast: Cast) -> None:
    document = Client().get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert all(call["summary"] for path in document["paths"].values() for call in path.values())
