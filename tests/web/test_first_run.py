"""The page of the first set-up, step by step and without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from api.kit import new_browser
from cases.conftest import empty_tables
from onedoor.people import divisions
from onedoor.people.models import Account, Unit
from onedoor.people.steps import first_run
from people.test_divisions import source
from web.kit import Screens, words

__all__ = ["source"]
CODE = "abcd-efgh-jkmn"
PLACE = {"setup_code": CODE, "province": "91", "city": "9101", "county": "910101"}
ADMIN = {"name": "管事人", "username": "guanshi", "password": "men-kai-2026", "again": "men-kai-2026", "phone": ""}


@pytest.fixture
def empty(
    tmp_path: Path,
    source: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Client]:
    """A database that holds nothing yet, and commits."""
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    (tmp_path / first_run.CODE_FILE).write_text(CODE)
    monkeypatch.setattr(divisions, "_installed", lambda: source)
    with django_db_blocker.unblock():
        empty_tables()
        yield new_browser()
        empty_tables()
        connection.close()


def test_every_way_in_leads_to_it_while_nothing_is_set_up(empty: Client) -> None:
    for path in ("/", "/desk/sign-in"):
        assert empty.get(path)["Location"] == "/desk/first-run", path
    assert empty.get("/desk/", follow=True).redirect_chain[-1][0] == "/desk/first-run"
    page = empty.get("/desk/first-run")
    assert page.status_code == 200 and "甲省（91）" in words(page)
    assert "甲市" not in words(page) and "管理员姓名" not in words(page)
    assert page["Cache-Control"] == "no-store, private"


def test_from_the_province_down_to_the_first_sign_in(empty: Client) -> None:
    city = empty.post("/desk/first-run", {"setup_code": CODE, "province": "91", "next": "1"})
    assert "甲市（9101）" in words(city) and "子县" not in words(city) and f'value="{CODE}"' in city.content.decode()
    county = empty.post("/desk/first-run", {"setup_code": CODE, "province": "91", "city": "9101", "next": "1"})
    assert "子县（910101）" in words(county) and "丑县（910102）" in words(county)
    centre = empty.post("/desk/first-run", {**PLACE, "next": "1"})
    assert "已选： 子县 （910101）" in words(centre)
    assert 'value="子县社会治理综合服务中心"' in centre.content.decode()
    done = empty.post("/desk/first-run", {**PLACE, **ADMIN, "centre": "子县综治中心", "finish": "1"})
    assert (done.status_code, done["Location"]) == (302, "/desk/sign-in"), words(done)
    entry = empty.get("/desk/sign-in")
    assert "设置完成" in words(entry) and "子县综治中心" in words(entry)
    signed = empty.post("/desk/sign-in", {"username": "guanshi", "password": "men-kai-2026"})
    assert signed["Location"] == "/desk/"
    assert empty.get("/desk/").status_code == 200


def test_a_centre_of_a_city_takes_the_whole_city(empty: Client) -> None:
    place = {"setup_code": CODE, "province": "91", "city": "9101", "county": "here"}
    done = empty.post("/desk/first-run", {**place, **ADMIN, "centre": "甲市综治中心", "finish": "1"})
    assert done.status_code == 302, words(done)
    assert Unit.objects.get().division.code == "9101"


def test_a_stranger_without_the_code_gets_nowhere(empty: Client) -> None:
    for form in ({"next": "1"}, {**ADMIN, "centre": "陌生中心", "finish": "1"}):
        for code in ("", "abcd-efgh-0000"):
            refused = empty.post("/desk/first-run", {**PLACE, **form, "setup_code": code})
            assert refused.status_code == 422 and "设置码不对" in words(refused)
    assert not Account.objects.exists()


def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(empty: Client) -> None:
    form = {**PLACE, **ADMIN, "centre": "<b>中心</b>", "again": "men-kai-2027", "finish": "1"}
    refused = empty.post("/desk/first-run", form)
    html = refused.content.decode()
    assert refused.status_code == 422 and "两次输入的密码不一样" in words(refused)
    assert 'value="&lt;b&gt;中心&lt;/b&gt;"' in html and 'value="guanshi"' in html
    assert "men-kai-202" not in html, "a password is never sent back"


def test_a_choice_that_does_not_fit_is_no_choice(empty: Client) -> None:
    page = empty.post("/desk/first-run", {**PLACE, "province": "92", "centre": "x", **ADMIN, "finish": "1"})
    assert page.status_code == 200 and "乙市" in words(page) and "子县" not in words(page)
    assert not Account.objects.exists()


def test_where_the_package_is_missing_the_page_says_what_to_do(
    empty: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(divisions, "_installed", lambda: tmp_path / "nowhere")
    page = empty.get("/desk/first-run")
    assert page.status_code == 422 and "读不了区划数据包" in words(page)


def test_afterwards_it_is_not_found(screens: Screens) -> None:
    page = new_browser().get("/desk/first-run")
    assert page.status_code == 404 and "首次设置已经完成" in words(page)
    assert new_browser().post("/desk/first-run", {**PLACE, **ADMIN, "finish": "1"}).status_code == 404
    assert new_browser().get("/").status_code == 200
