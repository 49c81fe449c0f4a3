"""Clerk, dispatcher, handler, supervisor and clerk again take a matter from registration to the archive, at a desk and
on a phone. Every page on the way is looked at."""

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.kit import DESK, PHONE, Site, context, look_at, sign_in


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_five_roles_take_a_case_from_registration_to_the_archive(
    site: Site, browser: Browser, size: tuple[int, int]
) -> None:
    screens: dict[str, Page] = {}
    seen: list[str] = []

    def at(who: str) -> Page:
        if who not in screens:
            screens[who] = sign_in(context(browser, size), site, who, by_form=who == "clerk")
        return screens[who]

    def look(page: Page, name: str) -> None:
        look_at(page, f"{len(seen):02d}-{name}")
        seen.append(name)

    clerk = at("clerk")
    look(clerk, "work")
    clerk.get_by_role("link", name="登记新事项").click()
    clerk.get_by_label("诉求内容").fill("邻居占用公共走廊堆放杂物，多次沟通无果，请求清理。")
    clerk.locator("#category").select_option(label="邻里")
    clerk.get_by_label("姓名或名称").first.fill("𠮷田安")
    clerk.get_by_label("电话").first.fill("13812345678")
    look(clerk, "register")
    clerk.get_by_role("button", name="登记", exact=True).click()
    expect(clerk.get_by_role("status").first).to_contain_text("已登记，编号")
    number = clerk.locator(".number").first.inner_text()
    look(clerk, "registered")
    clerk.get_by_role("button", name="受理", exact=True).click()
    expect(clerk.get_by_role("status").first).to_contain_text("已完成“受理”")

    dispatcher = at("dispatcher")
    dispatcher.goto(f"{site.base}/desk/?queue=to_dispatch")
    look(dispatcher, "to-dispatch")
    dispatcher.get_by_role("link", name=number).click()
    dispatcher.get_by_role("link", name="分流交办").click()
    dispatcher.get_by_label("主办单位").select_option(label="住建局")
    look(dispatcher, "dispatching")
    dispatcher.get_by_role("button", name="确认分流交办").click()
    expect(dispatcher.get_by_role("status").first).to_contain_text("已完成“分流交办”")

    handler = at("handler2")
    handler.reload()
    handler.get_by_role("link", name=number).click()
    handler.get_by_role("button", name="签收").click()
    expect(handler.locator(".tags")).to_contain_text("办理中")
    look(handler, "handling")
    handler.get_by_role("link", name="办结").click()
    handler.get_by_label("办理结果").select_option(label="已处置整改")
    handler.get_by_label("答复意见").fill("走廊杂物已清理，双方已签字确认。")
    look(handler, "concluding")
    handler.get_by_role("button", name="确认办结").click()
    expect(handler.locator(".tags")).to_contain_text("办结待审")

    supervisor = at("supervisor")
    supervisor.goto(f"{site.base}/desk/?queue=to_review")
    look(supervisor, "to-review")
    supervisor.get_by_role("link", name=number).click()
    supervisor.get_by_role("button", name="审核办结").click()
    expect(supervisor.locator(".tags")).to_contain_text("已办结")
    look(supervisor, "closed")

    clerk.goto(f"{site.base}/desk/?queue=to_follow_up")
    clerk.get_by_role("link", name=number).click()
    clerk.get_by_role("link", name="回访并归档").click()
    clerk.get_by_role("radio", name="满意", exact=True).check()
    look(clerk, "calling-back")
    clerk.get_by_role("button", name="确认回访并归档").click()
    expect(clerk.locator(".tags")).to_contain_text("已归档")
    expect(clerk.locator(".timeline li")).to_have_count(8)
    look(clerk, "archived")
    clerk.goto(f"{site.base}/desk/cases/{number}/print")
    look(clerk, "print")
    clerk.goto(f"{site.base}/desk/cases?q={number}")
    expect(clerk.locator("tr[data-item]")).to_have_count(1)
    look(clerk, "list")
    assert len(seen) == 13
