"""`patroni`: the two databases of deploy/patroni with the three members of etcd, and OneDoor on them under load. The
primary's machine is killed, loses its current, is cut off; PostgreSQL alone is killed; the standby vanishes; the two
change places in order; the store of who is primary stops. No acknowledged change is lost, there are never two
primaries, and OneDoor goes on without a restart."""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drill import machines
from drill.copies import figures_of, held, told, until
from drill.lives import TOKENS, Clients
from drill.result import Result
from drill.server import ROOT, Server, command_of, kill, say

if TYPE_CHECKING:
    from drill.pair import Pair
    from drill.primaries import Watch

ROUNDS = 3
HELD = 15.0  # seconds without the store, after the databases have become read-only
GATEWAY = "10.1.2.1"  # where OneDoor runs


def options(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--postgres", type=Path, metavar="DIR", help="PostgreSQL 的程序目录（默认见 drills.md）")


def drill(data: Path, asked: argparse.Namespace) -> Result:
    from drill import pair

    if why := pair.lacking() or machines.lacking():
        return Result("", {}, not_run=why)
    begun = time.monotonic()
    machines.own_network(GATEWAY)
    two = pair.Pair(data, asked.postgres)
    try:
        return _drill(two, data, asked, begun)
    finally:
        two.stop()


def _drill(two: "Pair", data: Path, asked: argparse.Namespace, begun: float) -> Result:
    two.start()
    figures: dict[str, Any] = {
        "seed": asked.seed, "postgresql": two.version, "tls": two.tls, "seconds_until_ready": two.ready(),
    }  # fmt: skip
    say(f"两个节点同步，用了 {figures['seconds_until_ready']} 秒")
    watch = two.watch()
    url = _database(two)
    place = data / "onedoor"
    os.environ |= {"DATABASE_URL": url, "ONEDOOR_DATA": str(place)}
    tokens = _prepare(place)
    server = Server(place, more={"DATABASE_URL": url})
    server.start()
    try:
        server.wait()
        web = next(pid for pid in server.below() if "granian" in command_of(pid))
        clients = Clients(server.port, tokens, seed=asked.seed)
        clients.start()
        until(clients, asked.writes)
        story = Story(two, clients, server, watch, asked.writes)
        story.tell(ROUNDS if asked.kills is None else asked.kills)
        clients.finish()
        server.wait()
        copied = subprocess.run(
            [sys.executable, "-m", "onedoor.ops", "backup", str(data / "copy")],
            cwd=ROOT, check=False, capture_output=True, text=True,
        )  # fmt: skip
        restarted = int(server.process is None or server.process.poll() is not None or web not in server.below())
    finally:
        server.stop()
    tally = clients.tally
    one = held(place, told(clients), clients.lives)
    watch.stop()
    wrong = {
        **{name.removeprefix("patroni_"): count for name, count in one.wrong("patroni").items()},
        "two_primaries": watch.twice(), "refused": len(tally.faults), "bare_errors": len(tally.bare),
        "restarts": restarted, "no_backup": int(copied.returncode != 0),
    }  # fmt: skip
    figures |= {
        "acknowledged": tally.acknowledged, "repeats": tally.repeats, "statuses": dict(tally.statuses),
        "steps": story.steps, **figures_of(one),
    }  # fmt: skip
    longest = max(step["without_answer"] for step in story.steps if step["step"] not in ("store", "hung"))
    done = (
        f"{len(story.steps)} faults and changes of primary, none of {tally.acknowledged} acknowledged changes lost,"
        f" at most {longest:g} s without an answer"
    )
    return Result(
        done,
        wrong,
        figures,
        [*one.faults, *tally.faults, *tally.bare, *([copied.stderr[-300:]] if copied.returncode else [])],
        time.monotonic() - begun,
    )


def _database(two: "Pair") -> str:
    """Role and database as deploy/README.md makes them; the address."""
    password = two.passwords[-1]
    leader = two.leader()
    two.sql(leader, f"CREATE ROLE onedoor LOGIN CREATEDB PASSWORD '{password}'")
    two.sql(leader, "CREATE DATABASE onedoor OWNER onedoor ENCODING 'UTF8' TEMPLATE template0")
    return two.url(password)


def _prepare(place: Path) -> dict[str, str]:
    """`./onedoor prepare`, and accounts that can work; in processes of their own, for the settings keep what they see
    first."""
    place.mkdir(parents=True)
    for words in (("-m", "onedoor.ops", "prepare", "--empty"), ("-m", "drill.lives", str(place))):
        subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    found: dict[str, str] = json.loads((place / TOKENS).read_text())
    return found


class Story:
    """One fault after the other; each ends when both are in step again."""

    def __init__(self, two: "Pair", clients: Clients, server: Server, watch: "Watch", writes: int) -> None:
        self.two, self.clients, self.server, self.watch, self.writes = two, clients, server, watch, writes
        self.steps: list[dict[str, Any]] = []

    def tell(self, rounds: int) -> None:
        for number in range(rounds):
            (self.killed, self.dark, self.database_killed)[number % 3]()
        self.switched()
        self.cut_off()
        self.hung()
        self.standby_gone()
        self.store_stopped()

    def killed(self, *, dark: bool = False) -> None:
        """The primary's machine: everything on it by kill -9, or its current, of which nobody is told."""
        old, new = self._both()
        mark = self._mark(old)
        if dark:
            self.two.machine(old).cut()
        self.two.kill(old)
        pause = self._longest(lambda: self.two.is_now("primary", new))
        back = time.monotonic()
        self.two.boot(old)
        self._settled()
        again = round(time.monotonic() - back, 1)
        self._note("dark" if dark else "killed", pause, back=again, how=self._how(old, mark))

    def dark(self) -> None:
        self.killed(dark=True)

    def database_killed(self) -> None:
        """PostgreSQL alone, beside a Patroni that lives on."""
        old, _ = self._both()
        for pid in self.two.machine(old).processes():
            if "postgres" in command_of(pid) and "patroni" not in command_of(pid):
                kill(pid)
        pause = self._longest(lambda: bool(self.two.leader()))
        self._settled()
        self._note("database", pause, same=self.two.leader() == old)

    def switched(self) -> None:
        old, new = self._both()
        words = ("switchover", "onedoor", "--leader", old, "--candidate", new, "--force")
        with ThreadPoolExecutor(1) as hand:
            asked = hand.submit(self.two.control, *words)
            pause = self._longest(lambda: asked.done() and bool(asked.result()) and self.two.is_now("primary", new))
        self._settled()
        self._note("switchover", pause)

    def cut_off(self) -> None:
        """The primary lives and hears nobody: it must give up before the other begins."""
        old, new = self._both()
        mark = self._mark(old)
        self.two.machine(old).cut()
        pause = self._longest(lambda: self.two.is_now("primary", new))
        self.two.machine(old).join()
        self._settled()
        self._note("cut_off", pause, how=self._how(old, mark))

    def hung(self) -> None:
        """The primary's Patroni stands still, its PostgreSQL does not, and no watchdog ends it: the one case of two
        primaries. The old one can acknowledge nothing, for its standby is gone."""
        old, new = self._both()
        still = [pid for pid in self.two.machine(old).processes() if "-m patroni" in command_of(pid)]
        begun = time.monotonic()
        for pid in still:
            os.kill(pid, signal.SIGSTOP)
        self.two.until("升主库", lambda: self.two.is_now("primary", new))
        time.sleep(HELD)
        for pid in still:
            os.kill(pid, signal.SIGCONT)
        woken = time.monotonic()
        self._longest(lambda: not self.two.is_now("primary", old))
        self._settled()
        both = self.watch.excuse(begun)
        self._note("hung", round(time.monotonic() - woken, 1), two_primaries_seen=both)

    def standby_gone(self) -> None:
        """Writes wait until the primary has given it up."""
        _, standby = self._both()
        self.two.machine(standby).cut()
        pause = self._longest(lambda: True)
        self.two.machine(standby).join()
        self._settled()
        self._note("standby", pause)

    def store_stopped(self) -> None:
        """First one member of three, which nobody notices; then all: nobody may be primary."""
        begun = time.monotonic()
        self.two.stop_stores((13,))
        one = self._longest(lambda: time.monotonic() - begun > HELD)
        self.two.stop_stores((11, 12))
        begun = time.monotonic()
        self.two.until("只读", lambda: "primary" not in self.watch.now())
        read_only = round(time.monotonic() - begun, 1)
        said = self._healthz()
        time.sleep(HELD)
        assert "primary" not in self.watch.now()
        begun = time.monotonic()
        self.two.start_stores()
        pause = self._longest(lambda: bool(self.two.leader()))
        self._settled()
        self._note("store", pause, one_member=one, until_read_only=read_only, healthz=said)

    # --- parts ---------------------------------------------------------------------------------------------------
    def _both(self) -> tuple[str, str]:
        """Primary and standby, once they are in step and the clients at work."""
        self._settled()
        until(self.clients, self.writes)
        while not ((leader := self.two.leader()) and self.two.standby()):
            self._settled()  # they have changed meanwhile: a busy machine
        return leader, next(name for name in ("db1", "db2") if name != leader)

    def _settled(self) -> None:
        self.two.ready()

    def _longest(self, settled: Callable[[], bool]) -> float:
        """The longest time without an acknowledged change, from now until `settled`, then so many changes more."""
        longest, last, count = 0.0, time.monotonic(), self.clients.tally.acknowledged
        target: int | None = None
        begun = last
        while target is None or count < target:
            now = self.clients.tally.acknowledged
            if now != count:
                longest, last, count = max(longest, time.monotonic() - last), time.monotonic(), now
            if target is None and settled():
                target = self.clients.tally.acknowledged + self.writes
            if time.monotonic() - begun > 400:
                raise RuntimeError(f"400 秒没有恢复：{dict(self.clients.tally.statuses)}")
            time.sleep(0.05)
        return round(max(longest, time.monotonic() - last), 1)

    def _healthz(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
        connection.close()
        return status

    def _mark(self, name: str) -> int:
        return int(self.two.log(name).stat().st_size)

    def _how(self, name: str, mark: int) -> str:
        """How it came back."""
        said = self.two.log(name).read_bytes()[mark:].decode(errors="replace")
        if "created using basebackup" in said:
            return "copied anew"
        return "rewound" if "running pg_rewind" in said else "followed"

    def _note(self, step: str, pause: float, **more: Any) -> None:
        self.steps.append({"step": step, "without_answer": pause, **more})
        words = "，".join(f"{name} {value}" for name, value in more.items())
        say(f"{step}：最久 {pause} 秒没有答复；{words}；已确认 {self.clients.tally.acknowledged} 次")
