"""A password can be shown while it is typed: by the keyboard too, under the policy that lets nothing inline run."""

import re

from playwright.sync_api import Browser, expect

from browser.kit import DESK, PHONE, Site, context, look_at, sign_in
from onedoor.people.demo_county import PASSWORD


def test_what_is_typed_can_be_shown_and_hidden_by_the_keyboard(site: Site, browser: Browser) -> None:
    page = context(browser).new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(f"{site.base}/desk/sign-in")
    page.fill("#username", "clerk")
    page.keyboard.press("Tab")
    expect(page.locator("#password")).to_be_focused()
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Tab")
    show = page.get_by_role("button", name="显示密码")
    expect(show).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#password")).to_have_attribute("type", "text")
    expect(page.locator("#password")).to_have_value(PASSWORD)
    expect(page.get_by_role("button", name="隐藏密码")).to_be_focused()
    look_at(page, "sign-in-shown", also=PHONE)
    page.keyboard.press("Space")
    expect(page.locator("#password")).to_have_attribute("type", "password")
    page.keyboard.press("Space")
    page.locator("#password").press("Enter")  # sends the form, and does not press the button
    page.wait_for_url("**/desk/")
    page.go_back()
    expect(page.locator("input[type=text]#password")).to_have_count(0)
    assert refused == []


def test_every_password_field_has_one(site: Site, browser: Browser) -> None:
    page = sign_in(context(browser, DESK), site, "clerk")
    page.goto(f"{site.base}/desk/me")
    names = [page.get_by_role("button", name=f"显示{one}") for one in ("原密码", "新密码", "再输一次新密码")]
    for button in names[:1] + names[2:]:
        expect(button).to_have_count(1)
    assert page.locator("input[type=password]").count() == 3 == page.locator(".with-reveal button").count()
    page.fill("#new", "lan-ping-7788")
    page.get_by_role("button", name="显示新密码", exact=True).click()
    expect(page.locator("#new")).to_have_attribute("type", "text")
    expect(page.locator("#again")).to_have_attribute("type", "password")
    look_at(page, "me", also=PHONE)


def test_where_no_script_runs_the_fields_stay_as_they_are(site: Site, browser: Browser) -> None:
    page = context(browser, PHONE, java_script_enabled=False).new_page()
    page.goto(f"{site.base}/desk/sign-in")
    expect(page.locator("#password")).to_have_attribute("type", "password")
    expect(page.get_by_role("button", name=re.compile("显示"))).to_have_count(0)


def test_the_field_app_has_one_too(site: Site, browser: Browser) -> None:
    page = context(browser, PHONE).new_page()
    page.goto(f"{site.base}/field")
    page.fill("#password", "lan-ping-7788")
    page.get_by_role("button", name="显示密码").tap()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    expect(page.get_by_role("button", name="隐藏密码")).to_have_count(1)
