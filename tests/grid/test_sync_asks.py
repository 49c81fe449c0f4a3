"""What waits and what asks a person: shown, tried again, decided with a word."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.kit import Desk, is_sentence, ok, refusal
from cases.kit import findings, person, sql
from grid.synckit import Phone, entry, picture, ref
from onedoor.grid.models import FieldEntry
from onedoor.grid.steps import waiting
from onedoor.grid.steps.tasks import order_task
from onedoor.people.demo_county import GRID
from onedoor.people.models import Account, Post, Unit


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk)


@pytest.fixture
def colleague(desk: Desk) -> Phone:
    """A second worker of the same village."""
    account = Account.objects.create(username="grid_worker2", name="田二巡")
    post = Post.objects.get(account__username="grid_worker", role="grid_worker")
    Post.objects.create(account=account, role="grid_worker", unit=post.unit, division=post.division)
    return Phone(desk, "grid_worker2")


def task() -> str:
    made = uuid.uuid4()
    raw = {"title": "查看消火栓", "text": "三组", "grid": GRID}
    order_task(signed=person("grid_lead"), at=datetime.now(UTC), task=made, raw=raw)
    return str(made)


def signs(made: str, seen: int = 1) -> dict[str, Any]:
    return entry("task_sign", content={"task": made}, seen=seen)


def long_ago(sent: dict[str, Any]) -> None:
    FieldEntry.objects.filter(pk=sent["id"]).update(received_at=datetime.now(UTC) - timedelta(days=1, minutes=1))


def asked(desk: Desk, who: str) -> list[dict[str, Any]]:
    return list(ok(desk.get(who, "/sync/asks"))["items"])


def decide(desk: Desk, who: str, sent: dict[str, Any], decision: str = "carry_out", text: str = "两人一起办") -> Any:
    return desk.post(who, f"/sync/asks/{sent['id']}", {"decision": decision, "text": text})


def test_two_who_sign_for_one_task(phone: Phone, colleague: Phone) -> None:
    made = task()
    assert phone.one(signs(made))["state"] == "received"
    second = signs(made)
    found = colleague.one(second)
    assert found["state"] == "asks" and is_sentence(found["detail"])
    assert colleague.one(second) == {**found, "again": True}
    (shown,) = asked(phone.desk, "grid_lead")
    assert (shown["id"], shown["worker"], shown["content"]) == (second["id"], "田二巡", {"task": made})
    assert asked(phone.desk, "grid_worker") == []
    assert colleague.mine()[second["id"]]["state_name"] == "需要处理"
    refusal(decide(phone.desk, "grid_worker", second), 404, "not_found")
    refusal(decide(phone.desk, "grid_lead", second, "perhaps"), 422, "invalid", "decision")
    refusal(decide(phone.desk, "grid_lead", second, text=" "), 422, "invalid", "text")
    done = ok(decide(phone.desk, "grid_lead", second, "set_aside", "已由田走访办理"))
    assert (done["state"], done["detail"]) == ("settled", "不再办理：已由田走访办理")
    answer = colleague.one(second)
    assert (answer["state"], answer["detail"]) == ("settled", "不再办理：已由田走访办理")
    refusal(decide(phone.desk, "grid_lead", second), 409, "wrong_stage")
    assert asked(phone.desk, "grid_lead") == []


def test_carried_out_all_the_same(phone: Phone, colleague: Phone) -> None:
    made = task()
    phone.send(signs(made), entry("task_done", content={"task": made, "text": "查过了"}, seen=2))
    other = entry("task_done", content={"task": made, "text": "我也查过，缺一个栓"}, seen=1)
    assert colleague.one(other)["state"] == "asks"
    assert ok(decide(phone.desk, "grid_lead", other))["state"] == "settled"
    ((result,),) = sql("SELECT result FROM grid_fieldtask")
    assert "查过了" in result and "缺一个栓" in result
    row = FieldEntry.objects.get(pk=other["id"])
    assert row.content == {} and row.settled_by == Account.objects.get(username="grid_lead").pk


def test_what_waits_for_more_than_a_day_is_shown_and_may_go_without(phone: Phone) -> None:
    lost = picture()
    sent = entry(content={"text": "桥栏断了，照片没送上来。"}, files=[ref(lost)])
    assert phone.one(sent)["state"] == "waiting"
    assert asked(phone.desk, "grid_lead") == []
    refusal(decide(phone.desk, "grid_lead", sent), 422, "not_ready")
    long_ago(sent)
    (shown,) = asked(phone.desk, "grid_lead")
    assert (shown["id"], shown["state"], shown["files"]) == (
        sent["id"],
        "waiting",
        [{"name": "照片.jpg", "size": len(lost)}],
    )
    done = ok(decide(phone.desk, "grid_lead", sent, text="先办"))
    case = ok(phone.desk.get("clerk", f"/cases/{done['number']}"))
    assert case["narrative"].startswith("桥栏断了") and case["attachments"] == []
    assert phone.one(sent)["state"] == "settled"
    assert findings() == []


def test_what_refers_to_nothing_cannot_be_carried_out_but_set_aside(phone: Phone) -> None:
    sent = entry("more", refers=str(uuid.uuid4()))
    phone.one(sent)
    long_ago(sent)
    assert refusal(decide(phone.desk, "grid_lead", sent), 422, "not_ready") == "中心在等原来上报的那一条。"
    assert FieldEntry.objects.get(pk=sent["id"]).state == "waiting"
    assert ok(decide(phone.desk, "grid_lead", sent, "set_aside"))["state"] == "settled"


def test_nobody_decides_about_his_own(desk: Desk) -> None:
    lead = Phone(desk, "grid_lead")
    sent = entry("more", refers=str(uuid.uuid4()))
    lead.one(sent)
    long_ago(sent)
    refusal(decide(desk, "grid_lead", sent, "set_aside"), 403, "not_allowed")
    assert ok(decide(desk, "dispatcher", sent, "set_aside"))["state"] == "settled"


def test_the_sweep_carries_out_what_can_be(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = picture()
    sent, forever = entry(files=[ref(photo)]), entry("more", refers=str(uuid.uuid4()))
    phone.send(sent, forever)
    with monkeypatch.context() as broken:
        broken.setattr(waiting, "file_came", lambda **_more: 1 / 0)
        assert phone.put(photo)["whole"] is True  # the file is here all the same
    assert phone.one(sent)["state"] == "waiting"
    now = datetime.now(UTC)
    assert waiting.sweep_waiting(at=now) == 1
    assert phone.one(sent)["state"] == "received"
    assert waiting.sweep_waiting(at=now) == 0
    assert findings() == []


def test_of_a_closed_account_nothing_is_carried_out_by_itself(phone: Phone) -> None:
    photo = picture()
    sent = entry(files=[ref(photo)])
    phone.one(sent)
    FieldEntry.objects.filter(pk=sent["id"]).update(files=[])  # as if it had come
    Account.objects.filter(username="grid_worker").update(is_active=False)
    assert waiting.sweep_waiting(at=datetime.now(UTC)) == 0
    long_ago(sent)
    refusal(decide(phone.desk, "grid_lead", sent), 422, "not_ready")
    assert ok(decide(phone.desk, "grid_lead", sent, "set_aside"))["state"] == "settled"


def test_a_post_that_has_ended_carries_nothing_out(phone: Phone) -> None:
    photo = picture()
    sent = entry(files=[ref(photo)])
    phone.one(sent)
    post = Post.objects.get(account__username="grid_worker")
    Post.objects.create(
        account=post.account,
        role="grid_worker",
        unit=Unit.objects.get(code="gov-qinghe"),
        division_id=post.unit.division_id,
    )
    post.active = False
    post.save()
    phone.put(photo)
    found = phone.one(sent)
    assert (found["state"], found["code"]) == ("refused", "not_allowed")
