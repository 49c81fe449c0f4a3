"""A phone of the grid: a browser with a profile that outlives its death, and what it is told to do."""

import io
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from browser.conftest import _free_port
from browser.kit import ARGUMENTS, AXE, PATIENCE, SERIOUS, Site
from onedoor.people.demo_county import PASSWORD

PIN = "275831"
SMALL, LARGE = (360, 640), (412, 915)
# Grids with their shapes, two places with rounds, a task for the worker and one for whoever comes first.
SEED = """
from datetime import timedelta
from uuid import UUID
from django.utils import timezone
from onedoor.demo.grids import _polygon, grids, spot
from onedoor.grid.models import Grid
from onedoor.grid.steps.grids import add_grid, draw_grid
from onedoor.people.demo_county import GRID, GRID_VILLAGE
from onedoor.people.models import Account, Unit
from onedoor.people.steps.administering import By
from onedoor.people.tokens import signed_in_as
from onedoor.grid.steps.places import keep_place
from onedoor.grid.steps.tasks import order_task
now = timezone.now()
who = lambda name: signed_in_as(Account.objects.get(username=name).pk)
if not Grid.objects.exists():
    by = By(who("admin").actors[0], now)
    for one in [one for one in grids() if one.village == GRID_VILLAGE]:
        made = add_grid(by=by, code=one.code, parent=one.village, given={"name": one.name, "kind": "ordinary"})
        draw_grid(by=by, grid=made.pk, shape=_polygon(one.ring))
    Unit.objects.filter(code="gov-qinghe").update(phone="0900-6610001")
    Unit.objects.filter(code="centre").update(phone="0900-6600001")
    day = lambda ahead: (now + timedelta(days=ahead)).date().isoformat()
    for number, (name, kind, ahead) in enumerate((("禾丰塘小学门口", "school", -1), ("禾丰塘农贸市场", "market", 9))):
        _, (lon, lat) = spot(GRID_VILLAGE, number, GRID)
        keep_place(signed=who("grid_lead"), at=now, place=UUID(int=number + 1), new=True, raw={
            "name": name, "kind": kind, "grid": GRID, "address": "老街口", "checklist": kind, "every_days": "30",
            "next_on": day(ahead), "lon": str(lon), "lat": str(lat)})
    for number, title in enumerate(("去看看三组的路灯", "给独居老人送用电安全提示")):
        order_task(signed=who("grid_lead"), at=now, task=UUID(int=number + 11), raw={
            "title": title, "text": "拍照。", "grid": GRID, "due_on": day(2)})
_, (lon, lat) = spot(GRID_VILLAGE, 7, GRID)
print(lon, lat)
"""


@pytest.fixture(scope="module")
def spot(site: Site) -> tuple[float, float]:
    """A point in the worker's grid; the grids are there then."""
    lon, lat = site.run(SEED).split()
    return float(lon), float(lat)


