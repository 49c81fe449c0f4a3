"""What a copy holds (a restored backup, a promoted replica), against what the clients had been told at a moment."""

import contextlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drill.lives import EVENTS, Clients, Life
from drill.server import ROOT, joined

Told = dict[str, list[str]]  # the events of each case that were acknowledged, in their order


def told(clients: Clients) -> Told:
    """Everything acknowledged until now."""
    return {life.number: list(life.done) for life in list(clients.lives) if life.number}


def changes(of: Told) -> int:
    return sum(map(len, of.values()))


@dataclass(slots=True)
class Held:
    """`lost`: changes that should be there and are not. `half`: cases, events and keys that do not fit together, or
    that nobody asked for. `findings`: of `verify` and of the files."""

    lost: int = 0
    half: int = 0
    findings: int = 0
    there: int = 0  # changes
    cases: int = 0
    latest: str = ""  # the newest time of recording
    faults: list[str] = field(default_factory=list)

    def wrong(self, name: str) -> dict[str, int]:
        return {f"{name}_{what}": getattr(self, what) for what in ("lost", "half", "findings")}


@contextlib.contextmanager
def opened(data: Path) -> Iterator[None]:
    """The copy's database, files and checkpoints; its keys are those of the drill's first directory."""
    with joined(data):
        from django.conf import settings

        before = settings.FILES, settings.CHECKPOINTS
        settings.FILES, settings.CHECKPOINTS = data / "files", data / "checkpoints"
        try:
            yield
        finally:
            settings.FILES, settings.CHECKPOINTS = before


def held(data: Path, must: Told, lives: list[Life]) -> Held:
    """Looks into the copy. `must`: what had been acknowledged before its moment; `lives`: all that was ever asked."""
    found = Held()
    with opened(data):
        # not before: what they import reads the settings, which would be those of no database
        from onedoor.cases.sql import rows
        from onedoor.cases.verify import verify
        from onedoor.cases.verify.files import check_files

        events: Told = {}
        for row in rows(
            'SELECT c.number, e.kind FROM "case" c LEFT JOIN event e ON e.case_id = c.id ORDER BY c.id, e.seq'
        ):
            events.setdefault(row["number"], []).append(row["kind"])
        keys = rows("SELECT count(*) AS n FROM idempotency_key")[0]["n"]
        latest = rows("SELECT max(recorded_at) AS at FROM event")[0]["at"]
        report = verify(jobs=1)
        files = list(check_files())
    own = {number: [kind for kind in kinds if kind in EVENTS] for number, kinds in events.items()}
    found.cases, found.there = len(events), changes(own)
    found.latest = latest.isoformat() if latest else ""
    for number, kinds in must.items():
        if missing := (Counter(kinds) - Counter(own.get(number, []))).total():
            found.lost += missing
            found.faults.append(f"{number}: {missing} acknowledged changes are not there")
    known = {life.number for life in lives if life.number}
    strange = sorted(set(own) - known)
    # the answer to a registration may still be on its way, or never come
    if len(strange) > sum(not life.number for life in lives):
        found.half += len(strange)
        found.faults.append(f"asked by nobody: {strange[:3]}")
    for number, kinds in own.items():
        if kinds != EVENTS[: len(kinds)]:
            found.half += 1
            found.faults.append(f"{number}: {kinds}")
    if keys != found.there:
        found.half += abs(keys - found.there)
        found.faults.append(f"{keys} keys of requests beside {found.there} changes")
    found.findings = report.found + len(files)
    found.faults += [str(one) for one in [*report.findings[:3], *files[:3]]]
    return found


def onedoor(*words: object, data: Path) -> subprocess.Popen[str]:
    """`./onedoor WORDS --data DATA`, started."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ONEDOOR_DATA")}
    return subprocess.Popen(
        [sys.executable, "-m", "onedoor.ops", *map(str, words), "--data", str(data)],
        cwd=ROOT, env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip


def done(*words: object, data: Path) -> tuple[int, str]:
    """The same, to its end: its code and what it said."""
    process = onedoor(*words, data=data)
    said, _ = process.communicate()
    return process.returncode, said


def must(*words: object, data: Path) -> str:
    """The same; RuntimeError when it fails."""
    code, said = done(*words, data=data)
    if code:
        raise RuntimeError(f"onedoor {' '.join(map(str, words))}：{code}\n{said}")
    return said


def until(clients: Clients, more: int, within: float = 300.0) -> None:
    """Until so many more changes are acknowledged."""
    target, end = clients.tally.acknowledged + more, time.monotonic() + within
    while clients.tally.acknowledged < target:
        if time.monotonic() > end:
            raise RuntimeError(f"{within:.0f} 秒没有进展：{clients.tally}")
        time.sleep(0.05)


def figures_of(one: Held) -> dict[str, Any]:
    return {"cases": one.cases, "changes": one.there}
