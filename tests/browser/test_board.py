"""The board and the duty room's wall in a real browser: clicks lead to exactly the matters, the strict policy stands,
pictures and workbooks come down, and a wall that has looked two hundred times is as small as after the first."""

import io
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from python_calamine import CalamineWorkbook

from api.kit import MATTER
from browser.conftest import serving
from browser.kit import ARGUMENTS, PHONE, Site, context, look_at, sign_in
from browser.test_map import GRIDS, watched

ACCUSATION = MATTER | {
    "kind": "appeal",
    "purpose": "accusation",
    "category": "petition.discipline",
    "narrative": "住建局工作人员收受工程队钱款。",
}
GRID, OTHER_GRID, VILLAGE = "990101100201g01", "990101100201g02", "990101100201"
KINDS = {"ages", "days", "divisions", "kinds", "units", "categories", "channels", "flow", "hours", "levels"}
LOOKS = 200


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own with grids and a few matters of today: the numbers of other tests would stand on the board."""
    with serving(tmp_path_factory.mktemp("data")) as site:
        site.run(GRIDS)
        for _ in range(4):
            site.registered(division=GRID)
        for _ in range(3):
            site.registered(division=OTHER_GRID, channel="hotline")
        site.registered(division=VILLAGE, channel="web")
        yield site


@pytest.fixture
def plain(program: str, playwright: Playwright) -> Iterator[Browser]:
    """A browser without WebGL."""
    found = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, "--disable-3d-apis"])
    yield found
    found.close()


def open_board(where: BrowserContext, site: Site, who: str = "director", query: str = "") -> tuple[Page, list[str]]:
    page = sign_in(where, site, who)
    told = watched(page)
    page.goto(f"{site.base}/desk/figures/board{query}")
    return page, told


def drawn(page: Page) -> None:
    for kind in KINDS:
        expect(page.locator(f'[data-figure="{kind}"]')).to_have_attribute("data-drawn", "yes")
    expect(page.locator('[data-figure="map"]')).to_have_attribute("data-drawn", "divisions")


def test_every_chart_is_drawn_under_the_strict_policy(county: Site, browser: Browser) -> None:
    page, told = open_board(context(browser), county)
    drawn(page)
    assert page.locator("[data-chart]:has(canvas)").count() == len(KINDS) + 1
    look_at(page, "board", also=PHONE)
    page.locator("details:has(table)").evaluate_all("all => all.forEach((one) => one.open = true)")
    look_at(page, "board tables", also=PHONE)
    assert told == []
    policy = page.request.get(f"{county.base}/desk/figures/board").headers["content-security-policy"]
    assert "unsafe" not in policy and "script-src" not in policy


def test_the_board_on_a_phone_and_without_webgl(county: Site, plain: Browser) -> None:
    page, told = open_board(context(plain, PHONE), county)
    drawn(page)
    look_at(page, "board phone")
    page.get_by_role("button", name="网格").click()
    expect(page.locator("[data-told]")).to_have_text(re.compile("落在网格里的7件，另有1件"))
    look_at(page, "board phone grids")
    assert told == []


def test_a_click_on_a_chart_opens_exactly_its_matters(county: Site, browser: Browser) -> None:
    page, told = open_board(context(browser), county)
    drawn(page)
    # the longest bar: right beside the names, in the first line
    bars = page.locator('[data-figure="units"] canvas')
    box = bars.bounding_box()
    assert box is not None
    bars.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.5})
    page.wait_for_url("**/desk/cases?*lead=-*")
    expect(page.get_by_role("status")).to_contain_text("共 8 件")
    page.go_back()
    drawn(page)
    # the slice at the right of the top: the channel with the most
    pie = page.locator('[data-figure="channels"] canvas')
    box = pie.bounding_box()
    assert box is not None
    ring = min(box["width"], box["height"]) / 2 * 0.53
    pie.click(position={"x": box["width"] / 2 + ring * 0.8, "y": box["height"] / 2 - ring * 0.6})
    page.wait_for_url("**/desk/cases?*channel=window*")
    expect(page.get_by_role("status")).to_contain_text("共 4 件")
    page.go_back()
    drawn(page)
    # the map: all of it is one town, which opens its own board
    area = page.locator('[data-figure="map"] canvas')
    box = area.bounding_box()
    assert box is not None
    area.click(position={"x": box["width"] / 2 - 20, "y": (box["height"] - 40) / 2 - 30})
    page.wait_for_url("**/figures/board?*place=990101100")
    expect(page.locator(".board-path b")).to_have_text("清禾镇")
    drawn(page)
    page.get_by_role("button", name="网格").click()
    expect(page.locator('[data-figure="map"]')).to_have_attribute("data-drawn", "grids")
    box = area.bounding_box()
    assert box is not None
    area.click(position={"x": box["width"] / 4, "y": (box["height"] - 40) / 2 - 30})
    page.wait_for_url(re.compile(r"/desk/cases\?.*place=990101100201g0[12]&alone=1"))
    count = {GRID: 4, OTHER_GRID: 3}[re.search(r"place=(\w+)", page.url)[1]]  # type: ignore[index]
    expect(page.get_by_role("status")).to_contain_text(f"共 {count} 件")
    assert told == []


def test_all_of_it_by_keyboard(county: Site, browser: Browser) -> None:
    page, told = open_board(context(browser), county)
    drawn(page)
    summary = page.locator('[data-figure="hours"] summary')
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator('[data-figure="hours"] table')).to_be_visible()
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    number = int(link.inner_text())
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/cases?*weekday=*hour=*")
    expect(page.get_by_role("status")).to_contain_text(f"共 {number} 件")
    expect(page.locator(".counted")).to_contain_text("时登记的")
    page.go_back()
    drawn(page)
    lights = page.locator(".lights a").first
    lights.focus()
    number = int(lights.locator("b").inner_text())
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/cases?condition=open*light=*")
    expect(page.get_by_role("status")).to_contain_text(f"共 {number} 件")
    assert told == []


def test_pictures_and_workbook_come_down(county: Site, browser: Browser, tmp_path: Path) -> None:
    page, told = open_board(context(browser), county)
    drawn(page)
    for name, title in (("flow", "从渠道到去向"), ("map", "地图")):
        with page.expect_download() as coming:
            page.get_by_role("button", name=f"{title}：存为图片").click()
        assert coming.value.suggested_filename == f"{title}-澜平县.png"
        picture = tmp_path / f"{name}.png"
        coming.value.save_as(picture)
        data = picture.read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) > 10_000
        width, height = struct.unpack(">II", data[16:24])
        assert width > 800 and height > 600
    with page.expect_download() as coming:
        page.get_by_role("link", name="导出 Excel").click()
    coming.value.save_as(tmp_path / "board.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO((tmp_path / "board.xlsx").read_bytes()))
    rows = book.get_sheet_by_name("渠道").to_python()
    assert [(row[0], row[1]) for row in rows[1:]] == [("窗口", 4), ("热线", 3), ("网上", 1)]
    assert told == []


def test_on_paper_the_charts_are_pictures(county: Site, browser: Browser) -> None:
    page, told = open_board(context(browser), county)
    drawn(page)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    images = page.locator(".chart-print")
    assert images.count() == len(KINDS) + 1
    expect(images.first).to_be_visible()
    assert images.evaluate_all("all => all.every((one) => one.complete && one.naturalWidth > 300)")
    expect(page.locator("[data-chart]").first).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert images.evaluate_all("all => all.every((one) => one.hidden)")
    assert told == []


def test_without_a_script_the_tables_are_there(county: Site, browser: Browser) -> None:
    where = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = sign_in(where, county, "director")
    page.goto(f"{county.base}/desk/figures/board")
    expect(page.locator("[data-chart]").first).to_be_hidden()
    page.locator('[data-figure="channels"] summary').click()
    page.locator('[data-figure="channels"] tbody a').first.click()
    expect(page.get_by_role("status")).to_contain_text("共 4 件")
    where.close()


def test_a_place_without_matters_says_so(county: Site, browser: Browser) -> None:
    page, told = open_board(context(browser), county, query="?since=2019-01-01&until=2019-01-31")
    expect(page.get_by_text("没有登记事项，所以没有图")).to_be_visible()
    assert page.locator("[data-chart]:has(canvas)").count() == 1, "what is open is drawn all the same"
    look_at(page, "board empty", also=PHONE)
    assert told == []


@pytest.mark.parametrize("who", ["clerk", "handler", "admin"])
def test_who_may_not_see_it(county: Site, browser: Browser, who: str) -> None:
    page, _ = open_board(context(browser), county, who)
    expect(page.get_by_text("您的岗位不能查看统计")).to_be_visible()
    assert page.locator("[data-chart]").count() == 0


# --- the wall


def wall(where: BrowserContext, site: Site) -> Page:
    """A device that the director has set up."""
    page = sign_in(where, site, "director")
    page.goto(f"{site.base}/desk/figures/screens")
    look_at(page, "screens")
    page.get_by_role("button", name="把这台设备设为大屏").click()
    page.wait_for_url("**/wall/board")
    site.tokens.pop("director")  # he is signed out
    expect(page.locator('[data-count="open"]')).not_to_have_text("—")
    return page


def test_a_wall_without_a_key_sees_nothing(county: Site, browser: Browser) -> None:
    page = context(browser).new_page()
    page.goto(f"{county.base}/wall/board")
    expect(page.get_by_role("heading", name="这台设备还不是值班大屏")).to_be_visible()
    assert page.request.get(f"{county.base}/wall/board/data").status == 403


def test_the_wall_at_both_sizes(county: Site, browser: Browser) -> None:
    page = wall(context(browser), county)
    told = watched(page)
    look_at(page, "wall small", also=PHONE)
    for size in ((1920, 1080), (3840, 2160)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.reload()
        expect(page.locator('[data-count="registered"]')).to_have_text("8")
        expect(page.locator("[data-map] svg path").first).to_be_visible()
        look_at(page, f"wall {size[0]}")
        over = page.evaluate(
            "[...document.querySelectorAll('body, section')].map((one) => one.scrollHeight - one.clientHeight)"
        )
        assert max(over) <= 1, over
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    text = page.locator("body").inner_text()
    assert "𠮷田安" not in text and "走廊" not in text and not re.search(r"\d{6,}", text)
    assert page.locator("[data-map] svg path").count() == 3, "one town and two grids"
    assert told == []


def test_a_lost_connection_is_told_and_mends_itself(county: Site, browser: Browser) -> None:
    where = context(browser, (1920, 1080))
    page = wall(where, county)
    where.set_offline(True)
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.locator('[data-count="registered"]')).to_have_text("8"), "what was seen last stays"
    where.set_offline(False)
    expect(page.locator("[data-lost]")).to_be_hidden()
    # the server answers nonsense: the same
    page.route("**/wall/board/data*", lambda route: route.fulfill(status=503))
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-lost]")).to_be_visible()
    page.unroute("**/wall/board/data*")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-lost]")).to_be_hidden()


def test_a_wall_stays_small(county: Site, browser: Browser) -> None:
    """Five hundred refreshes, each with other numbers: as many nodes as before, no new page, no more memory."""
    where = context(browser, (1920, 1080))
    page = wall(where, county)
    first = page.request.get(f"{county.base}/wall/board/data").json()
    turn, calm = 0, False

    def answer(route: object) -> None:
        nonlocal turn
        turn += 1
        if calm:
            route.fulfill(json=first | {"mark": str(turn)})  # type: ignore[attr-defined]
            return
        told = first | {
            "mark": str(turn), "counts": dict.fromkeys(first["counts"], turn), "hours": [(turn + hour) % 7 for hour in range(24)],
            "lines": first["lines"][: turn % 5], "units": [{"name": f"单位{turn}", "note": ""}] * (turn % 9),
        }  # fmt: skip
        route.fulfill(json=told)  # type: ignore[attr-defined]

    page.route("**/wall/board/data*", answer)
    devtools = where.new_cdp_session(page)
    devtools.send("HeapProfiler.enable")

    def look(times: int) -> None:
        page.evaluate(
            """async (times) => {
                for (let turn = 0; turn < times; turn += 1) {
                    const before = document.body.dataset.looks;
                    window.dispatchEvent(new Event('online'));
                    while (document.body.dataset.looks === before) await new Promise((go) => setTimeout(go, 1));
                }
            }""",
            times,
        )

    def refresh(times: int) -> tuple[int, int]:
        """Nodes and heap when the wall shows again what it showed first: what varies is not to be compared."""
        nonlocal calm
        look(times)
        calm = True
        look(1)
        calm = False
        devtools.send("HeapProfiler.collectGarbage")
        counters = devtools.send("Memory.getDOMCounters")
        heap = devtools.send("Runtime.getHeapUsage")["usedSize"]
        return int(counters["nodes"]), int(heap)

    page.evaluate("window.same = true")
    page.set_default_timeout(120_000)
    refresh(45)
    nodes, heap = refresh(45)
    after_nodes, after_heap = refresh(LOOKS - 90)
    expect(page.locator('[data-count="open"]')).to_have_text(str(first["counts"]["open"]))
    assert turn >= LOOKS and page.evaluate("window.same"), "the page was never loaded anew"
    assert abs(after_nodes - nodes) <= 60, (nodes, after_nodes)
    assert after_heap - heap < 300_000, (heap, after_heap)


def test_board_and_wall_of_a_restricted_matter_and_an_accusation(county: Site, browser: Browser) -> None:
    page, _ = open_board(context(browser), county, "supervisor")
    drawn(page)
    screen = wall(context(browser, (1920, 1080)), county)
    data = urlsplit(screen.url).path + "/data"

    def shown() -> tuple[str, object]:
        page.reload()
        page.locator("details:has(table)").evaluate_all("all => all.forEach((one) => one.open = true)")
        page.wait_for_timeout(10_500)  # longer than one look serves
        told = screen.request.get(f"{county.base}{data}").json()
        return re.sub(r"统计于[^。]*。", "", page.locator("main").inner_text()), told | {"at": ""}

    before = shown()
    county.call("supervisor", "/cases", MATTER | {"division": GRID, "confidential": True})
    county.call("supervisor", "/cases", ACCUSATION | {"division": GRID})
    assert shown() == before
