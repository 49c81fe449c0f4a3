"""`/deadlines/preview` and `/sync`."""

import uuid
from typing import Any

import pytest

from api.kit import MATTER, Desk, is_sentence, ok, refusal, row_counts

START = "2025-09-25T10:00:00+08:00"


def test_a_deadline_is_computed_and_explained(desk: Desk) -> None:
    found = ok(desk.post("auditor", "/deadlines/preview", {"scheme": "petition-statutory", "started_at": START}))
    clocks = {clock["kind"]: clock for clock in found["clocks"]}
    assert {"accept", "inform", "handle", "object"} <= set(clocks)
    handle = clocks["handle"]
    assert set(handle) == {"kind", "due_at", "warn_at", "basis", "explanation"}
    assert handle["due_at"] == "2025-11-24T23:59:59+08:00"
    assert handle["warn_at"] < handle["due_at"]
    assert "信访工作条例第三十四条" in handle["basis"]
    assert handle["explanation"]
    same = {"scheme": "petition-statutory", "started_at": "2025-09-25T02:00:00Z", "calendar": "national"}
    assert ok(desk.post("auditor", "/deadlines/preview", same)) == found


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scheme": "none"}, "scheme"),
        ({"scheme": None}, "scheme"),
        ({"scheme": ["ordinary"]}, "scheme"),
        ({"scheme": "ordinary\0"}, "scheme"),
        ({"started_at": None}, "started_at"),
        ({"started_at": "tomorrow"}, "started_at"),
        ({"started_at": "2025-09-25T10:00:00"}, "started_at"),
        ({"started_at": 20250925}, "started_at"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "started_at"),
        ({"started_at": "9999-12-31T23:59:59-12:00"}, "started_at"),
        ({"calendar": "lunar"}, "calendar"),
        ({"calendar": []}, "calendar"),
    ],
)
def test_a_preview_that_cannot_be_computed_is_refused_at_its_field(
    desk: Desk, changes: dict[str, Any], field: str
) -> None:
    body = {"scheme": "ordinary", "started_at": START} | changes
    refusal(desk.post("clerk", "/deadlines/preview", body), 422, "invalid", field)


def entry(**changes: object) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "case": MATTER | {"channel": "grid"}} | changes


def test_a_device_may_send_its_batch_again(desk: Desk) -> None:
    good, other = entry(), entry()
    faulty = entry(case=MATTER | {"narrative": "", "channel": "pigeon"})
    first = ok(desk.post("grid_worker", "/sync", {"entries": [good, faulty, other]}))["entries"]
    assert [one["state"] for one in first] == ["received", "refused", "received"]
    assert [one["id"] for one in first] == [good["id"], faulty["id"], other["id"]]
    assert set(first[1]["fields"]) == {"narrative"}
    before = row_counts()
    again = ok(desk.post("grid_worker", "/sync", {"entries": [good, faulty, other]}))["entries"]
    assert [one["state"] for one in again] == ["again", "refused", "again"]
    assert [one.get("number") for one in again] == [one.get("number") for one in first]
    assert {**row_counts(), "serial": 0} == {**before, "serial": 0}
    assert set(desk.numbers("grid_worker")) == {first[0]["number"], first[2]["number"]}


def test_one_bad_entry_stops_none_of_the_others(desk: Desk) -> None:
    bad: list[object] = [
        5, None, [], {}, {"id": 5}, {"id": "x"}, {"id": "\0"}, entry(case=None), entry(case=[]),
        entry(case=MATTER | {"as_post": 1}), {"case": MATTER},
    ]  # fmt: skip
    twice = entry()
    answers = ok(desk.post("grid_worker", "/sync", {"entries": [*bad, twice, twice, twice | {"case": MATTER}]}))[
        "entries"
    ]
    assert [one["state"] for one in answers] == ["refused"] * len(bad) + ["received", "again", "refused"]
    assert answers[-1]["code"] == "conflict"
    for one in answers:
        assert one["state"] != "refused" or is_sentence(one["detail"])
        assert len(one["id"]) <= 60


@pytest.mark.parametrize("entries", [None, {}, "x", 5, [{}] * 201])
def test_a_batch_that_is_none_is_refused(desk: Desk, entries: object) -> None:
    refusal(desk.post("grid_worker", "/sync", {"entries": entries}), 422, "invalid", "entries")


def test_who_registers_nothing_syncs_nothing(desk: Desk) -> None:
    refusal(desk.post("handler", "/sync", {"entries": [entry()]}), 403, "not_allowed")