class Phone:
    """A real browser process of its own, driven over its debugging port, so that it can be killed."""

    def __init__(
        self, playwright: Playwright, program: str, profile: Path, site: Site, spot: tuple[float, float]
    ) -> None:
        self.playwright, self.program, self.profile, self.site, self.spot = playwright, program, profile, site, spot
        self.errors: list[str] = []
        self.start()

    def start(self, *, offline: bool = False) -> None:
        self.port = _free_port()
        self.log = (self.profile.parent / "chromium.log").open("ab")
        command = [
            self.program, "--headless=new", *[one for one in ARGUMENTS if one != "--process-per-site"],
            f"--user-data-dir={self.profile}", f"--remote-debugging-port={self.port}",
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "about:blank",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, start_new_session=True)
        self.browser = self.playwright.chromium.connect_over_cdp(self._address())
        self.where: BrowserContext = self.browser.contexts[0]
        self.where.grant_permissions(["geolocation", "microphone"], origin=self.site.base)
        self.where.set_geolocation({"longitude": self.spot[0], "latitude": self.spot[1], "accuracy": 15})
        self.page = self.look_into(self.where.pages[0])
        if offline:
            self.offline(True)

    def look_into(self, page: Page, size: tuple[int, int] = SMALL) -> Page:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def _address(self) -> str:
        give_up_at = time.monotonic() + 20
        while time.monotonic() < give_up_at:
            try:
                with closing(urlopen(f"http://127.0.0.1:{self.port}/json/version", timeout=2)):
                    return f"http://127.0.0.1:{self.port}"
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.profile.parent / "chromium.log").read_text()[-2000:])

    def kill(self) -> None:
        """As a phone does that needs its memory: nobody is asked."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.log.close()

    def offline(self, off: bool) -> None:
        self.where.set_offline(off)

    # what a worker does

    def open(self, path: str = "") -> Page:
        self.page.goto(f"{self.site.base}/field{path}")
        return self.page

    def sign_in(self, who: str = "grid_worker", pin: str = PIN) -> None:
        page = self.page
        page.get_by_label("用户名").fill(who)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.get_by_label("设一个6位数字的 PIN 码").fill(pin)
        page.get_by_label("再输一遍").fill(pin)
        page.get_by_role("button", name="确定").click()
        expect(page.get_by_role("navigation")).to_be_visible()

    def unlock(self, pin: str = PIN) -> None:
        self.page.get_by_label("PIN 码").fill(pin)

    def has_shell(self) -> None:
        """Waits until the app would open without signal."""
        self.page.wait_for_function(
            "navigator.serviceWorker.controller || navigator.serviceWorker.ready.then(() => true)"
        )
        self.page.wait_for_function(
            "navigator.serviceWorker.ready.then(one => one.active && one.active.state === 'activated')"
        )

    def report(self, words: str, *photos: bytes) -> None:
        page = self.page
        self.home()
        page.get_by_role("link", name="上报", exact=True).click()
        for number, photo in enumerate(photos):
            given = {"name": f"IMG_{number}.jpg", "mimeType": "image/jpeg", "buffer": photo}
            page.locator("input[type=file]").first.set_input_files(given)  # type: ignore[arg-type]
            expect(page.locator(".gallery li")).to_have_count(number + 1)
        expect(page.locator(".where")).to_contain_text("位置：")
        if words:
            page.get_by_label("说几句").fill(words)
        page.get_by_role("button", name="发送").click()
        expect(page.get_by_role("heading", name="我的记录")).to_be_visible()

    def home(self) -> None:
        self.page.get_by_role("navigation").get_by_role("link", name="首页").click()

    def shows(self, sentence: str, *, seconds: float = 40) -> None:
        expect(self.page.locator("#state")).to_contain_text(sentence, timeout=seconds * 1000)

    def entries(self) -> list[tuple[str, str]]:
        """(title, state) of each line of the list."""
        self.page.get_by_role("navigation").get_by_role("link", name="记录").click()
        expect(self.page.get_by_role("heading", name="我的记录")).to_be_visible()
        lines = self.page.locator(".list > li").all()
        return [(one.locator("b").inner_text(), one.locator(".tag").first.inner_text()) for one in lines]

    def becomes(self, title: str, state: str, *, seconds: float = 40) -> None:
        """Waits until the entry says so in the list."""
        self.page.get_by_role("navigation").get_by_role("link", name="记录").click()
        line = self.page.locator(".list > li", has=self.page.get_by_text(title, exact=True)).first
        expect(line.locator(".tag").first).to_contain_text(state, timeout=seconds * 1000)

    def files(self) -> dict[str, list[tuple[str, int]]]:
        """The files on this phone by entry: digest and length, which lie in the open beside what is sealed."""
        return dict(self.page.evaluate(FILES))

    def look(self, name: str) -> None:
        """No wider than the screen, targets a thumb can hit, no serious fault; with `ONEDOOR_PICTURES` a picture."""
        for size in (SMALL, LARGE):
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{name}: {wider} px wider than {size[0]}"
            if folder := os.environ.get("ONEDOOR_PICTURES"):
                self.page.screenshot(path=Path(folder) / f"field-{re.sub(r'[^a-z0-9-]+', '_', name)}-{size[0]}.png")
        self.page.set_viewport_size({"width": SMALL[0], "height": SMALL[1]})
        small = self.page.evaluate(TARGETS)
        assert not small, f"{name}: too small to hit: {small}"
        self.page.evaluate(AXE.read_text())  # through the debugger: the page's own policy lets no script in
        faults = self.page.evaluate(SERIOUS)
        assert not faults, f"{name}: {faults}"


TARGETS = """() => [...document.querySelectorAll("a, button, input:not(.visually-hidden), select, textarea, summary, label.big, label.small")]
    .filter(one => one.offsetParent && !one.closest("[hidden]"))
    .filter(one => { const box = (one.closest("label") || one).getBoundingClientRect(); return box.height < 47.5 || box.width < 44; })
    .map(one => one.outerHTML.slice(0, 90))"""
FILES = """async () => {
    const db = await new Promise((found, failed) => {
        const asked = indexedDB.open("onedoor-field"); asked.onsuccess = () => found(asked.result); asked.onerror = failed; });
    const rows = await new Promise(found => {
        const asked = db.transaction("files").objectStore("files").getAll(); asked.onsuccess = () => found(asked.result); });
    db.close();
    const by = {};
    for (const row of rows) (by[row.entry] = by[row.entry] || []).push([row.sha256, row.size]);
    return by;
}"""


@pytest.fixture
def phone(
    playwright: Playwright, program: str, site: Site, spot: tuple[float, float], tmp_path: Path
) -> Iterator[Phone]:
    held = Phone(playwright, program, tmp_path / "profile", site, spot)
    yield held
    held.kill()
    assert not held.errors, held.errors


def photo(number: int, *, orientation: int = 1, size: tuple[int, int] = (2400, 1800)) -> bytes:
    """What a camera gives: large, with the place and the make of the phone in it, lying on its side perhaps. The left
    half of the upright picture is red, the right half has noise."""
    noise = Image.effect_noise(size, 60 + number).convert("RGB")
    if orientation == 6:  # to be turned clockwise: what lies at the bottom comes to the left
        noise.paste((220, 30, 30), (0, size[1] // 2, size[0], size[1]))
    else:
        noise.paste((220, 30, 30), (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = orientation, f"Some Phone {number}"
    exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 55.0, 30.0), 3: "E", 4: (100.0, 27.0, 15.0)})
    into = io.BytesIO()
    noise.save(into, "JPEG", quality=90, exif=exif)
    return into.getvalue()


def attachments(site: Site, who: str, number: str) -> list[dict[str, Any]]:
    return list(site.call(who, f"/cases/{number}")["attachments"])


def fetched(site: Site, who: str, path: str) -> bytes:
    request = Request(f"{site.base}/api/v1{path}", headers={"Authorization": f"Bearer {site.token(who)}"})
    with urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


__all__ = ["LARGE", "PIN", "SMALL", "Phone", "attachments", "fetched", "phone", "photo", "spot"]
