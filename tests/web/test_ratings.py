"""Ratings: units see whole groups of five and never one, staff give none, a unit's timeline does not say that one was given."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from api.kit import TO_HANDLING, new_browser, ok
from cases.kit import sql
from onedoor.cases import secrets
from onedoor.cases.queries.ratings import ratings_of
from onedoor.people.models import Account
from onedoor.people.tokens import signed_in_as
from onedoor.web.desk.access import COOKIE
from web.kit import Screens, words
from web.resident_kit import enter, hand_in

CLOSED = (
    *TO_HANDLING,
    ("handler2", "conclude", {"outcome": "answered", "answer": "已处理。"}),
    ("supervisor", "close", {}),
)


def closed(screens: Screens, key: str) -> tuple[str, Client]:
    number, code = hand_in(new_browser(), key=key, phone=f"138000{int(key):05d}")
    screens.walk(number, *CLOSED)
    return number, enter(number, code)[0]


def rated(screens: Screens, key: str, *, satisfied: str = "yes", **more: str) -> str:
    number, browser = closed(screens, key)
    answer = browser.post("/my/rate", {"key": key, "satisfied": satisfied, **more}, follow=True)
    assert "您已评价" in words(answer)
    return number


def seen(screens: Screens) -> str:
    return screens.read("handler2", "ratings").partition("住建局")[2].partition("看不出")[0]


def test_only_whole_groups_of_five_count(screens: Screens) -> None:
    for place in range(4):
        rated(screens, str(place))
        assert "不足5件" in screens.read("handler2", "ratings")
    bad = rated(screens, "4", satisfied="no", text="没有人来看。", result="2")
    five = seen(screens)
    assert "评价5件，满意4件" in five and "办理结果" not in five, "one mark alone says who gave it"
    for place in range(5, 9):
        rated(screens, str(place), satisfied="no", **({"result": "1"} if place < 8 else {}))
        assert seen(screens) == five, f"rating {place + 1} shows as the difference"
    assert "没有人来看" not in screens.read("handler2", "ratings")
    rated(screens, "9", satisfied="yes", result="5")
    page = seen(screens)
    assert "评价10件，满意5件" in page
    # marks: 2 1 1 1 5
    assert "办理结果平均2.0分" in page and "办事能力" not in page
    reads = screens.read("supervisor", "ratings")
    assert "没有人来看" in reads and bad in reads
    assert "没有人来看" not in screens.read("clerk", "ratings")


def test_a_group_is_shown_for_a_year(screens: Screens) -> None:
    for place in range(5):
        rated(screens, str(place))
    signed = signed_in_as(Account.objects.get(username="handler2").pk)
    assert signed is not None
    now = timezone.now()
    (row,) = ratings_of(signed.viewer(), now)
    assert (row["rated"], row["satisfied"]) == (5, 5)
    sql("UPDATE \"case\" SET followed_up_at = followed_up_at - interval '366 days'")
    assert ratings_of(signed.viewer(), now)[0]["rated"] is None


@pytest.mark.parametrize("who", ["clerk", "handler2", "supervisor", "director"])
def test_staff_who_are_signed_in_give_no_rating(screens: Screens, who: str) -> None:
    number, browser = closed(screens, "1")
    screens.signed(who)
    (case,) = sql('SELECT id FROM "case"')[0]
    address = f"/rate/{number}-{secrets.rating_code(str(case))}"
    at_desk = screens.browser(who)
    refused = at_desk.post(address, {"satisfied": "yes", "key": "k"})
    assert refused.status_code == 403 and "请先退出登录" in words(refused)
    browser.cookies[COOKIE] = screens.tokens[who]
    refused = browser.post("/my/rate", {"satisfied": "yes", "key": "m"})
    assert refused.status_code == 403 and "请先退出登录" in words(refused)
    assert not sql("SELECT 1 FROM event WHERE kind = 'rate'")
    browser.cookies[COOKIE] = "not-a-token"
    assert browser.post("/my/rate", {"satisfied": "yes", "key": "n"}).status_code == 302


@pytest.mark.parametrize("satisfied", ["yes", "no"])
@pytest.mark.parametrize("archived", [False, True])
def test_a_unit_does_not_learn_that_it_was_rated(screens: Screens, satisfied: str, *, archived: bool) -> None:
    """Two matters, one rated at home and one called back: to the unit they look the same."""
    called, _ = closed(screens, "1")
    number, browser = closed(screens, "2")
    if archived:
        sql('UPDATE "case" SET sampled = FALSE')
        for one in (called, number):
            ok(screens.move("supervisor", one, "archive"))
    browser.post("/my/rate", {"key": "r", "satisfied": satisfied, "text": "还是吵。"})
    assert sql("SELECT count(*) FROM event WHERE kind = 'rate'") == [(1,)]
    if not archived:
        ok(screens.move("clerk", called, "follow_up", satisfied=satisfied == "yes"))
    views = []
    for one in (called, number):
        events = ok(screens.get("handler2", f"/cases/{one}/events"))["items"]
        file = ok(screens.get("handler2", f"/cases/{one}"))
        moves = ok(screens.get("handler2", f"/cases/{one}/moves"))["items"]
        shown = [(event["seq"], event["kind"]) for event in events]
        views.append((shown, file["pending"], file["satisfied"], moves))
        text = screens.read("handler2", f"cases/{one}") + json.dumps(events, ensure_ascii=False)
        for word in ("评价", "还是吵", '"rate"'):
            assert word not in text, word
        assert "评价" not in screens.read("handler2", f"cases/{one}/print")
    assert views[0] == views[1]
    kinds = [event["kind"] for event in ok(screens.get("supervisor", f"/cases/{number}/events"))["items"]]
    assert "rate" in kinds
    assert "rate" not in [event["kind"] for event in ok(screens.get("clerk", f"/cases/{number}/events"))["items"]]
