"""Child processes that are kept alive: started with a log file, restarted when they die, stopped together."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from onedoor.ops import logs
from onedoor.ops.initdb import ClusterBroken
from onedoor.ops.postgres import Cluster

LONGEST_PAUSE = 30.0
FIRST_PAUSE = 0.5
STEADY = 60.0  # a child that lived this long starts again with the first pause
GRACE = 8.0
TICK = 0.2
ROTATE_EVERY = 60.0


class Pause:
    """How long to wait before the next start: doubled with each early death."""

    def __init__(self) -> None:
        self.length = FIRST_PAUSE
        self.started_at = time.monotonic()
        self.until: float | None = None

    def started(self) -> None:
        self.started_at = time.monotonic()
        self.until = None

    def died(self) -> float:
        now = time.monotonic()
        if now - self.started_at > STEADY:
            self.length = FIRST_PAUSE
        pause, self.length = self.length, min(self.length * 2, LONGEST_PAUSE)
        self.until = now + pause
        return pause

    def over(self) -> bool:
        return self.until is not None and time.monotonic() >= self.until


class Child:
    """One program in a session of its own. It gets SIGTERM when the launcher dies in whatever way."""

    def __init__(self, name: str, argv: list[str], log: Path, environment: Mapping[str, str]) -> None:
        self.name, self.argv, self.log, self.environment = name, argv, log, environment
        self.pause = Pause()
        self.deaths = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        setpriv = shutil.which("setpriv")
        prefix = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
        with logs.open_log(self.log) as log:
            self.process = subprocess.Popen(
                [*prefix, *self.argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                start_new_session=True,
            )
        self.pause.started()

    def code(self) -> int | None:
        """The exit code of a child that has ended."""
        return self.process.poll() if self.process is not None else None

    def bury(self) -> None:
        """After a death: what it started itself goes too, or it would keep the port."""
        if self.process is not None:
            _signal_group(self.process.pid, signal.SIGKILL)
            self.process = None
        self.deaths += 1

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_stopped(self, until: float) -> None:
        """Wait for the end, and force it at `until` (monotonic seconds)."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
        _signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


class Supervisor:
    """Keeps `children` and the embedded cluster (if there is one) running until an exception ends it."""

    def __init__(self, cluster: Cluster | None, children: list[Child], journal: Path) -> None:
        self.cluster, self.children, self.journal = cluster, children, journal
        self._cluster_pause = Pause()
        self._rotate_at = 0.0

    def run(self) -> None:
        """Never returns; the exception of a stop signal leaves it."""
        while True:
            self.tick()
            time.sleep(TICK)

    def tick(self) -> None:
        """Look once after everybody."""
        self._look_after_cluster()
        for child in self.children:
            self._look_after(child)
        now = time.monotonic()
        if now >= self._rotate_at:
            self._rotate_at = now + ROTATE_EVERY
            mine = [self.journal, *(child.log for child in self.children)]
            for log in [*mine, *([self.cluster.log] if self.cluster else [])]:
                with contextlib.suppress(OSError):
                    logs.rotate(log)

    def note(self, sentence: str) -> None:
        """A line in the launcher's log and on the screen; on a full disk perhaps on neither, and all runs on."""
        line = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {sentence}"
        with contextlib.suppress(OSError), logs.open_log(self.journal) as file:
            file.write(f"{line}\n".encode())
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr, flush=True)

    def stop(self) -> None:
        """Stop all: first those who use the database, then the database."""
        until = time.monotonic() + GRACE
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.wait_stopped(until)
        if self.cluster is not None:
            self.cluster.stop()

    def _look_after(self, child: Child) -> None:
        code = child.code()
        if code is not None:
            child.bury()
            pause = child.pause.died()
            self.note(f"{child.name} 意外退出（代码 {code}），{pause:g} 秒后重启，见 {child.log}")
        elif child.process is None and child.pause.over():
            try:
                child.start()
            except OSError as error:
                self.note(f"{child.name} 没有启动成功：{error}；{child.pause.died():g} 秒后再试")

    def _look_after_cluster(self) -> None:
        cluster, pause = self.cluster, self._cluster_pause
        if cluster is None or cluster.alive():
            return
        if pause.until is None:
            self.note(f"数据库意外退出，{pause.died():g} 秒后重启，见 {cluster.log}")
        elif pause.over():
            try:
                cluster.start()
            except (ClusterBroken, OSError) as error:
                self.note(f"{error}；{pause.died():g} 秒后再试")
            else:
                pause.started()
                self.note("数据库已恢复运行")


def run_once(argv: list[str], log: Path, environment: Mapping[str, str], beat: Callable[[], None]) -> bytes:
    """Run a program to its end, its errors into `log`; its output. Raises CalledProcessError."""
    with logs.open_log(log) as errors:
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=errors, env=dict(environment))
    try:
        while True:
            try:
                output, _ = process.communicate(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                beat()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, argv, output)
    return output


def _signal_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return
