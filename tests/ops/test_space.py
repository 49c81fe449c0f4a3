"""Before a disk is full nothing more is written there, in words; and what is there can be read."""

import errno
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from onedoor.api.problems import passing_fault
from onedoor.cases import files, jobs, space
from onedoor.rules.refusal import Refused

MORE_THAN_THERE_IS = 1 << 60


@pytest.fixture
def full(settings: Settings) -> None:
    """The disk of the database and of the files."""
    (Path(settings.DATA) / "pg").mkdir(parents=True, exist_ok=True)
    Path(settings.FILES).mkdir(parents=True, exist_ok=True)
    settings.SPARE = MORE_THAN_THERE_IS


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_who_writes_is_refused_in_words(full: None, client: Client, db: None, method: str) -> None:
    answer = getattr(client, method)("/api/v1/cases")
    assert answer.status_code == 503 and answer["Retry-After"]
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "no_space" and "空间不足" in answer.json()["detail"]


def test_pages_say_it_in_their_frame(full: None, client: Client, db: None) -> None:
    for path in ("/apply", "/desk/register"):
        answer = client.post(path)
        assert answer.status_code == 503 and "空间不足" in answer.content.decode()
        assert answer["Content-Type"].startswith("text/html")


def test_who_reads_or_signs_in_is_not(full: None, client: Client, db: None) -> None:
    assert client.get("/track").status_code == 200
    assert client.post("/api/v1/sessions", "{}", content_type="application/json").status_code == 422


def test_healthz_names_the_disk(full: None, client: Client, db: None) -> None:
    for name in ("worker", "sweeper"):
        jobs.mark_alive(name)
    answer = client.get("/healthz")
    assert answer.status_code == 503 and answer.json()["disk"] == "full: database, files"


def test_a_file_without_room_leaves_no_half(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "FILES", tmp_path / "files")

    def chunks() -> Any:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        files.store(chunks())
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    monkeypatch.setattr(settings, "SPARE", MORE_THAN_THERE_IS)
    with pytest.raises(Refused) as refused:
        files.store([b"whole"])
    assert refused.value.code == "no_space"


def test_what_will_pass_is_told_from_what_is_broken() -> None:
    full = OperationalError("no space")
    full.__cause__ = psycopg.errors.DiskFull("no space")
    assert (passing := passing_fault(full)) is not None and passing.code == "no_space"
    assert (passing := passing_fault(OSError(errno.ENOSPC, ""))) is not None and passing.code == "no_space"
    assert (passing := passing_fault(OperationalError("closed"))) is not None and passing.code == "unavailable"
    assert passing_fault(ValueError()) is None and passing_fault(OSError(errno.EACCES, "")) is None
    assert passing_fault(None) is None


@pytest.fixture
def no_database(django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A server of which nothing answers."""
    with django_db_blocker.unblock():
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path))
        yield
        connection.close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/track", "text/plain"), ("/desk/cases", "text/"), ("/api/v1/cases", "application/problem+json")],
)
def test_without_a_database_every_address_answers_in_words(no_database: None, path: str, kind: str) -> None:
    """The frame of open pages asks for the centre's name; nobody can tell it here."""
    client = Client(raise_request_exception=False, HTTP_AUTHORIZATION="Bearer x")
    client.cookies["onedoor_token"] = "x"
    answer = client.get(path)
    assert answer.status_code == 503 and answer["Content-Type"].startswith(kind) and answer["Retry-After"]
    assert "数据库暂时没有应答" in answer.content.decode()


def test_a_store_that_is_not_there_is_not_full(tmp_path: Path) -> None:
    assert not space.is_full(tmp_path / "none")


def test_halves_of_killed_uploads_are_forgotten_after_a_day(settings: Settings, tmp_path: Path) -> None:
    settings.FILES, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "files", str(tmp_path / "forms")
    halves = [tmp_path / "files" / ".upload-a", tmp_path / "files" / "articles" / ".upload-b"]
    halves.append(tmp_path / "forms" / "x.upload.txt")
    whole = tmp_path / "files" / "ab" / "cd" / "abcd"
    for path in (*halves, whole):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    now = datetime.now(UTC)
    assert files.forget_halves(now) == 0
    assert files.forget_halves(now + timedelta(hours=25)) == 3
    assert whole.exists() and not any(path.exists() for path in halves)
