"""`./onedoor promote`: the replica becomes the server that counts."""

import argparse
import contextlib
import os
import re
import signal
import socket
import struct
import sys
import time
from pathlib import Path

import psycopg

from onedoor.config.keys import KEY_NAMES, key_path
from onedoor.ops import data as data_directory
from onedoor.ops import mirror, prepare
from onedoor.ops.initdb import ClusterBroken
from onedoor.ops.postgres import PORT, SOCKET_LIMIT, Cluster
from onedoor.ops.replica import COPIED, FAILED, FOLLOWED, Followed, NotPossible, followed

PROMOTE_WITHIN = 600.0
ANSWERS_WITHIN = 10.0
ASKS_FOR_TLS = struct.pack(">II", 8, 80877103)  # any server of PostgreSQL answers it with one letter


def run(argv: list[str]) -> int:
    """Make the replica the server that counts. 0 when done, 1 with a sentence when not."""
    parser = argparse.ArgumentParser(prog="./onedoor promote", description="启用备库：此后它是主库")
    parser.add_argument("--force", action="store_true", help="主库还在应答也启用（两个主库会各写各的，慎用）")
    options = parser.parse_args(argv)
    data = data_directory.chosen(None)
    try:
        _enable(data, force=options.force)
    except NotPossible as error:
        print(error, file=sys.stderr)
        return FAILED
    print("备库已启用。现在可以启动：./onedoor up。原来的主库不要再启动；修好后清空，作为新的备库。")
    if not any((data / "checkpoints").glob("*")):
        print(
            f"注意：{data / 'checkpoints'} 里没有检查点，verify 查不出启用以前被删改的。"
            "主库的盘还读得到的，把它的 checkpoints/ 拷来再启动",
            file=sys.stderr,
        )
    return 0


def _enable(data: Path, *, force: bool) -> None:
    told = followed(data)
    if told is None:
        raise NotPossible(f"{data} 不是备库")
    _must_be_alone(told, force=force)
    if lacking := [name for name in KEY_NAMES if not key_path(data, name).exists()]:
        raise NotPossible(f"{data / 'keys'} 里缺少密钥 {'、'.join(lacking)}，请先放好主库的密钥")
    if prepare.mode_of(data) is None:  # the next start would take it for a new one and bring the demo's accounts
        raise NotPossible(f"{data} 里缺少 mode 文件，请先从主库的数据目录拷来")
    _end_follower(data)
    with data_directory.lock(data, "promote"):
        _promote(data, told)


def _must_be_alone(told: Followed, *, force: bool) -> None:
    if force:
        return
    if told.directory is not None and data_directory.is_held(told.directory):
        raise NotPossible(f"{data_directory.in_use(told.directory)}，它会再启动主库。请先停止它")
    if _answers(told):
        raise NotPossible(f"主库（{told.socket}）还在应答。请先停止它；确认它已与外界隔绝的，用 --force")


def _answers(told: Followed) -> bool:
    """Whether anybody stands behind the primary's socket. One that starts up, has no connection left or lets us not in
    refuses a connection as one that is dead does; so a word of any kind counts. Dead is whom nobody listens for."""
    place = Path(told.socket) / f".s.PGSQL.{PORT}"
    if len(os.fsencode(place)) > SOCKET_LIMIT:
        return False  # nobody can listen there: then it is in /tmp, and `told.socket` knows
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(ANSWERS_WITHIN)
        try:
            one.connect(str(place))
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            return False
        except OSError:  # too many wait already, or it is not ours to enter
            return True
        if told.directory is not None:
            return True
        # brought here by ssh, which listens itself, and hangs up when it finds nobody at the other end
        try:
            one.sendall(ASKS_FOR_TLS)
            return one.recv(1) != b""
        except ConnectionError:
            return False
        except OSError:
            raise NotPossible(
                f"{place} 有人接听而没有应答：主库停住了，或机器断了而 ssh 还没有发觉。"
                "请先确认主库已停，结束这个 ssh，再试；或用 --force"
            ) from None


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
