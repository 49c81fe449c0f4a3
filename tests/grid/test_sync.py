"""`POST /sync`: once each, whatever comes, in whatever order."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.kit import Desk, is_sentence, ok, refusal, row_counts
from cases.kit import findings, sql
from grid.synckit import Phone, entry, stamp
from onedoor.grid.models import FieldEntry
from onedoor.grid.steps import sync
from onedoor.people.demo_county import GRID
from onedoor.people.models import Account


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk)


def test_a_report_becomes_a_case_of_its_grid(phone: Phone) -> None:
    sent = entry(lon=100.5, lat=38.9, accuracy=8.0)
    found = phone.one(sent)
    assert found == {"id": sent["id"], "state": "received", "again": False, "number": found["number"]}
    case = ok(phone.desk.get("clerk", f"/cases/{found['number']}"))
    assert case["narrative"] == sent["content"]["text"]
    assert (case["channel"], case["category"], case["kind"]) == ("grid", "incident.facility", "incident")
    assert case["division"] == GRID
    assert (case["lon"], case["lat"]) == (100.5, 38.9)
    assert case["anonymous"] is True and case["parties"] == []
    row = FieldEntry.objects.get(pk=sent["id"])
    assert row.state == "received" and row.content == {} and row.case is not None and row.erased_at is not None
    assert findings() == []


def test_who_asks_in_person_is_the_applicant(phone: Phone) -> None:
    parties = [{"part": "applicant", "name": "田间安", "phone": "13812345678"}]
    found = phone.one(entry(content={"text": "邻居占道", "category": "dispute.neighbours", "parties": parties}))
    case = ok(phone.desk.get("clerk", f"/cases/{found['number']}"))
    assert case["anonymous"] is False and case["kind"] == "dispute"
    assert [one["part"] for one in case["parties"]] == ["applicant"]


def test_without_a_category_it_is_another_event(phone: Phone) -> None:
    found = phone.one(entry(content={"text": "水管爆了"}))
    assert ok(phone.desk.get("clerk", f"/cases/{found['number']}"))["category"] == "incident.other"


def test_a_batch_that_is_sent_again_is_answered_the_same_and_changes_nothing(phone: Phone) -> None:
    batch = [entry() for _ in range(3)] + [entry(content={})]
    first = phone.send(*batch)
    assert [one["state"] for one in first] == ["received"] * 3 + ["refused"]
    before = row_counts()
    again = phone.send(*batch)
    assert [one | {"again": False} for one in again] == first
    assert all(one["again"] for one in again)
    assert {**row_counts(), "serial": 0} == {**before, "serial": 0}
    # the phone has measured its clock anew meanwhile: it is still the same entry
    assert phone.one({**batch[0], "offset_ms": 5000})["number"] == first[0]["number"]


def test_the_same_uuid_with_other_content_is_refused_and_the_first_stays(phone: Phone) -> None:
    sent = entry()
    number = phone.one(sent)["number"]
    other = phone.one({**sent, "content": {"text": "别的事"}})
    assert (other["state"], other["code"]) == ("refused", "conflict") and is_sentence(other["detail"])
    assert "number" not in other
    assert phone.one(sent)["number"] == number
    twice = entry()
    assert [one["state"] for one in phone.send(twice, twice, {**twice, "made_at": stamp(datetime.now(UTC))})] == [
        "received", "received", "refused",
    ]  # fmt: skip


def test_anothers_uuid_tells_nothing(phone: Phone) -> None:
    sent = entry()
    phone.one(sent)
    lead = Phone(phone.desk, "grid_lead")
    same = lead.one(sent)
    different = lead.one({**sent, "content": {"text": "别的事"}})
    assert same == different
    assert (same["state"], same["code"], same.get("number")) == ("refused", "conflict", None)


def test_garbage_in_the_middle_costs_none_of_the_others(phone: Phone) -> None:
    deep: Any = "底"
    for _ in range(60):
        deep = [deep]
    bad = [
        5, None, [], {}, {"id": "x"}, entry(id=5), entry(kind="weather"), entry(made_at="yesterday"), entry(made_at="2026-03-01T09:00:00"),
        entry(content={"text": deep}), entry(content={"text": "空\0字符"}), entry(content={"text": "长" * 60_000}),
        entry(content={"a\0": 1}), entry(content=[]), entry(lon=100.0), entry(lon=400, lat=1), entry(lon=True, lat=1),
        entry(files=[{"sha256": "x", "size": 1}]), entry(files=[{}] * 10), entry(files="x"), entry(refers="x"),
        entry(seen=-1), entry(seen=2**40), entry(content={"text": "有", "password": "1"}),
        entry(content={"text": "有", "category": "no.such"}), entry(content={"text": "有", "category": ["x"]}),
        entry(content={"text": "有", "parties": "x"}), entry(content={"text": "有", "urgent": "yes"}),
        entry(content={"text": 10**30}),
        entry(grid="990101999999"), entry(content={}), entry("visit", files=[{"sha256": "a" * 64, "size": 1}]),
    ]  # fmt: skip
    good = [entry() for _ in range(4)]
    mixed = [*good[:2], *bad, *good[2:]]
    answers = phone.send(*mixed)
    assert [one["state"] for one in answers] == ["received"] * 2 + ["refused"] * len(bad) + ["received"] * 2
    for one in answers[2:-2]:
        assert is_sentence(one["detail"]) and one["code"] in ("invalid", "not_allowed"), one
        assert len(one["id"]) <= 60
    assert findings() == []


def test_half_an_emoji_in_one_entry_costs_none_of_the_others(phone: Phone) -> None:
    good, bad = entry(), entry(content={"text": "笑脸"})
    body = json.dumps({"entries": [good, bad]}).replace(json.dumps("笑脸"), '"\\ud83d"').encode()
    found = ok(phone.desk.post("grid_worker", "/sync", body))["entries"]
    assert [one["state"] for one in found] == ["received", "refused"]
    assert set(found[1]["fields"]) == {"content"}


def test_a_fault_of_ours_in_one_entry_costs_none_of_the_others(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = [entry() for _ in range(3)]
    real = sync.matter_of

    def breaks(one: Any, **more: Any) -> Any:
        if str(one.id) == batch[1]["id"]:
            raise ZeroDivisionError
        return real(one, **more)

    monkeypatch.setattr(sync, "matter_of", breaks)
    found = phone.send(*batch)
    assert [(one["state"], one.get("code")) for one in found] == [
        ("received", None), ("refused", "internal"), ("received", None),
    ]  # fmt: skip
    assert not FieldEntry.objects.filter(pk=batch[1]["id"]).exists()
    monkeypatch.undo()
    assert [one["again"] for one in phone.send(*batch)] == [True, False, True]


def test_what_is_refused_stays_refused_and_its_content_is_not_kept(phone: Phone) -> None:
    sent = entry(grid="990101101")
    found = phone.one(sent)
    assert (found["state"], set(found["fields"])) == ("refused", {"grid"})
    assert phone.one(sent) == {**found, "again": True}
    row = FieldEntry.objects.get(pk=sent["id"])
    assert (row.content, row.lon, row.state) == ({}, None, "refused")


def test_whether_there_is_such_a_grid_elsewhere_is_not_told(phone: Phone) -> None:
    there, nowhere = phone.send(entry(grid="990101101"), entry(grid="990101777"))
    assert {**there, "id": ""} == {**nowhere, "id": ""}


@pytest.mark.parametrize(
    ("who", "kind", "code"),
    [
        ("clerk", "report", "not_allowed"),
        ("clerk", "opinion", "not_allowed"),
        ("dispatcher", "visit", "not_allowed"),
        ("mediator", "report", "not_allowed"),
    ],
)
def test_who_is_not_of_the_field_sends_no_such_thing(desk: Desk, who: str, kind: str, code: str) -> None:
    found = Phone(desk, who).one(entry(kind))
    assert (found["state"], found["code"]) == ("refused", code)


def test_handlers_and_auditors_send_nothing(desk: Desk) -> None:
    for who in ("handler", "auditor", "admin", "director"):
        refusal(Phone(desk, who).post(entry()), 403, "not_allowed")


# ---- the clock of the phone


@pytest.mark.parametrize(
    ("made", "offset", "sent", "expected"),
    [
        (timedelta(hours=-2), 0, timedelta(), timedelta(hours=-2)),
        # a phone that is ten minutes fast and has measured it
        (timedelta(minutes=-20), -600_000, timedelta(minutes=10), timedelta(minutes=-30)),
        # three hours slow, never measured: by what its clock says as it sends
        (timedelta(hours=-5), None, timedelta(hours=-3), timedelta(hours=-2)),
        # the clock was set back a day after the entry was made and measured
        (timedelta(hours=-1), 0, timedelta(days=-1), timedelta(hours=-1)),
        # from the future, measured or not: not after the receipt
        (timedelta(days=3), 0, timedelta(), timedelta()),
        (timedelta(days=400), None, timedelta(), timedelta()),
        # a phone that thinks it is 1970 and knows by how much
        (timedelta(days=-20_000), None, timedelta(days=-20_000) + timedelta(hours=1), timedelta(hours=-1)),
        # and one that cannot be right: all that is known is when it came
        (timedelta(days=-20_000), None, timedelta(), timedelta()),
        (timedelta(days=-100), 10**15, timedelta(), timedelta(days=-100)),
    ],
)
def test_when_it_was(
    phone: Phone, made: timedelta, offset: float | None, sent: timedelta, expected: timedelta
) -> None:
    now = datetime.now(UTC)
    one = entry(made_at=stamp(now + made), offset_ms=offset)
    number = phone.one(one, sent_at=stamp(now + sent))["number"]
    case = ok(phone.desk.get("clerk", f"/cases/{number}"))
    off = datetime.fromisoformat(case["occurred_at"]) - (now + expected)
    assert abs(off) < timedelta(seconds=5)
    assert datetime.fromisoformat(case["occurred_at"]) <= datetime.fromisoformat(case["registered_at"])


# ---- references


def test_more_to_a_report_that_comes_later(phone: Phone) -> None:
    report = entry()
    more = entry("more", refers=report["id"], content={"text": "坑又大了。"})
    waits = phone.one(more)
    assert (waits["state"], waits["detail"]) == ("waiting", "中心在等原来上报的那一条。")
    assert phone.one(more) == {**waits, "again": True}
    number = phone.one(report)["number"]
    assert phone.one(more) == {"id": more["id"], "state": "received", "again": True, "number": number}
    texts = [
        said["text"]
        for event in ok(phone.desk.get("clerk", f"/cases/{number}/events"))["items"]
        for said in event["statements"]
    ]
    assert "坑又大了。" in texts
    assert FieldEntry.objects.get(pk=more["id"]).content == {}
    assert findings() == []


def test_more_and_its_report_in_one_batch_in_either_order(phone: Phone) -> None:
    report, other = entry(), entry()
    more, first = entry("more", refers=report["id"]), entry("more", refers=other["id"])
    states = [one["state"] for one in phone.send(report, more, first, other)]
    assert states == ["received", "received", "waiting", "received"] or states == ["received"] * 4
    assert [one["state"] for one in phone.send(report, more, first, other)] == ["received"] * 4
    assert sql("SELECT count(*) FROM statement WHERE kind = 'supplement'") == [(2,)]


def test_more_by_number_and_nobody_elses_case(phone: Phone) -> None:
    number = phone.one(entry())["number"]
    assert phone.one(entry("more", content={"text": "又来了", "number": number}))["number"] == number
    others = phone.desk.registered()["number"]
    found = phone.one(entry("more", content={"text": "看看", "number": others}))
    assert (found["state"], found["code"]) == ("refused", "not_found")
    of_lead = Phone(phone.desk, "grid_lead").one(entry())
    peeps = phone.one(entry("more", content={"text": "看看", "number": of_lead["number"]}))
    assert (peeps["state"], peeps["code"]) == ("refused", "not_found")


def test_more_to_anothers_entry_waits_as_if_there_were_none(phone: Phone) -> None:
    of_lead = entry()
    Phone(phone.desk, "grid_lead").one(of_lead)
    there, nowhere = phone.send(entry("more", refers=of_lead["id"]), entry("more", refers=str(uuid.uuid4())))
    assert {**there, "id": ""} == {**nowhere, "id": ""}
    assert there["state"] == "waiting"


def test_more_to_what_was_refused_is_refused(phone: Phone) -> None:
    bad = entry(content={})
    phone.one(bad)
    found = phone.one(entry("more", refers=bad["id"]))
    assert (found["state"], found["code"]) == ("refused", "wrong_stage")


# ---- settled on the spot


def test_small_things_end_in_the_grid(phone: Phone) -> None:
    settled = {"outcome": "put_right", "answer": "已当场清理。"}
    found = phone.one(entry(content={"text": "占道杂物", "settled": settled}))
    case = ok(phone.desk.get("clerk", f"/cases/{found['number']}"))
    assert (case["stage"], case["outcome"]) == ("concluded", "put_right")  # nobody asks: a second pair of eyes
    parties = [{"part": "applicant", "name": "田间安"}]
    other = phone.one(entry(content={"text": "占道", "parties": parties, "settled": {**settled, "confirmed": True}}))
    assert ok(phone.desk.get("clerk", f"/cases/{other['number']}"))["stage"] == "closed"
    assert findings() == []


@pytest.mark.parametrize(
    "settled",
    [
        {"outcome": "put_right"},
        {"outcome": "opinion_reject", "answer": "不"},
        {"outcome": "x", "answer": "y"},
        "yes",
        {"x": 1},
    ],
)
def test_settled_wrongly_is_neither_settled_nor_registered(phone: Phone, settled: Any) -> None:
    before = row_counts()["case"]
    found = phone.one(entry(content={"text": "占道杂物", "settled": settled}))
    assert found["state"] == "refused" and set(found["fields"]) <= {"settled"}
    assert row_counts()["case"] == before


# ---- opinions, visits


def test_an_opinion_leaves_no_author(phone: Phone) -> None:
    sent = entry("opinion", content={"topic": "roads", "text": "希望早点修路。"}, lon=100.5, lat=38.9)
    assert phone.one(sent)["state"] == "received"
    assert phone.one(sent)["again"] is True
    row = FieldEntry.objects.get(pk=sent["id"])
    assert (row.account_id, row.post, row.made_at, row.lon, row.grid_id, row.grid_path, row.content) == (
        None, None, None, None, None, [], {},
    )  # fmt: skip
    assert (row.received_at.hour, row.received_at.minute, row.received_at.microsecond) == (0, 0, 0)
    assert sent["id"] not in phone.mine()
    assert sql("SELECT count(*) FROM grid_fieldopinion") == [(1,)]
    assert sql("SELECT count(*) FROM grid_fieldopinion WHERE id = %s", sent["id"]) == [(0,)]


def test_of_a_visit_no_position_is_kept(phone: Phone) -> None:
    content = {"on": str(datetime.now(UTC).date()), "address": "三组12号", "purpose": "safety", "asked": "无"}
    sent = entry("visit", content=content, lon=100.5, lat=38.9)
    assert phone.one(sent)["state"] == "received"
    row = FieldEntry.objects.get(pk=sent["id"])
    assert (row.lon, row.lat, row.accuracy, row.content) == (None, None, None, {})
    assert sql("SELECT count(*) FROM grid_householdvisit") == [(1,)]


# ---- who is gone


def test_a_closed_account_is_told_so_that_the_phone_wipes(phone: Phone) -> None:
    given = ok(phone.desk.post("grid_worker", "/sync/device", {"device": phone.device}))
    assert given == ok(phone.desk.post("grid_worker", "/sync/device", {"device": phone.device}))
    assert given["key"] != ok(phone.desk.post("grid_worker", "/sync/device", {"device": str(uuid.uuid4())}))["key"]
    assert given["key"] != ok(phone.desk.post("grid_lead", "/sync/device", {"device": phone.device}))["key"]
    refusal(phone.desk.post("grid_worker", "/sync/device", {"device": "x"}), 422, "invalid", "device")

    def ask(**headers: str) -> Any:
        return phone.desk.client.get("/api/v1/sync", headers={"Authorization": "Bearer nonsense", **headers})

    proof = {"Device-Proof": given["proof"]}
    refusal(ask(**proof), 401, "not_signed_in")  # only the sign-in is dead
    Account.objects.filter(username="grid_worker").update(is_active=False)
    refusal(ask(**proof), 401, "account_closed")
    refusal(phone.post(entry()), 401, "not_signed_in")
    refusal(ask(), 401, "not_signed_in")
    account, device, tag = given["proof"].split(".")
    lead = Account.objects.get(username="grid_lead").pk
    for wrong in (
        f"{lead}.{device}.{tag}",
        f"{account}.{uuid.uuid4()}.{tag}",
        "..",
        "x.y.z",
        f"{account}.{device}.é",
        "9" * 30 + "..",
        account,
    ):
        refusal(ask(**{"Device-Proof": wrong.encode("latin-1", "replace").decode("latin-1")}), 401, "not_signed_in")
