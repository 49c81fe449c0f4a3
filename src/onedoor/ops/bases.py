"""Base backups: a copy of the cluster as it lies on the disk, from which the archived log leads on to any instant.

`backup --base` takes it with pg_basebackup over the private socket; `restore` of one unpacks it, lets PostgreSQL
replay the log and makes a server of it again.
"""

import json
import re
import secrets
import subprocess
import tarfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from onedoor.ops import archive, logs, wal
from onedoor.ops.initdb import ROLE, VERSION, ClusterBroken, binaries, clean_environment, write_secret
from onedoor.ops.postgres import Cluster
from onedoor.ops.service_user import service_user

PACKED, LOG, PG_MANIFEST = "base.tar.gz", "pg_wal.tar.gz", "backup_manifest"
# Of another server's life: they would make this one wait for a replica it does not have.
NOT_OURS = ("synchronous_standby_names", "primary_conninfo", "primary_slot_name")
Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def operator(url: str, data: Path) -> Generator[Connection]:
    """The superuser of the embedded server of `data`, whose application's connection is `url`. Raises BadBackup when
    that is a server of somebody else's."""
    with psycopg.connect(operator_conninfo(url), autocommit=True) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        if row is None or Path(row[0]) != data / "pg":
            raise archive.BadBackup(NOT_EMBEDDED)
        yield connection


NOT_EMBEDDED = "DATABASE_URL 指向自己的 PostgreSQL，请用它的工具（pg_basebackup、pgBackRest 等）"


def operator_conninfo(url: str) -> str:
    host = str(conninfo_to_dict(url).get("host") or "")
    if not host.startswith("/"):
        raise archive.BadBackup(NOT_EMBEDDED)
    return make_conninfo(host=host, user="postgres", dbname="postgres")


def take(data: Path, url: str, target: Path) -> dict[str, object]:
    """Copy the running cluster into `target`; what the manifest says of it. Every page's checksum is looked at."""
    with operator(url, data) as connection:
        row = connection.execute("SHOW wal_segment_size").fetchone()
    run_basebackup(
        operator_conninfo(url), target, ["--format=tar", "--compress=client-gzip:level=1", "--wal-method=stream"]
    )
    told = json.loads((target / PG_MANIFEST).read_text())
    span = told["WAL-Ranges"][-1]
    return {
        "postgresql": VERSION,
        "system": str(told.get("System-Identifier", "")),
        "segment": _bytes(row[0] if row else "16MB"),
        "timeline": span["Timeline"],
        "start": _position(span["Start-LSN"]),
    }


def run_basebackup(conninfo: str, target: Path, options: list[str]) -> None:
    command = [str(binaries() / "pg_basebackup"), f"--dbname={conninfo}", f"--pgdata={target}", "--no-password"]
    command += ["--checkpoint=fast", "--manifest-checksums=SHA256", *options]
    done = subprocess.run(
        archive.ends_with_us(command), env=clean_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise archive.BadBackup(f"pg_basebackup 失败：{done.stderr.strip()[-1500:]}")


def own_life(place: Path) -> None:
    """Take away what was the copied server's alone: whom it waits for, the lock of its socket."""
    for path in place.glob(".s.PGSQL.*"):
        path.unlink()
    path = place / "postgresql.auto.conf"
    if path.exists():
        kept = [line for line in path.read_text().splitlines(keepends=True) if not line.startswith(NOT_OURS)]
        path.write_text("".join(kept))


def bring_back(
    backup: Path,
    about: dict[str, Any],
    aside: Path,
    beat: Callable[[str], None],
    *,
    log: Path | None = None,
    until: datetime | None = None,
) -> datetime | None:
    """Make the cluster `aside/pg` of a base backup, with the archived `log` up to and with `until`, or as far as it
    goes. When the last transaction it holds was committed; None when it replayed none. Raises BadBackup."""
    if about.get("postgresql") != VERSION:
        raise archive.BadBackup(f"这份备份是 PostgreSQL {about.get('postgresql')} 的，需要 {VERSION}")
    place = aside / "pg"
    place.mkdir(mode=0o700)
    beat("正在展开基础备份……")
    for name, target in ((PACKED, place), (LOG, place / "pg_wal")):
        with tarfile.open(backup / archive.DATABASE / name) as packed:
            packed.extractall(target, filter="data")
    own_life(place)
    settings: dict[str, str] = {}
    if log is not None:
        settings = {"restore_command": wal.restore_command(log), "recovery_target_action": "promote"}
        if until is not None:
            settings["recovery_target_time"] = until.isoformat()
        (place / "recovery.signal").touch(mode=0o600)
    user = service_user(place)
    user.give(place)
    word = secrets.token_hex(24)
    write_secret(aside / "pg.password", word)
    cluster = Cluster(aside, report=beat, behind=settings)
    try:
        cluster.start()
        last, position = _replayed(cluster, beat)
        if log is not None and until is None:
            _must_be_the_end(log, int(about["segment"]), position)
        with psycopg.connect(cluster.operator, autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(ROLE), sql.Literal(word)))
    except (ClusterBroken, psycopg.OperationalError) as error:
        raise archive.BadBackup(_why(logs.tail(cluster.log), str(error))) from error
    finally:
        cluster.stop()
    return last


