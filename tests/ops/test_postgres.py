"""The embedded server: under root and not, and after every way of dying."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from onedoor.ops.initdb import ClusterBroken, binaries
from onedoor.ops.postgres import SOCKET_LIMIT, Cluster
from onedoor.ops.sizes import GB, settings

from .conftest import silent

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="只有 root 能切换到别的用户")
START = (
    "import sys; from pathlib import Path; from onedoor.ops.postgres import Cluster\n"
    "cluster = Cluster(Path(sys.argv[1]), durable=False); print(cluster.start(), cluster.pid, flush=True)\n"
)


def again(cluster: Cluster) -> Cluster:
    """What the next start of the launcher would hold."""
    return Cluster(cluster.path, durable=False, report=silent)


def write(cluster: Cluster, rows: int) -> None:
    with psycopg.connect(cluster.url) as connection:
        connection.execute("create table paper as select g as n from generate_series(1, %s) g", [rows])
        # wait for the disk, whatever the setting of a test cluster
        connection.execute("set local synchronous_commit = on")


def count(cluster: Cluster) -> int:
    with psycopg.connect(cluster.url) as connection:
        row = connection.execute("select count(*) from paper").fetchone()
        assert row is not None
        return int(row[0])


@as_root
def test_root_leaves_parents_alone_and_runs_the_server_as_somebody_else(tmp_path: Path) -> None:
    closed = tmp_path / "只有 root"
    closed.mkdir(mode=0o700)
    with Cluster(closed / "data", durable=False, report=silent) as cluster:
        assert cluster.pid is not None
        assert Path(f"/proc/{cluster.pid}").stat().st_uid != 0
        status = Path(f"/proc/{cluster.pid}/status").read_text()
        effective = int(status.partition("CapEff:")[2].split()[0], 16)
        assert effective in {0, 1 << 1, 1 << 2}, "at most the one capability that lets it pass"
        write(cluster, 3)
        assert count(cluster) == 3
    assert (closed.stat().st_mode & 0o777, closed.stat().st_uid) == (0o700, 0)
    owners = {path.name: path.stat().st_uid for path in (closed / "data").iterdir()}
    assert [name for name, uid in owners.items() if uid != 0] == ["pg"]
    assert (closed / "data" / "pg.password").stat().st_mode & 0o777 == 0o600


@as_root
def test_a_checkout_that_only_root_may_enter_runs_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in /root: initdb asks by access(2) whether its neighbours can be run, which heeds no plain capability."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    wheel = binaries().parents[1]
    for name in (wheel.name, f"{wheel.name}.libs"):
        shutil.copytree(wheel.parent / name, closed / name)
    within = closed / wheel.name / binaries().parent.name / "bin"
    for module in ("initdb", "postgres"):
        monkeypatch.setattr(f"onedoor.ops.{module}.binaries", lambda: within)
    with Cluster(tmp_path / "data", durable=False, report=silent) as cluster:
        write(cluster, 3)
        assert count(cluster) == 3


@pytest.fixture
def anybody() -> Iterator[tuple[list[str], Path]]:
    """The beginning of a command that runs Python as an ordinary user, and a folder of that user's."""
    user = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--inh-caps=-all"]
    library = str(Path(psycopg.__file__).parents[1])
    source = str(Path(__file__).parents[2] / "src")
    candidates = [[sys.executable], ["/usr/bin/env", f"PYTHONPATH={library}:{source}", "/usr/bin/python3"]]
    for candidate in candidates:
        probe = [*user, *candidate, "-B", "-c", "import psycopg, onedoor.ops.postgres"]
        if subprocess.run(probe, check=False, capture_output=True, cwd="/").returncode == 0:
            break
    else:
        pytest.skip("一个普通用户读不到这里的 Python 环境")
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    shutil.chown(folder, "nobody")
    yield [*user, *candidate, "-B", "-c"], folder
    shutil.rmtree(folder)


