"""A resident's whole way on a cheap phone: hand in with a picture, follow, supplement, read the answer, rate
'unsatisfied', read the supervisor's decision; the same with scripts switched off."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from browser.kit import PHONE, Site, context, look_at

ASKED = "楼上半夜装修，多次沟通没有用，希望请人调解。"


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_first_word_to_the_supervisors_decision(
    site: Site, browser: Browser, tmp_path: Path, scripts: bool
) -> None:
    page = context(browser, PHONE, java_script_enabled=scripts).new_page()
    picture = tmp_path / "现场.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    page.goto(f"{site.base}/")
    page.locator("nav").get_by_role("link", name="提交事项").click()
    page.get_by_label("和别人有纠纷").check()
    page.get_by_label("发生了什么，您希望怎么解决").fill(ASKED)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("具体地点").fill("清禾镇禾丰塘村三组")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("姓名", exact=True).fill("𠮷田安")
    page.get_by_label("手机号").fill("13800005678")
    page.get_by_label("不要联系我").check()
    page.get_by_label("照片或材料").set_input_files(picture)
    page.get_by_label("我已阅读").check()
    if scripts:
        look_at(page, "apply step three")
    page.get_by_role("button", name="提交").click()
    number, code = (one.inner_text() for one in page.locator(".big.number").all())
    assert ASKED not in page.title() and number not in page.url

    site.call("clerk", f"/cases/{number}/moves/ask_correction", {"reason": "请补充物业的登记记录。"})
    page.locator("nav").get_by_role("link", name="查进度").click()
    form = page.locator("form").filter(has=page.get_by_label("回执码或验证码"))
    form.get_by_label("编号").fill(number)
    form.get_by_label("回执码或验证码").fill(code)
    form.get_by_role("button", name="打开").click()
    expect(page.get_by_text("请补充物业的登记记录。")).to_be_visible()
    page.get_by_label("补充说明").fill("物业说没有记录，附上照片。")
    page.get_by_role("button", name="提交补充").click()
    expect(page.get_by_text("物业说没有记录")).to_be_visible()

    for who, move, body in (
        ("clerk", "accept", {}),
        ("dispatcher", "dispatch", {"unit": "zjj"}),
        ("handler2", "sign", {}),
        ("handler2", "conclude", {"outcome": "answered", "answer": "已约定晚九点后不施工。"}),
        ("supervisor", "close", {}),
    ):
        site.call(who, f"/cases/{number}/moves/{move}", body)
    page.reload()
    expect(page.get_by_text("已约定晚九点后不施工。")).to_be_visible()
    page.get_by_label("不满意", exact=False).first.check()
    page.get_by_label("想说的话").fill("还是半夜施工。")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("您已评价")).to_be_visible()

    site.call("supervisor", f"/cases/{number}/moves/archive", {"reason": "已责成住建局加强夜间巡查。"})
    page.reload()
    expect(page.get_by_text("已责成住建局加强夜间巡查。")).to_be_visible()
    if scripts:
        look_at(page, "my matter")
    assert not re.search(r"138\d{8}|𠮷", page.title() + page.url)
