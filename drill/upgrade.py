"""`upgrade`: two versions of the code at once. The release before goes on answering writes while the new code migrates
its database and starts; both write for a while, then the old one ends, and its clients go over with what they had not
yet had answered."""

import argparse
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drill.lives import TOKENS, Clients, Tally
from drill.result import Result
from drill.server import ROOT, UP_WITHIN, free_port, joined, say

# The newest tag, else this: the last state before the migration `clock_jump` of the record.
BEFORE = "22032b6"
CHANGES = 60  # by each version in each part
STANDS = 5.0  # seconds without an answer in which writing stands still


def options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--before", metavar="COMMIT", help=f"升级前的版本（默认最新的标签，没有标签为 {BEFORE}）")
    parser.add_argument("--changes", type=int, default=CHANGES, help="每一段里每个版本至少确认多少次写入")


def drill(data: Path, asked: argparse.Namespace) -> Result:
    before = asked.before or _newest_tag() or BEFORE
    begun = time.monotonic()
    old = data.with_name("before")
    if not _unpack(before, old):
        return Result("", {}, not_run=f"the history of this repository is not here, or has no commit {before}")
    then = {"PYTHONPATH": f"{old / 'src'}{os.pathsep}{ROOT}"}
    say(f"用升级前的版本 {before} 建库")
    subprocess.run([sys.executable, "-m", "drill.lives", str(data)], cwd=ROOT, env=os.environ | then, check=True)
    tokens = json.loads((data / TOKENS).read_text())
    with joined(data) as url:
        environment = os.environ | {"DATABASE_URL": url}
        ports = [free_port(), free_port()]
        at = ports[0]
        earlier = Clients(lambda: at, tokens, count=3, seed=asked.seed)
        later = Clients(ports[1], tokens, count=3, seed=asked.seed + 1)
        pending = _pending()
        with _running(ports[1]) as new:
            with _running(ports[0]) as previous:
                previous.start(data, environment | then)
                earlier.start()
                earlier.work(asked.changes)
                say(f"升级前的版本在写，迁移 {len(pending)} 步")
                clock, done = time.monotonic(), len(earlier.tally.seconds)
                prepare = [sys.executable, "-m", "onedoor.ops", "prepare", "--empty"]
                subprocess.run(prepare, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
                migrated = time.monotonic() - clock
                meanwhile = len(earlier.tally.seconds) - done
                new.start(data, environment)
                # what was asked while it migrated may have been answered after it
                slowest = max(earlier.tally.seconds[done:], default=0.0)
                later.start()
                say("两个版本都在写")
                earlier.work(asked.changes)
                later.work(asked.changes)
                by_old = earlier.tally.acknowledged
                broken_off = earlier.tally.statuses["no answer"]  # later ones are of the old one, as it ends
                at = ports[1]
            say("升级前的版本已停")
            earlier.work(asked.changes)
            for clients in (earlier, later):
                clients.finish()
            from drill.whole import compare, settled

            drained, waiting = settled()
        wrong, found, faults = compare(data, [*earlier.lives, *later.lives])
    tallies = (earlier.tally, later.tally)
    refused = [fault for tally in tallies for fault in tally.faults]
    wrong |= {"waiting": len(waiting), "refused": len(refused)}
    errors, interrupted = interruptions(earlier.tally, later.tally, broken_off, meanwhile, slowest)
    wrong |= interrupted
    figures: dict[str, Any] = {
        "before": before, "migrations": pending, "migrating_seconds": round(migrated, 1),
        "answered_while_migrating": meanwhile, "slowest_while_migrating": round(slowest, 2),
        "acknowledged_by_old": by_old, "acknowledged_after": earlier.tally.acknowledged - by_old,
        "acknowledged_by_new": later.tally.acknowledged, "errors": errors, "drained_seconds": drained, **found,
    }  # fmt: skip
    done_words = f"{before} → now, {len(pending)} migrations under work, both wrote {by_old} and "
    done_words += f"{later.tally.acknowledged} changes"
    return Result(done_words, wrong, figures, [*refused, *waiting, *faults], time.monotonic() - begun)


def interruptions(
    earlier: Tally, later: Tally, broken_off: int, answered: int, slowest: float
) -> tuple[dict[str, int], dict[str, int]]:
    """The answers that should not have been, by status, and what counts as wrong of them. `broken_off`: requests
    without an answer before the old one ended; `answered` and `slowest`: while it migrated."""
    statuses = earlier.statuses + later.statuses
    statuses["no answer"] = broken_off + later.statuses["no answer"]
    errors = {status: count for status, count in statuses.items() if status >= "5" and count}
    return errors, {"errors": sum(errors.values()), "blocked": int(not answered or slowest > STANDS)}


class _Release:
    """Web server and worker of one version of the code on a database that is there."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.children: list[subprocess.Popen[bytes]] = []

    def start(self, data: Path, environment: dict[str, str]) -> None:
        from onedoor.ops import up

        with data.with_name(f"{data.name}.log").open("ab") as log:
            for command in (up.web_command("127.0.0.1", self.port), up.worker_command()):
                self.children.append(
                    subprocess.Popen(command, cwd="/", env=environment, stdout=log, stderr=log, start_new_session=True)
                )
        until = time.monotonic() + UP_WITHIN
        while not _answers(self.port):
            if time.monotonic() > until or any(child.poll() is not None for child in self.children):
                raise RuntimeError(f"这个版本没有起来，见 {data.with_name(f'{data.name}.log')}")
            time.sleep(0.2)

    def stop(self) -> None:
        for child in self.children:
            child.send_signal(signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


@contextlib.contextmanager
def _running(port: int) -> Iterator[_Release]:
    release = _Release(port)
    try:
        yield release
    finally:
        release.stop()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _newest_tag() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--tags", "--abbrev=0"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _unpack(commit: str, into: Path) -> bool:
    """The sources of that commit, without touching this checkout."""
    subprocess.run(["rm", "-rf", str(into)], check=True)
    into.mkdir(parents=True)
    with subprocess.Popen(
        ["git", "-C", str(ROOT), "archive", commit, "src"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as packed:
        done = subprocess.run(["tar", "-x", "-C", str(into)], stdin=packed.stdout, check=False, capture_output=True)
    return packed.returncode == 0 and done.returncode == 0


def _pending() -> list[str]:
    """What the new code will migrate."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