@as_root
def test_an_ordinary_user_runs_it_plainly(anybody: tuple[list[str], Path]) -> None:
    python, folder = anybody
    program = START + "import os\nassert os.stat(sys.argv[1] + '/pg').st_uid == os.geteuid()\ncluster.stop()"
    done = subprocess.run([*python, program, f"{folder}/data"], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("postgresql://onedoor:")


@as_root
def test_an_ordinary_user_is_told_that_the_cluster_is_not_his(anybody: tuple[list[str], Path]) -> None:
    python, folder = anybody
    (folder / "data" / "pg").mkdir(parents=True)
    shutil.chown(folder / "data", "nobody")
    done = subprocess.run([*python, START, f"{folder}/data"], capture_output=True, text=True, check=False, cwd="/")
    assert "属于另一个用户" in done.stderr


def test_a_killed_server_recovers_what_was_committed(cluster: Cluster) -> None:
    write(cluster, 1000)
    before = cluster.url
    cluster.kill()
    assert not cluster.alive()
    assert cluster.start() == before
    assert count(cluster) == 1000


def test_killed_again_during_recovery(cluster: Cluster) -> None:
    write(cluster, 200_000)
    cluster.kill()

    class Unlucky(Cluster):
        def _ready(self, process: "subprocess.Popen[bytes]") -> bool:
            if self._pid_lines():
                process.kill()
            return False

    with pytest.raises(ClusterBroken):
        Unlucky(cluster.path, durable=False, report=silent).start()
    with again(cluster) as next_one:
        assert count(next_one) == 200_000


def test_a_server_left_by_a_killed_launcher_is_stopped_first(data: Path) -> None:
    launcher = subprocess.Popen([sys.executable, "-c", START + "sys.stdin.read()", str(data)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
    with launcher:
        assert launcher.stdout is not None
        pid = int(launcher.stdout.readline().split()[-1])
        # Even one that the kernel does not stop with its launcher, as under an older release.
        launcher.send_signal(signal.SIGSTOP)
        said: list[str] = []
        with Cluster(data, durable=False, report=said.append) as cluster:
            assert cluster.pid != pid
        launcher.kill()
    assert any("正常停止" in sentence for sentence in said)


def test_the_server_ends_with_its_launcher(data: Path) -> None:
    launcher = subprocess.Popen([sys.executable, "-c", START + "sys.stdin.read()", str(data)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
    with launcher:
        assert launcher.stdout is not None
        launcher.stdout.readline()
        launcher.kill()
    with Cluster(data, durable=False, report=silent) as cluster:
        assert cluster.alive()


def test_a_stale_pid_file_does_not_stop_the_start(data: Path) -> None:
    other = subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
    try:
        for left in ("", f"{other.pid}\n/somewhere\n", "999999999\n/somewhere\n"):
            (data / "pg" / "postmaster.pid").write_text(left)
            with Cluster(data, durable=False, report=silent) as cluster:
                assert cluster.alive()
        assert other.poll() is None, "a stranger that got the number is left alone"
    finally:
        other.kill()
        other.wait()


def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "pg.new").mkdir()
    (tmp_path / "pg.new" / "PG_VERSION").write_text("18\n")
    with Cluster(tmp_path, durable=False, report=silent) as cluster:
        write(cluster, 1)
        with psycopg.connect(cluster.url) as connection:
            shown = connection.execute(
                "select current_setting('data_checksums'), current_setting('listen_addresses'),"
                " getdatabaseencoding(), (select rolsuper from pg_roles where rolname = current_user)"
            ).fetchone()
        assert shown == ("on", "", "UTF8", False)
    assert not (tmp_path / "pg.new").exists()


def test_a_lost_password_is_replaced(data: Path) -> None:
    (data / "pg.password").unlink()
    with Cluster(data, durable=False, report=silent) as cluster:
        write(cluster, 1)
    assert (data / "pg.password").stat().st_mode & 0o777 == 0o600


def test_a_path_too_long_for_a_socket(data: Path) -> None:
    deep = data.parent / ("很深的目录" * 8)
    data.rename(deep)
    with Cluster(deep, durable=False, report=silent) as cluster:
        write(cluster, 1)
        assert cluster._socket is not None
        socket = cluster._socket / ".s.PGSQL.5432"
        assert len(os.fsencode(socket)) <= SOCKET_LIMIT
        assert socket.parent.stat().st_mode & 0o777 == 0o700
    assert not socket.parent.exists()


def test_something_else_in_the_place_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "letter.txt").write_text("x")
    with pytest.raises(ClusterBroken, match="不是数据库目录"):
        Cluster(tmp_path).start()
    assert (tmp_path / "pg" / "letter.txt").exists()


@pytest.mark.parametrize(
    ("memory", "shared"), [(2 * GB, "128MB"), (4 * GB, "341MB"), (24 * GB, "2048MB"), (256 * GB, "2048MB")]
)
def test_the_servers_share_of_the_machine(memory: int, shared: str) -> None:
    chosen = settings(durable=True, total=memory)
    assert chosen["shared_buffers"] == shared
    assert "fsync" not in chosen, "on by default, and never off for real data"
