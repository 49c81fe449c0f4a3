"""`./onedoor wal`: which folder the log is archived to, and whether it is."""

import argparse
import sys
from pathlib import Path

from onedoor.ops import bases, wal
from onedoor.ops import data as data_directory
from onedoor.ops.initdb import write_secret
from onedoor.ops.service_user import service_user

FAILED = 1


def run(argv: list[str]) -> int:
    """0 when set or told, 1 with a sentence when the folder cannot be used or archiving fails."""
    parser = argparse.ArgumentParser(prog="./onedoor wal", description="归档数据库日志，用于恢复到任一时刻")
    parser.add_argument("dir", type=Path, nargs="?", metavar="DIR", help="归档目录，宜在另一块盘上")
    parser.add_argument("--off", action="store_true", help="不再归档")
    options = parser.parse_args(argv)
    data = data_directory.chosen(None)
    if options.off:
        (data / wal.NAMED).unlink(missing_ok=True)
        print("下次启动后不再归档。已归档的没有删除。")
        return 0
    if options.dir is not None:
        return _choose(data, options.dir.absolute())
    archive = wal.folder_of(data)
    if archive is None:
        print("没有设置归档目录。")
        return 0
    return _tell(data, archive)


def _choose(data: Path, archive: Path) -> int:
    if archive == data or data in archive.parents:
        print(f"{archive} 在数据目录里：盘坏了会一起丢，请另选", file=sys.stderr)
        return FAILED
    before = wal.folder_of(data)
    if before != archive and (archive / wal.LOG).is_dir() and any((archive / wal.LOG).iterdir()):
        print(f"{archive} 里已有归档，可能是另一个中心的，请换一个空目录", file=sys.stderr)
        return FAILED
    try:
        (archive / wal.LOG).mkdir(mode=0o700, parents=True, exist_ok=True)
        wal.prepare(archive, service_user(data / "pg"))
    except OSError as error:
        print(f"{archive} 不能使用：{error.strerror}", file=sys.stderr)
        return FAILED
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_secret(data / wal.NAMED, f"{archive}\n")
    print(f"下次启动后归档到 {archive}。启动后请做一次基础备份：./onedoor backup --base 目录")
    return 0


def _tell(data: Path, archive: Path) -> int:
    print(f"归档目录：{archive}")
    if said := wal.missing(archive):
        print(said)
        return FAILED
    with data_directory.database(data, "wal", print) as url, bases.operator(url, data) as connection:
        row = connection.execute(
            "SELECT current_setting('archive_mode'), last_archived_time, failed_count, last_failed_time,"
            " coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) FROM pg_stat_archiver"
        ).fetchone()
        assert row is not None
        waiting = connection.execute(
            "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"
        ).fetchone()
    mode, last, failed, failed_at, failing = row
    if mode != "on":
        print("还没有生效：重新启动后开始归档")
        return 0
    print(f"最近归档：{last.astimezone():%Y-%m-%d %H:%M:%S}" if last else "还没有归档过")
    print(f"等待归档：{waiting[0] if waiting else 0} 段")
    if failing:
        print(f"归档正在失败（共 {failed} 次，最近 {failed_at.astimezone():%Y-%m-%d %H:%M:%S}）：{_why(data)}")
        return FAILED
    return 0


def _why(data: Path) -> str:
    return f"请看 {data / 'log' / 'postgres.log'}，检查 {wal.folder_of(data)} 的空间和权限"
