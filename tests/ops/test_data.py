"""One launcher per data directory, commands that join it, and keys made once."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from onedoor.ops import cli
from onedoor.ops import data as data_directory
from onedoor.ops.postgres import Cluster

from .conftest import silent

HOLD = (
    "import sys; from pathlib import Path; from onedoor.ops.data import lock\n"
    "with lock(Path(sys.argv[1]), 'up'): print('held', flush=True); sys.stdin.read()\n"
)


def test_the_second_up_refuses_with_a_sentence(tmp_path: Path) -> None:
    data = tmp_path
    with data_directory.lock(data, "up"):
        command = [sys.executable, "-m", "onedoor.ops", "up", "--data", str(data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == cli.REFUSED
    assert f"{data} 正被另一个 onedoor up（进程 {os.getpid()}）使用" in done.stderr


def test_the_lock_of_a_killed_one_is_gone(tmp_path: Path) -> None:
    data = tmp_path
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(data)], stdin=-1, stdout=-1)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(data_directory.InUse), data_directory.lock(data, "up"):
            pass
        holder.kill()
    with data_directory.lock(data, "up"):
        pass


@pytest.mark.usefixtures("plain_environment")
def test_a_command_starts_a_server_of_its_own(data: Path) -> None:
    # what a killed `up` recorded is not believed
    data_directory.record_url(data, "postgresql://onedoor@/onedoor?host=/nowhere")
    with data_directory.database(data, "verify", silent) as url:
        assert os.environ["DATABASE_URL"] == url
        assert "nowhere" not in url
        psycopg.connect(url).close()
        assert data_directory.holder(data)["command"] == "verify"
    assert "DATABASE_URL" not in os.environ
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


@pytest.mark.usefixtures("plain_environment")
def test_a_command_joins_the_server_of_up(data: Path, cluster: Cluster) -> None:
    with data_directory.lock(data, "up"):
        data_directory.record_url(data, cluster.url)
        assert data_directory.url_file(data).stat().st_mode & 0o777 == 0o600
        with data_directory.database(data, "verify", silent) as url:
            assert url == cluster.url
        assert cluster.alive(), "it belongs to up"


@pytest.mark.usefixtures("plain_environment")
def test_a_given_server_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://example/x")
    with data_directory.database(tmp_path, "verify", silent) as url:
        assert url == "postgresql://example/x"
    assert not (tmp_path / "pg").exists()


def test_a_half_restored_directory_does_not_start(tmp_path: Path) -> None:
    (tmp_path / data_directory.HALF_RESTORED).mkdir()
    with pytest.raises(data_directory.NotWhole, match="没有做完"), data_directory.lock(tmp_path, "up"):
        pass


def test_processes_that_start_together_get_one_key(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from onedoor.config.keys import load_key\n"
        "sys.stdin.read(); print(load_key(Path(sys.argv[1]), 'field').hex())\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    racers = [subprocess.Popen(command, stdin=-1, stdout=-1, text=True) for _ in range(4)]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.close()
        racer.stdin = None
    found = {racer.communicate()[0] for racer in racers}
    assert len(found) == 1
    assert len(found.pop().strip()) == 64
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["field.key"]


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--data", "a b", "x"], ("a b", ["x"])),
        (["x", "--data=y"], ("y", ["x"])),
        (["x", "--", "--data", "y"], (None, ["x", "--", "--data", "y"])),
        (["x"], (None, ["x"])),
    ],
)
def test_data_is_taken_from_any_place(argv: list[str], expected: tuple[str | None, list[str]]) -> None:
    assert cli.take_data(argv) == expected


@pytest.mark.parametrize("argv", [["nothing"], [], ["import", "x.xlsx"], ["verify", "--data"]])
def test_wrong_words_get_the_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == 2
    said = capsys.readouterr()
    assert said.out + said.err
