"""Points and findings at a real browser: a unit's appeal to the centre's decision, a set tried, a finding decided; at a
desk and on a phone."""

from playwright.sync_api import Browser, expect

from browser.kit import DESK, PHONE, Site, change_to, context, look_at, sign_in

MADE = """
from datetime import timedelta
from django.utils import timezone
from cases.kit import NOW
from figures.kit import MARCH, closed_case, month_of_work
from onedoor.figures.steps.points import compute_month
from onedoor.figures.steps.findings import find_gaming
month_of_work(6, rated=5)
compute_month(month=MARCH, at=timezone.now())
closed_case(NOW, answer="已处理。")
find_gaming(at=NOW + timedelta(days=10))
print("made")
"""


def test_an_appeal_and_its_decision(site: Site, browser: Browser) -> None:
    assert site.run(MADE) == "made"
    page = sign_in(context(browser), site, "unit_lead2")
    page.goto(f"{site.base}/desk/points/mine?month=2026-03")
    expect(page.locator("main")).to_contain_text("住建局")
    look_at(page, "my points", also=PHONE)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.get_by_text("申诉", exact=True).first.click()
    page.get_by_label("理由").first.fill("纸质签收单上是当天。")
    page.get_by_role("button", name="提交申诉").first.click()
    expect(page.get_by_role("status").first).to_contain_text("已提交申诉")
    expect(page.locator("main")).to_contain_text("待裁定")
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    change_to(page, site, "supervisor")
    page.goto(f"{site.base}/desk/points/centre")
    look_at(page, "appeals", also=PHONE)
    page.get_by_label("裁定理由").fill("经查属实。")
    page.get_by_role("button", name="申诉成立").click()
    expect(page.get_by_role("status").first).to_contain_text("已裁定")
    page.goto(f"{site.base}/desk/points?month=2026-03")
    look_at(page, "points", also=PHONE)
    page.get_by_role("link", name="住建局").click()
    expect(page.locator("main")).to_contain_text("申诉成立：经查属实。")
    look_at(page, "entries", also=PHONE)


def test_another_set_is_tried(site: Site, browser: Browser) -> None:
    page = sign_in(context(browser), site, "director")
    page.goto(f"{site.base}/desk/points/rules")
    look_at(page, "rules of points", also=PHONE)
    page.get_by_label("按期办结的分值").fill("5")
    page.get_by_role("button", name="试算").click()
    expect(page.locator("#tried")).to_be_visible()
    look_at(page, "a set tried", also=PHONE)


def test_a_finding_is_drawn_and_decided(site: Site, browser: Browser) -> None:
    page = sign_in(context(browser), site, "supervisor")
    page.goto(f"{site.base}/desk/findings")
    look_at(page, "findings", also=PHONE)
    page.get_by_role("button", name="抽取").click()
    expect(page.get_by_role("status").first).to_contain_text("抽取了")
    page.locator("td.what a").first.click()
    look_at(page, "a finding", also=PHONE)
    page.get_by_label("怎样核实").fill("已电话回访，确实没有处理。")
    page.get_by_role("button", name="核实属实").click()
    expect(page.locator("main")).to_contain_text("核实属实")
