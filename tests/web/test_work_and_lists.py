"""我的工作 and the list: what each role finds, what it costs, what it does not show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import EVERYBODY, TO_CLOSED, TO_HANDLING
from web.kit import Screens, words

WORK_STATEMENTS = 5  # who I am, the figures, questions, the list, the stamp
LIST_STATEMENTS = 5  # who I am, the list, and what three filters offer; a second page has its count too


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_has_a_first_page(screens: Screens, who: str) -> None:
    for path in ("", "cases", "me"):
        assert screens.open(who, path).status_code == 200
    assert "登记新事项" in screens.read("clerk", "")
    assert "登记新事项" not in screens.read("auditor", "")


def test_a_matter_waits_where_it_is_to_be_worked_on(screens: Screens) -> None:
    number = screens.registered()["number"]
    steps = [
        (("clerk", "to_accept"), TO_CLOSED[0]),
        (("dispatcher", "to_dispatch"), TO_CLOSED[1]),
        (("handler2", "to_sign"), TO_CLOSED[2]),
        (("handler2", "handling"), TO_CLOSED[3]),
        (("supervisor", "to_review"), TO_CLOSED[4]),
        (("clerk", "to_follow_up"), ("clerk", "follow_up", {"satisfied": True})),
    ]
    for (who, queue), move in steps:
        assert number in screens.read(who, "", queue=queue)
        assert number in screens.read(who, ""), f"the first queue with work is open for {who}"
        assert number not in screens.read("handler", "")
        screens.walk(number, move)
        assert number not in screens.read(who, "", queue=queue), (who, queue)
    assert number in screens.read("supervisor", "", queue="to_archive")


def test_what_waits_for_a_decision_is_a_queue_of_its_own(screens: Screens) -> None:
    number = screens.registered()["number"]
    screens.walk(number, *TO_HANDLING[:2], ("handler2", "object", {"reason": "不是我单位职责。"}))
    assert number in screens.read("dispatcher", "", queue="objections")
    assert number in screens.read("handler2", "", queue="objected")
    other = screens.registered()["number"]
    screens.walk(other, *TO_HANDLING, ("handler2", "request_suspension", {"reason": "等待鉴定", "days": 30}))
    for who, queue in (("supervisor", "suspensions"), ("unit_lead2", "unit_requests"), ("director", "suspensions")):
        assert other in screens.read(who, "", queue=queue)
        assert number not in screens.read(who, "", queue=queue)
    assert other not in screens.read("unit_lead", "", queue="unit_requests")


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_of_a_page_does_not_grow_with_its_rows(screens: Screens, count: int) -> None:
    for _ in range(count):
        screens.registered()
    screens.browser("clerk")
    for path, price in (("", WORK_STATEMENTS), ("cases", LIST_STATEMENTS)):
        with CaptureQueriesContext(connection) as asked:
            page = screens.open("clerk", path)
        assert len(asked) == price, [query["sql"][:90] for query in asked.captured_queries]
        assert page.content.decode().count("data-item") == count
        assert len(page.content) < 60_000


def test_filters_stay_in_the_address_and_the_back_button(screens: Screens) -> None:
    number = screens.registered()["number"]
    page = screens.open("clerk", "cases", q="走廊", stage="registered", light="green", since="2020-01-01")
    assert number in words(page)
    html = page.content.decode()
    assert 'value="走廊"' in html and '<option value="registered" selected>' in html and 'value="2020-01-01"' in html
    assert "没有符合条件的事项" in screens.read("clerk", "cases", q="龘靐")
    wrong = screens.open("clerk", "cases", since="前天")
    assert wrong.status_code == 422 and "日期应为" in words(wrong)
    assert screens.open("clerk", "cases", q="\0").status_code == 422
    assert screens.open("clerk", "cases", cursor="xyz").status_code == 422


def test_pages_follow_each_other(screens: Screens) -> None:
    numbers = [screens.registered()["number"] for _ in range(53)]
    first = screens.open("clerk", "cases")
    assert first.content.decode().count("data-item") == 50 and "共 53 件" in words(first)
    ahead = first.content.decode().split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = screens.browser("clerk").get(ahead)
    assert second.content.decode().count("data-item") == 3
    assert all(number in words(second) for number in numbers[:3])
    assert "回到第一页" in words(second)
    queue = screens.open("clerk", "", queue="to_accept").content.decode()
    following = queue.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert screens.browser("clerk").get(f"/desk/{following}").content.decode().count("data-item") == 3


def test_a_number_in_the_box_leads_to_its_case(screens: Screens) -> None:
    number = screens.registered()["number"]
    assert screens.open("clerk", "go", q=f" {number.lower()} ")["Location"] == f"/desk/cases/{number}"
    assert screens.open("clerk", "go", q="走廊 杂物")["Location"].startswith("/desk/cases?q=")


def test_confidential_matters_show_only_to_those_named(screens: Screens) -> None:
    number = screens.registered("supervisor", confidential=True, title="只有几个人知道")["number"]
    for who in EVERYBODY:
        seen = number in screens.read(who, "cases")
        assert seen == (who in ("supervisor", "dispatcher_secret")), who
        assert number not in screens.read(who, "") or who in ("supervisor", "dispatcher_secret"), who
        assert screens.open(who, f"cases/{number}").status_code == (200 if seen else 404)


def test_the_stamp_changes_with_the_record_and_is_the_same_for_all(
    screens: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onedoor.web.desk.work.FRESH", 0.0)
    before = screens.open("clerk", "stamp").content
    screens.registered()
    after = screens.open("clerk", "stamp").content
    assert before != after
    assert screens.open("handler", "stamp").content == after
