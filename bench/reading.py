"""`list` and `search`: what a page costs in the server, and how many statements it takes."""

import json
from datetime import timedelta
from typing import Any

from bench.measure import percentiles, statements, timed

ROLES = ("dispatcher", "handler4", "handler", "handler2", "handler3", "clerk_town", "mediator2")
PAGES = (
    "", "stage=closed", "stage=handling", "stage=accepted,dispatched", "category=dispute", "category=dispute.land",
    "light=red", "light=none", "channel=grid", "unit=rsj", "unit=zjj", "division=990101100", "mine=true",
    "order=due", "order=oldest", "since=2025-01-01&until=2025-03-31",
)  # fmt: skip
# common, less common, rare, nowhere
WORDS = ("走廊", "工资", "路灯", "尉迟", "墙体开裂", "三九九号", "龘靐", "夜间施工噪声", "13号", "阳光房")


def lists(rounds: int = 3, depth: int = 40) -> dict[str, Any]:
    """Every role × filter, and deep pages by cursor."""
    browser = _Browser()
    for role in ROLES:
        for page in PAGES:
            for _ in range(rounds):
                browser.get(role, page)
        cursor = ""
        for _ in range(depth):
            cursor = browser.get(role, f"limit=50&cursor={cursor}").get("next_cursor") or ""
            if not cursor:
                break
    return browser.result()


def searches(rounds: int = 3) -> dict[str, Any]:
    browser = _Browser()
    for role in ROLES:
        for word in WORDS:
            for _ in range(rounds):
                browser.get(role, f"q={word}")
    return browser.result()


def pages(rounds: int = 3) -> dict[str, Any]:
    """The desk's own pages: my work and its queues, lists, case files, the registration form, visits."""
    browser, asking = _Browser(), _Browser()
    for role in ROLES:
        browser.client.cookies["onedoor_token"] = browser.tokens[role]
        numbers = [item["number"] for item in asking.get(role, "limit=3&order=oldest")["items"]]
        addresses = ["", "cases", "cases?stage=handling&order=due", "cases?q=工资"]
        addresses += [f"cases/{number}" for number in numbers]
        addresses += ["register", "visits"] if role in ("dispatcher", "clerk_town") else []
        for address in addresses:
            for _ in range(rounds):
                browser.open(role, address)
    return {**browser.result(), "largest_bytes": browser.largest}


class _Browser:
    """Asks through the whole of Django, in this process: the server's share without the network."""

    def __init__(self) -> None:
        from django.test import Client
        from django.utils import timezone

        from onedoor.people import tokens
        from onedoor.people.models import Account

        self.client = Client()
        life = timedelta(hours=6)
        self.tokens = {
            role: tokens.issue(Account.objects.get(username=role), at=timezone.now(), life=life)[0] for role in ROLES
        }
        self.seconds: list[float] = []
        self.worst: list[tuple[float, str]] = []
        self.statements = self.largest = 0
        self.get(ROLES[0], "limit=1")
        self.seconds.clear()
        self.worst.clear()

    def get(self, role: str, query: str) -> dict[str, Any]:
        """A page of the API's list."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        return dict(json.loads(self._ask(role, f"/api/v1/cases?{query}", headers)))

    def open(self, role: str, address: str) -> None:
        """A page of the desk, by the cookie."""
        self.largest = max(self.largest, len(self._ask(role, f"/desk/{address}", {})))

    def _ask(self, role: str, path: str, headers: dict[str, str]) -> bytes:
        with statements() as asked:
            seconds, got = timed(lambda: self.client.get(path, headers=headers))
        if got.status_code != 200:
            raise RuntimeError(f"{role} {path}: {got.status_code}")
        self.seconds.append(seconds)
        self.statements = max(self.statements, len(asked))
        self.worst = sorted(
            [*self.worst, (seconds, f"{role} {path.removeprefix('/api/v1/cases?')[:60]}")], reverse=True
        )[:8]
        return bytes(got.content)

    def result(self) -> dict[str, Any]:
        return {
            "requests": len(self.seconds),
            **percentiles(self.seconds),
            "statements": self.statements,
            "slowest": [f"{seconds * 1000:.0f} ms  {what}" for seconds, what in self.worst],
        }
