"""Who uses the data directory: one launcher at a time, and commands that join it."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from onedoor.ops.initdb import write_secret
from onedoor.ops.postgres import Cluster

LOCK = "onedoor.lock"
HALF_RESTORED = ".restoring"
ROOT = Path(__file__).resolve().parents[3]


class InUse(RuntimeError):
    """Another process holds the data directory; the sentence names it."""


class NotWhole(RuntimeError):
    """The data directory is the remainder of a restore that was interrupted."""


def chosen(option: str | None) -> Path:
    """The data directory: `--data`, else ONEDOOR_DATA, else `data` of the project, as an absolute path."""
    text = option or os.environ.get("ONEDOOR_DATA")
    return Path(text).expanduser().absolute() if text else ROOT / "data"


@contextmanager
def lock(data: Path, command: str) -> Iterator[None]:
    """Hold `data` for this process. Raises InUse when another process does.

    The kernel drops the lock with the process, however that ends; children do not inherit it.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(in_use(data)) from None
        if (data / HALF_RESTORED).exists() and command != "restore":
            raise NotWhole(f"{data} 上次的恢复（restore）没有做完。请清空该目录后重新恢复")
        url_file(data).unlink(missing_ok=True)  # of a holder that was killed
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "command": command}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def part_lock(data: Path, part: str, *, joins: bool) -> Iterator[None]:
    """Hold `data` for one part of the platform (`up --only`). Parts run beside each other; `restore`, and an `up` with
    a database of its own, come in between only when the part `joins` that very `up`."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        for name, kind in ((LOCK, fcntl.LOCK_SH), (f"onedoor-{part}.lock", fcntl.LOCK_EX)):
            if joins and name == LOCK:
                continue
            descriptor = os.open(data / name, os.O_RDWR | os.O_CREAT, 0o600)
            stack.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if name == LOCK:
                    raise InUse(in_use(data)) from None
                raise InUse(f"数据目录 {data} 上已经有一个同样的部分（{part}）在运行") from None
        if (data / HALF_RESTORED).exists():
            raise NotWhole(f"{data} 上次的恢复（restore）没有做完。请清空该目录后重新恢复")
        yield


def is_held(data: Path) -> bool:
    """Whether another process uses `data`; nothing is written there."""
    try:
        descriptor = os.open(data / LOCK, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system that knows no locks
        return False
    finally:
        os.close(descriptor)
    return False


def in_use(data: Path) -> str:
    """The sentence that names who uses it."""
    who = holder(data)
    return f"数据目录 {data} 正被另一个 onedoor {who.get('command', '')}（进程 {who.get('pid', '?')}）使用"


def holder(data: Path) -> dict[str, object]:
    """`pid` and `command` of the last one who took the lock; empty when nobody did."""
    try:
        found = json.loads((data / LOCK).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def url_file(data: Path) -> Path:
    return data / "run" / "database_url"


def record_url(data: Path, url: str) -> None:
    """Let other commands join the server that `up` runs."""
    url_file(data).parent.mkdir(mode=0o700, exist_ok=True)
    write_secret(url_file(data), f"{url}\n{os.getpid()}\n")


def forget_url(data: Path) -> None:
    url_file(data).unlink(missing_ok=True)


@contextmanager
def database(data: Path, command: str, report: Callable[[str], None]) -> Generator[str, None, None]:
    """The database for the length of one command, in DATABASE_URL too.

    In this order: the server DATABASE_URL names; the one `up` runs on this directory; an own one, started
    and stopped here. When another command has one running, this one waits for its end.
    """
    os.environ["ONEDOOR_DATA"] = str(data)
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    try:
        with contextlib.ExitStack() as stack:
            url = joined(data) or _own(data, command, report, stack)
            os.environ["DATABASE_URL"] = url
            yield url
    finally:
        os.environ.pop("DATABASE_URL", None)


def _own(data: Path, command: str, report: Callable[[str], None], stack: contextlib.ExitStack) -> str:
    said = False
    while True:
        try:
            stack.enter_context(lock(data, command))
            break
        except InUse:
            if url := joined(data):
                return url
            if not said:
                report(f"{in_use(data)}，正在等待它结束或就绪……")
                said = True
            time.sleep(0.1)
    cluster = Cluster(data, report=report)
    stack.callback(cluster.stop)
    return cluster.start()


def joined(data: Path) -> str | None:
    """The URL of the server that a living `up` recorded, if it answers."""
    try:
        url, pid = url_file(data).read_text().split()
        os.kill(int(pid), 0)
    except PermissionError:
        pass
    except (OSError, ValueError):
        return None
    return url if _answers(url) else None


def _answers(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True
