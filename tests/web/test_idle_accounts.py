"""Accounts that nobody uses are found by the day of their last sign-in, and by nothing more."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.kit import new_browser
from cases.kit import sql
from onedoor.people.models import Account
from onedoor.people.queries import UNUSED, list_people
from web.kit import Screens

PASSWORD = "onedoor-demo"


def unused() -> set[str]:
    return {row.account.username for row in list_people(state="unused").items}


def test_the_day_of_the_last_sign_in_stands_in_the_list_and_no_hour(screens: Screens) -> None:
    clerk = Account.objects.get(username="clerk")
    clerk.set_password(PASSWORD)
    clerk.save()
    wrong = new_browser().post("/desk/sign-in", {"username": "clerk", "password": "not-it-2026"})
    assert wrong.status_code == 422
    assert Account.objects.get(username="clerk").last_sign_in_on is None, "a failure is no use"
    assert new_browser().post("/desk/sign-in", {"username": "clerk", "password": PASSWORD}).status_code == 302
    today = timezone.localdate()
    assert Account.objects.get(username="clerk").last_sign_in_on == today
    page = screens.read("admin", "admin/people", q="clerk")
    assert f"{today.year}年{today.month}月{today.day}日登录" in page
    assert "没有登录记录" in screens.read("admin", "admin/people", q="director")
    kind = "SELECT data_type FROM information_schema.columns WHERE column_name = 'last_sign_in_on'"
    assert sql(kind) == [("date",)], "no hour is kept"


def test_it_is_written_once_a_day(screens: Screens) -> None:
    clerk = Account.objects.get(username="clerk")
    clerk.set_password(PASSWORD)
    clerk.save()
    written = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            new_browser().post("/desk/sign-in", {"username": "clerk", "password": PASSWORD})
        written.append(sum('SET "last_sign_in_on"' in query["sql"] for query in asked.captured_queries))
    assert written == [1, 0]


@pytest.mark.parametrize(
    ("made", "last", "is_active", "found"),
    [
        (UNUSED + timedelta(days=1), None, True, True),
        (UNUSED + timedelta(days=1), UNUSED + timedelta(days=1), True, True),
        (UNUSED + timedelta(days=1), UNUSED, True, False),
        (UNUSED + timedelta(days=1), UNUSED + timedelta(days=1), False, False),
        (UNUSED - timedelta(days=1), None, True, False),
    ],
)
def test_who_has_not_signed_in_for_ninety_days_is_found(
    screens: Screens, made: timedelta, last: timedelta | None, is_active: bool, found: bool
) -> None:
    today: date = timezone.localdate()
    Account.objects.filter(username="director").update(
        created_at=timezone.now() - made, last_sign_in_on=last and today - last, is_active=is_active
    )
    assert unused() == ({"director"} if found else set())
    page = screens.open("admin", "admin/people", state="unused").content.decode()
    assert ("<td>director</td>" in page) is found


def test_nobody_but_the_administrator_reads_it(screens: Screens) -> None:
    for who in ("clerk", "director", "supervisor", "auditor", "unit_lead"):
        assert screens.open(who, "admin/people", state="unused").status_code == 403
