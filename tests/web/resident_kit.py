"""What residents do at the open pages, for tests. Needs the demo county (fixture `screens`)."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from api.kit import new_browser
from onedoor.cases.privacy import current_notice
from web.kit import words

TYPED = {
    "about": "dispute",
    "category": "dispute.neighbours",
    "narrative": "楼上半夜装修，多次沟通没有用，希望请人调解。",
    "division": "990101100",
    "address": "清禾镇禾丰塘村三组",
    "respondent": "邻家福",
    "name": "𠮷田安",
    "phone": "13800005678",
    "contact": "sms",
    "agreed": current_notice().version,
}


def hand_in(browser: Client, **different: Any) -> tuple[str, str]:
    """The number and the receipt code of a matter handed in by the form's last step."""
    answer = browser.post("/apply", {**TYPED, "step": "3", "key": str(different), **different})
    assert answer.status_code == 200, words(answer)
    number, code = re.findall(r'class="big number">([^<]+)<', answer.content.decode())
    return number, code


def enter(number: str, code: str, way: str = "receipt") -> tuple[Client, HttpResponse]:
    """A browser in which the matter is open, and the page that it came to."""
    browser = new_browser()
    return browser, browser.post("/track", {"way": way, "number": number, "code": code}, follow=True)
