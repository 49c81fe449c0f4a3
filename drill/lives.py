"""Clients that drive whole lives over HTTP and repeat each request, with its key, until it is answered."""

import hashlib
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.texts import matter

from drill.server import ROOT, database

ACCOUNTS = ("clerk", "dispatcher", "handler", "supervisor")
# who makes the move, the move, what it takes, the stage after it
MOVES: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("clerk", "accept", {}, "accepted"),
    ("dispatcher", "dispatch", {"unit": "rsj"}, "dispatched"),
    ("handler", "sign", {}, "handling"),
    ("handler", "report_progress", {"text": "已到现场查看。"}, "handling"),
    ("handler", "conclude", {"outcome": "answered", "answer": "已经办好。"}, "concluded"),
    ("supervisor", "close", {}, "closed"),
)
EVENTS = ["register", "attach", *(move for _, move, _, _ in MOVES)]
PREPARED, TOKENS = "prepared", "tokens.json"
GIVE_UP = 2000  # tries without an answer
LOOK = 0.05  # seconds
TIMEOUT = 30.0
TWICE = 0.05  # of the requests go out on two connections at once
BOUNDARY = "drill-boundary"
Send = Callable[[], tuple[int, dict[str, Any]]]


@dataclass(slots=True)
class Life:
    """What one client knows: every change here was acknowledged."""

    index: int
    number: str = ""
    done: list[str] = field(default_factory=list)  # names of EVENTS
    sha256: str = ""
    answers: int = 0


@dataclass(slots=True)
class Tally:
    acknowledged: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    repeats: int = 0  # requests sent again after no answer or a 5xx
    faults: list[str] = field(default_factory=list)  # refused, contradicted
    bare: list[str] = field(default_factory=list)  # 5xx that is no problem with a sentence
    slowest: float = 0.0
    seconds: list[float] = field(default_factory=list)  # of answered requests, the last try


class Wrong(RuntimeError):
    """The server answered something that no client of ours asked for."""


class Clients:
    """`count` connections that live one life after the other until `finish`; a life begun is lived to its end."""

    def __init__(
        self, port: int | Callable[[], int], tokens: dict[str, str], *, count: int = 6, seed: int = 1
    ) -> None:
        self.port = port if callable(port) else lambda: port
        self.tokens = tokens
        self.seed = seed
        self.lives: list[Life] = []
        self.tally = Tally()
        self.left = False
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(place,), daemon=True) for place in range(count)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """No new lives; waits until those begun are over."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def work(self, changes: int, within: float = 240.0) -> float:
        """Until so many more changes are acknowledged; seconds until the first of them. `within` is counted in looks:
        a machine that stood still is not taken for a server that does."""
        begun, before, first = time.monotonic(), self.tally.acknowledged, 0.0
        looks = 0
        while self.tally.acknowledged < before + changes:
            if not first and self.tally.acknowledged > before:
                first = time.monotonic() - begun
            looks += 1
            if looks * LOOK > within:
                said = f"{dict(self.tally.statuses)} {self.tally.faults[:2]}"
                raise RuntimeError(f"{within:.0f} 秒没有进展：{said}")
            time.sleep(LOOK)
        return round(first, 1)

    def abandon(self) -> None:
        """No more requests; lives stay as they are, and nothing here may be said of the server afterwards."""
        self.left = True
        self.finish()

    def _run(self, place: int) -> None:
        hand = _Hand(self, random.Random(self.seed * 1000 + place))
        index = self.seed * 1_000_000 + place * 100_000
        while not self._over.is_set():
            life = Life(index)
            index += 1
            with self._lock:
                self.lives.append(life)
            try:
                hand.live(life)
            except Wrong as wrong:
                with self._lock:
                    self.tally.faults.append(str(wrong))
                time.sleep(0.2)

    def answered(self, status: int, seconds: float) -> None:
        with self._lock:
            self.tally.acknowledged += status < 300
            self.tally.statuses[str(status)] += 1
            self.tally.seconds.append(seconds)
            self.tally.slowest = max(self.tally.slowest, seconds)

    def broken(self, how: str, bare: str = "") -> None:
        with self._lock:
            self.tally.statuses[how] += 1
            self.tally.repeats += 1
            if bare:
                self.tally.bare.append(bare)


class _Hand:
    """One client: its connection, its way of trying again."""

    def __init__(self, clients: Clients, pick: random.Random) -> None:
        self.clients, self.pick = clients, pick
        self.connection: http.client.HTTPConnection | None = None

    def live(self, life: Life) -> None:
        title, narrative, _, name = matter(life.index)
        body = {
            "channel": "window", "category": "dispute.neighbours", "kind": "dispute", "title": title,
            "narrative": f"{life.index}：{narrative}",
            "parties": [{"part": "applicant", "name": name, "phone": "13812345678"}],
        }  # fmt: skip
        answer = self.ask("clerk", "/cases", _json(body), f"{life.index}-register")
        life.number = answer["number"]
        life.done.append("register")
        content = f"drill {life.index}\n".encode() * 2000
        life.sha256 = hashlib.sha256(content).hexdigest()
        self.ask("clerk", f"/cases/{life.number}/attachments", _form(content), f"{life.index}-attach")
        life.done.append("attach")
        for who, move, take, stage in MOVES:
            answer = self.ask(who, f"/cases/{life.number}/moves/{move}", _json(take), f"{life.index}-{move}")
            if answer["number"] != life.number or answer["stage"] != stage:
                raise Wrong(f"{move} on {life.number} answered {answer['number']} in stage {answer['stage']}")
            life.done.append(move)

    def ask(self, who: str, path: str, body: tuple[bytes, str], key: str) -> dict[str, Any]:
        """The answer, however often it has to be asked for."""
        tries = 0
        twice = self.pick.random() < TWICE
        while True:
            begun = time.monotonic()
            try:
                if twice:
                    other = self._connect()
                    self._send(other, who, path, body, key)
                status, kind, content = self._once(who, path, body, key)
                if twice:
                    twice = False
                    other.getresponse().read()
                    other.close()
            except (OSError, http.client.HTTPException):
                self._drop()
                self.clients.broken("no answer")
            else:
                if status < 300:
                    self.clients.answered(status, time.monotonic() - begun)
                    answer = json.loads(content)
                    assert isinstance(answer, dict)
                    return answer
                if status < 500 and status != 408 and "正在处理".encode() not in content:
                    raise Wrong(f"{path} {key}: {status} {content[:300].decode(errors='replace')}")
                self.clients.broken(str(status), _bare(path, status, kind, content))
            tries += 1
            if self.clients.left or tries > GIVE_UP:
                raise Wrong(f"{path} {key}: no answer to {tries} requests")
            time.sleep(self.pick.uniform(0.05, 0.5))

    def _once(self, who: str, path: str, body: tuple[bytes, str], key: str) -> tuple[int, str, bytes]:
        if self.connection is None:
            self.connection = self._connect()
        self._send(self.connection, who, path, body, key)
        got = self.connection.getresponse()
        content = got.read()
        if got.getheader("Connection", "").lower() == "close":
            self._drop()
        return got.status, got.getheader("Content-Type", ""), content

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.clients.port(), timeout=TIMEOUT)

    def _drop(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def _send(
        self, connection: http.client.HTTPConnection, who: str, path: str, body: tuple[bytes, str], key: str
    ) -> None:
        connection.request(
            "POST", f"/api/v1{path}", body[0],
            {"Authorization": f"Bearer {self.clients.tokens[who]}", "Content-Type": body[1], "Idempotency-Key": key},
        )  # fmt: skip


def _json(body: dict[str, Any]) -> tuple[bytes, str]:
    return json.dumps(body).encode(), "application/json"


def _form(content: bytes) -> tuple[bytes, str]:
    """One text file as a form of a browser."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="drill.txt"\r\n'
    head += "Content-Type: text/plain\r\n\r\n"
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


