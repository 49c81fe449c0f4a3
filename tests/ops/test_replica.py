"""A replica follows, is promoted, and lets nobody start it by mistake."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from onedoor.config.keys import KEY_NAMES, key_path, load_key
from onedoor.ops import cli, promotion, replica
from onedoor.ops import data as data_directory
from onedoor.ops.initdb import ClusterBroken
from onedoor.ops.postgres import Cluster
from onedoor.ops.replica import Followed
from onedoor.ops.service_user import service_user

from .conftest import silent

pytestmark = pytest.mark.usefixtures("plain_environment")
WITHIN = 60


def until(true: Callable[[], bool], said: Callable[[], str] = lambda: "") -> None:
    end = time.monotonic() + WITHIN
    while not true():
        assert time.monotonic() < end, said()
        time.sleep(0.05)


class Follower:
    """`./onedoor replica` in a process of its own."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data, self.log = data, data.with_name(f"{data.name}.out")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "onedoor.ops", "replica", "--data", str(data), *options],
                stdout=log, stderr=log,
            )  # fmt: skip

    def said(self) -> str:
        return self.log.read_text()

    def follows(self) -> None:
        before = self.said().count("跟上主库")
        until(lambda: self.said().count("跟上主库") > before or self.process.poll() is not None, self.said)
        assert self.process.poll() is None, self.said()


