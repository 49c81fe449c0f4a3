"""A first or a reset password at the screen: another one before anything else."""

import json
import re

import pytest
from django.test import Client

from api.kit import new_browser
from onedoor.people.models import Account
from web.kit import Screens, words

OWN = "lan-ping-7788"


def shown(screens: Screens, path: str, **form: str) -> str:
    """The password on the administrator's page."""
    answer = screens.send("admin", path, **form)
    assert answer.status_code == 200, words(answer)
    return re.findall(r'<code class="h3">([^<]+)<', answer.content.decode())[0]


def comes(username: str, password: str, wanted: str = "") -> tuple[Client, str]:
    browser = new_browser()
    done = browser.post("/desk/sign-in", {"username": username, "password": password, "next": wanted})
    assert done.status_code == 302, words(done)
    return browser, str(done["Location"])


@pytest.fixture
def first(screens: Screens) -> str:
    password = shown(screens, "admin/people/new", username="xinren", name="新人")
    page = screens.read("admin", f"admin/people/{Account.objects.get(username='xinren').pk}")
    assert "还没有换成自己的密码" in page
    return password


def test_a_new_person_chooses_a_password_and_goes_on_to_where_he_wanted(first: str, screens: Screens) -> None:
    browser, sent = comes("xinren", first, "/desk/deadlines")
    assert sent == "/desk/new-password?next=%2Fdesk%2Fdeadlines"
    page = browser.get(sent)
    assert "换成自己的密码" in words(page) and page["Cache-Control"] == "no-store, private"
    for wrong in ({"new_password": OWN, "again": "x"}, {"new_password": first, "again": first}):
        answer = browser.post("/desk/new-password", wrong)
        assert answer.status_code == 422 and first not in answer.content.decode()
    done = browser.post("/desk/new-password", {"new_password": OWN, "again": OWN, "next": "/desk/deadlines"})
    assert done["Location"] == "/desk/deadlines"
    assert browser.get("/desk/deadlines").status_code == 200
    assert comes("xinren", OWN)[1] == "/desk/"
    pk = Account.objects.get(username="xinren").pk
    assert "还没有换成自己的密码" not in screens.read("admin", f"admin/people/{pk}")


@pytest.mark.parametrize("address", ["/desk/", "/desk/cases", "/desk/me", "/desk/inbox", "/desk/kiosk", "/admin/"])
def test_before_that_no_page_opens(first: str, address: str) -> None:
    browser, _ = comes("xinren", first)
    led = browser.get(address)
    assert led.status_code == 302 and "/desk/sign-in" in led["Location"]
    assert browser.get(led["Location"])["Location"].startswith("/desk/new-password")
    assert browser.get("/desk/inbox/unread").status_code == 302
    assert browser.post("/desk/me", {"everywhere": "1"})["Location"] == "/desk/sign-in"


def test_the_api_gives_no_token_and_says_where_to_go(first: str) -> None:
    body = json.dumps({"username": "xinren", "password": first})
    answer = new_browser().post("/api/v1/sessions", body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "password_due")
    assert "/desk" in answer.json()["detail"]
    browser, _ = comes("xinren", first)
    token = browser.cookies["onedoor_token"].value
    assert new_browser().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_reset_password_is_asked_for_too_and_the_way_out_is_open(screens: Screens) -> None:
    Account.objects.update(is_demo=False)
    pk = Account.objects.get(username="handler").pk
    for typed in ("", "guan-li-yuan-9"):
        password = shown(screens, f"admin/people/{pk}/password", password=typed)
        browser, sent = comes("handler", password)
        assert sent.startswith("/desk/new-password")
        assert browser.post("/desk/sign-out")["Location"] == "/desk/sign-in"
        assert browser.get(sent)["Location"].startswith("/desk/sign-in")


def test_nobody_else_opens_the_page(screens: Screens) -> None:
    assert new_browser().get("/desk/new-password")["Location"].startswith("/desk/sign-in")
    answer = screens.send("clerk", "new-password", new_password=OWN, again=OWN)
    assert answer["Location"].startswith("/desk/sign-in")
    assert not Account.objects.get(username="clerk").check_password(OWN)
