"""The list: every filter, the count, and going on from page to page."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from api.kit import MATTER, TO_HANDLING, Desk, ok, refusal
from cases.kit import sql


@pytest.fixture
def five(desk: Desk) -> list[str]:
    """Oldest first: 0 dispatched to zjj, 1 and 3 by hotline, 2 in the village, 4 an appeal."""
    made: list[dict[str, Any]] = [
        {},
        {"channel": "hotline"},
        {"division": "990101100201"},
        {"channel": "hotline"},
        {"kind": "appeal", "category": "petition.land-resources"},
    ]
    numbers = [desk.registered(**changes)["number"] for changes in made]
    desk.walk(numbers[0], ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": "zjj", "co_units": ["rsj"]}))
    return numbers


def test_each_filter_narrows_the_list_and_its_count(desk: Desk, five: list[str]) -> None:
    newest = five[::-1]
    cases: list[tuple[dict[str, object], list[str]]] = [
        ({}, newest),
        ({"order": "oldest"}, five),
        ({"stage": "dispatched"}, [five[0]]),
        ({"stage": "registered,dispatched"}, newest),
        ({"stage": "archived"}, []),
        ({"category": "dispute"}, newest[1:]),
        ({"category": "petition.land-resources"}, [five[4]]),
        ({"unit": "zjj"}, [five[0]]),
        ({"unit": "rsj"}, [five[0]]),
        ({"unit": "gaj"}, []),
        ({"division": "990101"}, newest),
        ({"division": "990101100"}, [five[2]]),
        ({"division": "990101100201"}, [five[2]]),
        ({"division": "990101101"}, []),
        ({"light": "green"}, newest),
        ({"light": "red"}, []),
        ({"light": "none"}, []),
        ({"mine": "true"}, newest[:-1]),
        ({"channel": "hotline"}, [five[3], five[1]]),
        ({"channel": "hotline", "division": "990101100"}, []),
        ({"q": "走廊", "channel": "hotline"}, [five[3], five[1]]),
        ({"q": five[2].lower()}, [five[2]]),
    ]
    for query, expected in cases:
        page = ok(desk.get("clerk", "/cases", **query))
        assert [item["number"] for item in page["items"]] == expected, query
        assert page["count"] == {"value": len(expected), "capped": False}, query
        assert page["next_cursor"] is None
    assert set(desk.numbers("clerk", order="due")) == set(five)
    assert desk.numbers("handler2", mine="true") == [five[0]]
    assert desk.numbers("dispatcher", mine="true") == newest[:-1]
    assert desk.numbers("director", mine="true") == []


def test_since_and_until_take_whole_days_and_instants(desk: Desk, five: list[str]) -> None:
    sql("UPDATE \"case\" SET registered_at = '2026-03-01T16:00:00Z' WHERE number = %s", five[0])
    sql('UPDATE visible v SET sort_key = c.registered_at FROM "case" c WHERE c.id = v.case_id')
    query: list[dict[str, object]] = [
        {"since": "2026-03-02", "until": "2026-03-02"},  # midnight in the county begins the second of March
        {"since": "2026-03-02T00:00:00+08:00", "until": "2026-03-02T00:00:01+08:00"},
        {"since": "2026-03-01T16:00:00Z", "until": "2026-03-03"},
        {"until": "2026-03-05"},
    ]
    for one in query:
        assert desk.numbers("clerk", **one) == [five[0]], one
    assert desk.numbers("clerk", until="2026-03-01") == []
    assert desk.numbers("clerk", since="2026-03-03") == five[:0:-1]
    assert desk.numbers("handler2", since="2026-03-02", until="2026-03-02") == [five[0]]


def test_lights_follow_the_clock(desk: Desk, five: list[str]) -> None:
    now = timezone.now()
    for place, (warn, due) in enumerate([(-2, -1), (-1, 1), (1, 2)]):
        sql(
            'UPDATE "case" SET warn_at = %s, due_at = %s WHERE number = %s',
            now + timedelta(hours=warn), now + timedelta(hours=due), five[place],
        )  # fmt: skip
    sql('UPDATE "case" SET warn_at = NULL, due_at = NULL WHERE number = %s', five[3])
    for color, place in {"red": 0, "yellow": 1, "none": 3}.items():
        page = ok(desk.get("clerk", "/cases", light=color))
        assert [(item["number"], item["light"]) for item in page["items"]] == [(five[place], color)]
    assert desk.numbers("clerk", order="due")[:3] == five[:3]
    assert five[3] not in desk.numbers("clerk", order="due")


@pytest.mark.parametrize("order", ["newest", "oldest", "due"])
@pytest.mark.parametrize("who", ["clerk", "clerk_town"])
def test_pages_follow_each_other_without_a_gap(desk: Desk, order: str, who: str) -> None:
    made = [desk.registered(division="990101100")["number"] for _ in range(7)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = ok(desk.get(who, "/cases", order=order, limit=3, cursor=cursor))
        assert page["count"] == {"value": 7, "capped": False}
        seen += [item["number"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        assert len(page["items"]) == 3
        cursor = page["next_cursor"]
    assert sorted(seen) == sorted(made)
    assert seen == ok_order(made, order, seen)


def ok_order(made: list[str], order: str, seen: list[str]) -> list[str]:
    """What the order must be; cases due at the same instant may stand in any."""
    return {"newest": made[::-1], "oldest": made, "due": seen}[order]


def test_the_count_ends_at_its_cap(desk: Desk, settings: Settings) -> None:
    settings.COUNT_CAP = 3
    for _ in range(5):
        desk.registered()
    page = ok(desk.get("clerk", "/cases", limit=1))
    assert page["count"] == {"value": 3, "capped": True}
    assert ok(desk.get("clerk", "/cases", limit=1, q="走廊"))["count"] == {"value": 3, "capped": True}


def test_an_item_tells_what_a_list_shows(desk: Desk) -> None:
    number = desk.registered()["number"]
    desk.walk(number, *TO_HANDLING)
    [item] = ok(desk.get("clerk", "/cases"))["items"]
    whole = ok(desk.get("clerk", f"/cases/{number}"))
    assert item == {name: whole[name] for name in item}
    assert not {"parties", "narrative", "address"} & set(item)


BROKEN = {
    "stage": ("nonsense", "registered,nonsense", "registered'--", "\0"),
    "category": ("nonsense", "disput", "%", "\0", "𠮷"),
    "unit": ("nobody", "\0", "zjj,rsj"),
    "division": ("1", "\0", "99010"),
    "light": ("blue", "GREEN", "\0"),
    "mine": ("perhaps", "\0"),
    "channel": ("pigeon", "window,web", "\0"),
    "since": ("yesterday", "2026-13-01", "2026-03-01T09:00", "0000-01-01", "\0", "2026-03-01T25:00+08:00"),
    "until": ("tomorrow", "9999-12-31", "2026-3-1", "\0"),
    "order": ("x", "newest;", "\0"),
    "limit": ("ten", "1.5", "", "\0"),
    "cursor": ("x", "\0", "é", "W10", "A" * 5000, "bnVsbA", "WyJuZXdlc3QiLG51bGwsbnVsbF0", "eyJhIjoxfQ", "===="),
    "q": ("\0",),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_filter_that_means_nothing_is_refused_at_its_name(desk: Desk, name: str) -> None:
    for value in BROKEN[name]:
        refusal(desk.get("clerk", "/cases", **{name: value}), 422, "invalid", name)


def test_a_cursor_of_another_order_is_refused(desk: Desk) -> None:
    for _ in range(2):
        desk.registered()
    cursor = ok(desk.get("clerk", "/cases", limit=1))["next_cursor"]
    refusal(desk.get("clerk", "/cases", limit=1, order="due", cursor=cursor), 422, "invalid", "cursor")


def test_a_limit_is_brought_into_its_bounds(desk: Desk) -> None:
    for _ in range(2):
        desk.registered()
    for limit, most in ((0, 1), (-5, 1), (1, 1), (10**25, 2)):
        assert len(desk.numbers("clerk", limit=limit)) == most


def test_two_thousand_parameters_are_refused(desk: Desk) -> None:
    answer = desk.get("clerk", "/cases", **{f"p{place}": "1" for place in range(2000)})
    refusal(answer, 422, "invalid", "body")


def test_the_smallest_matter_is_listed_too(desk: Desk) -> None:
    bare = {name: MATTER[name] for name in ("channel", "category", "kind", "narrative")}
    case = ok(desk.post("clerk", "/cases", bare | {"anonymous": True}), 201)
    assert desk.numbers("clerk") == [case["number"]]


def test_the_persons_named_on_a_confidential_case_find_it_by_unit_and_division(desk: Desk) -> None:
    number = desk.registered("supervisor", confidential=True)["number"]
    desk.walk(number, ("supervisor", "accept", {}))
    sent = desk.move("dispatcher_secret", number, "dispatch", unit="rsj", persons=["handler"])
    assert sent.status_code == 200, sent.content
    for who in ("dispatcher_secret", "supervisor", "handler"):
        assert desk.numbers(who, unit="rsj") == [number]
        assert desk.numbers(who, division="990101") == [number]
        assert desk.numbers(who, unit="zjj") == desk.numbers(who, division="990101100") == []
    assert desk.numbers("unit_lead", unit="rsj") == desk.numbers("clerk", unit="rsj") == []
