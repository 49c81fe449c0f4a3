"""A second server that follows the first: `./onedoor replica --primary …` keeps it, `./onedoor promote` makes it the
one that serves.

It streams the log over the primary's private socket: that of another data directory on this machine, or one brought
here by `ssh -L`, so PostgreSQL listens on no network. With `--sync` the primary acknowledges nothing that is not on
this one's disk too.
"""

import argparse
import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from onedoor.config.keys import KEY_NAMES, key_path
from onedoor.ops import archive, bases, mirror
from onedoor.ops import data as data_directory
from onedoor.ops.initdb import ClusterBroken, write_secret
from onedoor.ops.postgres import SOCKET_PREFIX, Cluster
from onedoor.ops.service_user import service_user
from onedoor.ops.supervise import Supervisor

FOLLOWED = "replica.json"
FAILED = 1
COPIED = ("files", "checkpoints", "mode")
PROMOTE_WITHIN = 600.0


class NotPossible(RuntimeError):
    """The sentence says why there is no replica, or why it is not promoted."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What this directory follows: the `primary`'s data directory, or the folder of its socket; the name under which
    it is known there."""

    primary: str
    name: str

    @property
    def directory(self) -> Path | None:
        """The primary's data directory, where it is one of this machine."""
        return Path(self.primary) if (Path(self.primary) / "pg").is_dir() else None

    @property
    def socket(self) -> str:
        if self.directory is None:
            return self.primary
        with contextlib.suppress(OSError, IndexError):
            told = (self.directory / "pg" / "postmaster.pid").read_text().splitlines()[4]
            if Path(told).name.startswith(SOCKET_PREFIX):
                return told
        return str(self.directory / "pg")

    def conninfo(self, **more: str) -> str:
        return make_conninfo(host=self.socket, user="postgres", connect_timeout="5", **more)

    def settings(self) -> dict[str, str]:
        """Of the server that follows."""
        conninfo = self.conninfo(application_name=self.name)
        return {"primary_conninfo": conninfo, "primary_slot_name": self.name, "hot_standby": "on"}


def followed(data: Path) -> Followed | None:
    try:
        return Followed(**json.loads((data / FOLLOWED).read_text()))
    except FileNotFoundError:
        return None


def run(argv: list[str]) -> int:
    """Follows in the foreground until Ctrl-C; 1 with a sentence when it cannot."""
    parser = argparse.ArgumentParser(prog="./onedoor replica", description="维持一个备库，Ctrl-C 停止")
    parser.add_argument("--primary", metavar="DIR", help="主库的数据目录，或它的套接字所在的目录（ssh -L 转来的）")
    parser.add_argument("--sync", action="store_true", help="主库每次改动都等备库落盘才算完成")
    parser.add_argument("--forget", action="store_true", help="主库不再等待、也不再为这个备库保留日志")
    options = parser.parse_args(argv)
    data = data_directory.chosen(None)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        with data_directory.lock(data, "replica"):
            told = _whom(data, options.primary)
            if options.forget:
                _forget(told)
                return 0
            _follow(data, told, sync=options.sync)
    except KeyboardInterrupt:
        return 0
    except (NotPossible, archive.BadBackup, psycopg.OperationalError) as error:
        print(str(error).strip(), file=sys.stderr)
        return FAILED
    return 0


def _whom(data: Path, primary: str | None) -> Followed:
    told = followed(data)
    if told is None:
        if not primary:
            raise NotPossible("请用 --primary 写明主库")
        told = Followed(str(Path(primary).absolute()), f"onedoor_{secrets.token_hex(4)}")
    elif primary and str(Path(primary).absolute()) != told.primary:
        told = Followed(str(Path(primary).absolute()), told.name)
    return told


def _follow(data: Path, told: Followed, *, sync: bool) -> None:
    make(data, told)
    cluster = Cluster(data, behind=told.settings())
    log = data / "log"
    children = []
    if told.directory is not None:
        environment = os.environ | {"ONEDOOR_DATA": str(data)}
        for part in COPIED[:2]:
            children.append(mirror.child(told.directory / part, data / part, log, environment))
    supervisor = Supervisor(cluster, children, log / "replica.log")
    try:
        cluster.start()
        for child in children:
            child.start()
        _until_streaming(told)
        _wait_for(told, sync=sync)
        print(f"备库已跟上主库（{'同步' if sync else '异步'}）。按 Ctrl-C 停止。", flush=True)
        supervisor.run()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()


def make(data: Path, told: Followed) -> None:
    """The copy that follows, where there is none yet; what a killed attempt left is thrown away."""
    if (data / FOLLOWED).exists():
        _remember(data, told)
        return
    if (data / "pg").exists():
        raise NotPossible(f"{data} 里已有数据库，请换一个空的数据目录（--data）")
    aside = data / "pg.new"
    shutil.rmtree(aside, ignore_errors=True)
    print("正在从主库复制……", flush=True)
    with _superuser(told) as connection:
        connection.execute(
            "SELECT pg_create_physical_replication_slot(%s, true)"
            " WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_name = %s)",
            [told.name, told.name],
        )
    bases.run_basebackup(told.conninfo(), aside, ["--wal-method=stream", f"--slot={told.name}"])
    bases.own_life(aside)
    (aside / "standby.signal").touch(mode=0o600)
    if told.directory is not None:
        for part in COPIED:
            archive.copy_new(told.directory / part, data / part, lambda _said: None)
        for name in KEY_NAMES:
            key_path(data, name).parent.mkdir(mode=0o700, exist_ok=True)
            write_secret(key_path(data, name), key_path(told.directory, name).read_text())
        write_secret(data / "pg.password", (told.directory / "pg.password").read_text())
    service_user(data / "pg").give(aside)
    aside.rename(data / "pg")
    _remember(data, told)


