"""Children are kept alive, and end together."""

import errno
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from onedoor.ops import logs, supervise
from onedoor.ops.cli import main
from onedoor.ops.supervise import Child, Pause, Supervisor


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "nothing happened within 10 s"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """One child, which itself has a child that ignores SIGTERM, as a server's worker may."""
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(supervise, "GRACE", 1.0)
    script = "trap '' TERM; sleep 300 & echo $! >>pids; trap 'exit 0' TERM; wait"
    command = ["/bin/sh", "-c", f"cd {tmp_path}; {script}"]
    child = Child("子进程", command, tmp_path / "child.log", os.environ)
    found = Supervisor(None, [child], tmp_path / "up.log")
    child.start()
    yield found
    found.stop()


def pids(folder: Path) -> list[int]:
    path = folder / "pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_a_dead_child_comes_back_and_leaves_nobody_behind(supervisor: Supervisor, tmp_path: Path) -> None:
    (child,) = supervisor.children
    until(lambda: len(pids(tmp_path)) == 1)
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    supervisor.tick()
    assert child.process is None
    until(lambda: gone(pids(tmp_path)[0]))

    def back() -> bool:
        supervisor.tick()
        return child.process is not None

    until(back)
    until(lambda: len(pids(tmp_path)) == 2)
    assert "子进程 意外退出（代码 -9），0.05 秒后重启" in (tmp_path / "up.log").read_text()
    supervisor.stop()
    until(lambda: all(gone(pid) for pid in pids(tmp_path)))


def test_children_end_with_a_killed_launcher(tmp_path: Path) -> None:
    program = (
        "import os, sys, time; from pathlib import Path; from onedoor.ops.supervise import Child\n"
        "child = Child('x', ['/bin/sleep', '300'], Path(sys.argv[1]), os.environ); child.start()\n"
        "print(child.process.pid, flush=True); sys.stdin.read()\n"
    )
    launcher = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "log")], stdin=-1, stdout=-1)
    with launcher:
        assert launcher.stdout is not None
        pid = int(launcher.stdout.readline())
        assert not gone(pid)
        # what asks for the signal becomes the child itself a moment after it was started
        until(lambda: Path(f"/proc/{pid}/comm").read_text().strip() == "sleep")
        launcher.kill()
    until(lambda: gone(pid))


def test_the_pause_grows_to_its_limit() -> None:
    pause = Pause()
    lengths = [pause.died() for _ in range(9)]
    assert lengths[:3] == [0.5, 1.0, 2.0]
    assert lengths[-1] == supervise.LONGEST_PAUSE
    assert not pause.over()


def test_a_port_in_use_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("onedoor.ops.up.PORT_TIME", 0.1)
    monkeypatch.setattr("signal.signal", lambda *_arguments: None)
    monkeypatch.setenv("ONEDOOR_DATA", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["up", "--data", str(tmp_path), "--port", str(port)]) == 1
    assert f"端口 {port} 已被另一个程序占用" in capsys.readouterr().err.replace("\n", "")
    assert not (tmp_path / "pg").exists()


def test_a_log_is_cut_while_it_is_held_open(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    with logs.open_log(path) as held:
        for round_ in range(5):
            held.write(f"{round_}".encode() * 100)
            logs.rotate(path, limit=50)
        held.write(b"after")
    assert path.read_bytes() == b"after"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["web.log", *(f"web.log.{n}" for n in (1, 2, 3))]
    assert logs.tail(path.with_name("web.log.1")) == "4" * 100


def test_a_full_disk_ends_nothing(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It cannot write its own log, nor put one aside."""

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (child,) = supervisor.children
    supervisor.journal = Path("/dev/full")
    monkeypatch.setattr(logs, "rotate", full)
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    supervisor.tick()
    assert "子进程 意外退出" in capsys.readouterr().err

    with monkeypatch.context() as patch:
        patch.setattr(logs, "open_log", full)

        def tried() -> bool:
            supervisor.tick()
            return "子进程 没有启动成功" in capsys.readouterr().err

        until(tried)

    def back() -> bool:
        supervisor.tick()
        return child.process is not None

    until(back)


def test_a_log_that_cannot_be_put_aside_costs_none_of_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "web.log"
    for number in range(4):
        path.write_text(f"{number}" * 100)
        logs.rotate(path, limit=50)
    path.write_text("now" * 100)

    def full(_source: Path, target: Path) -> None:
        target.write_text("ha")
        raise OSError(errno.ENOSPC, "No space left on device")

    before = {one.name: one.read_text() for one in tmp_path.iterdir()}
    monkeypatch.setattr("shutil.copyfile", full)
    for _minute in range(3):
        with pytest.raises(OSError, match="space"):
            logs.rotate(path, limit=50)
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == before
