"""Maps in a real browser, with WebGL and without: grids, marks, drawing one; residents and their grid."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from browser.conftest import serving
from browser.kit import ARGUMENTS, PHONE, Site, change_to, context, look_at, sign_in

GRIDS = """
from django.utils import timezone
from onedoor.grid.models import Grid
from onedoor.grid.steps.grids import add_grid, draw_grid, keep_contact
from onedoor.people.models import Account
from onedoor.people.steps.administering import By
from onedoor.people.tokens import signed_in_as
by = By(signed_in_as(Account.objects.get(username="admin").pk).actors[0], timezone.now())
for number, code in enumerate(("990101100201g01", "990101100201g02")):
    if Grid.objects.filter(division__code=code).exists():
        continue
    given = {"name": f"塘边第{number + 1}网格", "shown_name": "巡心安", "shown_phone": "0900-1"}
    west, east = 83 + number / 100, 83.01 + number / 100
    ring = [[west, 39], [east, 39], [east, 39.01], [west, 39.01], [west, 39]]
    grid = add_grid(by=by, code=code, parent="990101100201", given=given)
    draw_grid(by=by, grid=grid.pk, shape={"type": "Polygon", "coordinates": [ring]})
    police = {"kind": "police", "name": "警进网", "office": "派出所", "phone": "0900-2", "shown": "yes"}
    keep_contact(by=by, grid=grid.pk, given=police)
"""


@pytest.fixture(scope="module")
def grids(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own: the grids of other tests would stand on the same map."""
    with serving(tmp_path_factory.mktemp("data")) as site:
        site.run(GRIDS)
        yield site


@pytest.fixture
def plain(program: str, playwright: Playwright) -> Iterator[Browser]:
    """A browser without WebGL."""
    found = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, "--disable-3d-apis"])
    yield found
    found.close()


def watched(page: Page) -> list[str]:
    """What the browser refuses or reports as an error; a policy that is broken is one."""
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    return told


def ready(page: Page, by: str) -> None:
    expect(page.locator("[data-map]")).to_have_attribute("data-ready", "yes")
    expect(page.locator("[data-map]")).to_have_attribute("data-drawn-by", by)


def test_the_map_with_webgl_shows_grids_and_marks_under_the_strict_policy(grids: Site, browser: Browser) -> None:
    number = grids.registered(division="990101100201g01", lon=83.005, lat=39.005)
    page = sign_in(context(browser), grids, "director")
    told = watched(page)
    page.goto(f"{grids.base}/desk/map")
    ready(page, "webgl")
    expect(page.get_by_role("button", name=f"1件事项 {number}")).to_be_visible()
    look_at(page, "map", also=PHONE)
    page.get_by_role("button", name=f"1件事项 {number}").click()
    page.wait_for_url(f"**/cases/{number}")
    assert told == []


def test_without_webgl_the_same_is_drawn_plainly(grids: Site, plain: Browser) -> None:
    number = grids.registered(division="990101100201g02", lon=83.015, lat=39.002)
    page = sign_in(context(plain), grids, "director")
    told = watched(page)
    page.goto(f"{grids.base}/desk/map")
    ready(page, "svg")
    expect(page.locator("[data-map] svg path")).to_have_count(2)
    mark = page.get_by_role("button", name=f"1件事项 {number}")
    expect(mark).to_be_visible()
    shape = page.locator('[data-map] path[data-code="990101100201g01"]')
    box = shape.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.1)
    expect(page.locator(".map-told")).to_contain_text("塘边第1网格：")
    expect(page.locator(".map-told a")).to_have_attribute("href", re.compile("division=990101100201g01$"))
    # not before the click, which may miss where a map of another size is being drawn anew
    look_at(page, "map plain", also=PHONE)
    with page.expect_response(re.compile("bounds=")):
        page.get_by_role("button", name="放大").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".map-told")).to_have_text(re.compile("图上.*塘边第1网格： 看这里的事项$"))
    with page.expect_response(re.compile("bounds=")):
        page.get_by_role("button", name="缩小").click()
    page.wait_for_load_state("networkidle")
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{number}")
    assert told == []


@pytest.mark.parametrize("way", ["webgl", "svg"])
def test_a_grid_is_drawn_with_the_mouse(grids: Site, browser: Browser, plain: Browser, way: str) -> None:
    page = sign_in(context(browser if way == "webgl" else plain), grids, "admin")
    page.goto(f"{grids.base}/desk/admin/grids/one/990101100201g02")
    ready(page, way)
    look_at(page, f"grid {way}", also=PHONE)
    page.get_by_role("button", name="画范围").click()
    box = page.locator("[data-map]").bounding_box()
    assert box is not None
    before = page.locator("#shape").input_value()
    for right, down in ((0.3, 0.3), (0.7, 0.3), (0.7, 0.75), (0.5, 0.5), (0.5, 0.5)):
        page.mouse.click(box["x"] + box["width"] * right, box["y"] + box["height"] * down)
        page.wait_for_timeout(400)  # two clicks in a row would be a double click
    page.get_by_role("button", name="退一点").click()
    expect(page.get_by_text("已有4个点")).to_be_visible()
    page.get_by_role("button", name="画完").click()
    assert page.locator("#shape").input_value() != before
    page.get_by_role("button", name="保存范围").click()
    expect(page.get_by_text("范围已保存")).to_be_visible()
    grids.run(
        "from onedoor.grid.models import Grid\n"
        "shape = Grid.objects.get(division__code='990101100201g02').shape\n"
        "assert len(shape['coordinates'][0]) == 5 and all(82.9 < x < 83.1 and 38.9 < y < 39.1 for x, y in shape['coordinates'][0]), shape\n"
    )


def test_the_administrators_pages_fit_both_sizes(grids: Site, browser: Browser) -> None:
    page = sign_in(context(browser), grids, "admin")
    for path in ("grids", "grids/new", "grids/faults", "grids/import"):
        page.goto(f"{grids.base}/desk/admin/{path}")
        look_at(page, path.replace("/", "-"), also=PHONE)
    change_to(page, grids, "grid_worker")
    page.goto(f"{grids.base}/desk/map")
    ready(page, "webgl")


def test_residents_find_their_grid_by_name_and_by_position(grids: Site, browser: Browser) -> None:
    page = context(
        browser, PHONE, permissions=["geolocation"], geolocation={"longitude": 83.004, "latitude": 39.004}
    ).new_page()
    told = watched(page)
    page.goto(f"{grids.base}/grid")
    look_at(page, "my grid")
    page.get_by_role("link", name="清禾镇").click()
    page.get_by_role("link", name="禾丰塘村").click()
    page.get_by_role("link", name="塘边第1网格").click()
    expect(page.locator('a[href="tel:0900-1"]')).to_be_visible()
    look_at(page, "my grid shown")
    page.goto(f"{grids.base}/grid")
    page.get_by_role("button", name="按我现在的位置找").click()
    expect(page.get_by_text("您的位置在这个网格里")).to_be_visible()
    assert "83.0" not in page.url and told == []


def test_without_a_script_residents_still_find_it(grids: Site, browser: Browser) -> None:
    page = context(browser, PHONE, java_script_enabled=False).new_page()
    page.goto(f"{grids.base}/grid?at=990101100201")
    expect(page.get_by_role("button", name="按我现在的位置找")).to_be_hidden()
    page.get_by_role("link", name="塘边第1网格").click()
    expect(page.get_by_text("巡心安")).to_be_visible()