def _replayed(cluster: Cluster, beat: Callable[[str], None]) -> tuple[datetime | None, int]:
    """Waits for the end of the replay; the last transaction's time, and the position in the log."""
    begun = time.monotonic()
    with psycopg.connect(cluster.operator, autocommit=True) as connection:
        while True:
            row = connection.execute(
                "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp(), pg_last_wal_replay_lsn()::text"
            ).fetchone()
            assert row is not None
            if not row[0]:
                return row[1], _position(row[2] or "0/0")
            beat(f"正在重放日志……已到 {row[1] or '开头'}，{time.monotonic() - begun:.0f} 秒")
            time.sleep(0.2)


def _must_be_the_end(log: Path, size: int, position: int) -> None:
    """A segment that cannot be read is for PostgreSQL the end of the log."""
    last = max(wal.segments(log, size), key=lambda one: one[1])
    if position < last[1] * size:
        stopped = {number: name for _, number, name in wal.segments(log, size)}.get(position // size, "开头")
        raise archive.BadBackup(f"日志只重放到 {stopped}，它或它的下一段读不出；归档到 {last[2]} 为止。请检查这些文件")


def _why(said: str, error: str) -> str:
    if "recovery ended before configured recovery target was reached" in said:
        reached = re.findall(r"last completed transaction was at log time (\S+ \S+)", said)
        where = f"，归档里最后一笔在 {_local(reached[-1])}" if reached else ""
        return f"归档没有到要恢复的时刻{where}；请给更早的 --until，或不写 --until 恢复到归档的末尾"
    return f"数据库没有恢复成功：{error[-1500:]}"


def _local(text: str) -> str:
    try:
        at = datetime.fromisoformat(text if text[-1].isdigit() and "+" in text else f"{text}+00:00")
    except ValueError:
        return text
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S%z}"


def missing_log(about: dict[str, Any], log: Path) -> str:
    """The sentence that says what is missing in the archive after this backup; nothing when it has no gap."""
    size = int(about["segment"])
    first = int(about["start"]) // size
    here = {number: name for _, number, name in wal.segments(log, size)}
    if not here:
        return f"{log} 里没有归档的日志"
    after = [number for number in sorted(here) if number >= first]
    if not after:
        return f"{log} 里没有这份备份之后的日志（最后是 {here[max(here)]}）"
    gaps = [one for one in range(first, after[-1] + 1) if one not in here]
    # the backup holds its own beginning
    if gaps and gaps[-1] > first:
        return f"{log} 缺 {len(gaps)} 段日志，第一段在 {here.get(gaps[0] - 1, '这份备份')} 之后"
    return ""


def _position(text: str) -> int:
    high, _, low = text.partition("/")
    return int(high, 16) << 32 | int(low, 16)


def _bytes(text: str) -> int:
    units = {"kB": 1024, "MB": 1024**2, "GB": 1024**3, "B": 1}
    for unit, factor in units.items():
        if text.endswith(unit):
            return int(text.removesuffix(unit)) * factor
    raise ValueError(text)
