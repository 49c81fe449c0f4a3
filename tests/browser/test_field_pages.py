"""The pages of the field app: every form, the map, drafts; what the shell weighs and how fast it opens."""

import re

from playwright.sync_api import expect

from browser.field_kit import Phone, phone, photo, spot
from browser.kit import Site

__all__ = ["phone", "spot"]

MOST_SHELL = 300 * 1024  # compressed, everything (DESIGN, issue 7)
AIMED_AT = 80 * 1024
MOST_START = 2000  # ms at a quarter of the speed
HEARD = """
from onedoor.cases.sql import rows
print(*rows("SELECT topic, text FROM grid_fieldopinion")[0].values())
"""


def test_rounds_visits_opinions_and_the_map(phone: Phone, site: Site) -> None:
    phone.open()
    phone.sign_in()
    page = phone.page
    page.get_by_role("link", name=re.compile("禾丰塘小学门口")).click()
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("还没有检查结果").first).to_be_visible()
    items = page.locator("fieldset.item")
    for number in range(items.count()):
        items.nth(number).get_by_label("有问题" if number == 1 else "正常", exact=True).check()
    items.nth(1).get_by_placeholder("有什么问题").fill("围栏松了")
    phone.look("inspect")
    page.get_by_role("button", name="发送").click()
    phone.becomes("巡查：禾丰塘小学门口，1个问题", "已收到 9901")  # a matter, with its number

    phone.home()
    page.get_by_role("link", name="入户走访").click()
    page.get_by_label("地址").fill("三组14号")
    page.get_by_label("走访目的").select_option(label="安全提示")
    page.get_by_label("群众提出").fill("打 13812345678 找他")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("群众提出里不写手机号码")).to_be_visible()
    page.get_by_label("群众提出").fill("楼下能不能充电")
    phone.look("visit")
    page.get_by_role("button", name="发送").click()
    phone.becomes("入户走访", "已收到")

    phone.home()
    page.get_by_role("link", name="社情民意").click()
    page.get_by_label("关于什么").select_option(label="道路交通")
    page.get_by_label("群众怎么说").fill("放学时车太多")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("heading", name="我的记录")).to_be_visible()
    expect(page.get_by_text("社情民意")).to_have_count(0)  # received, and the phone forgets it too
    assert site.run(HEARD) == "roads 放学时车太多"

    phone.home()
    page.get_by_role("link", name="上报", exact=True).click()
    page.get_by_text("更多（都可不填）").click()
    page.get_by_label("已当场解决").check()
    page.get_by_label("结果", exact=True).select_option(index=1)
    page.get_by_label("做了什么").fill("已清走")
    page.get_by_role("button", name="录音").click()
    expect(page.get_by_role("button", name=re.compile("停止"))).to_be_visible()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name=re.compile("停止")).click()
    expect(page.locator(".gallery audio")).to_have_count(1)
    phone.look("report")
    page.get_by_role("button", name="发送").click()
    phone.becomes("现场照片、录音", "已收到 9901")
    phone.shows("全部已收到")

    page.get_by_role("navigation").get_by_role("link", name="网格图").click()
    expect(page.locator(".map path.mine").first).to_be_visible()
    expect(page.locator(".map circle.place")).to_have_count(2)
    phone.look("map")
    page.get_by_role("navigation").get_by_role("link", name="我的").click()
    expect(page.get_by_text(re.compile("长期保存")).first).to_be_visible()
    phone.look("me")
    page.get_by_role("link", name="中心存有我的什么").click()
    expect(page.locator(".list li").first).to_contain_text("已收到")
    phone.look("kept")
    assert page.get_by_text("社情民意", exact=True).count() == 0


def test_outside_the_own_grid_it_says_so(phone: Phone, site: Site) -> None:
    phone.where.set_geolocation({"longitude": 116.4, "latitude": 39.9, "accuracy": 40})
    phone.open()
    phone.sign_in()
    phone.page.get_by_role("link", name="上报", exact=True).click()
    expect(phone.page.locator(".where")).to_contain_text("不在您的网格内")
    phone.look("report outside")


def test_a_draft_outlives_the_camera(phone: Phone, site: Site) -> None:
    """The phone needs its memory while the camera is open, and ends the browser."""
    phone.open()
    phone.sign_in()
    phone.has_shell()
    page = phone.page
    page.get_by_role("link", name="上报", exact=True).click()
    page.get_by_label("说几句").fill("写到一半")
    shot = {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": photo(9, size=(640, 480))}
    page.locator("input[type=file]").first.set_input_files(shot)  # type: ignore[arg-type]
    expect(page.locator(".gallery img")).to_have_count(1)
    page.wait_for_timeout(800)
    phone.kill()
    phone.start()
    page = phone.open("#/new/report")
    phone.unlock()
    expect(page.get_by_text("接着上次没写完的")).to_be_visible()
    expect(page.get_by_label("说几句")).to_have_value("写到一半")
    expect(page.locator(".gallery img")).to_have_count(1)


def test_the_shell_is_small_and_opens_fast(phone: Phone, site: Site) -> None:
    phone.open()
    phone.sign_in()
    phone.has_shell()
    weights = phone.page.evaluate(WEIGHTS)
    total = sum(weights.values())
    print(f"\nfield shell: {total / 1024:.1f} KB compressed {weights}")  # noqa: T201  for who wants the figures
    assert total <= AIMED_AT <= MOST_SHELL

    phone.offline(True)
    client = phone.where.new_cdp_session(phone.page)
    client.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    times = []
    for _ in range(3):
        phone.page.goto("about:blank")
        phone.page.goto(f"{site.base}/field")
        expect(phone.page.get_by_label("PIN 码")).to_be_visible()
        phone.page.wait_for_function("performance.getEntriesByName('shown').length")
        times.append(phone.page.evaluate(SHOWN))
    shown = ", ".join(f"{one:.0f}" for one in times)
    print(f"field start at 4x slow-down, without network: {shown} ms to the PIN page")  # noqa: T201
    assert min(times) <= MOST_START  # the best of three: the machine may have other things to do


# every file of the shell, as it comes over the wire
WEIGHTS = """async () => {
    const list = (await (await fetch("/field/sw.js")).text()).match(/const SHELL = (.*);\\n/)[1];
    const urls = ["/field", "/field/sw.js", "/field/manifest.webmanifest", ...JSON.parse(list).files.map(one => one.url)];
    const found = {};
    for (const url of urls) {
        performance.clearResourceTimings();
        await (await fetch(url + (url.includes("?") ? "&" : "?") + "again=" + Math.random(), { cache: "no-store" })).arrayBuffer();
        await new Promise(done => setTimeout(done, 20));
        found[url] = performance.getEntriesByType("resource").pop().encodedBodySize;
    }
    return found;
}"""
# until the first field can be used
SHOWN = "performance.getEntriesByName('shown')[0].startTime"
