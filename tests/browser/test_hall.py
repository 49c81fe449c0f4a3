"""The hall with real browsers: a press while the network is gone, keys at the window, the screen on the wall."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from browser.kit import PHONE, Site, change_to, context, look_at, sign_in
from browser.weigh import Phone

HALL = "/desk/admin/hall/centre"


@pytest.fixture(scope="module")
def kiosk(site: Site, browser: Browser) -> Page:
    """A hall that the administrator has made on his pages, and a device that a clerk has made its kiosk."""
    page = sign_in(context(browser), site, "admin")
    for number in (1, 2):
        page.goto(f"{site.base}{HALL}/places")
        page.get_by_label("代码").fill(f"w{number}")
        page.get_by_label("名称").fill(f"{number}号窗口")
        page.get_by_label("类别").select_option(label="窗口")
        page.get_by_role("button", name="新增").click()
        expect(page.get_by_role("status").first).to_contain_text("已新增")
    page.goto(f"{site.base}{HALL}/lines")
    page.get_by_label("代码").fill("general")
    page.get_by_label("名称").fill("综合受理")
    page.get_by_label("号码字母").fill("A")
    page.get_by_label("开始取号").fill("00:00")
    page.get_by_label("停止取号").fill("23:59")
    page.get_by_label("休息日也取号").check()
    for number in (1, 2):
        page.get_by_label(f"{number}号窗口").check()
    page.get_by_label("人民调解").check()
    page.get_by_role("button", name="新增").click()
    expect(page.get_by_role("status").first).to_contain_text("已新增")
    for path in ("residences", "places", "lines", "lines/general", "rota"):
        page.goto(f"{site.base}{HALL}/{path}")
        look_at(page, f"hall {path}", also=PHONE)
    page.context.close()
    device = sign_in(context(browser), site, "supervisor", by_form=True)
    device.goto(f"{site.base}/desk/kiosk")
    look_at(device, "kiosk set-up", also=PHONE)
    device.get_by_role("button", name="设为取号机").click()
    device.wait_for_url("**/kiosk")
    return device


def draw(kiosk: Page, site: Site, *, priority: bool = False) -> str:
    """Presses until there is a number; the number."""
    kiosk.goto(f"{site.base}/kiosk")
    kiosk.get_by_role("link", name=re.compile("综合受理")).click()
    kiosk.locator("button[name=priority]" if priority else ".kiosk-first").click()
    kiosk.wait_for_url("**/kiosk/ticket/**")
    return kiosk.locator("[data-number]").inner_text()


def test_a_service_is_found_by_pressing_letters(kiosk: Page, site: Site) -> None:
    kiosk.goto(f"{site.base}/kiosk")
    kiosk.get_by_role("link", name="按事项查找").click()
    for letter in "lljf":
        kiosk.get_by_role("link", name=letter, exact=True).click()
        kiosk.wait_for_load_state()
    look_at(kiosk, "kiosk find", also=PHONE)
    kiosk.get_by_role("link", name=re.compile("邻里纠纷调解")).click()
    expect(kiosk.get_by_role("heading", name="邻里纠纷调解")).to_be_visible()
    look_at(kiosk, "kiosk service", also=PHONE)


def at_window(site: Site, browser: Browser, window: str = "w1") -> Page:
    page = sign_in(context(browser), site, "clerk")
    page.goto(f"{site.base}/desk/caller?window={window}")
    return page


def test_a_number_goes_from_the_kiosk_over_the_window_to_the_wall(site: Site, browser: Browser, kiosk: Page) -> None:
    first = draw(kiosk, site)
    look_at(kiosk, "kiosk ticket", also=PHONE)
    code = kiosk.url.rsplit("/", 1)[1]
    second = draw(kiosk, site, priority=True)
    kiosk.goto(f"{site.base}/kiosk")
    look_at(kiosk, "kiosk", also=PHONE)
    caller = at_window(site, browser)
    look_at(caller, "caller", also=PHONE)
    wall = context(browser, (1920, 1080)).new_page()
    wall.goto(f"{site.base}/wall/hall")
    wall.get_by_role("button", name="打开声音").click()
    caller.keyboard.press("1")
    expect(caller.locator("[data-current]")).to_have_text(second)
    caller.keyboard.press("1")
    expect(caller.locator("[data-current]")).to_have_text(first)
    expect(wall.locator("[data-call]").first).to_contain_text(first)
    expect(wall.locator(".wall-fresh").first).to_contain_text(first)
    expect(wall.get_by_role("button", name="打开声音")).to_be_hidden()
    telephone = context(browser, PHONE).new_page()
    telephone.goto(f"{site.base}/ticket/{code}")
    expect(telephone.get_by_text("请到 1号窗口")).to_be_visible()
    look_at(telephone, "ticket")
    phone = Phone(site, browser)
    phone.go(f"/ticket/{code}")
    phone.look("ticket")
    caller.keyboard.press("3")
    expect(telephone.get_by_text("工作人员会再叫")).to_be_visible()
    caller.keyboard.press("5")
    caller.wait_for_timeout(300)
    assert "/caller" in caller.url, "there is no number at the window to register"
    for path in ("/wall/hall", "/wall/today", "/today", f"/ticket/{code}"):
        caller.goto(site.base + path)
        look_at(caller, path, also=PHONE)
    for path in ("today", "caller"):
        change_to(caller, site, "clerk")
        caller.goto(f"{site.base}/desk/{path}")
        look_at(caller, f"desk {path}", also=PHONE)


def test_a_press_while_the_network_is_gone_draws_one_number(site: Site, browser: Browser, kiosk: Page) -> None:
    before = draw(kiosk, site)
    kiosk.goto(f"{site.base}/kiosk")
    kiosk.get_by_role("link", name=re.compile("综合受理")).click()
    tries: list[str] = []

    def lossy(route: Route) -> None:
        """The first try does not arrive; of the second the answer is lost."""
        tries.append(route.request.post_data or "")
        if len(tries) == 1:
            route.abort()
        elif len(tries) == 2:
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    kiosk.route("**/kiosk/draw", lossy)
    kiosk.locator(".kiosk-first").click()
    expect(kiosk.locator("[data-offline]")).to_be_visible()
    expect(kiosk.locator("[data-offline]")).to_contain_text("只会出一个号")
    kiosk.wait_for_url("**/kiosk/ticket/**")
    kiosk.unroute("**/kiosk/draw")
    assert len(tries) == 3 and len(set(tries)) == 1
    assert int(kiosk.locator("[data-number]").inner_text()[1:]) == int(before[1:]) + 1


def test_the_wall_waits_for_the_network_and_keeps_what_it_shows(site: Site, browser: Browser, kiosk: Page) -> None:
    where = context(browser, (1920, 1080))
    wall = where.new_page()
    wall.goto(f"{site.base}/wall/hall")
    title = wall.locator("h1").inner_text()
    where.set_offline(True)
    expect(wall.locator("[data-offline]")).to_be_visible()
    assert wall.locator("h1").inner_text() == title
    where.set_offline(False)
    expect(wall.locator("[data-offline]")).to_be_hidden()


def test_without_scripts_window_and_kiosk_still_work(site: Site, browser: Browser, kiosk: Page) -> None:
    cookies = kiosk.context.cookies(f"{site.base}/kiosk")
    plain = context(browser, java_script_enabled=False)
    plain.add_cookies(cookies)  # type: ignore[arg-type]
    device = plain.new_page()
    number = draw(device, site)
    page = sign_in(context(browser, java_script_enabled=False), site, "clerk")
    page.goto(f"{site.base}/desk/caller?window=w2")
    for _ in range(20):
        page.get_by_role("button", name="下一位").click()
        if page.locator("[data-current]").inner_text() == number:
            break
    page.get_by_role("button", name="办完", exact=False).last.click()
    expect(page.get_by_role("status").first).to_contain_text(f"{number} 已办完")
