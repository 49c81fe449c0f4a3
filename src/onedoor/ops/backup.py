"""`./onedoor backup DIR`: a consistent copy while everything runs. With `--base` the database as it lies on the disk
(bases.py), from which the archived log leads on; without:

the database is copied by pg_dump (directory format, parallel), not pg_basebackup: it needs no more rights
than the application has, so it works for a server named by DATABASE_URL too; the copy restores into a newer
PostgreSQL; and every row is read and checked on the way. The price: a restore builds the indexes anew.

The order makes the parts fit: checkpoints are copied before the database's snapshot, for a checkpoint newer
than the snapshot would report its tail as removed; attachments before and after, so that neither one added
nor one erased meanwhile is missing.
"""

import argparse
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from onedoor.config import last_runs
from onedoor.ops import archive, bases, prepare, wal
from onedoor.ops import data as data_directory
from onedoor.ops.initdb import fsync_folder, write_secret

FAILED = 1


def run(argv: list[str]) -> int:
    """0 when the copy is complete and on disk; 1 with a sentence when not, and then there is no DIR."""
    parser = argparse.ArgumentParser(prog="./onedoor backup")
    parser.add_argument("dir", type=Path, metavar="DIR", help="备份目录（不能已有内容）")
    parser.add_argument("--base", action="store_true", help="基础备份，配合日志归档（./onedoor wal）恢复到任一时刻")
    options = parser.parse_args(argv)
    target = options.dir.absolute()
    data = data_directory.chosen(None)
    try:
        make(data, target, os.environ["DATABASE_URL"], base=options.base)
    except archive.BadBackup as error:
        print(error, file=sys.stderr)
        return FAILED
    last_runs.note(data_directory.chosen(None), last_runs.BACKUP, well=True)
    print(f"备份已完成：{target}")
    if options.base and wal.folder_of(data) is None:
        print("没有归档日志，这份备份只能恢复到它自己的时刻。要能恢复到任一时刻：./onedoor wal 目录")
    print(f"密钥文件：{archive.keys_file(target)}（请另处保管；没有它，备份不能恢复）")
    return 0


def make(data: Path, target: Path, url: str, *, base: bool = False) -> None:
    """Write the backup `target` and the file of keys beside it. Raises BadBackup."""
    if prepare.mode_of(data) is None:  # a wrong or forgotten directory: its empty database would look like a backup
        raise archive.BadBackup(f"{data} 里没有中心，没有可备份的。请用 --data 或 ONEDOOR_DATA 写明数据目录")
    keys = archive.read_keys(data)
    beside = archive.keys_file(target)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise archive.BadBackup(f"{target} 已有内容，请换一个目录")
    if beside.exists() and beside.read_text() != _keys_text(keys):
        raise archive.BadBackup(f"{beside} 已存在，是另一份备份的密钥，请换一个目录")
    aside = target.with_name(target.name + ".partial")
    with _alone(aside), Console(stderr=True).status("正在备份……") as status:
        _write(data, aside, url, keys, status.update, base=base)
    write_secret(beside, _keys_text(keys))
    if target.exists():
        target.rmdir()
    aside.rename(target)
    fsync_folder(target.parent)


def _write(
    data: Path, aside: Path, url: str, keys: dict[str, str], beat: Callable[[str], None], *, base: bool
) -> None:
    state = aside / archive.STATE
    about: dict[str, object] = {"kind": "base" if base else "dump", "begun_at": datetime.now(UTC).isoformat()}
    for part in ("checkpoints", "mode", "files"):
        archive.copy_new(data / part, state / part, beat)
    beat("正在备份数据库……")
    where = aside / archive.DATABASE
    if base:
        about |= bases.take(data, url, where)
    else:
        arguments = ["--format=directory", f"--file={where}", f"--jobs={os.cpu_count() or 1}", "--compress=gzip:3"]
        archive.postgres_program("pg_dump", [*arguments, "--no-owner", "--no-privileges"], url)
    about["ended_at"] = datetime.now(UTC).isoformat()
    archive.copy_new(data / "files", state / "files", beat)
    beat("正在计算校验值……")
    archive.write_manifest(aside, about, keys)
    _to_disk(aside)


@contextmanager
def _alone(aside: Path) -> Iterator[None]:
    """The empty folder `aside`, held for this process: a second backup to the same place must not clear it away."""
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(aside, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for path in aside.iterdir():  # of a backup that was killed
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        yield
    except BlockingIOError:
        raise archive.BadBackup(f"另一个备份正在写 {aside}") from None
    finally:
        os.close(descriptor)


def _keys_text(keys: dict[str, str]) -> str:
    return json.dumps(keys, indent=1, sort_keys=True) + "\n"


def _to_disk(folder: Path) -> None:
    for path in archive.files_below(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())
    for place, _folders, _names in os.walk(folder):
        fsync_folder(Path(place))
