"""A backup comes back as it was, and only as it was."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from onedoor.config.keys import KEY_NAMES, load_key
from onedoor.ops import archive, backup, restore
from onedoor.ops import data as data_directory
from onedoor.ops.initdb import binaries
from onedoor.ops.postgres import Cluster

from .conftest import silent

pytestmark = pytest.mark.usefixtures("plain_environment")


@pytest.fixture(scope="module")
def origin(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Cluster]]:
    """A directory in use: keys, a table, an attachment, a checkpoint."""
    data = tmp_path_factory.mktemp("origin") / "data"
    shutil.copytree(made, data)
    for name in KEY_NAMES:
        load_key(data, name)
    for name in ("files/ab/abcdef", "checkpoints/2026-01-01.json", "mode"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(f"{name} 的内容")
    with Cluster(data, durable=False, report=silent) as cluster:
        with psycopg.connect(cluster.url) as connection:
            connection.execute("create table letter (n int primary key, words text not null)")
            connection.execute("insert into letter select g, '信' || g from generate_series(1, 500) g")
        yield data, cluster


@pytest.fixture(scope="module")
def good_copy(origin: tuple[Path, Cluster], tmp_path_factory: pytest.TempPathFactory) -> Path:
    data, cluster = origin
    place = tmp_path_factory.mktemp("backup") / "copy"
    backup.make(data, place, cluster.url)
    return place


@pytest.fixture
def copy(good_copy: Path, tmp_path: Path) -> Path:
    """A backup the test may spoil."""
    shutil.copytree(good_copy, tmp_path / "copy")
    shutil.copy2(archive.keys_file(good_copy), archive.keys_file(tmp_path / "copy"))
    return tmp_path / "copy"


def bring_back(copy: Path, target: Path, keys: Path | None = None) -> None:
    with data_directory.lock(target, "restore"):
        restore.restore(copy, keys or archive.keys_file(copy), target, silent)


def test_there_and_back(origin: tuple[Path, Cluster], copy: Path, tmp_path: Path) -> None:
    data, _ = origin
    assert not any("key" in path.name for path in archive.files_below(copy))
    assert archive.keys_file(copy).stat().st_mode & 0o777 == 0o600
    target = tmp_path / "back"
    bring_back(copy, target)
    for name in ("files/ab/abcdef", "checkpoints/2026-01-01.json", "mode"):
        assert (target / name).read_text() == (data / name).read_text()
    assert archive.read_keys(target) == archive.read_keys(data)
    with Cluster(target, durable=False, report=silent) as there, psycopg.connect(there.url) as connection:
        assert connection.execute("select count(*), max(words) from letter").fetchone() == (500, "信99")
    with pytest.raises(archive.BadBackup, match="不是空的"):
        bring_back(copy, target)


def test_a_directory_without_a_centre_is_not_backed_up(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As from a timer that names no directory: an empty database, made in this moment, is no backup of anything."""
    data = tmp_path / "data"
    shutil.copytree(made, data)
    for name in KEY_NAMES:
        load_key(data, name)
    with Cluster(data, durable=False, report=silent) as cluster:
        monkeypatch.setenv("ONEDOOR_DATA", str(data))
        monkeypatch.setenv("DATABASE_URL", cluster.url)
        assert backup.run([str(tmp_path / "copy")]) == backup.FAILED
    said = capsys.readouterr().err
    assert f"{data} 里没有中心" in said and "ONEDOOR_DATA" in said
    assert {path.name for path in tmp_path.iterdir()} == {"data"}
    assert not (data / "last").exists(), "the alert goes on"


