"""`GET /sync`, `/sync/kept`: the own area, the own matters, and what is kept about who asks; nothing of others."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.kit import TO_CLOSED, Desk, ok, refusal
from cases.kit import person
from grid.synckit import VILLAGE, Phone, entry, picture, ref
from onedoor.cases.search_index import drain
from onedoor.grid.models import FieldEntry, Grid
from onedoor.grid.steps.tasks import order_task
from onedoor.people.demo_county import GRID
from onedoor.people.divisions import add_division
from onedoor.people.models import Account, Division, Post

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[100.0, 38.0], [100.2, 38.0], [100.2, 38.2], [100.0, 38.2], [100.0, 38.0]]],
}
BESIDE = {
    "type": "Polygon",
    "coordinates": [[[100.2, 38.0], [100.4, 38.0], [100.4, 38.2], [100.2, 38.2], [100.2, 38.0]]],
}


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk)


@pytest.fixture
def stranger(desk: Desk) -> Phone:
    """A worker of another grid in the same township, whose entries, case and task could leak."""
    town = Division.objects.get(code=VILLAGE).parent
    other = add_division("990101100299", "别村", town)
    Grid.objects.create(division=other, shape=BESIDE, shape_version=8)
    account = Account.objects.create(username="stranger", name="别村人")
    unit = Post.objects.get(account__username="grid_worker").unit
    Post.objects.create(account=account, role="grid_worker", unit=unit, division=other)
    return Phone(desk, "stranger")


def test_what_a_phone_takes_with_it(phone: Phone) -> None:
    Grid.objects.create(division=Division.objects.get(code=GRID), shape=SQUARE, shape_version=7, level_name="组网格")
    found = ok(phone.down())
    assert set(found) == {
        "now", "me", "grid", "around", "contacts", "tasks", "places", "checklists", "care", "mine", "categories",
        "topics", "purposes", "outcomes", "limits",
    }  # fmt: skip
    assert (
        found["me"]["role"] == "grid_worker"
        and "care_visit" in found["me"]["kinds"]
        and "case" not in found["me"]["kinds"]
    )
    assert found["grid"] == {"code": GRID, "name": found["grid"]["name"], "level_name": "组网格", "shape": SQUARE}
    assert found["categories"][0]["group"] == "网格事件" and len(found["categories"]) > 20
    assert set(found["contacts"]) == {"lead", "centre", "police", "legal"}
    assert found["limits"]["piece"] == 256 * 1024


def test_nothing_new_costs_nothing(phone: Phone) -> None:
    first = phone.down()
    again = phone.down(**{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"") and again["ETag"] == first["ETag"]
    phone.one(entry())
    changed = phone.down(**{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_who_is_not_of_the_field_takes_nothing_down(desk: Desk) -> None:
    for who in ("clerk", "handler", "director", "admin"):
        refusal(Phone(desk, who).down(), 403, "not_allowed")


def test_the_whole_way_of_a_matter_is_seen_by_who_found_it(phone: Phone) -> None:
    sent = entry(content={"text": "路灯坏了", "parties": [{"part": "applicant", "name": "田间安"}]})
    number = phone.one(sent)["number"]
    assert phone.mine()[sent["id"]]["stage_name"] == "已登记"
    up = {"reason": "村里解决不了"}
    phone.desk.walk(
        number,
        ("clerk_village", "accept", {}),
        ("dispatcher_village", "send_up", up),
        ("dispatcher_town", "send_up", up),
        *TO_CLOSED[1:],
    )
    found = phone.mine()[sent["id"]]
    assert (found["number"], found["stage_name"]) == (number, "已办结")
    assert found["answer"] == "已上门清理，走廊恢复畅通。"
    assert [one["what"] for one in found["steps"]] == [
        "中心已登记", "已受理", "已上报上级中心", "已上报上级中心", "已交给承办单位", "承办单位已签收", "承办单位已办完，待审核", "已办结",
    ]  # fmt: skip


def test_of_a_matter_that_has_become_confidential_nothing_is_told(phone: Phone) -> None:
    sent = entry(content={"text": "举报有人受贿"})
    number = phone.one(sent)["number"]
    ok(phone.desk.move("clerk_village", number, "accept"))
    named = ["supervisor", "dispatcher_village"]  # somebody of the centre that has it
    ok(phone.desk.move("supervisor", number, "restrict", level="restricted", reason="需要保密", persons=named))
    found = phone.mine()[sent["id"]]
    assert (found["number"], found["stage_name"], found["answer"], found["steps"]) == ("", "", "", [])


def test_what_is_kept_about_me(phone: Phone) -> None:
    sent = [entry(lon=100.5, lat=38.9), entry(lon=100.6, lat=38.9)]
    phone.send(*sent)
    photo = picture()
    phone.put(photo)
    Phone(phone.desk, "grid_lead").one(entry())
    found = ok(phone.desk.get("grid_worker", "/sync/kept"))
    assert {one["id"] for one in found["entries"]} == {one["id"] for one in sent}
    assert {one["lon"] for one in found["entries"]} == {100.5, 100.6}
    assert [one["sha256"] for one in found["files"]] == [ref(photo)["sha256"]]
    assert found["next_cursor"] is None


def test_what_is_kept_comes_in_pages(phone: Phone) -> None:
    account = Account.objects.get(username="grid_worker")
    now = datetime.now(UTC)
    ids = [uuid.uuid4() for _ in range(450)]
    FieldEntry.objects.bulk_create(
        FieldEntry(
            id=one,
            account=account,
            kind="report",
            state="received",
            digest=b"x",
            received_at=now - timedelta(seconds=place // 3),
        )
        for place, one in enumerate(ids)
    )
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ok(phone.desk.get("grid_worker", "/sync/kept", cursor=cursor))
        seen += [one["id"] for one in page["entries"]]
        cursor = page["next_cursor"]
    assert len(seen) == 450 and set(seen) == {str(one) for one in ids}
    refusal(phone.desk.get("grid_worker", "/sync/kept", cursor="x"), 422, "invalid", "cursor")


def test_another_grids_worker_gets_nothing(phone: Phone, stranger: Phone) -> None:
    own_photo = picture(colour="purple")
    waits = entry(content={"text": "别村的紫色围墙要倒了"}, files=[ref(own_photo)])
    report = entry(content={"text": "别村的紫色围墙裂了"}, lon=100.3, lat=38.1)
    stranger.send(report, waits)
    number = stranger.one(report)["number"]
    made = uuid.uuid4()
    raw = {"title": "紫色围墙", "text": "看看", "grid": "990101100299"}
    order_task(signed=person("grid_lead"), at=datetime.now(UTC), task=made, raw=raw)
    FieldEntry.objects.filter(pk=waits["id"]).update(received_at=datetime.now(UTC) - timedelta(days=2))
    drain()
    seen: list[Any] = [phone.down().content.decode(), ok(phone.desk.get("grid_worker", "/sync/kept"))]
    # by guessed id: as if it were not there
    for guessed in (report, waits):
        other = phone.one({**guessed, "content": {"text": "猜"}})
        assert (other["state"], other["code"], other.get("number")) == ("refused", "conflict", None)
        seen.append(other)
        seen.append(phone.one(entry("more", refers=guessed["id"])))
        refusal(
            phone.desk.post("grid_worker", f"/sync/asks/{guessed['id']}", {"decision": "set_aside", "text": "x"}),
            404,
            "not_found",
        )
    assert phone.one(entry("task_sign", content={"task": str(made)}, seen=1))["code"] == "not_found"
    assert phone.one(entry("more", content={"text": "x", "number": number}))["code"] == "not_found"
    assert phone.one(entry(grid="990101100299"))["state"] == "refused"
    # by list, filter, search and number
    for query in (
        {},
        {"q": "紫色"},
        {"q": number},
        {"division": "990101100299"},
        {"channel": "grid"},
        {"mine": "true"},
    ):
        found = ok(phone.desk.get("grid_worker", "/cases", **query))
        assert number not in {one["number"] for one in found["items"]}, query
        seen.append(found)
    assert ok(phone.desk.get("grid_worker", "/sync/asks")) == {"items": []}
    refusal(phone.desk.get("grid_worker", f"/cases/{number}"), 404, "not_found")
    assert ok(phone.desk.get("grid_worker", f"/sync/files/{ref(own_photo)['sha256']}")) == {"have": 0, "whole": False}
    text = str(seen)
    for secret in ("紫色", number, str(made), "别村人"):
        assert secret not in text, secret
    # and whose it is has it all
    assert "紫色" in str(ok(stranger.desk.get("stranger", f"/cases/{number}")))
    assert stranger.mine()[report["id"]]["number"] == number
    assert "紫色" in str(ok(stranger.down())["tasks"])


def test_a_point_is_in_its_grid(stranger: Phone) -> None:
    lead = Phone(stranger.desk, "grid_lead")
    Grid.objects.create(division=Division.objects.get(code=VILLAGE), shape=SQUARE, shape_version=9)
    inside, beside, nowhere, named = (
        entry(lon=100.1, lat=38.1), entry(lon=100.3, lat=38.1), entry(lon=120.0, lat=30.0), entry(grid=VILLAGE, lon=100.3, lat=38.1),
    )  # fmt: skip
    numbers = [one["number"] for one in lead.send(inside, beside, nowhere, named)]
    divisions = [ok(lead.desk.get("clerk", f"/cases/{number}"))["division"] for number in numbers]
    assert divisions == [VILLAGE, "990101100299", "990101100", VILLAGE]