@pytest.fixture
def primary(data: Path) -> Iterator[Cluster]:
    for name in KEY_NAMES:
        load_key(data, name)
    (data / "mode").write_text("empty\n")
    (data / "files" / "ab").mkdir(parents=True)
    (data / "files" / "ab" / "one").write_text("one")
    with Cluster(data, durable=False, report=silent) as cluster:
        with psycopg.connect(cluster.url) as connection:
            connection.execute("CREATE TABLE letter (n int)")
        yield cluster


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "second"
    place.mkdir()
    yield place
    with contextlib.suppress(OSError, ValueError, IndexError):
        os.kill(int((place / "pg" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)


@contextlib.contextmanager
def following(data: Path, *options: str) -> Iterator[Follower]:
    one = Follower(data, *options)
    try:
        one.follows()
        yield one
    finally:
        one.process.terminate()
        one.process.wait(30)


def write(cluster: Cluster, number: int) -> None:
    with psycopg.connect(cluster.url) as connection:
        connection.execute("INSERT INTO letter VALUES (%s)", [number])
        connection.execute("SET LOCAL synchronous_commit = on")


def promoted(data: Path) -> int:
    return cli.main(["promote", "--data", str(data)])


def test_what_was_acknowledged_with_sync_is_there_after_promotion(
    primary: Cluster, second: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with following(second, "--primary", str(primary.path), "--sync") as follower:
        with pytest.raises(ClusterBroken, match=r"备库.*promote"):
            Cluster(second, report=silent).start()
        for number in range(20):
            write(primary, number)
        (primary.path / "files" / "ab" / "two").write_text("two")
        assert promoted(second) == replica.FAILED, "the primary lives"
        assert "还在应答" in capfd.readouterr().err
        primary.kill()
        assert promoted(second) == 0, capfd.readouterr().err
        assert follower.process.wait(30) == 0
    with Cluster(second, durable=False, report=silent) as cluster, psycopg.connect(cluster.url) as connection:
        row = connection.execute("SELECT count(*), max(n) FROM letter").fetchone()
        assert row == (20, 19)
        assert connection.execute("SHOW synchronous_standby_names").fetchone() == ("",), "it waits for nobody"
    assert sorted(path.name for path in (second / "files" / "ab").iterdir()) == ["one", "two"]
    assert key_path(second, "field").read_text() == key_path(primary.path, "field").read_text()
    assert promoted(second) == replica.FAILED
    assert "不是备库" in capfd.readouterr().err


def test_a_replica_that_was_away_catches_up_and_sync_is_a_choice(primary: Cluster, second: Path) -> None:
    with following(second, "--primary", str(primary.path), "--sync"):
        write(primary, 1)
    # nobody to wait for: the write stands still until it is let go
    writer = subprocess.Popen(
        [sys.executable, "-c", "import psycopg, sys; c = psycopg.connect(sys.argv[1]);"
         " c.execute('INSERT INTO letter VALUES (2)'); c.execute('SET LOCAL synchronous_commit = on'); c.commit()",
         primary.url],
    )  # fmt: skip
    with pytest.raises(subprocess.TimeoutExpired):
        writer.wait(3)
    assert cli.main(["replica", "--data", str(second), "--forget"]) == 0
    assert writer.wait(30) == 0
    with psycopg.connect(primary.operator) as connection:
        assert connection.execute("SELECT slot_name FROM pg_replication_slots").fetchall() == []


def test_a_follower_killed_while_it_copies_begins_anew(primary: Cluster, second: Path) -> None:
    (second / "pg.new").mkdir()
    (second / "pg.new" / "half").write_text("x")
    with following(second, "--primary", str(primary.path)) as follower:
        write(primary, 1)
        follower.process.kill()
        follower.process.wait()
    write(primary, 2)
    with following(second):
        told = replica.followed(second)
        assert told is not None

        def level() -> bool:
            with psycopg.connect(told.conninfo(dbname="postgres")) as connection:
                row = connection.execute(
                    "SELECT replay_lsn = pg_current_wal_lsn() FROM pg_stat_replication WHERE application_name = %s",
                    [told.name],
                ).fetchone()
                return bool(row and row[0])

        until(level)
    assert not (second / "pg.new").exists()


def test_what_is_no_primary_or_no_empty_place_is_refused(
    primary: Cluster, second: Path, made: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["replica", "--data", str(second)]) == replica.FAILED
    assert "--primary" in capfd.readouterr().err
    assert cli.main(["replica", "--data", str(second), "--primary", str(second / "nowhere")]) == replica.FAILED
    assert "连不上主库" in capfd.readouterr().err
    shutil.copytree(made / "pg", second / "pg")
    assert cli.main(["replica", "--data", str(second), "--primary", str(primary.path)]) == replica.FAILED
    assert "已有数据库" in capfd.readouterr().err


def test_a_primary_that_lets_nobody_in_is_not_dead(
    primary: Cluster, second: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Two that serve cannot be put together again."""
    doors = primary.path / "pg" / "pg_hba.conf"
    with following(second, "--primary", str(primary.path)):
        doors.write_text("local all all reject\n")
        with psycopg.connect(primary.operator) as connection:
            connection.execute("SELECT pg_reload_conf()")

        def closed() -> bool:
            try:
                psycopg.connect(primary.operator).close()
            except psycopg.OperationalError:
                return True
            return False

        until(closed)
        assert promoted(second) == replica.FAILED
        assert "还在应答" in capfd.readouterr().err
        primary.kill()
        with data_directory.lock(primary.path, "up"):  # it would start it again in a moment
            assert promoted(second) == replica.FAILED
        assert "请先停止它" in capfd.readouterr().err
        assert promoted(second) == 0
        assert "没有检查点" in capfd.readouterr().err


class Tunnel:
    """What ssh brings here: it listens, whether there is a server at its other end or not."""

    def __init__(self, place: Path, answer: Callable[[socket.socket], object]) -> None:
        self.answer = answer
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(place / ".s.PGSQL.5432"))
        self.server.listen()
        self.open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                one, _ = self.server.accept()
                self.open.append(one)
                self.answer(one)

    def end(self) -> None:
        self.server.shutdown(socket.SHUT_RDWR)
        for one in (self.server, *self.open):
            one.close()


@pytest.mark.parametrize(
    ("answer", "alive"),
    [(lambda one: one.close(), False), (lambda one: one.recv(8) and one.sendall(b"N"), True)],
    ids=["nobody at the other end", "a server"],
)
def test_behind_a_tunnel_a_server_is_one_that_says_something(
    tmp_path: Path, answer: Callable[[socket.socket], object], alive: bool
) -> None:
    told = Followed(str(tmp_path), "onedoor_00000000")
    assert not promotion._answers(told)
    tunnel = Tunnel(tmp_path, answer)
    assert promotion._answers(told) is alive
    tunnel.end()
    assert not promotion._answers(told), "only the file is left"


def test_a_tunnel_that_hangs_is_not_taken_for_a_dead_primary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promotion, "ANSWERS_WITHIN", 0.3)
    tunnel = Tunnel(tmp_path, lambda _one: None)
    with pytest.raises(replica.NotPossible, match="ssh"):
        promotion._answers(Followed(str(tmp_path), "onedoor_00000000"))
    tunnel.end()


def test_a_replica_of_another_machine_follows_through_a_tunnel_and_is_promoted(
    primary: Cluster, second: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As the handbook has it: the folder of the socket is the system user's own, and so it can use what is in it."""
    place = tmp_path / "tunnel"
    place.mkdir(mode=0o700)
    user = service_user(primary.path / "pg")
    user.give(place)
    shutil.copytree(primary.path / "keys", second / "keys")
    threads: list[threading.Thread] = []

    def through(near: socket.socket) -> None:
        far = socket.socket(socket.AF_UNIX)
        tunnel.open.append(far)
        try:
            far.connect(str(primary.path / "pg" / ".s.PGSQL.5432"))
        except OSError:
            near.shutdown(socket.SHUT_RDWR)
            return
        for one, other in ((near, far), (far, near)):
            threads.append(threading.Thread(target=pump, args=(one, other), daemon=True))
            threads[-1].start()

    tunnel = Tunnel(place, through)
    (place / ".s.PGSQL.5432").chmod(0o666)
    try:
        with following(second, "--primary", str(place), "--sync"):
            write(primary, 1)
            assert promoted(second) == replica.FAILED
            assert "还在应答" in capfd.readouterr().err
            primary.kill()
            assert promoted(second) == replica.FAILED
            assert "mode" in capfd.readouterr().err, "it would become a demo at the next start"
            shutil.copy(primary.path / "mode", second)
            assert promoted(second) == 0, capfd.readouterr().err
        assert "没有检查点" in capfd.readouterr().err
    finally:
        for one in tunnel.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(10)
        tunnel.end()
    with Cluster(second, durable=False, report=silent) as cluster, psycopg.connect(cluster.url) as connection:
        assert connection.execute("SELECT n FROM letter").fetchall() == [(1,)]


def pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
    for end in (one, other):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def standing(primary: Cluster) -> tuple[str, list[str]]:
    """Whom the primary waits for, and for whom it keeps its log."""
    with psycopg.connect(primary.operator) as connection:
        row = connection.execute("SHOW synchronous_standby_names").fetchone()
        assert row is not None
        return row[0], [name for (name,) in connection.execute("SELECT slot_name FROM pg_replication_slots")]


def test_a_replica_whose_directory_is_gone_is_forgotten_and_a_living_one_is_not(
    primary: Cluster, second: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(replica, "LETS_GO", 1.0)
    forget = ["replica", "--forget", "--primary", str(primary.path), "--data"]
    with following(second, "--primary", str(primary.path), "--sync"):
        told = replica.followed(second)
        assert told is not None
        assert cli.main([*forget, str(primary.path)]) == replica.FAILED
        assert f"{told.name} 还连着主库" in capfd.readouterr().err
        assert standing(primary) == (told.name, [told.name])
        # by its own name too: what is still there is said
        third = second.with_name("third")
        third.mkdir()
        shutil.copy(second / replica.FOLLOWED, third)
        assert cli.main([*forget, str(third)]) == replica.FAILED
        assert f"{told.name} 还连着主库" in capfd.readouterr().err
    with following(second, "--sync"):
        pass
    shutil.rmtree(second)
    assert standing(primary) == (told.name, [told.name])
    with data_directory.lock(primary.path, "up"):
        assert cli.main([*forget, str(primary.path)]) == 0, capfd.readouterr().err
    assert standing(primary) == ("", [])
