"""People at their screens: pages by user name."""

import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from api.kit import Desk, new_browser
from onedoor.web.desk.access import COOKIE


class Screens(Desk):
    """Each person has a browser of his own, signed in by the cookie."""

    def __init__(self) -> None:
        super().__init__()
        self.browsers: dict[str, Client] = {}

    def browser(self, who: str) -> Client:
        if who not in self.browsers:
            self.signed(who)
            self.browsers[who] = new_browser()
            self.browsers[who].cookies[COOKIE] = self.tokens[who]
        return self.browsers[who]

    def open(self, who: str, path: str, **query: object) -> HttpResponse:
        return self.browser(who).get(f"/desk/{path}", query)

    def send(self, who: str, path: str, **form: Any) -> HttpResponse:
        return self.browser(who).post(f"/desk/{path}", form)

    def read(self, who: str, path: str, **query: object) -> str:
        """The words of a page that must be there, without its markup."""
        answer = self.open(who, path, **query)
        assert answer.status_code == 200, f"{answer.status_code} {words(answer)[:500]}"
        return words(answer)


def words(answer: HttpResponse) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.S)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)))


def form_of(answer: HttpResponse) -> dict[str, Any]:
    """What a browser would send of the page's last form with every field as it stands."""
    html = answer.content.decode().split("</header>")[-1]
    form = max(re.findall(r"<form.*?</form>", html, flags=re.S), key=len)
    sent: dict[str, Any] = {}
    for attributes in re.findall(r"<input\b([^>]*)>", form):
        given = {key: unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', attributes)}
        if given.get("type") == "checkbox" and " checked" not in attributes:
            continue
        if given["name"] == "rule":
            sent.setdefault("rule", []).append(given["value"])
        elif given["name"] != "csrfmiddlewaretoken":
            sent[given["name"]] = given.get("value", "")
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = unescape(chosen[1]) if chosen else ""
    return sent
