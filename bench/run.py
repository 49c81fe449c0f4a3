"""`./onedoor bench [NAME…] [--cases N[,N…]] [--seconds S] [--json FILE] [--flames FOLDER]`."""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import flame

Result = dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent
NAMES = (
    "life", "list", "search", "page", "badges", "figures", "report", "register", "export", "papers", "grids", "import",
    "sync", "start",
)  # fmt: skip
# measured on a seed of its own: every case has just been accepted, and its time runs
OF_THE_CLOCK = ("sweep", "recompute", "kill")
# what, where in the result, budget, whether more is better (DESIGN §6)
BUDGETS = (
    ("life: lives/s", ("life", "steady", "lives_per_second"), 30.0, True),
    ("life: p95 of a request, ms", ("life", "steady", "request", "p95"), 500.0, False),
    ("life, jumping rate: p95 of a request, ms", ("life", "stepped", "request", "p95"), 500.0, False),
    ("life: errors", ("life", "steady", "errors"), 0.0, False),
    ("life, jumping rate: errors", ("life", "stepped", "errors"), 0.0, False),
    ("list: p95 in the server, ms", ("list", "p95"), 50.0, False),
    ("list: statements", ("list", "statements"), 6.0, False),
    ("search: p95 in the server, ms", ("search", "p95"), 100.0, False),
    ("page: p95 in the server, ms", ("page", "p95"), 100.0, False),
    ("badges: p95 of a poll, ms", ("badges", "p95"), 5.0, False),
    ("badges: statements a poll", ("badges", "statements_a_poll"), 0.1, False),
    ("export: rows of a year that are missing", ("export", "missing"), 0.0, False),
    ("export: memory grown after its first tenth, MB", ("export", "grown_mb"), 60.0, False),
    ("start: seconds of the first, with all downloads", ("start", "first_seconds"), 180.0, False),
    ("start: seconds of the next", ("start", "next_seconds"), 6.0, False),
    ("start: memory of everything at rest, MB", ("start", "memory_mb"), 600.0, False),
    ("figures, page: p95 in the server, ms", ("figures", "page", "p95"), 300.0, False),
    ("figures, workbook: p95 in the server, ms", ("figures", "workbook", "p95"), 300.0, False),
    ("figures, API: p95 in the server, ms", ("figures", "api", "p95"), 300.0, False),
    ("figures, board: p95 in the server, ms", ("figures", "board", "p95"), 300.0, False),
    ("figures: differences between page, workbook, API, counters and recount", ("figures", "differences"), 0.0, False),
    ("report: seconds to the DOCX of a month", ("report", "seconds"), 5.0, False),
    # no budget of the design: as many as there are sides to it, whatever the size
    ("report: statements", ("report", "statements"), 18.0, False),
    ("page: bytes of the largest", ("page", "largest_bytes"), 60_000.0, False),
    ("sweep: seconds when nothing is due", ("sweep", "nothing_due_seconds"), 1.0, False),
    ("sweep: seconds for ten thousand due", ("sweep", "due_seconds"), 30.0, False),
    ("kill: turns lost or done twice", ("kill", "wrong"), 0.0, False),
    ("recompute: seconds for a new holiday", ("recompute", "seconds"), 60.0, False),
    ("register at the window: p95 of all its requests, ms", ("register", "p95"), 500.0, False),
    ("papers: p95 of one PDF, ms", ("papers", "p95"), 300.0, False),
    ("papers: memory grown over the last 900, MB", ("papers", "grown_mb"), 60.0, False),
    ("grids: points/s to 2,633 grids", ("grids", "points_per_second"), 100_000.0, True),
    ("grids: points with another grid than by asking each", ("grids", "wrong"), 0.0, False),
    ("sync: reports/s through the batch path", ("sync", "reports", "per_second"), 2000.0, True),
    ("sync: entries/s of the mix", ("sync", "mix", "per_second"), 2000.0, True),
    ("import: registered cases/s", ("import", "registered_per_second"), 2000.0, True),
)


