"""The embedded PostgreSQL: one cluster in a data directory, reached through a private socket only.

`Cluster(DIR).start()` makes the cluster when there is none, deals with whatever a killed predecessor left,
waits as long as recovery takes, and returns the DATABASE_URL. In DIR it owns `pg/` (the cluster, given to the
system user it runs as), `pg.password` and `log/postgres.log`. Callers that may meet each other hold
`onedoor.ops.data.lock` first.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from psycopg.conninfo import make_conninfo

from onedoor.ops import logs, wal
from onedoor.ops.initdb import (
    DATABASE,
    ROLE,
    VERSION,
    ClusterBroken,
    binaries,
    clean_environment,
    create,
    keep_doors,
    new_password,
)
from onedoor.ops.service_user import ServiceUser, service_user
from onedoor.ops.sizes import settings

PORT = 5432  # of the socket's name only, nothing listens on TCP
SOCKET_LIMIT = 107
SOCKET_PREFIX = "onedoor-pg-"
SAY_AFTER, SAY_EVERY = 3.0, 10.0
FOLLOWS = ("standby.signal", "recovery.signal")
STILL_IN_USE = 60.0  # backends of a killed postmaster notice its end within this


def _to_stderr(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


class Cluster:
    """One embedded server. Not safe for several threads; the thread that starts it must outlive it, for the
    server stops when that thread ends. `durable=False` trades safety for speed: tests only.

    `behind`: settings of a server that follows another's log (a replica, a recovery). Only with them a cluster that
    waits for a log starts, and the role's password is left as it came."""

    def __init__(
        self,
        path: Path,
        *,
        durable: bool = True,
        report: Callable[[str], None] = _to_stderr,
        behind: Mapping[str, str] | None = None,
    ) -> None:
        self.path = path.absolute()
        self.durable = durable
        self.behind = behind
        self.report = report
        self.place = self.path / "pg"
        self.password = self.path / "pg.password"
        self.log = self.path / "log" / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None

    # --- what callers use ---------------------------------------------------------------------------------
    def start(self) -> str:
        """Start the server, wait until it takes connections, return its URL.

        Raises ClusterBroken when it ends before that; recovery may take as long as it needs.
        """
        if self.alive():
            return self.url
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        user = self._prepare()
        self._stop_left_over()
        keep_doors(self.place, user)
        if self.behind is None and not self.password.exists():
            new_password(self.place, self.password, user)
        if self._socket is None:
            self._socket = self._socket_folder(user)
        give_up_at = time.monotonic() + STILL_IN_USE
        while not self._launch(user):
            # Only "memory still in use" comes here: children of a killed postmaster are on their way out.
            if time.monotonic() > give_up_at:
                raise ClusterBroken(f"上次的数据库进程仍未退出，见 {self.log}")
            time.sleep(0.2)
        # A replica of a primary on another machine has no password of the role; the first start as primary makes one.
        return self.url if self.behind is None or self.password.exists() else self.operator

    def stop(self) -> None:
        """Stop the server cleanly, however long its last checkpoint takes. Nothing to do when it is down."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(signal.SIGINT if self.durable else signal.SIGQUIT)
                self._wait("正在停止数据库", lambda: self._process is None or self._process.poll() is not None)
            self._process = None
        self._drop_socket_folder()

    def kill(self) -> None:
        """End the server as a power cut would (tests, drills): the next start has to recover."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def alive(self) -> bool:
        """Whether the server started here still runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def url(self) -> str:
        """The URL; the same for the whole life of this object, restarts included."""
        if self._socket is None:
            raise RuntimeError("the cluster was not started")
        word = self.password.read_text().strip()
        return f"postgresql://{ROLE}:{word}@/{DATABASE}?host={quote(str(self._socket), safe='/')}"

    @property
    def operator(self) -> str:
        """The connection of the superuser, whom the socket knows by the system user who connects."""
        if self._socket is None:
            raise RuntimeError("the cluster was not started")
        return make_conninfo(host=str(self._socket), user="postgres", dbname="postgres")

    def __enter__(self) -> "Cluster":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- before the start ---------------------------------------------------------------------------------
    def _prepare(self) -> ServiceUser:
        """Make the cluster where there is none; check that an existing one can be run."""
        owner = self.place.stat().st_uid if self.place.exists() else os.geteuid()
        if os.geteuid() not in {0, owner}:
            raise ClusterBroken(f"{self.place} 属于另一个用户（用户号 {owner}），请用该用户或 root 启动")
        if self.place.is_dir() and not any(self.place.iterdir()):
            self.place.rmdir()
        user = service_user(self.place)
        if not self.place.exists():
            self.report("正在初始化数据库……")
            create(self.place, self.password, user, durable=self.durable)
            return user
        if self.behind is None and any((self.place / name).exists() for name in FOLLOWS):
            raise ClusterBroken(f"{self.place} 是备库，还不能单独启动。要启用它，先运行 ./onedoor promote")
        version = self.place / "PG_VERSION"
        if not version.exists():
            raise ClusterBroken(f"{self.place} 不是数据库目录，请换一个数据目录（--data）")
        if version.read_text().strip() != VERSION:
            raise ClusterBroken(f"{self.place} 是 PostgreSQL {version.read_text().strip()} 的，需要 {VERSION}")
        if owner == 0:  # copied here by root
            user.give(self.place)
        return user

    def _stop_left_over(self) -> None:
        """Stop the server of a launcher that was killed; forget a pid file whose number went to another."""
        lines = self._pid_lines()
        if not lines:
            (self.place / "postmaster.pid").unlink(missing_ok=True)  # cut short: PostgreSQL would refuse it
            return
        pid = int(lines[0])
        if self._is_ours(pid):
            self.report("上次的数据库还在运行，正在让它正常停止……")
            _signal(pid, signal.SIGINT)
            self._wait("正在等待上次的数据库停止", lambda: not self._is_ours(pid))
        elif _runs(pid):
            # PostgreSQL itself forgets the file of a dead process, but trusts a number that is in use again.
            (self.place / "postmaster.pid").unlink(missing_ok=True)
        folder = Path(lines[4]) if len(lines) > 4 else None
        if folder is not None and folder.name.startswith(SOCKET_PREFIX):
            shutil.rmtree(folder, ignore_errors=True)

    def _is_ours(self, pid: int) -> bool:
        """Whether `pid` is a postmaster of this directory. Its command line is readable for everybody."""
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return words[0].endswith(b"postgres") and os.fsencode(self.place) in words

    def _pid_lines(self) -> list[str]:
        try:
            lines = (self.place / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        # Empty: just being written, or cut short by a crash of the machine.
        return lines if lines and lines[0].strip().isdigit() else []

    def _socket_folder(self, user: ServiceUser) -> Path:
        """The cluster's own folder, which is private and stays; where its path does not fit: one in /tmp."""
        text = str(self.place)
        fits = len(os.fsencode(text)) + len(f"/.s.PGSQL.{PORT}") <= SOCKET_LIMIT
        if fits and re.fullmatch(r"(/[\w.\-]+( [\w.\-]+)*)+", text):
            return self.place
        folder = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir="/tmp"))
        user.give(folder)
        return folder

    def _drop_socket_folder(self) -> None:
        if self._socket is not None and self._socket != self.place:
            shutil.rmtree(self._socket, ignore_errors=True)
            self._socket = None

    # --- the start ----------------------------------------------------------------------------------------
    def _launch(self, user: ServiceUser) -> bool:
        """Start the postmaster and wait for it. False: memory of the last one is still in use, try again."""
        programs = binaries()
        command = [str(programs / "postgres"), "-D", str(self.place)]
        chosen = settings(durable=self.durable)
        chosen |= {"unix_socket_directories": str(self._socket), "unix_socket_permissions": "0700"}
        chosen |= {"listen_addresses": "", "port": str(PORT)}
        reach = [programs, self.place]
        if self.behind is not None:
            chosen |= self.behind
        elif archive := wal.folder_of(self.path):
            chosen |= wal.settings(archive)
            if folder := wal.prepare(archive, user):
                reach.append(folder)
            else:
                self.report(wal.missing(archive))
        for name, value in chosen.items():
            command += ["-c", f"{name}={value}"]
        logs.rotate(self.log)
        with logs.open_log(self.log) as log:
            begin = self.log.stat().st_size
            self._process = subprocess.Popen(
                user.command(command, reach, die_with_parent=True),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=clean_environment(),
                start_new_session=True,  # Ctrl-C is the launcher's to pass on
            )
        process = self._process
        self._wait("数据库正在恢复", lambda: self._ready(process) or process.poll() is not None)
        if process.poll() is None:
            return True
        self._process = None
        with self.log.open("rb") as file:
            file.seek(begin)
            said = file.read().decode(errors="replace").strip()
        if "pre-existing shared memory block" in said or "lock file" in said:
            return False
        raise ClusterBroken(f"数据库没有启动成功（日志 {self.log}）：\n{said[-1500:]}")

    def _ready(self, process: "subprocess.Popen[bytes]") -> bool:
        lines = self._pid_lines()
        return len(lines) > 7 and int(lines[0]) == process.pid and lines[7].strip() == "ready"

    def _wait(self, what: str, done: Callable[[], bool]) -> None:
        begun = time.monotonic()
        say_at = begun + SAY_AFTER
        while not done():
            now = time.monotonic()
            if now >= say_at:
                self.report(f"{what}，已 {now - begun:.0f} 秒……")
                say_at = now + SAY_EVERY
            time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
