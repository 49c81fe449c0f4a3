"""登录的设备: one sees where oneself is signed in and ends any of it; nobody sees another's."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from api.kit import EVERYBODY, new_browser
from cases.kit import sql
from onedoor.people import tokens
from onedoor.people.commands import token as token_command
from onedoor.people.models import Account, Token
from onedoor.people.sessions import MOST
from web.kit import Screens, words

PASSWORD = "onedoor-demo"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/109.0.0.0"
ANDROID = "Mozilla/5.0 (Linux; Android 10; V2005A Build/QP1A) AppleWebKit/537.36 Chrome/109.0.0.0 Mobile"


@pytest.fixture
def at_desk(screens: Screens) -> Client:
    """The clerk at a Windows machine."""
    for username in ("clerk", "handler"):
        account = Account.objects.get(username=username)
        account.set_password(PASSWORD)
        account.save()
    return signed_in_at(WINDOWS)


def signed_in_at(agent: str, who: str = "clerk") -> Client:
    browser = new_browser()
    browser.defaults["HTTP_USER_AGENT"] = agent
    done = browser.post("/desk/sign-in", {"username": who, "password": PASSWORD})
    assert done.status_code == 302
    return browser


def by_the_api(agent: str, who: str = "clerk") -> str:
    body = json.dumps({"username": who, "password": PASSWORD})
    answer = new_browser().post("/api/v1/sessions", body, "application/json", headers={"User-Agent": agent})
    assert answer.status_code == 201
    return str(answer.json()["token"])


def listed(browser: Client) -> list[tuple[str, str]]:
    """(what it is called, where it is ended) of each sign-in on my account's page."""
    html = browser.get("/desk/me").content.decode().split('id="sessions"')[1].split('id="channels"')[0]
    rows = re.findall(r"<li><span>(.*?)<small.*?action=\"([^\"]+)\"", html, re.S)
    return [(re.sub(r"<[^>]*>", "", name).strip(), address) for name, address in rows]


def test_each_sign_in_is_named_in_plain_words_and_this_one_marked(at_desk: Client) -> None:
    by_the_api(ANDROID)
    by_the_api("python-httpx/0.28")
    assert token_command(["clerk"]) == 0
    signed_in_at(WINDOWS, "handler")

    assert listed(at_desk)[0][0] == "网页，Windows 电脑 （这一处，正在使用）"
    assert sorted(name for name, _ in listed(at_desk)[1:]) == [
        "接口程序", "服务器上签发的令牌", "网格应用，安卓手机或平板",
    ]  # fmt: skip


def test_any_single_one_can_be_ended_and_the_others_go_on(at_desk: Client) -> None:
    phone, program = by_the_api(ANDROID), by_the_api("curl/8")
    end = dict(listed(at_desk))["网格应用，安卓手机或平板"]
    assert at_desk.get(end).status_code == 405
    assert at_desk.post(end)["Location"] == "/desk/me#sessions"
    assert tokens.signed_in(phone) is None
    assert tokens.signed_in(program) is not None
    assert "那处登录已结束" in words(at_desk.get("/desk/me"))
    assert at_desk.post(end).status_code == 404, "a second time there is nothing to end"
    assert sql("SELECT reason FROM access_log WHERE action = 'sign_out'") == [("结束一处登录",)]


def test_ending_this_one_is_signing_out(at_desk: Client) -> None:
    phone = by_the_api(ANDROID)
    done = at_desk.post(listed(at_desk)[0][1])
    assert done["Location"] == "/desk/sign-in"
    assert done.cookies["onedoor_token"].value == ""
    assert at_desk.get("/desk/").status_code == 302
    assert tokens.signed_in(phone) is not None


def test_nobody_sees_or_ends_anothers(at_desk: Client, screens: Screens) -> None:
    phone = by_the_api(ANDROID)
    end = dict(listed(at_desk))["网格应用，安卓手机或平板"]
    clerk = Account.objects.get(username="clerk").pk
    for who in EVERYBODY:
        if who == "clerk":
            continue
        assert screens.browser(who).post(end).status_code == 404, who
        assert "安卓手机" not in screens.read(who, "me"), who
    assert "安卓手机" not in screens.read("admin", f"admin/people/{clerk}"), "nor the administrator"
    assert new_browser().post(end)["Location"] == "/desk/sign-in"
    assert tokens.signed_in(phone) is not None


def test_what_is_over_is_not_listed(at_desk: Client) -> None:
    now = timezone.now()
    account = Account.objects.get(username="clerk")
    tokens.issue(account, at=now - timedelta(hours=13), life=timedelta(hours=12), way="program")
    tokens.issue(account, at=now - timedelta(hours=1), life=timedelta(hours=12), idle=settings.IDLE_LIFE, way="desk")
    account.epoch -= 1
    tokens.issue(account, at=now, life=timedelta(hours=12), way="server")
    assert len(listed(at_desk)) == 1


def test_nothing_is_kept_of_where_and_of_which_device(at_desk: Client) -> None:
    """One word of a short list, and three times: no address, no model, no version, no trail of uses."""
    by_the_api(ANDROID)
    columns = {field.column for field in Token._meta.get_fields() if hasattr(field, "column")}
    assert columns == {"id", "digest", "account_id", "epoch", "created_at", "expires_at", "idle_until"} | {
        "way", "device", "used_at", "for_password",
    }  # fmt: skip
    assert sorted(sql("SELECT way, device FROM people_token WHERE way <> ''")) == [
        ("desk", "windows"), ("field", "android"),
    ]  # fmt: skip


def test_a_program_that_signs_in_with_each_call_makes_no_endless_page(at_desk: Client) -> None:
    account = Account.objects.get(username="clerk")
    for _ in range(MOST + 5):
        tokens.issue(account, at=timezone.now(), life=timedelta(hours=12), way="program")
    assert len(listed(at_desk)) == MOST
    assert listed(at_desk)[0][0].startswith("网页")
    assert f"只列最近使用的 {MOST} 处" in words(at_desk.get("/desk/me"))
