"""Letters: several scans with the registration, the day on the letter, the number of the post."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from cases.kit import sql, whats
from onedoor.web.desk.access import COOKIE
from web.kit import Screens, words

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LETTER = {
    "channel": "letter", "kind": "appeal", "category": "dispute.neighbours", "key": "brief",
    "narrative": "来信反映门前道路长期积水。", "parties.0.part": "applicant", "parties.0.kind": "person",
    "parties.0.name": "田桂香", "letter_day": "2026-03-01", "post_number": "XA12345678990",
}  # fmt: skip


def scan(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def send(screens: Screens, **more: Any) -> str:
    answer = screens.send("clerk", "register", **LETTER | more)
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"]).split("/")[3]


def test_a_letter_comes_with_its_scans_its_day_and_the_number_of_the_post(screens: Screens) -> None:
    number = send(screens, scans=[scan("信封.pdf"), scan("正文.pdf", PDF + b"%2")])
    page = screens.read("clerk", f"cases/{number}")
    assert all(word in page for word in ("信封.pdf", "正文.pdf", "挂号信", "XA12345678990", "写信日期 2026-03-01"))
    assert whats() == set()


def test_a_repeated_press_adds_no_scan_twice(screens: Screens) -> None:
    first = send(screens, scans=[scan("信封.pdf")])
    assert send(screens, scans=[scan("信封.pdf")]) == first
    assert sql("SELECT count(*) FROM attachment") == [(1,)]


def test_a_failed_scan_is_told_and_stops_nothing(screens: Screens) -> None:
    number = send(screens, scans=[scan("坏.pdf", b"MZ\x00\x00not a paper"), scan("好.pdf")])
    page = screens.read("clerk", f"cases/{number}")
    assert "扫描件“坏.pdf”没有收进" in page and "好.pdf" in page
    assert sql("SELECT name FROM attachment") == [("好.pdf",)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"letter_day": "2999-01-01"}, "写信日期不能晚于今天。"),
        ({"letter_day": "月初"}, "写信日期应为"),
        ({"channel": "window"}, "渠道是来信或邮箱的，才填写信日期。"),
    ],
)
def test_a_wrong_day_is_told_and_the_scans_are_to_be_chosen_again(
    screens: Screens, changes: dict[str, str], sentence: str
) -> None:
    answer = screens.send("clerk", "register", **LETTER | changes, scans=[scan("信封.pdf")])
    assert answer.status_code == 422 and sentence in words(answer) and "请重新选择扫描件" in words(answer)
    assert not sql('SELECT 1 FROM "case"')


def test_scans_that_are_too_large_together_are_told_so(screens: Screens, settings: Settings) -> None:
    settings.ATTACHMENT_LIMIT = 1024
    strict = Client(enforce_csrf_checks=True)
    strict.cookies[COOKIE] = screens.browser("clerk").cookies[COOKIE].value
    assert strict.get("/desk/register").status_code == 200  # brings the form's own cookie
    for browser, sentence in ((strict, "文件合计太大，没有收到"), (screens.browser("clerk"), "扫描件合计太大")):
        form = LETTER | {"scans": [scan("书.pdf", PDF + b"x" * 80_000)]}
        assert sentence in words(browser.post("/desk/register", form, follow=True))
    assert not sql('SELECT 1 FROM "case"')


def test_a_window_has_no_number_of_the_post(screens: Screens) -> None:
    send(screens, channel="window", letter_day="")
    assert not sql("SELECT 1 FROM external_number")
