"""Simulated phones on a bad network: a few threads carry thousands of them, a step of each in turn."""

import http.client
import json
import random
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench.fieldwork import Beat, Phone, phone

PIECE = 16 * 1024  # smaller than the server takes, so that a file has several
THREADS = 12
TIMEOUT = 30.0
PICTURES = 0.04  # of the reports
# What becomes of a request, in a hundred: it is answered, cut after it was sent, cut in the middle of the answer, cut
# before it was sent whole, sent on two connections at once.
FATES = {"answered": 78, "cut after": 8, "cut in the answer": 7, "cut in the request": 3, "twice at once": 4}


@dataclass(frozen=True, slots=True)
class Order:
    """Which phone: its seed, how many entries it makes, where it works, and its sign-in."""

    seed: int
    entries: int
    beat: Beat
    token: str


@dataclass(slots=True)
class Tally:
    requests: int = 0
    sent: int = 0  # entries, each as often as it was sent
    fates: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FATES, 0))
    broken: int = 0  # requests that the server did not answer, or with a fault
    waited: int = 0  # answers that an entry waits
    faults: list[str] = field(default_factory=list)


class OnTheRoad:
    """One phone with what it still has to bring. It lets go of an entry only when the centre has it."""

    def __init__(self, order: Order, now: datetime) -> None:
        self.made: Phone = phone(order.seed, order.entries, order.beat, pictures=PICTURES, now=now)
        self.pick = random.Random(order.seed + 1)
        self.order = order
        self.open = {one["id"]: one for one in self.made.entries}
        self.done: dict[str, tuple[dict[str, Any], str]] = {}
        self.rests_until = 0.0  # it asks again in a moment, not at once
        self.files = dict.fromkeys(self.made.files, 0)

    def request(self) -> tuple[str, str, bytes, str]:
        """Method, path, body, and the SHA-256 of the file where it is a piece of one."""
        if self.files and self.pick.random() < 0.5:
            sha256 = self.pick.choice(list(self.files))
            content, offset = self.made.files[sha256], self.files[sha256]
            piece = content[offset : offset + PIECE]
            return "PUT", f"/sync/files/{sha256}?offset={offset}&size={len(content)}", piece, sha256
        batch = self.pick.sample(list(self.open.values()), min(len(self.open), self.pick.randint(1, 14)))
        again = self.pick.sample(list(self.done.values()), min(len(self.done), 2)) if self.pick.random() < 0.2 else []
        batch += [one for one, _ in again]
        if self.pick.random() < 0.1:
            batch.append(self.pick.choice(batch))
        self.pick.shuffle(batch)
        body = {"device": str(self.order.seed), "sent_at": datetime.now(UTC).isoformat(), "entries": batch}
        return "POST", "/sync", json.dumps(body).encode(), ""

    def take(self, answer: dict[str, Any], tally: Tally) -> int:
        """Reads an answer to a batch; how many entries are at the centre now that were not known to be."""
        new = 0
        for one in answer["entries"]:
            if one["state"] == "received":
                number = one.get("number", "")
                if one["id"] in self.open:
                    self.done[one["id"]] = (self.open.pop(one["id"]), number)
                    new += 1
                elif self.done[one["id"]][1] != number:
                    tally.faults.append(f"{one['id']}: {self.done[one['id']][1]} and then {number}")
            elif one["state"] == "waiting":
                tally.waited += 1
            elif one.get("code") != "internal":
                tally.faults.append(f"{one['id']}: {json.dumps(one, ensure_ascii=False)}")
                self.open.pop(one["id"], None)
        return new


