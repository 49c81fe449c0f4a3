"""A base backup and the archived log lead to any instant between; where something is missing, that is said."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from onedoor.config.keys import KEY_NAMES, load_key
from onedoor.ops import archive, archiving, backup, mirror, restore, wal
from onedoor.ops import data as data_directory
from onedoor.ops.postgres import Cluster

from .conftest import silent

pytestmark = pytest.mark.usefixtures("plain_environment")


def now(cluster: Cluster) -> datetime:
    with psycopg.connect(cluster.url) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
        assert row is not None
        found: datetime = row[0]
        return found


def write(cluster: Cluster, word: str) -> None:
    with psycopg.connect(cluster.url) as connection:
        connection.execute("INSERT INTO letter VALUES (%s)", [word])
        connection.execute("SET LOCAL synchronous_commit = on")


def words(data: Path) -> list[str]:
    with Cluster(data, durable=False, report=silent) as there, psycopg.connect(there.url) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM letter ORDER BY word")]


def switch(cluster: Cluster) -> None:
    """Ends the segment, as a minute does, and waits until it is archived."""
    with psycopg.connect(cluster.operator, autocommit=True) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        archived(cluster, row[0])


def archived(cluster: Cluster, name: str) -> None:
    log = wal.folder_of(cluster.path)
    assert log is not None
    until = time.monotonic() + 20
    while not (log / wal.LOG / f"{name}.gz").exists():
        assert time.monotonic() < until, cluster.log.read_text()[-2000:]
        time.sleep(0.05)


@pytest.fixture(scope="module")
def origin(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """A base backup, then three writes with an instant between each two, all archived."""
    place = tmp_path_factory.mktemp("origin")
    data, log = place / "data", place / "it's an archive 100%"
    shutil.copytree(made, data)
    for name in KEY_NAMES:
        load_key(data, name)
    (data / "mode").write_text("empty\n")
    (log / wal.LOG).mkdir(parents=True)
    (data / wal.NAMED).write_text(str(log))
    instants = []
    with Cluster(data, durable=False, report=silent) as cluster:
        with psycopg.connect(cluster.url) as connection:
            connection.execute("CREATE TABLE letter (word text)")
        write(cluster, "before")
        backup.make(data, place / "base", cluster.url, base=True)
        for word in ("first", "second", "third"):
            write(cluster, word)
            time.sleep(0.01)
            instants.append(now(cluster))
            time.sleep(0.01)
            if word == "second":
                switch(cluster)
        switch(cluster)
        (data / "files" / "ab").mkdir(parents=True)
        (data / "files" / "ab" / "later").write_text("later")
        mirror.Mirror(data / "files", log / wal.FILES).once()
        yield {"base": place / "base", "log": log, "instants": instants, "cluster": cluster, "data": data}


Back = Callable[..., list[str]]


@pytest.fixture
def back(origin: dict[str, object], tmp_path: Path) -> Back:
    def bring(log: Path | None = None, until: datetime | None = None, base: Path | None = None) -> list[str]:
        base = base or Path(str(origin["base"]))
        with data_directory.lock(tmp_path / "back", "restore"):
            restore.restore(base, archive.keys_file(base), tmp_path / "back", silent, log=log, until=until)
        return words(tmp_path / "back")

    return bring


def test_without_the_log_it_is_the_moment_of_the_backup(back: Back) -> None:
    assert back() == ["before"]


def test_the_log_leads_to_its_end(origin: dict[str, object], back: Back, tmp_path: Path) -> None:
    assert back(Path(str(origin["log"]))) == ["before", "first", "second", "third"]
    assert (tmp_path / "back" / "files" / "ab" / "later").read_text() == "later"
    assert not (tmp_path / "back" / wal.NAMED).exists(), "a trial must not write into the centre's archive"


@pytest.mark.parametrize(("place", "expected"), [(0, ["before", "first"]), (1, ["before", "first", "second"])])
def test_an_instant_between_two_writes(origin: dict[str, object], back: Back, place: int, expected: list[str]) -> None:
    instants = origin["instants"]
    assert isinstance(instants, list)
    assert back(Path(str(origin["log"])), instants[place]) == expected


def test_what_cannot_be_reached_is_said(origin: dict[str, object], back: Back, tmp_path: Path) -> None:
    log = Path(str(origin["log"]))
    with pytest.raises(archive.BadBackup, match="才做完"):
        back(log, datetime.now(UTC) - timedelta(hours=1))
    assert not (tmp_path / "back" / data_directory.HALF_RESTORED).exists()
    with pytest.raises(archive.BadBackup, match="归档没有到要恢复的时刻，归档里最后一笔在 20"):
        back(log, datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(data_directory.NotWhole), data_directory.lock(tmp_path / "back", "up"):
        pass


def test_a_gap_in_the_log_is_said(origin: dict[str, object], back: Back, tmp_path: Path) -> None:
    log = tmp_path / "log"
    shutil.copytree(Path(str(origin["log"])), log)
    shutil.copystat(Path(str(origin["log"])) / wal.LOG, log / wal.LOG)
    manifest = archive.read_manifest(Path(str(origin["base"])))
    first = int(manifest["start"]) // int(manifest["segment"])
    after = [name for _, number, name in wal.segments(log, int(manifest["segment"])) if number > first]
    (log / wal.LOG / f"{after[0]}.gz").unlink()
    with pytest.raises(archive.BadBackup, match="缺 1 段"):
        back(log)
    for path in (log / wal.LOG).iterdir():
        path.unlink()
    with pytest.raises(archive.BadBackup, match="没有归档的日志"):
        back(log)


def test_a_segment_that_cannot_be_read_is_not_taken_for_the_end(
    origin: dict[str, object], back: Back, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    subprocess.run(["cp", "-a", str(origin["log"]), log], check=True)
    last = sorted((log / wal.LOG).glob("*.gz"))[-2]
    last.write_bytes(last.read_bytes()[:500])
    with pytest.raises(archive.BadBackup, match="读不出"):
        back(log)


def test_a_dump_takes_no_log(origin: dict[str, object], back: Back, tmp_path: Path) -> None:
    cluster = origin["cluster"]
    assert isinstance(cluster, Cluster)
    backup.make(cluster.path, tmp_path / "dump", cluster.url)
    with pytest.raises(archive.BadBackup, match="只用于基础备份"):
        back(Path(str(origin["log"])), base=tmp_path / "dump")


def test_another_ones_server_is_refused(origin: dict[str, object], tmp_path: Path) -> None:
    for name in KEY_NAMES:
        load_key(tmp_path, name)
    (tmp_path / "mode").write_text("empty\n")
    cluster = origin["cluster"]
    assert isinstance(cluster, Cluster)
    for url in ("postgresql://onedoor:x@db.example/onedoor", cluster.url):
        with pytest.raises(archive.BadBackup, match="请用它的工具"):
            backup.make(tmp_path, tmp_path / "copy", url, base=True)
        assert not (tmp_path / "copy").exists()


def test_a_segment_is_never_written_over(origin: dict[str, object]) -> None:
    """The server asks again after a crash: the same segment is taken as done, another of that name is not."""
    log, cluster = Path(str(origin["log"])), origin["cluster"]
    assert isinstance(cluster, Cluster)
    name = sorted((log / wal.LOG).glob("*.gz"))[-1].name.removesuffix(".gz")
    place = cluster.path / "segment"
    place.write_bytes(
        subprocess.run(["gzip", "-dc", log / wal.LOG / f"{name}.gz"], capture_output=True, check=True).stdout
    )

    def again() -> int:
        command = wal.settings(log)["archive_command"].replace("%p", str(place)).replace("%f", name).replace("%%", "%")
        return subprocess.run(["/bin/sh", "-c", command], check=False).returncode

    assert again() == 0
    place.write_bytes(b"other" + place.read_bytes()[5:])
    assert again() != 0


def test_an_archive_within_the_data_is_refused(
    origin: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONEDOOR_DATA", str(tmp_path / "data"))
    assert archiving.run([str(tmp_path / "data" / "log")]) == 1
    assert "在数据目录里" in capsys.readouterr().err
    assert archiving.run([str(origin["log"])]) == 1
    assert "已有归档" in capsys.readouterr().err
    assert archiving.run([str(tmp_path / "archive")]) == archiving.run([str(tmp_path / "archive")]) == 0
    assert wal.folder_of(tmp_path / "data") == tmp_path / "archive"
    assert archiving.run(["--off"]) == 0
    assert wal.folder_of(tmp_path / "data") is None


def test_a_disk_that_is_not_mounted_is_not_taken_for_an_empty_one(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONEDOOR_DATA", str(data))
    disk, away = tmp_path / "disk", tmp_path / "away"
    disk.mkdir()
    assert archiving.run([str(disk / "archive")]) == 0
    (disk / "archive").rename(away)
    (data / "files").mkdir()
    (data / "files" / "one").write_text("one")
    said: list[str] = []
    with Cluster(data, durable=False, report=said.append) as cluster:
        assert any("不在" in sentence and str(disk / "archive") in sentence for sentence in said)
        data_directory.record_url(data, cluster.url)
        with psycopg.connect(cluster.operator, autocommit=True) as server:
            row = server.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
            assert row is not None
            until = time.monotonic() + 60
            while server.execute("SELECT 1 FROM pg_stat_archiver WHERE failed_count = 0").fetchone():
                assert time.monotonic() < until
                time.sleep(0.05)
            with pytest.raises(FileNotFoundError):
                mirror.Mirror(data / "files", disk / "archive" / wal.FILES).once()
            assert archiving.run([]) == archiving.FAILED
            assert "不在" in capsys.readouterr().out
            assert not list(disk.iterdir()), "nothing was written where the disk is not"
            # it is mounted, and all that was kept goes there
            away.rename(disk / "archive")
            server.execute("CREATE TABLE letter ()")  # after three failures it tries again with the next segment
            server.execute("SELECT pg_switch_wal()")
            archived(cluster, row[0])
            assert mirror.Mirror(data / "files", disk / "archive" / wal.FILES).once() == 1
        assert archiving.run([]) == 0


def test_a_mirror_copies_what_is_new_and_whole(tmp_path: Path) -> None:
    source, target = tmp_path / "files", tmp_path / "copy"
    (source / "ab" / "cd").mkdir(parents=True)
    (source / "ab" / "cd" / "abcd").write_text("one")
    (source / ".upload-x").write_text("half")
    one = mirror.Mirror(source, target)
    assert (one.once(), one.once()) == (1, 0)
    for number in range(3):  # in the same moment as the look
        (source / "ab" / "cd" / f"later{number}").write_text("two")
        assert one.once() == 1
    (source / "ef").mkdir()
    (source / "ef" / "ef01").write_text("three")
    assert one.once() == 1
    assert not (target / ".upload-x").exists()
    (source / "ab" / "cd" / "abcd").unlink()
    one.once()
    assert (target / "ab" / "cd" / "abcd").read_text() == "one"
    assert mirror.Mirror(source / "not there", target).once() == 0


def test_the_pages_of_an_old_cluster_open_their_doors(data: Path) -> None:
    """A data directory of an earlier release, which let no base backup in; and one whose doors its owner has set."""
    doors = data / "pg" / "pg_hba.conf"
    ours = doors.read_text()
    doors.write_text(ours.replace("local replication postgres peer map=operators\n", ""))
    with Cluster(data, durable=False, report=silent):
        assert doors.read_text() == ours
    own = "local all postgres peer map=operators\nlocal all all scram-sha-256\n"
    doors.write_text(own)
    with Cluster(data, durable=False, report=silent):
        assert doors.read_text() == own
