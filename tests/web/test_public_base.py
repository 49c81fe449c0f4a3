"""The frame of the pages for residents: navigation, elder mode, headers, refusals."""

import pytest
from django.test import Client

from api.kit import new_browser
from onedoor.config.urls import urlpatterns as addresses
from onedoor.people.models import Unit
from onedoor.web.public.page import NAVIGATION, navigation
from web.kit import Screens, words

PAGES = ("/", "/track", "/guide", "/guide/notary.inquiry", "/news")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_foreign_and_nothing_inline_runs(screens: Screens, path: str) -> None:
    answer = new_browser().get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin" and "camera=()" in answer["Permissions-Policy"]
    html = answer.content.decode()
    assert "<style" not in html and " style=" not in html and "onclick" not in html
    assert html.count("<script") == html.count('<script type="module" src=') == 1


def test_what_is_about_a_matter_is_kept_nowhere(screens: Screens) -> None:
    assert new_browser().get("/track")["Cache-Control"] == "no-store, private"
    assert new_browser().post("/track", {"number": "x", "digits": "1"})["Cache-Control"] == "no-store, private"
    front = new_browser().get("/", headers={"Accept-Encoding": "gzip"})
    assert front["Cache-Control"] == "no-cache, private" and front["Content-Encoding"] == "gzip"
    assert not new_browser().get("/track", headers={"Accept-Encoding": "gzip"}).has_header("Content-Encoding")


def test_the_centre_stands_on_every_page(screens: Screens) -> None:
    Unit.objects.filter(code="centre").update(phone="0900-1234567", name="<b>县中心")
    for path in PAGES:
        html = new_browser().get(path).content.decode()
        assert (
            '<a class="top-tool" href="tel:0900-1234567">' in html
            and "&lt;b&gt;县中心" in html
            and "<b>县" not in html
        )
        assert 'href="/desk/"' in html


def test_only_pages_that_there_are_stand_in_the_navigation(screens: Screens) -> None:
    there = {one.name for one in addresses if getattr(one, "name", None)}
    shown = [one["name"] for one in navigation()]
    assert shown == [name for name, _, _ in NAVIGATION if name in there]
    track = new_browser().get("/track").content.decode()
    assert '<a href="/track" aria-current="page">' in track and track.count("aria-current") == 1
    for one in navigation():
        assert new_browser().get(one["address"]).status_code == 200
        assert f'<a href="{one["address"]}"' in track


def test_elder_mode_is_a_plain_link_and_stays(screens: Screens) -> None:
    browser = new_browser()
    page = browser.get("/track?number=990101").content.decode()
    assert '<html lang="zh-Hans">' in page
    assert 'href="/elder?on=yes&amp;next=/track%3Fnumber%3D990101"' in page
    done = browser.get("/elder?on=yes&next=/track%3Fnumber%3D990101")
    assert (done.status_code, done["Location"]) == (302, "/track?number=990101")
    assert done.cookies["onedoor_elder"]["httponly"]
    for path in PAGES:
        assert '<html lang="zh-Hans" class="elder">' in browser.get(path).content.decode()
    assert "退出长者模式" in words(browser.get("/"))
    browser.get("/elder?on=no&next=/")
    assert 'class="elder"' not in browser.get("/").content.decode()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example", "", "javascript:1"])
def test_elder_mode_leads_nowhere_else(db: None, address: str) -> None:
    assert new_browser().get("/elder", {"on": "yes", "next": address})["Location"] == "/"


def test_elder_mode_takes_no_form(db: None) -> None:
    assert new_browser().post("/elder").status_code == 405


def test_a_wrong_address_leads_on(screens: Screens) -> None:
    lost = new_browser().get("/nichts")
    assert lost.status_code == 404 and "没有这个页面" in words(lost) and "回到首页" in words(lost)
    for path in ("/static/nichts.css", "/desk/nichts"):
        assert new_browser().get(path)["Content-Type"].startswith("text/plain")


def test_a_form_from_elsewhere_is_refused_in_the_frame_it_belongs_to(screens: Screens) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path, frame in (("/track", "public.css"), ("/desk/sign-in", "main.css")):
        answer = strict.post(path, {"number": "x"})
        assert answer.status_code == 403 and "页面已过期" in words(answer) and frame in answer.content.decode()
