"""`./onedoor restore DIR`: a backup back into an empty data directory, checked before and verified after."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from onedoor.config.env import env_str
from onedoor.config.keys import KEY_NAMES, key_path
from onedoor.ops import archive, bases, wal
from onedoor.ops import data as data_directory
from onedoor.ops.initdb import fsync_folder, write_secret
from onedoor.ops.postgres import Cluster

FAILED = 1
OUR_OWN = {data_directory.LOCK, data_directory.HALF_RESTORED, "run", "log"}


def run(argv: list[str]) -> int:
    """0 when restored and verified, 1 with a sentence when refused, or verify's code when it finds fault."""
    parser = argparse.ArgumentParser(prog="./onedoor restore")
    parser.add_argument("dir", type=Path, metavar="DIR", help="备份目录")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="密钥文件（默认 DIR.keys）")
    parser.add_argument("--wal", type=Path, metavar="ARCHIVE", help="日志归档目录；只用于基础备份")
    parser.add_argument("--until", type=_instant, metavar="TIME", help="恢复到这一刻为止，如 2026-01-31T09:30:00")
    options = parser.parse_args(argv)
    if options.until and not options.wal:
        parser.error("--until 要和 --wal 一起给出")
    backup = options.dir.absolute()
    data = data_directory.chosen(None)
    try:
        with data_directory.lock(data, "restore"), Console(stderr=True).status("正在恢复……") as status:
            keys = options.keys or archive.keys_file(backup)
            log = options.wal.absolute() if options.wal else None
            last = restore(backup, keys, data, status.update, log=log, until=options.until)
    except archive.BadBackup as error:
        print(error, file=sys.stderr)
        return FAILED
    print(f"已恢复到 {data}")
    if last is not None:
        print(f"最后一笔改动在 {last.astimezone(_zone()):%Y-%m-%d %H:%M:%S.%f}")
    elif options.wal:
        print("备份做完之后到这一刻，没有改动")
    print("正在核对……", flush=True)
    command = [sys.executable, "-m", "onedoor.ops", "verify", "--files"]
    return subprocess.run(archive.ends_with_us(command), check=False).returncode


def restore(
    backup: Path,
    keys_file: Path,
    data: Path,
    beat: Callable[[str], None],
    *,
    log: Path | None = None,
    until: datetime | None = None,
) -> datetime | None:
    """Fill the empty `data`, whose lock the caller holds; of a base backup with the archived `log`, up to `until`.
    When the last replayed change was committed. Raises BadBackup with nothing changed.

    All is built under one name inside `data` and moved up at the end; as long as that name is there the
    directory counts as half restored, and nothing starts on it.
    """
    if taken := sorted({path.name for path in data.iterdir()} - OUR_OWN):
        raise archive.BadBackup(f"数据目录 {data} 不是空的（有 {taken[0]}），只能恢复到空目录，请用 --data 另选")
    keys = _read(keys_file)
    about = archive.check(backup, keys, beat)
    base = about.get("kind") == "base"
    _must_fit(about, log, until)
    given = os.environ.get("DATABASE_URL")
    if given and base:
        raise archive.BadBackup("基础备份只能恢复到自带的数据库，请不要设置 DATABASE_URL")
    if given:
        _must_be_empty(given)
    aside = data / data_directory.HALF_RESTORED
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    for part in archive.STATE_PARTS:
        archive.copy_new(backup / archive.STATE / part, aside / part, beat)
    if log is not None:
        archive.copy_new(log / wal.FILES, aside / "files", beat)
    for name, key in keys.items():
        path = key_path(aside, name)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_secret(path, key + "\n")
    beat("正在恢复数据库……")
    last: datetime | None = None
    arguments = ["--format=directory", "--no-owner", "--no-privileges", "--exit-on-error"]
    dump = str(backup / archive.DATABASE)
    if base:
        last = bases.bring_back(backup, about, aside, beat, log=log, until=until)
    elif given:
        # All or nothing: a server of somebody else's must not be left half filled.
        archive.postgres_program("pg_restore", [*arguments, "--single-transaction", dump], given)
    else:
        with Cluster(aside, report=beat) as cluster:
            jobs = f"--jobs={os.cpu_count() or 1}"
            archive.postgres_program("pg_restore", [*arguments, jobs, dump], cluster.url)
            shutil.rmtree(aside / "log")
    for path in sorted(aside.iterdir()):
        path.rename(data / path.name)
    fsync_folder(data)
    aside.rmdir()
    fsync_folder(data)
    return last


def _must_fit(about: dict[str, Any], log: Path | None, until: datetime | None) -> None:
    if log is None:
        return
    if about.get("kind") != "base":
        raise archive.BadBackup("--wal 只用于基础备份（backup --base）")
    if until is not None and until < datetime.fromisoformat(about["ended_at"]):
        raise archive.BadBackup(f"这份备份到 {_said(about['ended_at'])} 才做完，恢复到更早的时刻要用更早的基础备份")
    if (missing := bases.missing_log(about, log)) and until is None:
        raise archive.BadBackup(f"{missing}。只能恢复到缺口之前，请用 --until 写明时刻")


def _said(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(_zone()):%Y-%m-%d %H:%M:%S}"


def _zone() -> ZoneInfo:
    return ZoneInfo(env_str("ONEDOOR_TIME_ZONE", "Asia/Shanghai"))


def _instant(text: str) -> datetime:
    """ISO 8601; without an offset it is the centre's own time."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=_zone())


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text())
    except FileNotFoundError:
        raise archive.BadBackup(f"没有密钥文件 {path}，不能恢复；可用 --keys 指定") from None
    except ValueError:
        found = None
    if not isinstance(found, dict) or set(found) != set(KEY_NAMES):
        raise archive.BadBackup(f"{path} 不是密钥文件，不能恢复")
    try:
        archive.fingerprints(found)
    except (TypeError, ValueError):
        raise archive.BadBackup(f"{path} 不是密钥文件，不能恢复") from None
    return found


def _must_be_empty(url: str) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        ).fetchone()
    if row is None or row[0]:
        raise archive.BadBackup("DATABASE_URL 指向的数据库不是空的，只能恢复到空的数据库")
