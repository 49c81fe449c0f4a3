"""`./onedoor backup DIR`: a consistent copy while everything runs.

The database is copied by pg_dump (directory format, parallel), not pg_basebackup: it needs no more rights
than the application has, so it works for a server named by DATABASE_URL too; the copy restores into a newer
PostgreSQL; and every row is read and checked on the way. The price: a restore builds the indexes anew.

The order makes the parts fit: checkpoints are copied before the database's snapshot, for a checkpoint newer
than the snapshot would report its tail as removed; attachments before and after, so that neither one added
nor one erased meanwhile is missing.
"""

import argparse
import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from onedoor.ops import archive
from onedoor.ops import data as data_directory
from onedoor.ops.initdb import fsync_folder, write_secret

FAILED = 1


def run(argv: list[str]) -> int:
    """0 when the copy is complete and on disk; 1 with a sentence when not, and then there is no DIR."""
    parser = argparse.ArgumentParser(prog="./onedoor backup")
    parser.add_argument("dir", type=Path, metavar="DIR", help="备份目录（不能已有内容）")
    target = parser.parse_args(argv).dir.absolute()
    try:
        make(data_directory.chosen(None), target, os.environ["DATABASE_URL"])
    except archive.BadBackup as error:
        print(error, file=sys.stderr)
        return FAILED
    print(f"备份已完成：{target}")
    print(f"密钥文件：{archive.keys_file(target)}（请另处保管；没有它，备份不能恢复）")
    return 0


def make(data: Path, target: Path, url: str) -> None:
    """Write the backup `target` and the file of keys beside it. Raises BadBackup."""
    keys = archive.read_keys(data)
    beside = archive.keys_file(target)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise archive.BadBackup(f"{target} 已有内容，请换一个目录")
    if beside.exists() and beside.read_text() != _keys_text(keys):
        raise archive.BadBackup(f"{beside} 已存在，是另一份备份的密钥，请换一个目录")
    aside = target.with_name(target.name + ".partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700, parents=True)
    state = aside / archive.STATE
    with Console(stderr=True).status("正在备份……") as status:
        begun = datetime.now(UTC)
        for part in ("checkpoints", "mode", "files"):
            archive.copy_new(data / part, state / part, status.update)
        status.update("正在备份数据库……")
        jobs = str(os.cpu_count() or 1)
        where = str(aside / archive.DATABASE)
        arguments = ["--format=directory", f"--file={where}", f"--jobs={jobs}", "--compress=gzip:3"]
        archive.postgres_program("pg_dump", [*arguments, "--no-owner", "--no-privileges"], url)
        archive.copy_new(data / "files", state / "files", status.update)
        status.update("正在计算校验值……")
        archive.write_manifest(aside, {"begun_at": begun.isoformat()}, keys)
        _to_disk(aside)
    write_secret(beside, _keys_text(keys))
    if target.exists():
        target.rmdir()
    aside.rename(target)
    fsync_folder(target.parent)


def _keys_text(keys: dict[str, str]) -> str:
    return json.dumps(keys, indent=1, sort_keys=True) + "\n"


def _to_disk(folder: Path) -> None:
    for path in archive.files_below(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())
    for place, _folders, _names in os.walk(folder):
        fsync_folder(Path(place))
