"""`backup`: taken while clients write, killed in the middle, restored elsewhere, killed there too. The copy is one
moment of the record, and what was broken off never looks whole."""

import argparse
import json
import random
import shutil
import time
from pathlib import Path
from typing import Any

from drill.copies import changes, done, figures_of, held, must, onedoor, told, until
from drill.lives import Clients, prepare
from drill.result import Result
from drill.server import Server, command_of, kill, running, say

KILLS = 10  # of the backup, and as many of the restore
HALF_RESTORED_CODE = 3


def options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--writes", type=int, default=150, help="backup、pitr、replica：每一段负载中确认的改动数")


def drill(data: Path, asked: argparse.Namespace) -> Result:
    kills = KILLS if asked.kills is None else asked.kills
    pick, begun = random.Random(asked.seed), time.monotonic()
    origin, place = data / "origin", data / "backup"
    tokens = prepare(origin, data.parent)
    wrong: dict[str, int] = {"looks_whole": 0, "orphans": 0, "without_keys": 0}
    faults: list[str] = []
    figures: dict[str, Any] = {"seed": asked.seed, "kills": kills}
    with running(Server(origin)) as server:
        clients = Clients(server.port, tokens, seed=asked.seed)
        clients.start()
        until(clients, asked.writes)
        before, started = told(clients), time.monotonic()
        must("backup", place / "whole", data=origin)
        took = time.monotonic() - started
        during = changes(told(clients)) - changes(before)
        say(f"备份用了 {took:.1f} 秒，其间确认 {during} 次")
        for round_ in range(kills):
            after = pick.uniform(0.0, took)
            _kill_backup(origin, place / "whole", place / f"killed{round_}", after, wrong, faults)
        until(clients, asked.writes)
        # into the place of one that was killed
        last, again = told(clients), place / "killed0" if kills else place / "again"
        if not again.exists():
            must("backup", again, data=origin)
        clients.finish()
    figures |= {"backup_seconds": round(took, 1), "acknowledged_during_backup": during}
    figures["backup_bytes"] = sum(path.stat().st_size for path in (place / "whole").rglob("*") if path.is_file())
    _without_keys(place / "whole", data / "nothing", wrong, faults)
    first, second = data / "first", data / "second"
    started = time.monotonic()
    must("restore", place / "whole", data=first)
    took = time.monotonic() - started
    for _ in range(kills):
        _kill_restore(place / "whole", second, pick.uniform(0.0, took), wrong, faults)
    shutil.rmtree(second, ignore_errors=True)
    must("restore", again, data=second)
    one, two = held(first, before, clients.lives), held(second, last if kills else before, clients.lives)
    wrong |= one.wrong("first") | two.wrong("second")
    wrong["refused"] = len(clients.tally.faults)
    figures |= {"restore_seconds": round(took, 1), "first": figures_of(one), "second": figures_of(two)}
    figures["acknowledged"] = clients.tally.acknowledged
    text = (
        f"{changes(before)} changes acknowledged before and {during} during the backup, {one.there} in the copy;"
        f" {kills} backups and {kills} restores killed"
    )
    return Result(
        text, wrong, figures, [*faults, *one.faults, *two.faults, *clients.tally.faults], time.monotonic() - begun
    )


def keys_of(backup: Path) -> Path:
    return backup.with_name(f"{backup.name}.keys")


def is_whole(backup: Path) -> bool:
    """Whether all that its manifest names is there, by a look of the drill's own: what was broken off earlier is none,
    whatever `restore` thinks of it."""
    try:
        listed = json.loads((backup / "manifest.json").read_text())["files"]
    except (OSError, ValueError, KeyError):
        return False
    there = {
        str(path.relative_to(backup)): path.stat().st_size
        for path in backup.rglob("*")
        if path.is_file() and path != backup / "manifest.json"
    }
    return bool(listed) and there == {name: one["size"] for name, one in listed.items()}


def _kill_backup(
    origin: Path, whole: Path, target: Path, after: float, wrong: dict[str, int], faults: list[str]
) -> None:
    process = onedoor("backup", target, data=origin)
    time.sleep(after)
    kill(process.pid)
    process.communicate()
    _orphans(target, wrong, faults)
    aside, trial = target.with_name(f"{target.name}.partial"), origin.with_name("trial")
    # an operator who takes what was broken off for a backup has the keys: those of any whole one of the same data
    for one, keys in ((target, keys_of(target)), (aside, keys_of(whole))):
        if not one.exists():
            continue
        said_whole = is_whole(one)
        code, said = done("restore", one, "--keys", keys, data=trial)
        restored = code == 0 or (trial / "pg").exists()
        # killed after its last file was listed it is whole, under whichever name, and then restores
        if restored and not said_whole:
            wrong["looks_whole"] += 1
            faults.append(f"{one.name}, killed after {after:.1f} s, restores with {code}: {said[-300:]}")
        if one == target and code != 0:
            wrong["looks_whole"] += 1
            faults.append(f"{one.name}, killed after {after:.1f} s, is there and does not restore: {said[-300:]}")
        shutil.rmtree(trial, ignore_errors=True)
    say(f"备份 {after:.1f} 秒后 kill -9：{'已做完' if target.exists() else '不完整'}")


def _kill_restore(backup: Path, target: Path, after: float, wrong: dict[str, int], faults: list[str]) -> None:
    shutil.rmtree(target, ignore_errors=True)
    process = onedoor("restore", backup, data=target)
    time.sleep(after)
    kill(process.pid)
    process.communicate()
    _orphans(target, wrong, faults)
    if process.returncode == 0 or not any(target.glob("*")):
        return
    half = (target / ".restoring").exists()
    if not half and not (target / "pg").exists():
        return  # it had not begun yet: an empty directory
    code, said = done("verify", "--files", data=target)
    if code != (HALF_RESTORED_CODE if half else 0):
        wrong["looks_whole"] += 1
        faults.append(f"a restore killed after {after:.1f} s: verify says {code}: {said[-300:]}")
    say(f"恢复 {after:.1f} 秒后 kill -9：verify 的退出码 {code}")


def _orphans(place: Path, wrong: dict[str, int], faults: list[str], within: float = 30.0) -> None:
    """What the killed one had started must not go on there."""
    end = time.monotonic() + within
    while here := [
        pid for pid in (int(one.name) for one in Path("/proc").glob("[0-9]*")) if f"{place}" in command_of(pid)
    ]:
        if time.monotonic() > end:
            wrong["orphans"] += len(here)
            faults.append(f"still there: {command_of(here[0])}")
            return
        time.sleep(0.1)


def _without_keys(backup: Path, target: Path, wrong: dict[str, int], faults: list[str]) -> None:
    """Without the file of keys, or with another's, nothing is restored."""
    keys = keys_of(backup)
    other = keys.with_name("other.keys")
    other.write_text(json.dumps(dict.fromkeys(json.loads(keys.read_text()), "ab" * 32)))
    for file in (other, keys.with_name("none.keys")):
        code, said = done("restore", backup, "--keys", file, data=target)
        if code == 0 or (target / "pg").exists():
            wrong["without_keys"] += 1
            faults.append(f"restored with {file.name}: {said[-300:]}")
