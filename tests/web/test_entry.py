"""Signing in and out on a page."""

import pytest
from django.test import Client

from api.kit import new_browser
from onedoor.people.models import Account
from web.kit import Screens, words

PASSWORD = "onedoor-demo"


@pytest.fixture
def browser(screens: Screens) -> Client:
    for account in Account.objects.filter(username="clerk"):
        account.set_password(PASSWORD)
        account.save()
    return new_browser()


def test_who_is_not_signed_in_signs_in_and_comes_back(browser: Client) -> None:
    asked = browser.get("/desk/cases?stage=closed")
    assert asked.status_code == 302
    assert asked["Location"] == "/desk/sign-in?next=%2Fdesk%2Fcases%3Fstage%3Dclosed"
    form = browser.get(asked["Location"])
    assert 'value="/desk/cases?stage=closed"' in form.content.decode()
    done = browser.post(
        "/desk/sign-in", {"username": "clerk", "password": PASSWORD, "next": "/desk/cases?stage=closed"}
    )
    assert (done.status_code, done["Location"]) == (302, "/desk/cases?stage=closed")
    cookie = done.cookies["onedoor_token"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert browser.get("/desk/").status_code == 200
    assert browser.get("/desk/sign-in")["Location"] == "/desk/"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/desk", "/desk//evil.example\\", "/api/v1"]
)
def test_signing_in_leads_nowhere_else(browser: Client, address: str) -> None:
    done = browser.post("/desk/sign-in", {"username": "clerk", "password": PASSWORD, "next": address})
    assert done.status_code == 302
    assert done["Location"].startswith("/desk/")


def test_a_wrong_password_is_told_and_the_name_kept(browser: Client) -> None:
    refused = browser.post("/desk/sign-in", {"username": "clerk", "password": "不对"})
    assert refused.status_code == 422
    assert "用户名或密码不对" in words(refused)
    assert 'value="clerk"' in refused.content.decode()
    assert "onedoor_token" not in refused.cookies


def test_signing_out_ends_the_token_itself(screens: Screens) -> None:
    token = screens.browser("clerk").cookies["onedoor_token"].value
    assert screens.open("clerk", "sign-out").status_code == 405
    assert screens.send("clerk", "sign-out")["Location"] == "/desk/sign-in"
    other = new_browser()
    other.cookies["onedoor_token"] = token
    assert other.get("/desk/").status_code == 302


def test_a_form_from_elsewhere_is_refused(screens: Screens) -> None:
    strict = Client(enforce_csrf_checks=True)
    screens.signed("clerk")
    strict.cookies["onedoor_token"] = screens.tokens["clerk"]
    refused = strict.post("/desk/register", {"narrative": "x"})
    assert (refused.status_code, "页面已过期" in words(refused)) == (403, True)


def test_pages_are_kept_nowhere_and_run_nothing_foreign(screens: Screens) -> None:
    page = screens.open("clerk", "")
    assert page["Cache-Control"] == "no-store, private"
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "style=" not in page.content.decode() and "onclick" not in page.content.decode()


def test_my_account_changes_the_password_and_signs_out_everywhere(browser: Client, screens: Screens) -> None:
    wrong = screens.send("clerk", "me", old_password=PASSWORD, new_password="Qing-he-2026", again="Qing-he-2027")
    assert (wrong.status_code, "两次输入的新密码不一样" in words(wrong)) == (422, True)
    done = screens.send("clerk", "me", old_password=PASSWORD, new_password="Qing-he-2026", again="Qing-he-2026")
    assert done["Location"] == "/desk/sign-in"
    assert screens.open("clerk", "").status_code == 302
    assert screens.send("handler", "me", everywhere="1")["Location"] == "/desk/sign-in"
    assert screens.open("handler", "").status_code == 302


def test_larger_letters_are_remembered_by_the_browser(screens: Screens) -> None:
    back = screens.send("clerk", "size", next="/desk/cases")
    assert back["Location"] == "/desk/cases"
    assert 'class="large"' in screens.open("clerk", "cases").content.decode()