def run(argv: list[str]) -> int:
    """Measures what is named, prints it against the budgets; 1 if a budget is missed. Of several sizes only the
    largest is held against them, and how each cost grows is printed too.

    Works on a database of its own under `.bench/N`, not on the one the command was given.
    """
    parser = argparse.ArgumentParser(prog="./onedoor bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help="、".join((*NAMES, *OF_THE_CLOCK)))
    parser.add_argument("--cases", type=_sizes, default=[10_000], metavar="N[,N…]")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--flames", type=Path, metavar="FOLDER", help="不计时，只画出每一项的时间花在哪里")
    asked = parser.parse_args(argv)
    names = asked.names or [*NAMES, *OF_THE_CLOCK]
    if unknown := [name for name in names if name not in (*NAMES, *OF_THE_CLOCK)]:
        parser.error(f"没有 {'、'.join(unknown)}；可选：{'、'.join((*NAMES, *OF_THE_CLOCK))}")
    if asked.flames:
        for name in [name for name in names if name in flame.WORK]:
            _flame(name, asked.cases[-1], asked.seconds, asked.flames)
        return 0
    results = {cases: _measure(names, cases, asked.seconds) for cases in asked.cases}
    if asked.json:
        kept = list(results.values()) if len(results) > 1 else results[asked.cases[0]]
        asked.json.write_text(json.dumps(kept, ensure_ascii=False, indent=2))
    missed = report(results[asked.cases[-1]], names)
    if len(results) > 1:
        print_growth(results)
    return missed


def _sizes(text: str) -> list[int]:
    return sorted({int(one) for one in text.split(",")})


def _measure(names: list[str], cases: int, seconds: float) -> Result:
    """Of both seeds what is asked of them, as one result."""
    result: Result = {}
    for kind in (NAMES, OF_THE_CLOCK):
        some = [name for name in names if name in kind]
        if not some:
            continue
        command, environment = _inner(some, cases, seconds)
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(done.returncode)
        result = {**json.loads(done.stdout.splitlines()[-1]), **result}
    return result


def _flame(name: str, cases: int, seconds: float, folder: Path) -> None:
    """What is sampled runs slower, so its figures are not shown."""
    flame.record(name, *_inner([name], cases, seconds), folder / f"{name}.svg")
    print(folder / f"{name}.svg")


def _inner(names: list[str], cases: int, seconds: float) -> tuple[list[str], dict[str, str]]:
    """The measuring process of names of one seed: its command and environment."""
    folder = f"{cases}-running" if names[0] in OF_THE_CLOCK else str(cases)
    data = ROOT / ".bench" / folder
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "bench.inner", *names, f"--cases={cases}", f"--seconds={seconds}"]
    environment = {**os.environ, "ONEDOOR_DATA": str(data), "PYTHONPATH": str(ROOT)}
    environment.pop("DATABASE_URL", None)
    return command, environment


def found(result: Result, path: tuple[str, ...]) -> Any:
    value: Any = result
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def report(result: Result, asked: Sequence[str] = ()) -> int:
    """Prints each figure against its budget; 1 if one is missed, or is not there although its name was asked for."""
    missed = 0
    print(f"{result['machine']}  {result['cases']} cases  {result['at']}")
    for what, path, budget, more in BUDGETS:
        value = found(result, path)
        if value is None:
            if path[0] in asked:
                missed += 1
                print(f"MISSED  {what}: not measured")
            continue
        met = value >= budget if more else value <= budget
        missed += not met
        print(f"{'ok    ' if met else 'MISSED'}  {what}: {value} (budget {'≥' if more else '≤'} {budget:g})")
    for name in ("list", "search", "page", "figures"):
        for line in result.get(name, {}).get("slowest", []):
            print(f"        {name} {line}")
    if "compared" in result.get("figures", {}):
        print(f"        figures: {result['figures']['compared']} numbers compared")
    for line in result.get("figures", {}).get("differing", []):
        print(f"        DIFFERS {line}")
    return 1 if missed else 0


def print_growth(results: dict[int, Result]) -> None:
    """How each cost grows with the cases: a line for each figure, a column for each size."""
    print("\n" + "".join(f"{cases:>12,}" for cases in results) + "  cases")
    for what, path, _budget, _more in BUDGETS:
        values = [found(result, path) for result in results.values()]
        if any(value is not None for value in values):
            print("".join(f"{'—' if value is None else value:>12}" for value in values) + f"  {what}")


@contextlib.contextmanager
def server() -> Iterator[int]:
    """The web server and the worker as `up` starts them, on a free port."""
    from onedoor.ops import up

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    commands = (up.web_command("127.0.0.1", port), up.worker_command())
    children = [subprocess.Popen(command, stdout=sys.stderr, start_new_session=True) for command in commands]
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
                break
            time.sleep(0.2)
        yield port
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            child.wait(20)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