def _bare(path: str, status: int, kind: str, content: bytes) -> str:
    """What is wrong with the wording of a 5xx: it must be a problem with a Chinese sentence and nothing of ours."""
    said = f"{path}: {status} {kind} {content[:200].decode(errors='replace')}"
    if not kind.startswith("application/problem+json") or b"Traceback" in content:
        return said
    detail = str(json.loads(content).get("detail", ""))
    return "" if any("\u4e00" <= sign <= "\u9fff" for sign in detail) else said


def prepare(data: Path, folder: Path | None = None) -> dict[str, str]:
    """The demo county's accounts in an empty database, and a token of each that drives lives. Made once for all drills
    of one command (in their `folder`, which is that above `data`), in a process of its own since the settings keep the
    first directory they see, and then copied."""
    made = (folder or data.parent) / PREPARED
    data.mkdir(parents=True, exist_ok=True)
    if not (made / TOKENS).exists():
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        environment = {**os.environ, "ONEDOOR_DATA": str(made)}
        subprocess.run([sys.executable, "-m", "drill.lives", str(made)], cwd=ROOT, env=environment, check=True)
    # with the owner of the cluster's files
    subprocess.run(["cp", "-a", f"{made}/.", str(data)], check=True)
    found = json.loads((data / TOKENS).read_text())
    assert isinstance(found, dict)
    return found


def _make(data: Path) -> None:
    with database(data):
        from onedoor.people import demo
        from onedoor.people.ledgers import make_partitions

        make_partitions(datetime.now(UTC).date())
        demo.load()
        (data / TOKENS).write_text(json.dumps(tokens_of(ACCOUNTS)))


def tokens_of(accounts: tuple[str, ...]) -> dict[str, str]:
    from django.utils import timezone

    from onedoor.people import tokens
    from onedoor.people.models import Account

    return {
        name: tokens.issue(Account.objects.get(username=name), at=timezone.now(), life=timedelta(days=60))[0]
        for name in accounts
    }


if __name__ == "__main__":
    _make(Path(sys.argv[1]))