def _remember(data: Path, told: Followed) -> None:
    write_secret(data / FOLLOWED, json.dumps(asdict(told), indent=1) + "\n")


@contextlib.contextmanager
def _superuser(told: Followed) -> Iterator[bases.Connection]:
    try:
        connection = psycopg.connect(told.conninfo(dbname="postgres"), autocommit=True)
    except psycopg.OperationalError as error:
        raise NotPossible(f"连不上主库（{told.socket}）：{error}") from error
    with connection:
        yield connection


def _until_streaming(told: Followed, within: float = 120.0) -> None:
    until = time.monotonic() + within
    with _superuser(told) as connection:
        while not connection.execute(
            "SELECT 1 FROM pg_stat_replication WHERE application_name = %s AND state = 'streaming'", [told.name]
        ).fetchone():
            if time.monotonic() > until:
                raise NotPossible(f"备库 {within:.0f} 秒内没有跟上主库，见日志；主库的日志若已不在，请清空备库重做")
            time.sleep(0.2)


def _wait_for(told: Followed, *, sync: bool) -> None:
    """Let the primary wait for this replica with each change, or not."""
    with _superuser(told) as connection:
        row = connection.execute("SHOW synchronous_standby_names").fetchone()
        now = row[0] if row else ""
        if sync and now != told.name:
            _set_sync(connection, told.name)
        elif not sync and now == told.name:
            _set_sync(connection, "")


def _set_sync(connection: bases.Connection, names: str) -> None:
    connection.execute(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}").format(sql.Literal(names)))
    connection.execute("SELECT pg_reload_conf()")


def _forget(told: Followed) -> None:
    _wait_for(told, sync=False)
    with _superuser(told) as connection:
        connection.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s AND NOT active",
            [told.name],
        )
    print("主库不再等待这个备库，也不再为它保留日志。")


def promote(argv: list[str]) -> int:
    """Make the replica the server that counts. 0 when done, 1 with a sentence when not."""
    parser = argparse.ArgumentParser(prog="./onedoor promote", description="启用备库：此后它是主库")
    parser.add_argument("--force", action="store_true", help="主库还在应答也启用（两个主库会各写各的，慎用）")
    options = parser.parse_args(argv)
    try:
        _enable(data_directory.chosen(None), force=options.force)
    except NotPossible as error:
        print(error, file=sys.stderr)
        return FAILED
    print("备库已启用。现在可以启动：./onedoor up。原来的主库不要再启动；修好后清空，作为新的备库。")
    return 0


def _enable(data: Path, *, force: bool) -> None:
    told = followed(data)
    if told is None:
        raise NotPossible(f"{data} 不是备库")
    _must_be_alone(told, force=force)
    if lacking := [name for name in KEY_NAMES if not key_path(data, name).exists()]:
        raise NotPossible(f"{data / 'keys'} 里缺少密钥 {'、'.join(lacking)}，请先放好主库的密钥")
    _end_follower(data)
    with data_directory.lock(data, "promote"):
        _promote(data, told)


def _must_be_alone(told: Followed, *, force: bool) -> None:
    try:
        psycopg.connect(told.conninfo(dbname="postgres")).close()
    except psycopg.OperationalError:
        return
    if not force:
        raise NotPossible(f"主库（{told.socket}）还在应答。请先停止它；确认它已与外界隔绝的，用 --force")


def _end_follower(data: Path) -> None:
    """Stops `./onedoor replica` on this directory, if it runs."""
    until = time.monotonic() + 60
    while True:
        try:
            with data_directory.lock(data, "promote"):
                return
        except data_directory.InUse:
            who = data_directory.holder(data)
            if who.get("command") != "replica" or time.monotonic() > until:
                raise
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(str(who["pid"])), signal.SIGTERM)
            time.sleep(0.5)


def _promote(data: Path, told: Followed) -> None:
    if told.directory is not None:  # the primary's processes are dead, its disk may still be there
        for part in COPIED[:2]:
            mirror.Mirror(told.directory / part, data / part).once()
    if not (data / "pg" / "standby.signal").exists():  # promoted before, and killed then
        (data / FOLLOWED).unlink()
        return
    cluster = Cluster(data, behind=told.settings())
    try:
        cluster.start()
        with psycopg.connect(cluster.operator, autocommit=True) as connection:
            row = connection.execute(
                "SELECT pg_promote(true, %s), pg_last_xact_replay_timestamp()", [int(PROMOTE_WITHIN)]
            ).fetchone()
            if row is None or not row[0]:
                raise NotPossible(f"{PROMOTE_WITHIN:.0f} 秒内没有启用成功，见 {cluster.log}")
            if row[1] is not None:
                print(f"最后一笔改动在 {row[1].astimezone():%Y-%m-%d %H:%M:%S.%f}")
    except (ClusterBroken, psycopg.OperationalError) as error:
        raise NotPossible(f"没有启用成功：{re.sub(chr(10), ' ', str(error))[-800:]}") from error
    finally:
        cluster.stop()
    (data / FOLLOWED).unlink()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
