"""Figures: percentiles, CPU by process, the machine."""

import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TICK = os.sysconf("SC_CLK_TCK")


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and the largest, in milliseconds."""
    ordered = sorted(seconds)
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in _SHARES.items()}
    return {name: round(value * 1000, 2) for name, value in (*at.items(), ("max", ordered[-1]))}


_SHARES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}


def cpu_seconds() -> dict[str, float]:
    """CPU time so far of all processes on this machine, by what they are."""
    found: dict[str, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        kind = next((name for word, name in _KINDS if word in command), "")
        if kind:
            found[kind] = found.get(kind, 0.0) + (int(fields[11]) + int(fields[12])) / TICK
    return found


_KINDS = (("postgres", "postgres"), ("granian", "web"), ("ops worker", "worker"))


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = call()
    return time.perf_counter() - begun, answer


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    from django.db import connection

    asked: list[str] = []

    def notes(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(notes):
        yield asked


def machine() -> dict[str, Any]:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = Path("/proc/meminfo").read_text().splitlines()[0].split()[1]
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_mb": int(memory) // 1024,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "loop_seconds": _loop(),
    }


def _loop() -> float:
    """The middle of three rounds of ten million additions: how fast a shared machine is at this hour, so that figures
    of two hours can be compared."""
    rounds = []
    for _ in range(3):
        begun, total = time.perf_counter(), 0
        for number in range(10_000_000):
            total += number
        rounds.append(time.perf_counter() - begun)
    return round(sorted(rounds)[1], 2)
