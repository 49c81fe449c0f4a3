"""`pitr`: the log is archived under load, everything is killed once, and the record is brought back to instants
between two known writes, and to the archive's end."""

import argparse
import re
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from drill.copies import Told, changes, done, figures_of, held, must, told, until
from drill.lives import Clients, prepare
from drill.result import Result
from drill.server import Server, running, say

INSTANTS = 3


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment of the database's clock, with what was acknowledged before it."""

    at: datetime
    before: Told


def drill(data: Path, asked: argparse.Namespace) -> Result:
    instants = INSTANTS if asked.kills is None else asked.kills
    begun = time.monotonic()
    origin, log, base = data / "origin", data / "archive", data / "base"
    tokens = prepare(origin, data.parent)
    must("wal", log, data=origin)
    server, points = Server(origin), []
    with running(server):
        clients = Clients(server.port, tokens, seed=asked.seed)
        clients.start()
        until(clients, asked.writes)
        must("backup", base, "--base", data=origin)
        for place in range(instants):
            until(clients, asked.writes)
            points.append(_instant(origin, clients))
            say(f"第 {place + 1} 个时刻：{points[-1].at:%H:%M:%S.%f}，已确认 {changes(points[-1].before)} 次")
            if place == 0:
                until(clients, asked.writes)
                server.kill("everything")
                say("kill -9：everything")
                server.wait()
        until(clients, asked.writes)
        lost, age = _disk_gone(data, log, base, clients)
        clients.finish()
        until_mirrored(origin, log)
    wrong: dict[str, int] = {"wrong_moment": 0, "refused": len(clients.tally.faults), "unnamed": 0}
    faults: list[str] = list(clients.tally.faults)
    figures: dict[str, Any] = {"seed": asked.seed, "acknowledged": clients.tally.acknowledged, "instants": []}
    figures |= {"lost_with_the_disk": lost, "seconds_lost_with_the_disk": age}
    for number, point in enumerate(points):
        target, started = data / f"instant{number}", time.monotonic()
        must("restore", base, "--wal", log, "--until", point.at.isoformat(), data=target)
        took = time.monotonic() - started
        one = held(target, point.before, clients.lives)
        wrong |= one.wrong(f"instant{number}")
        faults += one.faults
        if datetime.fromisoformat(one.latest) > point.at or one.there >= clients.tally.acknowledged:
            wrong["wrong_moment"] += 1
            faults.append(f"{target.name} holds what was recorded at {one.latest}, after {point.at}")
        figures["instants"].append({"must": changes(point.before), "seconds": round(took, 1), **figures_of(one)})
    end = data / "end"
    must("restore", base, "--wal", log, data=end)
    one = held(end, told(clients), clients.lives)
    wrong |= one.wrong("end")
    faults += one.faults
    _missing_is_named(end, wrong, faults)
    figures["end"] = figures_of(one)
    figures["archive_bytes"] = sum(path.stat().st_size for path in log.rglob("*") if path.is_file())
    text = (
        f"{clients.tally.acknowledged} changes, back to {instants} instants"
        f" ({'; '.join(str(changes(point.before)) for point in points)}) and to the end; with the disk itself gone"
        f" {lost} changes of {age} s would be lost"
    )
    return Result(text, wrong, figures, faults, time.monotonic() - begun)


def _instant(origin: Path, clients: Clients) -> Instant:
    """What is acknowledged has been committed before the clock is read; what comes after it is not asked for."""
    import psycopg

    from onedoor.ops.data import url_file

    before = told(clients)
    with psycopg.connect(url_file(origin).read_text().split()[0]) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    return Instant(row[0], before)


def _disk_gone(data: Path, log: Path, base: Path, clients: Clients) -> tuple[int, float]:
    """What would be lost if the disk broke now, under load: changes, and seconds."""
    before, now = told(clients), datetime.now().astimezone()
    copy, target = data / "archive-then", data / "gone"
    shutil.copytree(log, copy, ignore=shutil.ignore_patterns("*.new", ".upload-*"))
    code, said = done("restore", base, "--wal", copy, data=target)
    if not (found := re.search(r"最后一笔改动在 (\S+ \S+)", said)):
        raise RuntimeError(f"restore：{code}\n{said}")
    last = datetime.fromisoformat(f"{found[1]}+08:00")
    one = held(target, before, clients.lives)
    return one.lost, round((now - last).total_seconds(), 1)


def until_mirrored(origin: Path, log: Path, within: float = 60.0) -> None:
    """Until the files are in the archive too."""
    end = time.monotonic() + within
    while lacking := [
        path
        for path in (origin / "files").rglob("*")
        if path.is_file() and path.name[0] != "." and not (log / "files" / path.relative_to(origin / "files")).exists()
    ]:
        if time.monotonic() > end:
            raise RuntimeError(f"{len(lacking)} 个附件没有复制到归档")
        time.sleep(0.5)


def _missing_is_named(data: Path, wrong: dict[str, int], faults: list[str]) -> None:
    """A file that is gone is named with its matter; one too many is no fault."""
    file = next(path for path in sorted((data / "files").rglob("*")) if path.is_file())
    file.rename(data / "aside")
    (data / "files" / "00" / "00").mkdir(parents=True, exist_ok=True)
    (data / "files" / "00" / "00" / ("00" * 32)).write_text("belongs to nobody")
    code, said = done("verify", "--files", data=data)
    if code != 1 or f"文件 {file.name[:12]}… 不在附件库中" not in said or "00000000" in said:
        wrong["unnamed"] += 1
        faults.append(f"a file was taken away, and verify says {code}: {said[-300:]}")
    (data / "aside").rename(file)
