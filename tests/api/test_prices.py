"""What a call costs, in statements to the database. A number here is a promise: raise it knowingly."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from api.kit import MATTER, TO_HANDLING, Desk
from onedoor.cases import calendars, schemes

WHOLE = MATTER | {"external_numbers": [{"system": "12345", "number": "H-1"}], "division": "990101100"}
_FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture(autouse=True)
def known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemes and calendars have been read before: a process does so every few seconds, for all its requests."""
    for module in (schemes, calendars):
        monkeypatch.setattr(module, "FRESH", 1e9)
    schemes.book(newest=True)
    calendars.calendar_of((), newest=True)


def price(call: Callable[[], HttpResponse], status: int = 200) -> int:
    """Statements of one call, without those that open and close transactions."""
    with CaptureQueriesContext(connection) as seen:
        answer = call()
    assert answer.status_code == status, answer.content.decode()
    return sum(not query["sql"].startswith(_FRAME) for query in seen.captured_queries)


def test_a_registration(desk: Desk) -> None:
    desk.signed("clerk")
    assert price(lambda: desk.post("clerk", "/cases", WHOLE, key="k1"), 201) == 6
    assert price(lambda: desk.post("clerk", "/cases", WHOLE | {"confidential": True}, key="k2"), 201) == 7
    assert price(lambda: desk.post("clerk", "/cases", WHOLE, key="k1")) == 8


def test_one_case(desk: Desk) -> None:
    number = desk.registered(**WHOLE)["number"]
    desk.walk(number, *TO_HANDLING)
    for path, most in {"": 3, "/events": 4, "/moves": 3, "/clocks": 3, "/papers": 4}.items():
        assert price(lambda path=path: desk.get("clerk", f"/cases/{number}{path}")) == most, path
    assert price(lambda: desk.get("clerk", f"/cases/{number}", unmask="联系申请人")) == 4


def test_a_move(desk: Desk) -> None:
    number = desk.registered()["number"]
    desk.signed("dispatcher")
    assert price(lambda: desk.move("clerk", number, "accept")) == 4
    assert price(lambda: desk.move("dispatcher", number, "dispatch", unit="zjj", co_units=["rsj"])) == 5


def test_a_list_page_costs_the_same_with_one_row_and_with_three(desk: Desk) -> None:
    queries: tuple[dict[str, object], ...] = (
        {}, {"mine": "true"}, {"stage": "dispatched"}, {"light": "green"}, {"order": "due"},
        {"category": "dispute", "unit": "zjj", "division": "990101100"}, {"q": "走廊"}, {"q": "𠮷田", "unit": "zjj"},
    )  # fmt: skip
    people = ("clerk", "dispatcher", "handler2", "director", "clerk_town", "auditor")
    prices = []
    for count in (1, 3):
        while len(desk.numbers("clerk")) < count:
            number = desk.registered(**WHOLE)["number"]
            desk.walk(number, ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": "zjj"}))
        for who in people:
            desk.signed(who)
        prices.append(
            [price(lambda q=query, w=who: desk.get(w, "/cases", **q)) for query in queries for who in people]
        )
    assert prices[0] == prices[1]
    assert max(prices[0]) == 5
    # a page that others follow is counted too
    assert price(lambda: desk.get("clerk", "/cases", limit=1)) == 3
    assert price(lambda: desk.get("clerk", "/cases", limit=1, q="走廊")) == 5