class Road:
    """What a thread does: takes a phone, makes one request for it, puts it back."""

    def __init__(self, port: int, phones: list[OnTheRoad], progress: Any, seed: int) -> None:
        self.port, self.phones, self.progress = port, phones, progress
        self.left = len(phones)
        self.lock = threading.Lock()
        self.tally = Tally()
        self.seed = seed

    def drive(self) -> Tally:
        threads = [threading.Thread(target=self._run, args=(place,)) for place in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.tally

    def _run(self, place: int) -> None:
        pick = random.Random(self.seed * 1000 + place)
        while True:
            with self.lock:
                if self.left == 0:
                    return
                one = self.phones.pop(pick.randrange(len(self.phones))) if self.phones else None
                if one is not None and one.rests_until > time.monotonic():
                    self.phones.append(one)
                    one = None
            if one is None:
                time.sleep(0.01)
                continue
            try:
                self._step(one, pick)
            except (OSError, http.client.HTTPException, ValueError):
                with self.lock:
                    self.tally.broken += 1
                time.sleep(pick.uniform(0.02, 0.3))  # no signal; others go on
            with self.lock:
                if one.open or one.files:
                    self.phones.append(one)
                else:
                    self.left -= 1

    def _step(self, one: OnTheRoad, pick: random.Random) -> None:
        method, path, body, sha256 = one.request() if one.open else _piece(one)
        fate = pick.choices(list(FATES), list(FATES.values()))[0]
        with self.lock:
            self.tally.requests += 1 + (fate == "twice at once")
            self.tally.fates[fate] += 1
            if not sha256:
                self.tally.sent += len(json.loads(body)["entries"]) * (1 + (fate == "twice at once"))
        if fate == "answered":
            found = [self._answer(self._send(one, method, path, body))]
        elif fate == "twice at once":
            both = [self._send(one, method, path, body) for _ in range(2)]
            found = [self._answer(connection) for connection in both]
        else:
            self._cut(one, method, path, body, fate)
            return
        for status, answer in found:
            self._read(one, status, answer, sha256)

    def _read(self, one: OnTheRoad, status: int, answer: dict[str, Any], sha256: str) -> None:
        if sha256:
            if status not in (200, 409):
                raise ValueError(status)
            one.files[sha256] = answer["have"]
            if answer["whole"]:
                one.files.pop(sha256)
            return
        if status != 200:
            raise ValueError(status)
        with self.lock:
            new = one.take(answer, self.tally)
        if not new:
            one.rests_until = time.monotonic() + 1.0
        with self.progress.get_lock():
            self.progress.value += new

    def _send(self, one: OnTheRoad, method: str, path: str, body: bytes) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        connection.request(method, f"/api/v1{path}", body, {"Authorization": f"Bearer {one.order.token}"})
        return connection

    def _answer(self, connection: http.client.HTTPConnection) -> tuple[int, dict[str, Any]]:
        try:
            got = connection.getresponse()
            content = got.read()
        finally:
            connection.close()
        return got.status, json.loads(content) if content else {}

    def _cut(self, one: OnTheRoad, method: str, path: str, body: bytes, fate: str) -> None:
        head = f"{method} /api/v1{path} HTTP/1.1\r\nHost: drill\r\nAuthorization: Bearer {one.order.token}\r\n"
        whole = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        with socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT) as line:
            if fate == "cut in the request":
                line.sendall(whole[: len(whole) * 2 // 3])
                return
            line.sendall(whole)
            if fate == "cut in the answer":
                line.recv(40)


def _piece(one: OnTheRoad) -> tuple[str, str, bytes, str]:
    """All entries are there, a file is not: it came to its entry another way, or the phone has not heard of it."""
    sha256 = next(iter(one.files))
    content, offset = one.made.files[sha256], one.files[sha256]
    return "PUT", f"/sync/files/{sha256}?offset={offset}&size={len(content)}", content[offset : offset + PIECE], sha256


def carry(port: int, orders: list[Order], now: datetime, progress: Any, results: Any) -> None:
    """The process of a part of the phones."""
    seed = orders[0].seed
    tally = Road(port, [OnTheRoad(order, now) for order in orders], progress, seed).drive()
    results.put(tally)
