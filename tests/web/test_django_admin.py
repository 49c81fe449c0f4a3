"""Django's own admin: for operators, to read, and nothing in it that tells what a case is about."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from api.kit import EVERYBODY, TO_HANDLING, new_browser
from cases.kit import case_id, sql
from onedoor.people.models import Account
from onedoor.web.backstage import site
from web.kit import Screens, words

LISTS = ("cases/case", "cases/assignment", "cases/clock")
STATEMENTS = 6  # who I am, may I, the log, two counts, the list


@pytest.fixture
def operator(screens: Screens) -> Screens:
    """`admin` is the operator of the demo county."""
    assert Account.objects.get(username="admin").is_operator
    return screens


def look(screens: Screens, path: str = "", who: str = "admin", **query: Any) -> HttpResponse:
    return screens.browser(who).get(f"/admin/{path}", query)


def test_only_operators_come_in_and_through_the_desk(operator: Screens) -> None:
    stranger = new_browser()
    asked = stranger.get("/admin/cases/case/")
    assert asked["Location"] == "/desk/sign-in?next=%2Fadmin%2Fcases%2Fcase%2F"
    assert stranger.get("/admin/login/")["Location"] == "/desk/sign-in"
    form = {"username": "admin", "password": "onedoor-demo", "next": "/admin/"}
    assert stranger.post("/admin/login/", form).cookies.get("sessionid") is None
    for who in EVERYBODY:
        for path in ("", *(f"{one}/" for one in LISTS)):
            assert look(operator, path, who).status_code == (200 if who == "admin" else 403), who
    Account.objects.filter(username="admin").update(is_operator=False)
    assert look(operator).status_code == 403, "as of this moment, not of the sign-in"


def test_a_session_of_djangos_own_opens_nothing(operator: Screens) -> None:
    browser = new_browser()
    browser.force_login(get_user_model().objects.get(username="admin"))
    assert browser.get("/admin/").status_code == 302


def test_nothing_can_be_changed(operator: Screens) -> None:
    number = operator.registered()["number"]
    operator.walk(number, *TO_HANDLING)
    one = case_id(number)
    before = sql('SELECT version, stage FROM "case" WHERE number = %s', number)
    browser = operator.browser("admin")
    for path in ("cases/case/add/", f"cases/case/{one}/delete/", "cases/assignment/add/"):
        assert browser.get(f"/admin/{path}").status_code == 403, path
    for path in (
        "cases/case/",
        f"cases/case/{one}/change/",
        f"cases/case/{one}/delete/",
        "logout/",
        "cases/clock/add/",
    ):
        sent = browser.post(
            f"/admin/{path}", {"stage": "archived", "action": "delete_selected", "_selected_action": str(one)}
        )
        assert sent.status_code == 405, path
    assert sql('SELECT version, stage FROM "case" WHERE number = %s', number) == before
    for model in site._registry.values():
        request = browser.get("/admin/").wsgi_request
        assert not (model.has_add_permission(request) or model.has_change_permission(request))
        assert not model.has_delete_permission(request) and model.actions is None


def test_what_a_case_is_about_is_nowhere(operator: Screens) -> None:
    case = operator.registered(title="走廊被占", occurred_at="2026-01-01T00:00:00+08:00")
    number = case["number"]
    operator.walk(number, *TO_HANDLING, ("handler2", "report_progress", {"text": "已到现场查看。"}))
    pages = [look(operator, f"{one}/") for one in LISTS] + [look(operator, f"cases/case/{case_id(number)}/change/")]
    part = sql("SELECT id FROM assignment WHERE case_id = %s", case_id(number))[0][0]
    clock = sql("SELECT id FROM clock WHERE case_id = %s", case_id(number))[0][0]
    pages += [look(operator, f"cases/assignment/{part}/change/"), look(operator, f"cases/clock/{clock}/change/")]
    for page in pages:
        assert page.status_code == 200 and number in words(page), words(page)[:300]
        for word in ("走廊", "𠮷田安", "邻家福", "禾丰塘", "13812345678", "138****", "现场", "邻里"):
            assert word not in page.content.decode(), word
        assert "unsafe" not in page["Content-Security-Policy"]
        assert page["Cache-Control"] == "no-store, private"
        assert "<script>" not in page.content.decode() and " style=" not in page.content.decode()
    assert "签收" in words(pages[3]) and "办理中" in words(pages[3])


def test_confidential_cases_are_not_in_it(operator: Screens) -> None:
    number = operator.registered("supervisor", confidential=True)["number"]
    one = case_id(number)
    for path in LISTS:
        assert number not in words(look(operator, f"{path}/"))
        assert number not in words(look(operator, f"{path}/", q=number))
    assert look(operator, f"cases/case/{one}/change/").status_code == 302, "as one that is not there"
    clock = sql("SELECT id FROM clock WHERE case_id = %s", one)
    assert clock and look(operator, f"cases/clock/{clock[0][0]}/change/").status_code == 302
    for path in (f"cases/case/{one}/history/", f"cases/case/{one}/change/"):
        assert number not in look(operator, path).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"title__startswith": "走"},
        {"address__contains": "走廊"},
        {"confidentiality__exact": "restricted"},
        {"creator__name__startswith": "受"},
        {"parties__name": "𠮷田安"},
    ],
)
def test_nothing_can_be_guessed_by_conditions_in_the_address(operator: Screens, query: dict[str, str]) -> None:
    number = operator.registered(title="走廊被占")["number"]
    answer = look(operator, "cases/case/", **query)
    assert answer.status_code in (302, 400)
    assert number not in answer.content.decode()


def test_numbers_are_found_and_stages_filtered(operator: Screens) -> None:
    number, other = (operator.registered()["number"] for _ in range(2))
    operator.walk(other, ("clerk", "accept", {}))
    found = words(look(operator, "cases/case/", q=number))
    assert number in found and other not in found
    accepted = words(look(operator, "cases/case/", stage="accepted"))
    assert other in accepted and number not in accepted


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_of_a_list_does_not_grow_with_its_rows(operator: Screens, count: int) -> None:
    for _ in range(count):
        operator.registered()
    for path in LISTS:
        operator.browser("admin")
        with CaptureQueriesContext(connection) as asked:
            look(operator, f"{path}/")
        assert len(asked) <= STATEMENTS, [query["sql"][:90] for query in asked.captured_queries]


def test_who_looked_stands_in_the_log(operator: Screens) -> None:
    one = case_id(operator.registered()["number"])
    look(operator, f"cases/case/{one}/change/")
    logged = sql("SELECT account_id, subject FROM access_log WHERE action = 'backstage'")
    assert logged == [(Account.objects.get(username="admin").pk, f"/admin/cases/case/{one}/change/")]
