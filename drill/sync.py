"""`sync`: thousands of phones bring their entries over a network that breaks, to a server that is killed. At the end
every entry is at the centre, once, as it was made."""

import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drill.phones import Order, Tally, carry

PROCESSES = 2
ROOT = Path(__file__).resolve().parent.parent


def drill(data: Path, *, phones: int, entries: int, kills: int, seed: int) -> dict[str, Any]:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    _say(f"准备{phones}部手机、{entries}条，种子 {seed}")
    orders = _prepare(data, phones, entries, seed)
    now = datetime.now(UTC)
    begun = time.monotonic()
    with _server(data) as server:
        tallies, killed = _let_them_go(server, orders, now, entries, kills, seed)
    seconds = time.monotonic() - begun
    tally = _sum(tallies)
    _say("核对数据库")
    from drill.count import compare

    found = compare(data, orders, now)
    faults = [*tally.faults, *found.pop("faults")]
    return {
        "phones": phones,
        "entries": entries,
        "seed": seed,
        "kills": killed,
        "seconds": round(seconds, 1),
        "entries_per_second": round(entries / seconds),
        "requests": tally.requests,
        "entries_sent": tally.sent,
        "fates": tally.fates,
        "unanswered": tally.broken,
        "answers_that_wait": tally.waited,
        "refused": len(tally.faults),
        **found,
        "first_faults": faults[:10],
    }


def _prepare(data: Path, phones: int, entries: int, seed: int) -> list[Order]:
    """The demo county's accounts, a worker for each phone with his grid, and his sign-in."""
    from onedoor.ops.data import database

    with database(data, "drill", _say):
        import django

        django.setup()
        from bench.fieldwork import make_beats
        from django.core.management import call_command
        from django.db import connection

        from onedoor.people import demo
        from onedoor.people.ledgers import make_partitions
        from onedoor.people.models import Account
        from onedoor.people.tokens import issue

        call_command("migrate", verbosity=0)
        make_partitions(datetime.now(UTC).date())
        demo.load()
        beats = make_beats(phones, tasks=6)
        now, orders = datetime.now(UTC), []
        for place, (beat, account) in enumerate(
            zip(beats, Account.objects.filter(username__startswith="worker").order_by("username"), strict=True)
        ):
            assert beat.account == account.pk
            token, _ = issue(account, at=now, life=timedelta(hours=12))
            own = entries * (place + 1) // phones - entries * place // phones
            orders.append(Order(seed * 10_000 + place, own, beat, token))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        connection.close()
    return orders


class _Server:
    """`./onedoor up` on the drill's directory."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "onedoor.ops",
            "up",
            "--empty",
            "--data",
            str(self.data),
            "--port",
            str(self.port),
        ]
        environment = {**os.environ, "ONEDOOR_DATA": str(self.data)}
        environment.pop("DATABASE_URL", None)
        log = (self.data / "drill.log").open("ab")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )

    def wait(self) -> None:
        from onedoor.ops.health import Probe

        probe, until = Probe("127.0.0.1", self.port, tls=False), time.monotonic() + 180
        while (said := probe.ask()) is not None:
            if time.monotonic() > until or (self.process is not None and self.process.poll() is not None):
                raise RuntimeError(f"服务器没有起来（{said}），见 {self.data / 'drill.log'}")
            time.sleep(0.2)

    def below(self) -> list[int]:
        """The launcher's children and theirs, the oldest first."""
        assert self.process is not None
        parents: dict[int, int] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, ValueError):
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        found, layer = [], {self.process.pid}
        while layer := {pid for pid, parent in parents.items() if parent in layer}:
            found += sorted(layer)
        return found

    def kill(self, *, everything: bool) -> str:
        """kill -9: the web server alone, which the launcher starts anew, or all with PostgreSQL, and up again."""
        assert self.process is not None
        if not everything:
            web = [pid for pid in self.below() if "granian" in _command(pid)]
            for pid in web:
                _kill(pid)
            return "web"
        for pid in [self.process.pid, *self.below()]:
            _kill(pid)
        self._kill_postgres()
        self.process.wait()
        time.sleep(1)
        self.start()
        return "everything"

    def _kill_postgres(self) -> None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            leader = int((self.data / "pg" / "postmaster.pid").read_text().split()[0])
            if "postgres" in _command(leader):
                _kill(leader)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


@contextlib.contextmanager
def _server(data: Path) -> Iterator[_Server]:
    server = _Server(data)
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def _let_them_go(
    server: _Server, orders: list[Order], now: datetime, entries: int, kills: int, seed: int
) -> tuple[list[Tally], list[dict[str, Any]]]:
    context = multiprocessing.get_context("spawn")
    progress, results = context.Value("q", 0), context.Queue()
    hands = [
        context.Process(target=carry, args=(server.port, orders[place::PROCESSES], now, progress, results))
        for place in range(min(PROCESSES, len(orders)))
    ]
    for hand in hands:
        hand.start()
    pick, killed, tallies = random.Random(seed), [], []
    begun = time.monotonic()
    points = [entries * (place + pick.uniform(0.3, 0.9)) / (kills + 1) for place in range(kills)]
    told = 0.0
    while len(tallies) < len(hands):
        with contextlib.suppress(Exception):
            tallies.append(results.get(timeout=0.2))
        if any(hand.exitcode not in (None, 0) for hand in hands):
            raise RuntimeError("一组手机出了故障")
        if points and progress.value >= points[0]:
            points.pop(0)
            what = server.kill(everything=len(killed) % 2 == 0)
            killed.append({"what": what, "at_entries": progress.value, "second": round(time.monotonic() - begun, 1)})
            _say(f"kill -9：{what}，已确认{progress.value}条")
            server.wait()
        if time.monotonic() - told > 10:
            told = time.monotonic()
            _say(f"{told - begun:.0f} 秒：已确认{progress.value}条")
    for hand in hands:
        hand.join()
    return tallies, killed


def _sum(tallies: list[Tally]) -> Tally:
    whole = Tally()
    for one in tallies:
        whole.requests += one.requests
        whole.sent += one.sent
        whole.broken += one.broken
        whole.waited += one.waited
        whole.faults += one.faults
        for fate, count in one.fates.items():
            whole.fates[fate] += count
    return whole


def _command(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
