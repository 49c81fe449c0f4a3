"""接待 over the API: by whom, of which centre, once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from api.kit import MATTER, Desk, ok, refusal
from cases.kit import sql
from onedoor.hall.steps.visit import erase_visit_texts

VISIT: dict[str, Any] = {"purpose": "consultation", "persons": 2, "asked": "问社保怎么转。", "window": "3号"}


def took(desk: Desk, who: str = "clerk", **changes: object) -> str:
    return str(ok(desk.post(who, "/visits", VISIT | changes), 201)["number"])


def test_a_visit_is_taken_answered_and_counted(desk: Desk) -> None:
    visit = ok(desk.post("clerk", "/visits", VISIT), 201)
    assert re.fullmatch(r"990101-\d{6}-001", visit["number"])
    assert (visit["ending"], visit["ending_name"], visit["received_by"]) == (None, "接待中", "迎进门")
    done = ok(desk.post("dispatcher", f"/visits/{visit['number']}/answer", {"answer": "到2号窗口办。"}))
    assert (done["ending"], done["answer"]) == ("answered", "到2号窗口办。")
    refusal(desk.post("clerk", f"/visits/{visit['number']}/answer", {"answer": "再答。"}), 409, "conflict")
    ok(desk.post("clerk", f"/visits/{visit['number']}/remarks", {"text": "已电话告知材料。"}))
    took(desk, persons=7, answer="已说明。")
    page = ok(desk.get("director", "/visits"))
    assert page["count"] == {"batches": 2, "persons": 9}
    assert [one["ending"] for one in page["items"]] == ["answered", "answered"]
    assert "代表不超过5人" in page["items"][0]["hint"]
    assert [one["text"] for one in ok(desk.get("clerk", f"/visits/{visit['number']}"))["remarks"]] == [
        "已电话告知材料。"
    ]


def test_the_pages_of_a_list_follow_each_other(desk: Desk) -> None:
    numbers = [took(desk) for _ in range(5)]
    found, cursor = [], ""
    for _ in range(3):
        page = ok(desk.get("clerk", "/visits", limit=2, cursor=cursor))
        assert page["count"] == {"batches": 5, "persons": 10}
        found += [one["number"] for one in page["items"]]
        cursor = page["next_cursor"] or ""
    assert found == numbers[::-1] and cursor == ""
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date()
    assert ok(desk.get("clerk", "/visits", since=yesterday, until=yesterday))["items"] == []
    refusal(desk.get("clerk", "/visits", since="2026-02-30"), 422, "invalid", "since")
    refusal(desk.get("clerk", "/visits", since="2026-03-02", until="2026-03-01"), 422, "invalid", "until")
    refusal(desk.get("clerk", "/visits", cursor="xx"), 422, "invalid", "cursor")


@pytest.mark.parametrize(
    "who", ["handler", "unit_lead", "mediator", "grid_worker", "grid_lead", "auditor", "admin", "handler3"]
)
def test_who_does_not_work_at_the_centre_sees_no_visit(desk: Desk, who: str) -> None:
    number = took(desk)
    refusal(desk.post(who, "/visits", VISIT), 403, "not_allowed")
    refusal(desk.get(who, "/visits"), 403, "not_allowed")
    refusal(desk.get(who, f"/visits/{number}"), 404, "not_found")
    refusal(desk.post(who, f"/visits/{number}/answer", {"answer": "好。"}), 403, "not_allowed")


def test_a_centre_sees_its_own_visits_only(desk: Desk) -> None:
    county, town = took(desk), took(desk, "clerk_town")
    assert town.startswith("990101100-")
    refusal(desk.get("clerk", f"/visits/{town}"), 404, "not_found")
    refusal(desk.post("clerk_town", f"/visits/{county}/end", {"reason": "走了。"}), 404, "not_found")
    assert [one["number"] for one in ok(desk.get("clerk_town", "/visits"))["items"]] == [town]
    refusal(desk.post("director", "/visits", VISIT), 403, "not_allowed")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "x"}, "purpose"), ({"persons": 0}, "persons"), ({"persons": 100_000}, "persons"),
        ({"asked": "\0"}, "asked"), ({"asked": "字" * 200_000}, "asked"), ({"asked": {"a": 1}}, "asked"),
        ({"purpose": "accusation"}, "asked"), ({"window": "窗" * 99}, "window"), ({"asked": "身份证11010519491231002X。"}, "asked"), ({"as_post": 10**6}, "as_post"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_at_its_field_and_nothing_is_written(
    desk: Desk, changes: dict[str, Any], field: str
) -> None:
    refusal(desk.post("clerk", "/visits", VISIT | changes), 422, "invalid", field)
    assert sql("SELECT count(*) FROM hall_visit") == [(0,)]


def test_the_same_key_is_the_same_visit(desk: Desk) -> None:
    first = ok(desk.post("clerk", "/visits", VISIT, key="w3-1"), 201)
    again = ok(desk.post("clerk", "/visits", VISIT, key="w3-1"), 200)
    assert first["number"] == again["number"]
    refusal(desk.post("clerk", "/visits", VISIT | {"persons": 3}, key="w3-1"), 409, "conflict")
    assert took(desk).endswith("-002"), "a repeated request takes no number"


def test_a_visit_leads_to_cases(desk: Desk) -> None:
    number = took(desk, purpose="dispute", asked="邻居占走廊。")
    case = ok(desk.post("clerk", "/cases", MATTER | {"visit": number}, key="k1"), 201)["number"]
    assert ok(desk.post("clerk", "/cases", MATTER | {"visit": number}, key="k1"), 200)["number"] == case
    other = ok(desk.post("clerk", "/cases", MATTER | {"visit": number}), 201)["number"]
    visit = ok(desk.get("clerk", f"/visits/{number}"))
    assert visit["ending"] == "registered"
    assert [one["number"] for one in visit["cases"]] == [case, other]
    before = sql('SELECT count(*) FROM "case"')
    for wrong in ("990101-260101-999", "\0", 7, ["x"]):
        refusal(desk.post("clerk", "/cases", MATTER | {"visit": wrong}), 422, "invalid", "visit")
    refusal(desk.post("mediator", "/cases", MATTER | {"visit": number}), 422, "invalid", "visit")
    refusal(desk.post("clerk_town", "/cases", MATTER | {"visit": number}), 422, "invalid", "visit")
    assert sql('SELECT count(*) FROM "case"') == before


def test_of_an_accusation_only_the_named_know(desk: Desk) -> None:
    number = ok(desk.post("supervisor", "/visits", {"purpose": "accusation", "persons": 1}), 201)["number"]
    others = ("clerk", "dispatcher", "director", "dispatcher_secret")
    for who in others:
        refusal(desk.get(who, f"/visits/{number}"), 404, "not_found")
        assert ok(desk.get(who, "/visits"))["count"] == {"batches": 0, "persons": 0}
    accusation = MATTER | {
        "kind": "appeal", "purpose": "accusation", "category": "petition.other", "narrative": "某局收钱办事。", "visit": number,
    }  # fmt: skip
    case = ok(desk.post("supervisor", "/cases", accusation), 201)["number"]
    for who in ("supervisor", "dispatcher_secret"):
        assert [one["number"] for one in ok(desk.get(who, f"/visits/{number}"))["cases"]] == [case], who
    for who in others[:3]:
        refusal(desk.get(who, f"/visits/{number}"), 404, "not_found")
        assert ok(desk.get(who, "/visits"))["items"] == []


def test_a_restriction_takes_the_visit_along(desk: Desk) -> None:
    number = took(desk, purpose="dispute", asked="家里的事，不要让别人知道。")
    case = ok(desk.post("clerk", "/cases", MATTER | {"visit": number}), 201)["number"]
    assert ok(desk.get("dispatcher", f"/visits/{number}"))["asked"]
    persons = ["clerk", "supervisor"]
    ok(
        desk.move(
            "supervisor",
            case,
            "restrict",
            level="restricted",
            persons=persons,
            reason="当事人要求。",
        )
    )
    assert ok(desk.get("clerk", f"/visits/{number}"))["asked"]
    for who in ("dispatcher", "director"):
        refusal(desk.get(who, f"/visits/{number}"), 404, "not_found")
        page = ok(desk.get(who, "/visits"))
        assert (page["items"], page["count"]) == ([], {"batches": 0, "persons": 0})
    refusal(desk.post("dispatcher", f"/visits/{number}/remarks", {"text": "看。"}), 404, "not_found")


def test_what_is_written_stays_as_it_is(desk: Desk) -> None:
    number = took(desk, answer="已答。")
    for change in ("asked = '别的'", "answer = '别的'", "persons = 9", "ended_at = now()", "ending = 'left'"):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            sql(f"UPDATE hall_visit SET {change} WHERE number = '{number}'")
    assert ok(desk.get("clerk", f"/visits/{number}"))["asked"] == VISIT["asked"]


def test_texts_end_and_counts_stay(desk: Desk) -> None:
    number = took(desk, answer="已答。")
    ok(desk.post("clerk", f"/visits/{number}/remarks", {"text": "补。"}))
    now = datetime.now(UTC)
    assert erase_visit_texts(before=now - timedelta(days=1), at=now) == 0
    assert erase_visit_texts(before=now + timedelta(days=1), at=now) == 1
    assert erase_visit_texts(before=now + timedelta(days=1), at=now) == 0
    visit = ok(desk.get("clerk", f"/visits/{number}"))
    assert (visit["asked"], visit["answer"], visit["persons"], visit["remarks"][0]["text"]) == ("", "", 2, "")
