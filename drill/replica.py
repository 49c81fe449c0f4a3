"""`replica`: the primary is killed under load, its replica promoted, the clients go on there; again and again, each
replica being the next primary. With `--sync` no acknowledged change is lost although the replica stood still in its
last second; without, what is lost is counted."""

import argparse
import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from drill.copies import changes, figures_of, held, must, onedoor, told, until
from drill.lives import Clients, Life, prepare
from drill.result import Result
from drill.server import Server, command_of, kill, say

ROUNDS = 3
STANDS_STILL = 1.0  # seconds before the primary's end


def drill(data: Path, asked: argparse.Namespace) -> Result:
    rounds = ROUNDS if asked.kills is None else asked.kills
    begun = time.monotonic()
    faults: list[str] = []
    wrong: dict[str, int] = {}
    figures: dict[str, Any] = {"seed": asked.seed}
    lost = 0
    for name in ("sync", "async"):
        found, told_faults, count = _way(data / name, rounds, asked, figures, sync=name == "sync")
        wrong |= found
        faults += told_faults
        lost += count
    # without waiting for the replica, a loss is what was chosen
    text = (
        f"{rounds} primaries killed and replicas promoted with sync, none of"
        f" {figures['sync']['acknowledged']} acknowledged changes lost; {rounds} without, {lost} of"
        f" {figures['async']['acknowledged']} lost with {STANDS_STILL:g} s of lag"
    )
    return Result(text, wrong, figures, faults, time.monotonic() - begun)


def _way(
    data: Path, rounds: int, asked: argparse.Namespace, figures: dict[str, Any], *, sync: bool
) -> tuple[dict[str, int], list[str], int]:
    """One life of a centre through so many primaries. Counts that must be zero, faults, and what async lost."""
    name = "sync" if sync else "async"
    tokens = prepare(data / "0", data.parent.parent)
    server = Server(data / "0")
    ports = {"now": server.port}
    server.start()
    server.wait()
    lives: list[Life] = []
    seconds: list[float] = []
    lost = acknowledged = 0
    clients: Clients | None = None
    wrong: dict[str, int] = {f"{name}_{what}": 0 for what in ("lost", "half", "findings", "refused")}
    faults: list[str] = []
    for number in range(1, rounds + 1):
        place = data / str(number)
        follower = onedoor("replica", "--primary", data / str(number - 1), *(["--sync"] if sync else []), data=place)
        _follows(follower)
        if clients is None or not sync:  # what was lost leaves a client with a matter that is not there
            clients = Clients(lambda: ports["now"], tokens, seed=asked.seed + number)
            clients.start()
        until(clients, asked.writes)
        _stand_still(place)
        time.sleep(STANDS_STILL)
        server.end()
        fell, before = time.monotonic(), told(clients)
        _end(follower, place)
        said = must("promote", data=place)
        last = next((line for line in said.splitlines() if line.startswith("最后一笔")), "没有重放")
        if not sync:
            clients.abandon()
        server = Server(place)
        one = held(place, before, [*lives, *clients.lives])
        lost += one.lost
        ports["now"] = server.port
        server.start()
        server.wait()
        seconds.append(round(time.monotonic() - fell, 1))
        say(f"{name} {number}/{rounds}：{last}；已确认 {changes(before)} 次，缺 {one.lost} 次")
        for what, count in one.wrong(name).items():
            wrong[what] += count if sync or not what.endswith("_lost") else 0
        faults += one.faults if sync else [fault for fault in one.faults if "are not there" not in fault]
        if not sync:
            lives += clients.lives
            acknowledged += clients.tally.acknowledged
    assert clients is not None
    if sync:
        until(clients, asked.writes)
        clients.finish()
        acknowledged = clients.tally.acknowledged
        wrong[f"{name}_refused"] = len(clients.tally.faults)
        faults += clients.tally.faults
    server.stop()
    if sync:
        one = held(data / str(rounds), told(clients), clients.lives)
        for what, count in one.wrong(name).items():
            wrong[what] += count
        faults += one.faults
    figures[name] = {"acknowledged": acknowledged, "lost": lost, "seconds_until_served": seconds, **figures_of(one)}
    return wrong, faults, lost


def _follows(follower: "subprocess.Popen[str]") -> None:
    assert follower.stdout is not None
    said = ""
    for line in follower.stdout:
        said += line
        if "跟上主库" in line:
            return
    raise RuntimeError(f"备库没有跟上：{said}")


def _stand_still(place: Path) -> None:
    """The receiver of the log, as behind a line that is down."""
    for pid in _processes(place):
        if "walreceiver" in command_of(pid):
            os.kill(pid, signal.SIGSTOP)


def _end(follower: "subprocess.Popen[str]", place: Path) -> None:
    """kill -9 of the replica too: it takes in nothing of what still lies in its socket."""
    for pid in [follower.pid, *_processes(place)]:
        kill(pid)
    follower.communicate()


def _processes(place: Path) -> list[int]:
    """The server of `place`, its leader first."""
    leader = (place / "pg" / "postmaster.pid").read_text().split()[0]
    found = [int(leader)]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if stat.read_text().rpartition(")")[2].split()[1] == leader:
                found.append(int(stat.parent.name))
    return found
