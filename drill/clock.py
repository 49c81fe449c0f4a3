"""`clock`: the server's clock jumps while it works: forward a day, back an hour, back a year. Nothing turns late by
an hour that never came, nobody is thrown out, every change keeps its place, and the jump is said. Needs a C
compiler, for the clock of their own that the drill's processes get (`clock.c`); the machine's stays as it is."""

import argparse
import http.client
import json
import re
import shutil
import struct
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drill.lives import Clients, prepare
from drill.result import Result
from drill.server import Server, joined, running, say

SOON = 120.0  # seconds within which a jump must be said, and jobs run again after it
HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400
SOURCE = Path(__file__).with_name("clock.c")
CHANGES = 40
OPEN = 5  # matters that nobody works on, whose time runs


def options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--hold", type=int, default=45, help="时钟前进后任务停多少秒（平日600）")


def drill(data: Path, asked: argparse.Namespace) -> Result:
    library, hand = data.with_name("clock.so"), data.with_name("clock.hand")
    if not _compiled(library):
        return Result("", {}, not_run="no C compiler is here (Debian: apt-get install gcc libc6-dev)")
    hand.write_bytes(bytes(8))
    tokens, begun = prepare(data), time.monotonic()
    own = {"LD_PRELOAD": str(library), "ONEDOOR_DRILL_CLOCK": str(hand), "ONEDOOR_CLOCK_HOLD_SECONDS": str(asked.hold)}
    with running(Server(data, more=own)) as server:
        clients = Clients(server.port, tokens, count=3, seed=asked.seed)
        clients.start()
        jumps = _Jumps(server, clients, hand, asked.hold)
        jumps.open = [_register(server.port, tokens["clerk"], place) for place in range(OPEN)]
        clients.work(CHANGES)
        for name, offset in (
            ("forward a day", DAY), ("right again", 0), ("back an hour", -HOUR), ("right again", 0),
            ("back a year", -YEAR), ("right again", 0),
        ):  # fmt: skip
            jumps.to(name, offset)
        jumps.expect_turns(0)
        # and days that have really passed: what is due is done once the time to look at it is over
        jumps.to("days later", jumps.until_due())
        jumps.wait_for_jobs()
        jumps.expect_turns(OPEN)
        jumps.to("right again", 0)
        clients.finish()
        with joined(data):
            from drill.whole import settled
            from onedoor.cases.steps.fold import fill_counters

            fill_counters()  # `./onedoor recount`: what figures took as late in days that are now to come again
            drained, waiting = settled()
    with joined(data):
        from drill.whole import compare

        apart = frozenset(one["number"] for one in jumps.open)
        # notices and keys of what was done "a year ago" may have been forgotten since
        wrong, found, faults = compare(data, clients.lives, apart=apart, forgotten=True)
    tally = clients.tally
    wrong |= {
        "waiting": len(waiting), "refused": len(tally.faults), "errors": tally.repeats,
        "unsaid": len(jumps.unsaid), "turned_wrongly": len(jumps.wrong),
    }  # fmt: skip
    figures: dict[str, Any] = {
        "jumps": jumps.told, "acknowledged": tally.acknowledged, "slowest": round(tally.slowest, 2),
        "statuses": dict(tally.statuses), "drained_seconds": drained, **found,
    }  # fmt: skip
    done = f"{len(jumps.told)} jumps under work, {tally.acknowledged} acknowledged changes"
    every = [*jumps.unsaid, *jumps.wrong, *tally.faults, *tally.bare, *waiting, *faults]
    return Result(done, wrong, figures, every, time.monotonic() - begun)


def _compiled(library: Path) -> bool:
    compiler = shutil.which("cc") or shutil.which("gcc")
    command = [compiler or "", "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
    return compiler is not None and subprocess.run(command, check=False).returncode == 0


class _Jumps:
    def __init__(self, server: Server, clients: Clients, hand: Path, hold: int) -> None:
        self.server, self.clients, self.hand, self.hold = server, clients, hand, hold
        self.open: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []
        self.unsaid: list[str] = []
        self.wrong: list[str] = []
        self._offset = 0

    def to(self, name: str, offset: int) -> None:
        """Sets the clock; work must go on, healthz must say the jump, and after one back jobs must run again."""
        say(f"时钟：{name}（{offset:+d} 秒）")
        by, self._offset = offset - self._offset, offset
        with self.hand.open("r+b") as file:  # in place: the processes look at these bytes
            file.write(struct.pack("=q", offset))
        begun = time.monotonic()
        said = ""
        while time.monotonic() - begun < SOON and not _tells(said, by):
            said = str(_healthz(self.server.port).get("clock", ""))
            time.sleep(0.2)
        seconds = round(time.monotonic() - begun, 1)
        if not _tells(said, by):
            self.unsaid.append(f"{name}: healthz said {said!r}")
        if by > 0 and offset > 0:
            time.sleep(self.hold / 3)  # of a wrong hour; whoever is to set it right has so long again
        else:
            self.clients.work(CHANGES)
        if by > 0 and offset <= 0:
            self.wait_for_jobs()
        elif by < 0:
            self._wait("worker")
        self.told.append({"jump": name, "by": by, "said_after": seconds, "said": said})

    def until_due(self) -> int:
        """Seconds until all the open matters are late."""
        due = max(datetime.fromisoformat(one["due_at"]) for one in self.open)
        return int((due - datetime.now(UTC)).total_seconds()) + HOUR

    def wait_for_jobs(self) -> None:
        """Until everything is well again: the time to look is over, worker and sweeper have run."""
        self._wait("worker", "sweeper", "clock")

    def _wait(self, *names: str) -> None:
        looks = 0
        while any((found := _healthz(self.server.port)).get(name) != "ok" for name in names):
            looks += 1
            if looks * 0.5 > self.hold + 2 * SOON:
                self.wrong.append(f"after {self._offset:+d} s jobs do not run: {found}")
                return
            time.sleep(0.5)

    def expect_turns(self, cases: int) -> None:
        """Of how many of the open matters the clock has turned something."""
        with joined(self.server.data):
            from onedoor.cases.sql import rows
            from onedoor.rules.sweeping import OF_THE_CLOCK

            found = rows(
                'SELECT c.number, e.kind, e.payload FROM event e JOIN "case" c ON c.id = e.case_id'
                " WHERE e.kind = ANY(%s)",
                [sorted(OF_THE_CLOCK)],
            )
        turned = {row["number"] for row in found}
        twice = len(found) - len({(row["number"], row["kind"], json.dumps(row["payload"])) for row in found})
        if len(turned & {one["number"] for one in self.open}) != cases or twice:
            self.wrong.append(f"the clock turned {sorted(turned)}, {twice} of it twice, and not {cases} matters")


def _tells(said: str, by: int) -> bool:
    found = re.match(r"jumped ([+-]\d+) s", said)
    return found is not None and abs(int(found[1]) - by) < 30


def _register(port: int, token: str, place: int) -> dict[str, Any]:
    body = {
        "channel": "window", "category": "dispute.neighbours", "kind": "dispute", "title": f"钟 {place}",
        "narrative": f"等着的第{place}件。",
        "parties": [{"part": "applicant", "name": "钟一", "phone": "13812345678"}],
    }  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": f"w{place}"}
    connection.request("POST", "/api/v1/cases", json.dumps(body).encode(), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert isinstance(answer, dict) and "number" in answer, answer
    return answer


def _healthz(port: int) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        found = json.loads(connection.getresponse().read())
        return found if isinstance(found, dict) else {}
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
