"""A second server that follows the first: `./onedoor replica --primary …` keeps it, `./onedoor promote` (promotion.py)
makes it the one that serves.

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
from onedoor.ops.initdb import write_secret
from onedoor.ops.postgres import SOCKET_PREFIX, Cluster
from onedoor.ops.service_user import service_user
from onedoor.ops.supervise import Supervisor

FOLLOWED = "replica.json"
FAILED = 1
COPIED = ("files", "checkpoints", "mode")
OURS = re.compile(r"onedoor_[0-9a-f]{8}")
LETS_GO = 5.0


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
        if options.forget and followed(data) is None:  # its directory is gone, and this one may be the primary's own
            return _forget(data, options.primary)
        with data_directory.lock(data, "replica"):
            if options.forget:
                return _forget(data, options.primary)
            _follow(data, _whom(data, options.primary), sync=options.sync)
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


def _forget(data: Path, primary: str | None) -> int:
    """The primary waits no more for this replica and keeps no log for it; read back, for the operator goes by it.
    Where the replica's own directory is gone, those of the primary's replicas that are not connected."""
    known, told = followed(data), _whom(data, primary)
    name = known.name if known else None
    until = time.monotonic() + LETS_GO  # the connection of one that was stopped just now
    while True:
        with _superuser(told) as connection:
            waiting, slots = _standing(connection, name)
            if not waiting and not slots:
                print("主库不再等待这个备库，也不再为它保留日志。")
                return 0
            if time.monotonic() > until:
                break
            connected = [one for one, active in slots.items() if active]
            if OURS.fullmatch(waiting) and (name or waiting not in connected):
                _set_sync(connection, "")
            for one in slots.keys() - connected:
                connection.execute("SELECT pg_drop_replication_slot(%s)", [one])
        time.sleep(0.2)
    if slots:
        print(f"备库 {'、'.join(slots)} 还连着主库，主库还为它保留日志。确已停下的，过一分钟再试", file=sys.stderr)
    if waiting:
        print(f"主库还在等备库（synchronous_standby_names = {waiting}）", file=sys.stderr)
    return FAILED


def _standing(connection: bases.Connection, name: str | None) -> tuple[str, dict[str, bool]]:
    """What the primary has of the replica `name`, or of all: whom it waits for, and the slots, with whether they are
    connected."""
    row = connection.execute("SHOW synchronous_standby_names").fetchone()
    waiting = str(row[0]) if row else ""
    ours = {name} if name else set(OURS.findall(waiting))
    rows = connection.execute("SELECT slot_name, active FROM pg_replication_slots WHERE slot_type = 'physical'")
    slots = {str(one): bool(active) for one, active in rows if one == name or (not name and OURS.fullmatch(one))}
    return waiting if any(one in waiting for one in ours) else "", slots


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
