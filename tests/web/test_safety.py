"""What every answer carries, and what a sign-in is worth: for docs/security.md."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

import onedoor
from api.kit import new_browser
from onedoor.people.models import Account, Token
from web.kit import Screens, words

PASSWORD = "onedoor-demo"
ADDRESSES = [
    "/",
    "/track",
    "/apply",
    "/desk/sign-in",
    "/desk/nowhere",
    "/field",
    "/healthz",
    "/api/v1/me",
    "/api/v1/x",
    "/nowhere",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_forbids_frames_guessing_of_types_and_foreign_scripts(screens: Screens, address: str) -> None:
    answer = new_browser().get(address)
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    if answer.status_code not in (301, 302):
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy and "*" not in policy and "frame-ancestors 'none'" in policy, policy
    assert "Strict-Transport-Security" not in answer, "not over plain HTTP"


def test_over_https_browsers_are_told_to_stay_there_and_cookies_to_go_no_other_way(
    screens: Screens, settings: Settings
) -> None:
    settings.SECURE_COOKIES = True
    browser = new_browser()
    account = Account.objects.get(username="clerk")
    account.set_password(PASSWORD)
    account.save()
    done = browser.post("/desk/sign-in", {"username": "clerk", "password": PASSWORD})
    assert done["Strict-Transport-Security"] == "max-age=31536000"
    cookie = done.cookies["__Host-onedoor_token"]
    assert (bool(cookie["secure"]), bool(cookie["httponly"]), cookie["samesite"]) == (True, True, "Lax")
    assert browser.get("/api/v1/me")["Strict-Transport-Security"]


def test_over_https_a_cookie_that_a_neighbour_of_the_domain_could_plant_opens_nothing(
    at_work: Client, settings: Settings
) -> None:
    """A name with `__Host-` is taken by a browser only with `Secure`, `Path=/` and no `Domain`; another is not read."""
    planted = at_work.cookies["onedoor_token"].value
    assert at_work.get("/desk/").status_code == 200, "over plain HTTP, as at the first start, nothing changes"
    settings.SECURE_COOKIES = True
    assert at_work.get("/desk/").status_code == 302
    done = at_work.post("/desk/sign-in", {"username": "clerk", "password": PASSWORD})
    assert set(done.cookies) == {"__Host-onedoor_token"}
    cookie = done.cookies["__Host-onedoor_token"]
    assert (bool(cookie["secure"]), cookie["path"], cookie["domain"]) == (True, "/", "")
    assert cookie.value != planted
    assert at_work.get("/desk/").status_code == 200
    gone = at_work.post("/desk/sign-out").cookies["__Host-onedoor_token"]
    assert (gone.value, gone["path"], bool(gone["secure"])) == ("", "/", True), "else the browser keeps it"
    assert at_work.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("http://127.0.0.1:8000", "sessionid csrftoken"),
        ("https://desk.example.cn", "__Host-sessionid __Host-csrftoken"),
    ],
)
def test_the_other_cookies_have_the_prefix_as_soon_as_the_address_is_https(url: str, names: str) -> None:
    ask = "import django; django.setup(); from django.conf import settings as s; "
    ask += "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_DOMAIN)"
    environment = os.environ | {"ONEDOOR_PUBLIC_URL": url, "DJANGO_SETTINGS_MODULE": "onedoor.config.settings"}
    done = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{names} / None"


def test_what_the_api_tells_is_kept_by_no_browser(screens: Screens) -> None:
    token = screens.signed("clerk") and screens.tokens["clerk"]
    answer = new_browser().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.fixture
def at_work(screens: Screens) -> Client:
    account = Account.objects.get(username="clerk")
    account.set_password(PASSWORD)
    account.save()
    browser = new_browser()
    assert browser.post("/desk/sign-in", {"username": "clerk", "password": PASSWORD}).status_code == 302
    return browser


def test_signing_in_gives_another_token_each_time_and_takes_none_from_outside(at_work: Client) -> None:
    """Session fixation: a cookie that was planted is never the one that counts."""
    first = at_work.cookies["onedoor_token"].value
    planted = new_browser()
    planted.cookies["onedoor_token"] = "planted-by-somebody-else"
    planted.post("/desk/sign-in", {"username": "clerk", "password": PASSWORD})
    second = planted.cookies["onedoor_token"].value
    assert len({first, second, "planted-by-somebody-else"}) == 3
    other = new_browser()
    other.cookies["onedoor_token"] = "planted-by-somebody-else"
    assert other.get("/desk/").status_code == 302


@pytest.mark.parametrize("address", ["/desk/stamp", "/desk/inbox/unread"])
def test_an_open_page_with_nobody_before_it_is_signed_out(at_work: Client, address: str) -> None:
    assert at_work.get("/desk/").status_code == 200
    Token.objects.update(idle_until=timezone.now() + timedelta(minutes=5))
    until = Token.objects.get(account__username="clerk").idle_until
    assert at_work.get(address).status_code == 200
    assert Token.objects.get(account__username="clerk").idle_until == until
    at_work.get("/desk/cases")
    assert Token.objects.get(account__username="clerk").idle_until != until
    Token.objects.update(idle_until=timezone.now() - timedelta(minutes=5))
    gone = at_work.get("/desk/cases?stage=closed")
    assert gone["Location"] == "/desk/sign-in?next=%2Fdesk%2Fcases%3Fstage%3Dclosed"


def test_a_fault_of_ours_shows_nothing_of_the_program(at_work: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT secret FROM somewhere")

    monkeypatch.setattr("onedoor.web.desk.work.count_queues", broken)
    at_work.raise_request_exception = False
    assert settings.DEBUG is False
    answer = at_work.get("/desk/")
    assert answer.status_code == 500
    assert not any(word in words(answer) for word in ("SELECT", "RuntimeError", "Traceback", "/work", ".py"))


def test_a_line_break_in_what_somebody_typed_makes_no_line_of_the_access_log(screens: Screens) -> None:
    from onedoor.people.models import AccessLog

    browser = new_browser()
    browser.post("/desk/sign-in", {"username": "clerk\r\n2026-01-01 sign_in admin", "password": "x"})
    last = AccessLog.objects.filter(action="sign_in_failed").latest("recorded_at")
    assert "\n" not in f"{last.subject}{last.reason}{last.address}"
    assert "sign_in admin" not in f"{last.subject}{last.reason}{last.address}"


def test_the_answer_of_a_wrong_sign_in_is_no_page_that_is_kept(screens: Screens) -> None:
    answer = new_browser().post("/api/v1/sessions", json.dumps({"username": "x", "password": "y"}), "application/json")
    assert (answer.status_code, answer["Cache-Control"]) == (403, "no-store")


def test_password_fields_work_with_a_password_manager(screens: Screens) -> None:
    page = new_browser().get("/desk/sign-in").content.decode()
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
    assert "onpaste" not in page and 'autocomplete="off"' not in page
    me = screens.open("clerk", "me").content.decode()
    assert me.count('autocomplete="new-password"') == 2


@pytest.mark.parametrize("name", ["token", "onedoor_token", "access_token", "key", "Authorization"])
def test_a_token_in_the_address_opens_nothing(screens: Screens, name: str) -> None:
    screens.signed("clerk")
    browser, token = new_browser(), screens.tokens["clerk"]
    assert browser.get("/api/v1/me", {name: token}).status_code == 401
    assert browser.get("/desk/", {name: token}).status_code == 302


def test_the_cookie_of_the_desk_opens_no_call_of_the_api(screens: Screens) -> None:
    """So a page elsewhere, in a browser that is signed in, cannot call it."""
    assert screens.open("clerk", "").status_code == 200
    assert screens.browser("clerk").get("/api/v1/me").status_code == 401
    refused = screens.browser("clerk").post("/api/v1/cases", "{}", content_type="text/plain")
    assert refused.status_code == 401


def test_no_other_site_may_read_an_answer(screens: Screens) -> None:
    for address in ADDRESSES:
        for call in (new_browser().get, new_browser().options):
            answer = call(address, headers={"Origin": "https://evil.example"})
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")], address


def test_no_header_tells_a_version(screens: Screens) -> None:
    for address in ADDRESSES:
        told = " ".join(f"{name} {value}" for name, value in new_browser().get(address).headers.items()).lower()
        assert not any(word in told for word in ("django", "python", "x-powered-by", "ninja")), address


@pytest.mark.parametrize(
    "address",
    ["/static/", "/static/../config/settings.py", "/static/%2e%2e/config/settings.py", "/.git/config", "/.env",
     "/data/keys/ledger.key", "/files/", "/static/manifest.json/..", "/keys/field.key"],
)  # fmt: skip
def test_no_folder_is_listed_and_no_hidden_file_served(screens: Screens, address: str) -> None:
    answer = new_browser().get(address)
    assert answer.status_code == 404
    assert "SECRET" not in answer.content.decode() and "<li>" not in answer.content.decode().partition("<main")[0]


SOURCE = Path(onedoor.__file__).parent


def test_no_check_of_certificates_is_switched_off() -> None:
    """But for the launcher, which asks its own server on this machine whether it is well."""
    off = re.compile(r"CERT_NONE|_create_unverified_context|verify\s*=\s*False|check_hostname\s*=\s*False")
    found = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py") if off.search(path.read_text())}
    assert found == {"ops/health.py"}


def test_nothing_in_the_program_shortens_the_access_log() -> None:
    """At least six months are kept (网络安全法 §21, 等保2.0 8.1.4.3): nothing removes a row or a month of it."""
    shortens = re.compile(
        r"(DELETE\s+FROM|TRUNCATE|DETACH\s+PARTITION)[^;\"']*access_log|AccessLog\.objects[^\n]*\.(delete|update)\(",
        re.I,
    )
    found = [str(path) for path in SOURCE.rglob("*.py") if shortens.search(path.read_text())]
    assert found == []
    assert shortens.search("DELETE FROM access_log WHERE recorded_at < now()")
