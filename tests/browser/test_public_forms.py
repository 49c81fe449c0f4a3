"""Every page that a resident comes to by a form or a code, at phone size and in elder mode: faults and weight."""

import re

import pytest
from playwright.sync_api import Browser

from browser.kit import Site
from browser.weigh import Phone

BOOKABLE = """
from onedoor.hall.models import Bookable, BookResource
from onedoor.people.models import Unit
from onedoor.rules.booking import WEEKDAYS
hours = "\\n".join(f"周{one} 09:00-11:00" for one in WEEKDAYS)
who = BookResource.objects.create(centre=Unit.objects.get(code="centre"), name="心理咨询师", seats=2)
Bookable.objects.create(name="心理咨询", place="二楼", minutes=30, resource=who, hours=hours)
"""
ARTICLES = """
from datetime import datetime, UTC
from onedoor.demo.articles import bring_articles
bring_articles(datetime.now(UTC))
"""
RECEIPT = """
from django.utils import timezone
from onedoor.papers.steps.issue import issue
from onedoor.people.models import Account
from onedoor.people.tokens import signed_in_as
signed = signed_in_as(Account.objects.get(username="supervisor").pk)
issue(viewer=signed.viewer(), actors=signed.actors, number="{number}", form="receipt", raw={{}}, at=timezone.now())
"""
RATING = """
from onedoor.cases import secrets
from onedoor.cases.models import Case
print(secrets.rating_code(str(Case.objects.get(number="{number}").pk)))
"""


@pytest.fixture
def phone(site: Site, browser: Browser):  # type: ignore[no-untyped-def]
    one = Phone(site, browser)
    yield one
    one.where.close()


def handed_in(phone: Phone, *, about: str = "和别人有纠纷", look: bool = False) -> tuple[str, str]:
    """The three steps; number and receipt code."""

    def looked(name: str) -> None:
        if look:
            phone.look(name)

    page = phone.go("/apply")
    looked("apply step one")
    page.get_by_label(about).check()
    page.get_by_label("发生了什么，您希望怎么解决").fill("楼上半夜装修，多次沟通没有用。")
    page.get_by_role("button", name="下一步").click()
    looked("apply step two")
    page.get_by_label("具体地点").fill("清禾镇禾丰塘村三组")
    page.get_by_role("button", name="下一步").click()
    looked("apply step three")
    page.get_by_label("姓名", exact=True).fill("𠮷田安")
    page.get_by_label("手机号").fill("13800005678")
    page.get_by_label("可以发短信").check()
    page.get_by_label("我已阅读").check()
    page.get_by_role("button", name="提交").click()
    looked("applied")
    number, code = (one.inner_text() for one in page.locator(".big.number").all())
    return number, code


def test_handing_in(phone: Phone) -> None:
    handed_in(phone, look=True)
    page = phone.go("/apply")
    page.evaluate("document.querySelector('form.card').noValidate = true")
    page.get_by_role("button", name="下一步").click()
    phone.look("apply with faults")


def test_following_reading_and_rating(site: Site, phone: Phone) -> None:
    # of a dispute the parties would have to want more time
    number, _ = handed_in(phone, about="身边有隐患")
    page = phone.go("/track")
    first = page.locator("form").filter(has=page.get_by_label("登记电话的后四位"))
    first.get_by_label("编号").fill(number)
    first.get_by_label("登记电话的后四位").fill("5678")
    first.get_by_role("button", name="查询").click()
    phone.look("track result")
    first.get_by_label("登记电话的后四位").fill("0000")
    first.get_by_role("button", name="查询").click()
    phone.look("track nothing found")
    for who, move, body in (
        ("clerk", "accept", {}),
        ("dispatcher", "dispatch", {"unit": "zjj"}),
        ("handler2", "sign", {}),
        ("handler2", "request_extension", {"days": 5, "reason": "调档。"}),
        ("director", "decide_extension", {"granted": True, "reason": "需要调档。"}),
        ("handler2", "tell", {"text": "已电话告知：需要调档，延长五日。"}),
        ("handler2", "conclude", {"outcome": "answered", "answer": "已约定晚九点后不施工。" * 20}),
        ("supervisor", "close", {}),
    ):
        site.call(who, f"/cases/{number}/moves/{move}", body)
    site.run(RECEIPT.format(number=number))
    phone.go("/my")
    assert "受理回执" in phone.page.inner_text("main")
    phone.look("my matter")
    phone.page.get_by_role("link", name="谁看过我的信息").click()
    phone.look("who looked")
    with phone.page.expect_download() as saved:
        phone.go("/my").get_by_role("link", name="受理回执").click()
    assert saved.value.suggested_filename.endswith(".pdf")
    rating = site.run(RATING.format(number=number))
    page = phone.go(f"/rate/{number}-{rating}")
    phone.look("rate")
    page.get_by_label("满意", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    phone.look("rated")


def test_booking(site: Site, phone: Phone) -> None:
    site.run(BOOKABLE)
    page = phone.go("/book")
    phone.look("book")
    page.get_by_role("link", name=re.compile("心理咨询")).click()
    phone.look("book what")
    page.locator(".days a").last.click()
    page.locator("input[name=at]:not([disabled])").first.check()
    page.get_by_label("怎么称呼您").fill("王女士")
    page.get_by_label("手机号").fill("13800001234")
    page.locator("main form button").click()
    phone.look("booked")
    page.get_by_role("link", name="查看或取消").click()
    phone.look("booking")


def test_news_and_notice(site: Site, phone: Phone) -> None:
    phone.go("/privacy")
    phone.look("privacy")
    site.run(ARTICLES)
    page = phone.go("/news")
    page.locator(".rows a").first.click()
    phone.look("news item")
