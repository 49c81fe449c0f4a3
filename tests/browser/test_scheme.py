"""The long form of a scheme in a browser: opened out, by the keyboard, without scripts."""

from playwright.sync_api import Browser, expect

from browser.kit import PHONE, Site, context, look_at, sign_in

PATH = "/desk/admin/schemes/labour-arbitration/write"


def test_every_limit_opened_out_has_no_fault(site: Site, browser: Browser) -> None:
    page = sign_in(context(browser), site, "admin")
    page.goto(site.base + PATH)
    for limit in page.locator("details.limit > summary").all():
        limit.press("Enter")
    assert page.locator("details.limit:not([open])").count() == 0
    look_at(page, "scheme opened out", also=PHONE)
    page.get_by_role("button", name="保存为第2版").click()
    expect(page.locator("#e-reason")).to_be_visible()
    look_at(page, "scheme refused", also=PHONE)


def test_without_scripts_rows_come_and_go_and_enter_takes_nothing_away(site: Site, browser: Browser) -> None:
    page = sign_in(context(browser, PHONE, java_script_enabled=False), site, "admin")
    page.goto(site.base + PATH)
    page.get_by_label("增加一项时限").select_option(label="首次见面")
    page.get_by_role("button", name="增加", exact=True).click()
    amount = page.locator("[name='meet.amount']")
    expect(amount).to_be_in_viewport()
    amount.fill("2")
    page.get_by_role("button", name="删去第3级").click()
    page.get_by_role("button", name="加一级").click()
    expect(page.locator("fieldset.rung")).to_have_count(3)
    expect(amount).to_have_value("2")
    page.locator("[name='ladder.2.after']").press("Enter")
    expect(page.locator("#e-reason")).to_be_visible()
    expect(page.locator("[id='e-meet.starts']")).to_be_visible()
    expect(page.locator("fieldset.rung")).to_have_count(3)
