"""`life`: whole lives over HTTP."""

import http.client
import json
import threading
import time
from datetime import timedelta
from typing import Any

from bench.crowd import crowd, handling_units
from bench.measure import cpu_seconds, percentiles
from bench.texts import matter

STEPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("clerk", "accept", ()),
    ("dispatcher", "dispatch", ("unit",)),
    ("handler", "sign", ()),
    ("handler", "conclude", ("outcome", "answer")),
    ("supervisor", "close", ()),
)
PROFILE = (1, 15, 1, 25, 2, 35, 10)  # lives a second, one after the other


class Driver:
    """Clients that drive lives against a running server on `port`."""

    def __init__(self, port: int) -> None:
        from django.utils import timezone

        from onedoor.people import tokens

        self.port = port
        at, life = timezone.now(), timedelta(hours=6)
        self.tokens = {
            role: [tokens.issue(account, at=at, life=life)[0] for account in several]
            for role, several in crowd().items()
        }
        self.units = handling_units()
        self.lives: list[float] = []
        self.requests: list[float] = []
        self.errors: list[str] = []
        self.local = threading.local()

    def call(self, token: str, method: str, path: str, body: Any = None) -> Any:
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection("127.0.0.1", self.port)
        begun = time.perf_counter()
        self.local.connection.request(
            method,
            f"/api/v1{path}",
            json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        got = self.local.connection.getresponse()
        content = got.read()
        self.requests.append(time.perf_counter() - begun)
        if got.status >= 300:
            raise RuntimeError(f"{method} {path}: {got.status} {content[:200]!r}")
        return json.loads(content)

    def live(self, index: int) -> None:
        """Register, accept, dispatch, sign, conclude, close, find; each life by other users."""
        who = {role: tokens[index % len(tokens)] for role, tokens in self.tokens.items()}
        unit = self.units[index % len(self.tokens["handler"]) % len(self.units)]  # the handler's own
        title, narrative, answer, name = matter(index)
        body = {
            "channel": "window", "category": "dispute.neighbours", "kind": "dispute", "title": title,
            "narrative": narrative, "parties": [{"part": "applicant", "name": name, "phone": "13812345678"}],
        }  # fmt: skip
        given = {"unit": unit, "outcome": "answered", "answer": answer}
        begun = time.perf_counter()
        try:
            number = self.call(who["clerk"], "POST", "/cases", body)["number"]
            for role, move, take in STEPS:
                self.call(who[role], "POST", f"/cases/{number}/moves/{move}", {name: given[name] for name in take})
            found = self.call(who["clerk"], "GET", f"/cases?q={number}")["items"]
        except (RuntimeError, OSError, http.client.HTTPException) as error:
            self.errors.append(str(error))
            self.local.__dict__.pop("connection", None)
        else:
            self.lives.append(time.perf_counter() - begun)
            if [item["stage"] for item in found] != ["closed"]:
                self.errors.append(f"{number} is not found as closed")

    def result(self, seconds: float, before: dict[str, float], client: float) -> dict[str, Any]:
        after, count = cpu_seconds(), max(1, len(self.lives))
        cpu = {kind: round((after[kind] - before.get(kind, 0)) / count * 1000, 1) for kind in after}
        return {
            "lives": len(self.lives),
            "lives_per_second": round(len(self.lives) / seconds, 1),
            "errors": len(self.errors),
            "first_errors": self.errors[:3],
            "life": percentiles(self.lives or [0.0]),
            "request": percentiles(self.requests or [0.0]),
            "cpu_ms_per_life": {**cpu, "client": round(client / count * 1000, 1)},
        }


def steady(port: int, seconds: float, clients: int = 8) -> dict[str, Any]:
    """As many lives as `clients` connections can drive."""
    driver, end = Driver(port), time.monotonic() + seconds
    counter = iter(range(10**9, 2 * 10**9))

    def run() -> None:
        while time.monotonic() < end:
            driver.live(next(counter))

    return _run(driver, [threading.Thread(target=run) for _ in range(clients)])


def stepped(port: int, seconds: float) -> dict[str, Any]:
    """Lives begun at a rate that jumps, whatever the server answers."""
    driver, threads = Driver(port), []

    def pace() -> None:
        index = 2 * 10**9
        for rate in PROFILE:
            for _ in range(max(1, int(rate * seconds / len(PROFILE)))):
                due = time.monotonic() + 1 / rate
                index += 1
                thread = threading.Thread(target=driver.live, args=(index,))
                thread.start()
                threads.append(thread)
                time.sleep(max(0.0, due - time.monotonic()))
        for thread in threads:
            thread.join()

    return _run(driver, [threading.Thread(target=pace)])


def _run(driver: Driver, threads: list[threading.Thread]) -> dict[str, Any]:
    before, begun, client = cpu_seconds(), time.monotonic(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return driver.result(time.monotonic() - begun, before, time.process_time() - client)


def drained(most: float = 120.0) -> float:
    """Seconds until the worker has made everything searchable."""
    from onedoor.cases.search_index import backlog

    begun = time.monotonic()
    while backlog() and time.monotonic() - begun < most:
        time.sleep(0.2)
    return round(time.monotonic() - begun, 1)
