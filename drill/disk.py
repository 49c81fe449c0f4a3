"""`disk`: the disk runs full under work. Who writes is refused in words, who reads reads on, and once there is room
everything goes on as if nothing had been. Needs root, for a small disk of its own."""

import argparse
import contextlib
import ctypes
import http.client
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drill.lives import Clients, prepare
from drill.result import Result
from drill.server import Server, database, joined, running, say

DISK_MB, FILES_MB, SPARE_MB = 700, 48, 24
CHANGES = 40
NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
MOST, PAGE = 1 << 40, 4096
PHASE = 8.0  # seconds of work against a full disk


def drill(data: Path, asked: argparse.Namespace) -> Result:
    if os.geteuid() != 0 or not shutil.which("mount"):
        return Result("", {}, not_run="needs root, to mount a small disk")
    if not _apart():
        return Result("", {}, not_run="no mounts of its own can be had here")
    begun = time.monotonic()
    whole = data.with_name("disk-whole")
    shutil.rmtree(whole, ignore_errors=True)
    whole.mkdir()
    tokens = prepare(whole)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_disk(data, DISK_MB))
            subprocess.run(["cp", "-a", f"{whole}/.", str(data)], check=True)
            stack.enter_context(_disk(data / "files", FILES_MB))
        except subprocess.CalledProcessError as error:
            return Result("", {}, not_run=f"no small disk can be mounted here ({error})")
        finally:
            shutil.rmtree(whole)
        result = _drill(data, tokens, asked.seed)
    return Result(*result, seconds=time.monotonic() - begun)


def _drill(data: Path, tokens: dict[str, str], seed: int) -> tuple[str, dict[str, int], dict[str, Any], list[str]]:
    faults: list[str] = []
    phases: dict[str, Any] = {}
    # a phase: which disk, what is left of it, what healthz must say, whether reading must go on
    with running(Server(data, more={"ONEDOOR_SPARE_MB": str(SPARE_MB)})) as server:
        clients = Clients(server.port, tokens, count=4, seed=seed)
        clients.start()
        clients.work(CHANGES)
        number = next(life.number for life in clients.lives if life.number)
        for name, place, left, word, reads in (
            ("files", data / "files", SPARE_MB / 2, "files", True),
            ("files, to the last byte", data / "files", 0, "files", True),
            ("database", data, SPARE_MB / 2, "database", True),
            # nothing is left for the journal of what is under way: PostgreSQL may stop, and comes back by itself
            ("database, to the last byte", data, 0, "", False),
        ):
            say(f"磁盘写满：{name}")
            before = dict(clients.tally.statuses)
            with _filled(place, left):
                time.sleep(PHASE)
                told, read = (
                    _ask(server.port, "/healthz", ""),
                    _ask(server.port, f"/api/v1/cases/{number}", tokens["clerk"]),
                )
            after = clients.tally.statuses
            answers = {status: after[status] - before.get(status, 0) for status in after}
            phases[name] = {"answers": {status: count for status, count in answers.items() if count}}
            phases[name] |= {"healthz": f"{told[0]} {told[1][:200]}", "read": read[0]}
            if told[0] != 503 or word not in told[1]:
                faults.append(f"{name}: /healthz said {told}")
            if reads and read[0] != 200:
                faults.append(f"{name}: reading was answered {read}")
            if not answers.get("503"):
                faults.append(f"{name}: nothing was refused, {answers}")
            phases[name]["back_after"] = clients.work(CHANGES)
        clients.finish()
        server.wait()
        with joined(data):
            from drill.whole import settled

            drained, waiting = settled()
    with database(data):
        from drill.whole import compare

        wrong, found, words = compare(data, clients.lives)
    halves = [str(path) for path in (data / "files").rglob(".upload-*")]
    tally = clients.tally
    odd = [f"{count} answers {status}" for status, count in tally.statuses.items() if status in ("500", "502", "507")]
    wrong |= {
        "waiting": len(waiting), "refused": len(tally.faults), "bare_errors": len(tally.bare) + len(odd),
        "halves": len(halves), "phases": len(faults),
    }  # fmt: skip
    figures = {"phases": phases, "acknowledged": tally.acknowledged, "repeats": tally.repeats, **found}
    figures |= {"statuses": dict(tally.statuses), "drained_seconds": drained}
    done = f"{len(phases)} times full, {tally.statuses['503']} refusals, {tally.acknowledged} acknowledged changes"
    return done, wrong, figures, [*faults, *odd, *tally.faults, *tally.bare, *waiting, *halves, *words]


def _apart() -> bool:
    """From here on this process and its children have mounts of their own, which end with them, however that is."""
    if ctypes.CDLL(None).unshare(NEW_MOUNTS) != 0:
        return False
    return subprocess.run(["mount", "--make-rprivate", "/"], check=False).returncode == 0


@contextlib.contextmanager
def _disk(place: Path, megabytes: int) -> Iterator[None]:
    """A disk in memory, so small that it can be filled, mounted at `place`."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "drill", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def _free(place: Path) -> int:
    disk = os.statvfs(place)
    return disk.f_bavail * disk.f_frsize


@contextlib.contextmanager
def _filled(place: Path, left: float) -> Iterator[None]:
    """`left` megabytes are free at `place`, however much is written or removed meanwhile at the beginning."""
    ballast = place / "ballast"
    try:
        with ballast.open("wb") as file:
            step = MOST
            while step >= PAGE and (more := _free(place) - int(left * 1024 * 1024)) >= PAGE:
                try:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, min(step, more))
                except OSError:  # somebody else was quicker
                    step //= 2
        yield
    finally:
        ballast.unlink(missing_ok=True)


def _ask(port: int, path: str, token: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        got = connection.getresponse()
        return got.status, got.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()
