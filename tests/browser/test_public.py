"""The pages for residents in a real browser: elder mode, without scripts, and what they weigh on the wire."""

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.kit import PHONE, Site, context, look_at

PAGES = [
    "/",
    "/track",
    "/apply",
    "/book",
    "/today",
    "/mediators",
    "/today?week=",
    "/today?village=990101100201",
    "/guide",
    "/guide?q=ldzy",
    "/guide/petition.petition",
    "/news",
    "/ask",
    "/opinion",
    "/privacy",
    "/nichts",
]
MOST_BYTES = 60 * 1024
ONE_ROUND_TRIP = 10 * 1460 * 2  # what a server sends unasked at first, for the page and again for its style sheet


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_serious_fault_in_either_mode(site: Site, browser: Browser, path: str) -> None:
    page = context(browser).new_page()
    page.goto(site.base + path)
    look_at(page, f"public {path}", also=PHONE)
    usual = _letters(page)
    page.get_by_role("link", name="长者模式").click()
    assert page.url == site.base + path and _letters(page) >= usual * 1.3
    look_at(page, f"elder {path}", also=PHONE)


def test_elder_mode_needs_no_script(site: Site, browser: Browser) -> None:
    page = context(browser, PHONE, java_script_enabled=False).new_page()
    page.goto(f"{site.base}/track")
    page.get_by_role("link", name="长者模式").click()
    expect(page.locator("html.elder")).to_be_visible()
    page.get_by_role("link", name="首页").click()
    expect(page.locator("html.elder")).to_be_visible()
    page.get_by_role("link", name="退出长者模式").click()
    expect(page.locator("html.elder")).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light(site: Site, browser: Browser, path: str) -> None:
    page = context(browser, PHONE).new_page()
    weights: dict[str, int] = {}

    def weigh(request: object) -> None:
        sizes = request.sizes()  # type: ignore[attr-defined]
        weights[request.resource_type + request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]  # type: ignore[attr-defined]

    page.on("requestfinished", weigh)
    page.goto(site.base + path, wait_until="networkidle")
    assert sum(weights.values()) <= MOST_BYTES, weights
    readable = sum(size for name, size in weights.items() if name.startswith(("document", "stylesheet")))
    assert 0 < readable <= ONE_ROUND_TRIP, weights


def _letters(page: Page) -> float:
    return float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
