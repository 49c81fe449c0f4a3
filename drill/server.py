"""`./onedoor up` on a drill's directory, and the ways it dies."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UP_WITHIN = 600.0  # on a machine that others keep busy


def say(sentence: str) -> None:
    """Progress, for who waits before the screen."""
    print(sentence, file=sys.stderr, flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The launcher with web server, worker and PostgreSQL. `prefix` stands before its command, `more` goes into its
    environment."""

    def __init__(self, data: Path, *, prefix: Sequence[str] = (), more: dict[str, str] | None = None) -> None:
        self.port = free_port()
        self.data = data
        self.prefix, self.more = list(prefix), more or {}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    def start(self) -> None:
        command = [*self.prefix, sys.executable, "-m", "onedoor.ops", "up", "--empty"]
        command += ["--data", str(self.data), "--port", str(self.port)]
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {"ONEDOOR_DATA": str(self.data), **self.more}
        setpriv = shutil.which("setpriv")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*([setpriv, "--pdeathsig", "TERM"] if setpriv else []), *command],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        """Until `/healthz` says ok."""
        from onedoor.ops.health import Probe

        probe, looks = Probe("127.0.0.1", self.port, tls=False), 0
        while (said := probe.ask()) is not None:
            looks += 1
            if looks * 0.2 > UP_WITHIN or (self.process is not None and self.process.poll() is not None):
                raise RuntimeError(f"服务器没有起来（{said}），见 {self.log}")
            time.sleep(0.2)

    def below(self) -> list[int]:
        """The launcher's children and theirs, the oldest first."""
        assert self.process is not None
        parents: dict[int, int] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, ValueError):
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        found, layer = [], {self.process.pid}
        while layer := {pid for pid, parent in parents.items() if parent in layer}:
            found += sorted(layer)
        return found

    def kill(self, what: str, pick: random.Random | None = None) -> bool:
        """kill -9: "web", "worker", "postgres" or one process of them, or "everything", and up again. The launcher
        starts anew whatever of its children dies. False when there is nothing of the kind to kill just now."""
        assert self.process is not None
        below = self.below()
        if what == "everything":
            self.end()
            time.sleep(0.5)
            self.start()
            return True
        if what == "postgres":
            found = self._postmaster()
        elif what == "one of postgres'":
            backends = [pid for pid in below if command_of(pid).startswith("postgres: ")]
            found = [(pick or random.Random(1)).choice(backends)] if backends else []
        else:
            word = "onedoor.ops worker" if what == "worker" else "granian"
            found = [pid for pid in below if word in command_of(pid)]
            found = found[-1:] if what == "one of the web's" else found
        for pid in found:
            kill(pid)
        return bool(found)

    def end(self) -> None:
        """kill -9 of everything, for good."""
        assert self.process is not None
        for pid in [self.process.pid, *self.below(), *self._postmaster()]:
            kill(pid)
        self.process.wait()

    def _postmaster(self) -> list[int]:
        with contextlib.suppress(OSError, ValueError, IndexError):
            leader = int((self.data / "pg" / "postmaster.pid").read_text().split()[0])
            if "postgres" in command_of(leader):
                return [leader]
        return []

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def joined(data: Path) -> Iterator[str]:
    """The drill's database with Django set up, as it is: that of the server that runs on `data`, or else one started
    here for so long. Its URL."""
    from onedoor.ops.data import database as opened

    with opened(data, "drill", say) as url:
        import django

        django.setup()
        from django.db import connection
        from psycopg.conninfo import conninfo_to_dict

        given = conninfo_to_dict(url)  # the settings keep what was the first
        connection.settings_dict |= {"HOST": given["host"], "PASSWORD": given["password"]}
        try:
            yield url
        finally:
            connection.close()


@contextlib.contextmanager
def database(data: Path) -> Iterator[None]:
    """`joined`, migrated to the present."""
    with joined(data):
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


def command_of(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
