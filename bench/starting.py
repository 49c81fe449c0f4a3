"""`start`: the first start in a fresh clone, with everything it fetches and builds, the next one, and the memory of
all that then runs."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REST = 30.0  # seconds after the start until memory is looked at
MOST = 900.0


def starts(rounds: int = 3) -> dict[str, Any]:
    """Seconds from the command until a page of the demo county comes, and MB of all processes at rest (each page of
    memory that several share counted once, by its proportion)."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "main"
        subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
        fresh = _nothing_fetched(Path(folder) / "fetched")
        first = _once(clone, fresh, rest=0.0)
        later = [_once(clone, fresh, rest=REST if place == 0 else 0.0) for place in range(rounds)]
    return {
        "first_seconds": first["seconds"],
        "next_seconds": sorted(one["seconds"] for one in later)[rounds // 2],
        "memory_mb": later[0]["memory_mb"],
        "later": later,
    }


def _nothing_fetched(folder: Path) -> dict[str, str]:
    """Where pip, uv and npm keep what they fetch: nothing is there yet, whatever this user has fetched before."""
    kept = {"XDG_CACHE_HOME": "", "UV_CACHE_DIR": "uv", "PIP_CACHE_DIR": "pip", "npm_config_cache": "npm"}
    return {name: str(folder / below) for name, below in kept.items()}


def _once(clone: Path, fresh: dict[str, str], *, rest: float) -> dict[str, Any]:
    environment = {one: value for one, value in os.environ.items() if one not in _OURS} | fresh
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    begun = time.perf_counter()
    command = ["./onedoor", "up", "--port", str(port)]
    running = subprocess.Popen(command, cwd=clone, env=environment, stdout=sys.stderr, start_new_session=True)
    try:
        while not _answers(port):
            if running.poll() is not None or time.perf_counter() - begun > MOST:
                raise RuntimeError("up has not come up")
            time.sleep(0.05)
        seconds = time.perf_counter() - begun
        time.sleep(rest)
        return {"seconds": round(seconds, 1), "memory_mb": round(_memory_mb(clone), 1)}
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)


# of the bench itself: the clone finds its own
_OURS = ("ONEDOOR_DATA", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "VIRTUAL_ENV")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


def _memory_mb(clone: Path) -> float:
    """Of every process that was started from the clone or works on its data."""
    kilobytes = 0
    for entry in Path("/proc").iterdir():
        try:
            at = (entry / "cwd").readlink()
            if entry.name.isdigit() and at.is_relative_to(clone):
                lines = (entry / "smaps_rollup").read_text().splitlines()
                kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except OSError:
            continue
    return kilobytes / 1024