def test_without_the_right_keys_it_refuses(copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "back"
    keys = archive.keys_file(copy)
    other = tmp_path / "other.keys"
    other.write_text(json.dumps(json.loads(keys.read_text()) | {"field": "00" * 32}))
    with pytest.raises(archive.BadBackup, match=r"不是这份备份的.*field"):
        bring_back(copy, target, other)
    keys.unlink()
    with pytest.raises(archive.BadBackup, match="没有密钥文件"):
        bring_back(copy, target)
    assert {path.name for path in target.iterdir()} == {data_directory.LOCK}


@pytest.mark.parametrize("part", ["state/files/ab/abcdef", "database/toc.dat", archive.MANIFEST])
def test_a_changed_or_missing_file_is_found(copy: Path, tmp_path: Path, part: str) -> None:
    path = copy / part
    content = path.read_bytes()
    path.write_bytes(content.replace(b"a", b"b", 1))
    with pytest.raises(archive.BadBackup):
        bring_back(copy, tmp_path / "back")
    path.unlink()
    with pytest.raises(archive.BadBackup):
        bring_back(copy, tmp_path / "back")
    path.write_bytes(content)
    (copy / "state" / "extra").write_text("x")
    with pytest.raises(archive.BadBackup, match="多出"):
        bring_back(copy, tmp_path / "back")


def test_a_backup_under_the_national_suite_comes_back_under_any(
    origin: tuple[Path, Cluster], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, cluster = origin
    place = tmp_path / "copy"
    monkeypatch.setenv("ONEDOOR_SUITE", "sm")
    backup.make(data, place, cluster.url)
    manifest = json.loads((place / archive.MANIFEST).read_text())
    assert manifest["suite"] == "sm3" and all(set(one) == {"size", "sm3"} for one in manifest["files"].values())
    monkeypatch.delenv("ONEDOOR_SUITE")

    keys = archive.read_keys(data)
    archive.check(place, keys, silent)
    for change in ({"suite": ""}, {"suite": "md5"}, {"begun_at": "2020-01-01"}):
        (place / archive.MANIFEST).write_text(json.dumps(manifest | change))
        with pytest.raises(archive.BadBackup):
            archive.check(place, keys, silent)
    (place / archive.MANIFEST).write_text(json.dumps(manifest))
    (place / "state" / "mode").write_text("x" * len((place / "state" / "mode").read_text()))
    with pytest.raises(archive.BadBackup, match="已损坏或被改动"):
        archive.check(place, keys, silent)


def test_a_backup_broken_off_leaves_nothing_that_looks_whole(
    origin: tuple[Path, Cluster], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, cluster = origin

    def power_cut(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archive, "write_manifest", power_cut)
        with pytest.raises(KeyboardInterrupt):
            backup.make(data, tmp_path / "copy", cluster.url)
    assert not (tmp_path / "copy").exists()
    with pytest.raises(archive.BadBackup, match="不是一份完整的备份"):
        archive.read_manifest(tmp_path / "copy.partial")
    backup.make(data, tmp_path / "copy", cluster.url)
    with pytest.raises(archive.BadBackup, match="已有内容"):
        backup.make(data, tmp_path / "copy", cluster.url)


def test_a_restore_broken_off_counts_as_half(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "back"

    def power_cut(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archive, "postgres_program", power_cut)
        with pytest.raises(KeyboardInterrupt):
            bring_back(copy, target)
    with pytest.raises(data_directory.NotWhole), data_directory.lock(target, "up"):
        pass
    bring_back(copy, target)
    assert (target / "pg").exists()


def test_an_attachment_added_during_the_dump_is_in_the_backup(
    origin: tuple[Path, Cluster], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, cluster = origin
    program = archive.postgres_program

    def meanwhile(name: str, arguments: list[str], url: str) -> None:
        program(name, arguments, url)
        (data / "files" / "ab" / "later").write_text("later")
        (data / "checkpoints" / "later.json").write_text("{}")

    monkeypatch.setattr(archive, "postgres_program", meanwhile)
    backup.make(data, tmp_path / "copy", cluster.url)
    assert (tmp_path / "copy/state/files/ab/later").exists()
    kept = [path.name for path in (tmp_path / "copy/state/checkpoints").iterdir()]
    assert kept == ["2026-01-01.json"], "no checkpoint newer than the database's copy"


def test_an_encrypted_connection_is_left_to_a_program_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project's own programs know no TLS; with them every backup of a database elsewhere would fail."""
    own = binaries() / "pg_dump"
    done = subprocess.run([own, "host=/nowhere sslmode=require"], capture_output=True, text=True, check=False)
    assert "SSL support is not compiled in" in done.stderr, "then they need no help any more"
    monkeypatch.setattr(archive, "SYSTEM_PROGRAMS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert archive.program_for("pg_dump", {"host": "/run/onedoor"}) == own
    with pytest.raises(archive.BadBackup, match="postgresql-client"):
        archive.program_for("pg_dump", {"host": "10.1.2.11", "sslmode": "verify-full"})
    for version in ("9", "16", "18"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "pg_dump").touch(mode=0o755)
    newest = archive.program_for("pg_dump", {"host": "10.1.2.11", "sslmode": "verify-full"})
    assert newest == tmp_path / "18" / "bin" / "pg_dump"
