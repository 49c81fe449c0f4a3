"""People at real screens: signing in, looking at a page, and the data that a test begins with."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.kit import MATTER
from onedoor.config.settings import PACKAGE
from onedoor.people.demo_county import PASSWORD
from onedoor.web.desk.access import COOKIE

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN", "--process-per-site", "--mute-audio",
]  # fmt: skip
PATIENCE = (
    30_000  # milliseconds: the machine may be busy with other tests, and only a fault makes anybody wait so long
)
DESK, PHONE = (1366, 768), (390, 844)
AXE = PACKAGE.parents[1] / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = """async () => {
    const levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
    const found = await axe.run(document, {preload: false, resultTypes: ["violations"], runOnly: levels});
    const serious = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
    return serious.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}`));
}"""
NAMES = ("𠮷田安", "张建国", "13812345678")


class Site:
    """The server, and its API for what a test needs to find there."""

    def __init__(self, base: str, environment: dict[str, str]) -> None:
        self.base, self.environment = base, environment
        self.tokens: dict[str, str] = {}

    def call(self, who: str, path: str, body: object = None) -> dict[str, Any]:
        return self._ask(self.token(who), path, body)

    def token(self, who: str) -> str:
        if who not in self.tokens:
            self.tokens[who] = str(self._ask("", "/sessions", {"username": who, "password": PASSWORD})["token"])
        return self.tokens[who]

    def registered(self, **changes: object) -> str:
        """The number of a new matter, as the clerk took it down."""
        return str(self.call("clerk", "/cases", MATTER | changes)["number"])

    def walked(self, *moves: tuple[str, str, dict[str, object]], **changes: object) -> str:
        number = self.registered(**changes)
        for who, move, body in moves:
            self.call(who, f"/cases/{number}/moves/{move}", body)
        return number

    def run(self, program: str) -> str:
        """What a Python program prints that works on the server's own database, through the steps: for what has to lie
        in the past."""
        paths = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
        environment = self.environment | {"PYTHONPATH": paths}
        start = "import django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", start + program], env=environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    def _ask(self, token: str, path: str, body: object) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/api/v1{path}", data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.load(answer))


def context(browser: Browser, size: tuple[int, int] = DESK, **more: Any) -> BrowserContext:
    """Somebody's browser; at a desk it carries axe into every page."""
    phone = size == PHONE
    where = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        is_mobile=phone,
        has_touch=phone,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        **more,
    )
    if not phone:
        where.add_init_script(path=AXE)
    return where


def sign_in(where: BrowserContext, site: Site, who: str, *, by_form: bool = False) -> Page:
    """A page at *my work*. Not by the form, it takes the token that the API gave: a password's hash takes time."""
    page = where.new_page()
    page.on("pageerror", lambda error: _fail(f"script: {error}"))
    page.set_default_timeout(PATIENCE)
    if not by_form:
        where.add_cookies([{"name": COOKIE, "value": site.token(who), "url": site.base}])
        page.goto(f"{site.base}/desk/")
        return page
    page.goto(f"{site.base}/desk/sign-in")
    page.fill("#username", who)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/desk/")
    return page


def look_at(page: Page, name: str, *, also: tuple[int, int] | None = None) -> None:
    """What holds on every staff page: a title that may stand on a shared screen and no sideways scrolling; at a desk,
    no serious fault that axe finds. With `also` the page is narrowed to that size and must fit it too. `ONEDOOR_PICTURES=DIR` keeps a picture of it, for a person to look at."""
    expect(page).to_have_title(
        re.compile(r"一扇门|社会治理综合服务中心|\d")
    )  # waits for the page that a click has asked for
    assert not any(one in page.title() for one in NAMES)
    _no_wider(page, name)
    if page.viewport_size == {"width": DESK[0], "height": DESK[1]}:
        faults = page.evaluate(SERIOUS)
        assert not faults, f"{name}: {faults}"
    if also is not None and (usual := page.viewport_size):
        page.set_viewport_size({"width": also[0], "height": also[1]})
        _no_wider(page, f"{name} at {also[0]} px")
        page.set_viewport_size(usual)
    if folder := os.environ.get("ONEDOOR_PICTURES"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder) / f"{re.sub(r'[^a-z0-9-]+', '_', name)}-{width}.png", full_page=True)


def _no_wider(page: Page, name: str) -> None:
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert sideways <= 0, f"{name}: {sideways} px wider than the screen"


def change_to(page: Page, site: Site, who: str) -> None:
    """The same browser, another person."""
    page.context.clear_cookies()
    page.context.add_cookies([{"name": COOKIE, "value": site.token(who), "url": site.base}])


def _fail(sentence: str) -> None:
    raise AssertionError(sentence)
