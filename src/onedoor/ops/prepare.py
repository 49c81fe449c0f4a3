"""What `up` does in the database before anything serves: migrations, and in a demo directory the demo county.

A process of its own, so that the launcher, which stays, never has to hold Django in memory. On the embedded
database it is skipped as long as the code is the same as when it last ran: that is half of a start's time.
"""

import argparse
import gc
import hashlib
import importlib
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from onedoor.ops.data import ROOT
from onedoor.ops.initdb import write_secret

MODE = "mode"
DEMO, EMPTY = "demo", "empty"
DONE = "run/prepared.json"
SETUP_CODE = "setup-code"


def mode_of(data: Path) -> str | None:
    """What the first start made of this directory: `demo`, `empty`, or None before the first start."""
    try:
        return (data / MODE).read_text().strip()
    except FileNotFoundError:
        return None


def setup_code(data: Path) -> str | None:
    """What the page of the first set-up asks for; None once the centre is set up."""
    try:
        return (data / SETUP_CODE).read_text().strip() or None
    except FileNotFoundError:
        return None


def offer_setup_code(data: Path) -> None:
    """One code for as long as nobody can sign in; it goes when the set-up is done."""
    first_run = importlib.import_module("onedoor.people.steps.first_run")
    if not first_run.is_due():
        (data / SETUP_CODE).unlink(missing_ok=True)
    elif setup_code(data) is None:
        write_secret(data / SETUP_CODE, first_run.new_code() + "\n")


def still_done(data: Path) -> dict[str, object] | None:
    """What `run` printed last time, if nothing has changed since: neither the code nor, by a command of
    Django's, the database."""
    try:
        found = json.loads((data / DONE).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("code") == _code() else None


def forget(data: Path) -> None:
    """The next start prepares again."""
    (data / DONE).unlink(missing_ok=True)


def _code() -> str:
    digest = hashlib.sha256()
    for path in [ROOT / "uv.lock", *sorted((ROOT / "src" / "onedoor").rglob("*.py"))]:
        digest.update(f"{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _bring_matters() -> None:
    """The full county with its matters, on the first start only; says so where errors go, for it takes a while."""
    begun = time.monotonic()
    brought = importlib.import_module("onedoor.demo.load").load(datetime.now(UTC))
    if brought:
        print(f"演示县已装入：事项{brought}件，用时{time.monotonic() - begun:.1f}秒。", file=sys.stderr)


def _check() -> int:
    """1 with a sentence when the database lacks something of this release. A newer one than this is right: during an
    upgrade the old release goes on for a while."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    lacking = sorted(set(loader.disk_migrations) - set(loader.applied_migrations))
    if lacking:
        names = "、".join(f"{app}.{name}" for app, name in lacking[:3])
        print(f"数据库还没有这个版本的结构（缺 {len(lacking)} 步，如 {names}）。请先运行 ./onedoor prepare")
    return 1 if lacking else 0


def run(argv: list[str]) -> int:
    """Prints one JSON object: `mode` and the `usernames` of the demo accounts."""
    from django.core.management import call_command

    parser = argparse.ArgumentParser(prog="prepare")
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--remember", action="store_true", help="allow the next start to skip this")
    parser.add_argument("--check", action="store_true", help="change nothing, say whether there is something to do")
    options = parser.parse_args(argv)
    if options.check:
        return _check()
    data = Path(os.environ["ONEDOOR_DATA"])
    forget(data)
    gc.set_threshold(200_000)  # a third of `migrate` from nothing is looking for garbage among its many small objects
    call_command("migrate", interactive=False, verbosity=0)
    importlib.import_module("onedoor.people.ledgers").make_partitions(datetime.now(UTC).date())
    fold = importlib.import_module("onedoor.cases.steps.fold")
    if fold.is_to_be_filled():
        print("统计口径有更新，正在按全部事项重新计数（百万件约需几分钟）……", file=sys.stderr)
        fold.fill_counters(only_if_needed=True)
    # The first start decides for good: demo accounts with a known password must not slip into a real
    # centre's database because a later start forgot `--empty`.
    mode = mode_of(data)
    if mode is None:
        mode = EMPTY if options.empty else DEMO
        write_secret(data / MODE, mode + "\n")
    usernames: list[str] = []
    if mode == DEMO:
        usernames = list(importlib.import_module("onedoor.people.demo").load())
        _bring_matters()
    offer_setup_code(data)
    done = json.dumps({"mode": mode, "usernames": usernames, "code": _code()})
    if options.remember:
        (data / DONE).parent.mkdir(mode=0o700, exist_ok=True)
        write_secret(data / DONE, done + "\n")
    print(done)
    return 0
