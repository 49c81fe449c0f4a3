"""A report from its numbers to its number, and a bulletin from its writer to its readers, at a real browser."""

from playwright.sync_api import Browser, Page, expect

from browser.kit import PHONE, Site, change_to, context, look_at, sign_in

PLACES = ("总体研判", "重要情况", "异常增多的原因", "重复和长期未办结的原因", "风险研判", "工作建议")


def test_a_report_is_drafted_written_and_issued(site: Site, browser: Browser) -> None:
    page = sign_in(context(browser), site, "supervisor")
    page.goto(f"{site.base}/desk/reports")
    look_at(page, "reports empty", also=PHONE)
    page.get_by_role("button", name="统计并起草").click()
    expect(page.get_by_role("status").first).to_contain_text("存为草稿")
    look_at(page, "report draft", also=PHONE)
    expect(page.locator("main")).to_contain_text("还没有填写")
    for label in PLACES:
        page.get_by_label(label).fill("无")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    here = page.url
    page.get_by_role("link", name="签发……").click()
    look_at(page, "report issue", also=PHONE)
    page.go_back()
    expect(page).to_have_url(here)
    page.go_forward()
    page.get_by_role("button", name="确认签发").click()
    expect(page.locator(".badge")).to_have_text("已签发")
    look_at(page, "report issued", also=PHONE)
    with page.expect_download() as sent:
        page.get_by_role("link", name="Word").click()
    assert sent.value.suggested_filename.endswith("治安形势分析.docx")
    # what the numbers lead to
    page.goto(here)
    page.locator(".paper a").first.click()
    expect(page.locator(".counted")).to_contain_text("统计口径")
    page.go_back()
    expect(page).to_have_url(here)
    for path in ("reports", "reports/wording", "reports/external", "bulletins/new"):
        page.goto(f"{site.base}/desk/{path}")
        look_at(page, path, also=PHONE)
    page.goto(f"{site.base}/desk/reports/wording")
    page.get_by_label("总体情况").fill("{区域}{时段}共{登记数}件。")
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".paper")).to_contain_text("件。")
    look_at(page, "wording preview", also=PHONE)


def test_a_bulletin_is_written_published_and_read(site: Site, browser: Browser) -> None:
    page = sign_in(context(browser), site, "director")
    page.goto(f"{site.base}/desk/bulletins/new")
    page.get_by_label("标题").fill("关于签收的通报")
    page.get_by_label("正文").fill("请当天签收。\n一、当天签收\n不得搁置。")
    page.get_by_label("住建局").check()
    page.get_by_label("办结率", exact=True).check()
    page.get_by_role("button", name="保存").click()
    look_at(page, "bulletin draft", also=PHONE)
    page.get_by_role("link", name="发布……").click()
    look_at(page, "bulletin publish", also=PHONE)
    page.get_by_role("button", name="确认发布").click()
    expect(page.locator("h1")).to_contain_text("通报〔")
    here = page.url
    look_at(page, "bulletin published", also=PHONE)
    _read_on_a_phone(site, browser, here)
    page.reload()
    expect(page.locator("main")).to_contain_text("0个单位还没有")


def _read_on_a_phone(site: Site, browser: Browser, here: str) -> Page:
    phone = sign_in(context(browser, PHONE), site, "handler2")
    phone.goto(f"{site.base}/desk/inbox")
    phone.get_by_role("link", name="通报").first.click()
    look_at(phone, "bulletins on a phone")
    phone.get_by_role("link", name="关于签收的通报").click()
    expect(phone).to_have_url(here)
    phone.get_by_role("button", name="已阅，签阅").click()
    expect(phone.get_by_role("status").first).to_contain_text("已签阅")
    look_at(phone, "bulletin read on a phone")
    change_to(phone, site, "handler")
    phone.goto(here)
    expect(phone.locator("main")).to_contain_text("没有这份通报")
    return phone
