"""Checkpoints: signed files outside the database that hold the head of every case's chain.

A chain by itself cannot show that its tail, or a whole case, was taken away; a checkpoint written before can.
A file is one line of JSON (serial, time, number of cases, digest of the file before), then records of 40
bytes in the order of case ids (id, seq, the first 20 bytes of that event's hash), then an HMAC over
all of it under the ledger key. Each file holds the cases changed since those before it. HMAC and digest of
a file are those of the suite that its first line names, SHA-256 if it names none.
"""

import fcntl
import hmac
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import psycopg
from django.conf import settings
from django.db import connection, transaction

from onedoor.cases.ledger import utc
from onedoor.config.suites import STANDARD, Hasher, Suite, named

FORMAT = "onedoor-heads-1"
SUFFIX = ".heads"
HASH_BYTES = 20
_RECORD = struct.Struct(f">16si{HASH_BYTES}s")
_CHUNK = _RECORD.size * 10_000
_SIGNATURE = 32
_MOST_HEADER = 4096
_NOTHING_BEFORE = ""
# One row of COPY's binary format: three fields, each after its length.
_COPY_ROW = struct.Struct(f">hi16siii{HASH_BYTES}s")
_COPY_START = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"

Cursor = psycopg.Cursor[Any]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One file. With `faults` (Chinese sentences) nothing else in it may be relied on."""

    path: Path
    serial: int
    at: str
    cases: int
    digest: str
    start: int
    heads: int
    faults: tuple[str, ...]

    def chunks(self) -> Iterator[bytes]:
        """The records as bytes, some thousands at a time."""
        left = self.heads * _RECORD.size
        with self.path.open("rb") as file:
            file.seek(self.start)
            while left > 0:
                chunk = file.read(min(_CHUNK, left))
                left -= len(chunk)
                yield chunk

    def records(self) -> Iterator[tuple[bytes, int, bytes]]:
        """Case id, seq, first bytes of the hash."""
        for chunk in self.chunks():
            yield from _RECORD.iter_unpack(chunk)


@contextmanager
def snapshot() -> Iterator[Cursor]:
    """A cursor on Django's connection to which the database stands still. Inside a transaction of the
    caller it sees what that transaction sees."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not inside:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT 1")  # the moment is that of the first query
        # Django's own cursor class cannot read binary results.
        with psycopg.Cursor(connection.connection) as raw:
            yield raw


def write_checkpoint(at: datetime) -> Path:
    """Writes the next checkpoint and returns its file, which is on disk whole or not there at all.

    Two at once come one after the other. Files that are damaged count as if they were not there, so that
    the new one holds again what they held.
    """
    folder: Path = settings.CHECKPOINTS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder), snapshot() as cursor:
        for left_over in folder.glob("*.new"):  # of a writer that was killed
            left_over.unlink()
        known = list(read_checkpoints())
        load_heads(cursor, [one for one in known if not one.faults])
        cursor.execute('SELECT count(*) FROM "case"')
        count = cursor.fetchone()
        header = {
            "format": FORMAT,
            "serial": known[-1].serial + 1 if known else 1,
            "at": utc(at).isoformat(timespec="seconds"),
            "cases": count[0] if count else 0,
            "previous": known[-1].digest if known else _NOTHING_BEFORE,
        }
        if settings.SUITE.word:
            header["suite"] = settings.SUITE.word
        target = folder / f"{header['serial']:06d}-{utc(at):%Y%m%dT%H%M%SZ}{SUFFIX}"
        aside = target.with_suffix(".new")
        try:
            _write(aside, orjson.dumps(header) + b"\n", _changed())
            aside.rename(target)
        finally:
            aside.unlink(missing_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return target


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _changed() -> Iterator[bytes]:
    """The records of all cases whose head no earlier checkpoint holds."""
    with psycopg.ServerCursor(connection.connection, "changed_heads") as cursor:
        cursor.itersize = 10_000
        cursor.execute(
            'SELECT c.id, c.version, c.head FROM "case" c WHERE NOT EXISTS (SELECT 1 FROM checkpoint_head h'
            f" WHERE h.case_id = c.id AND h.seq = c.version AND h.hash = substr(c.head, 1, {HASH_BYTES}))"
            " ORDER BY c.id",
            binary=True,
        )
        for case, seq, head in cursor:
            yield _RECORD.pack(case.bytes, seq, head[:HASH_BYTES])


def _write(path: Path, header: bytes, records: Iterator[bytes]) -> None:
    signature = _signature(settings.SUITE)
    with path.open("wb") as file:
        path.chmod(0o600)
        for piece in chain((header,), records):
            signature.update(piece)
            file.write(piece)
        file.write(signature.digest())
        file.flush()
        os.fsync(file.fileno())


def _signature(suite: Suite) -> Hasher:
    found = suite.keyed_hasher(settings.LEDGER_KEY)
    found.update(b"checkpoint\0")
    return found


def _suite_of(header: bytes) -> Suite:
    """That of a first line which nobody has checked yet; for a spoilt one any will do: its signature is wrong."""
    try:
        said = orjson.loads(header)
    except orjson.JSONDecodeError:
        return STANDARD
    return (named(said.get("suite", "")) if isinstance(said, dict) else None) or STANDARD


def checkpoint_files() -> list[Path]:
    """In the order of their serial numbers, which their names begin with."""
    return sorted(Path(settings.CHECKPOINTS).glob(f"*{SUFFIX}"))


def read_checkpoints(files: Sequence[Path] | None = None) -> Iterator[Checkpoint]:
    """All checkpoints, oldest first, each read through once: signature, serial, and the digest of the file
    before it. What is wrong stands in `faults`; nothing is raised for a damaged file."""
    serial, previous = 0, _NOTHING_BEFORE
    for path in checkpoint_files() if files is None else files:
        found = _read(path, serial + 1, previous)
        serial, previous = found.serial, found.digest
        yield found


def _read(path: Path, serial: int, previous: str) -> Checkpoint:
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.readline(_MOST_HEADER)
        suite = _suite_of(header)
        digest, signature = suite.hasher(), _signature(suite)
        body = size - len(header) - _SIGNATURE
        digest.update(header)
        signature.update(header)
        left = max(body, 0)
        while left and (chunk := file.read(min(_CHUNK, left))):
            digest.update(chunk)
            signature.update(chunk)
            left -= len(chunk)
        given = file.read()
        digest.update(given)
    faults = []
    says: dict[str, Any] = {}
    if body < 0 or body % _RECORD.size or not hmac.compare_digest(signature.digest(), given):
        faults.append("签名不符，文件被改动或密钥不对")
    else:
        says = orjson.loads(header)
        if says["format"] != FORMAT or says["serial"] != serial:
            faults.append(f"应为第 {serial} 份，实为第 {says['serial']} 份，其间有缺失")
        if says["previous"] != previous:
            faults.append("与前一份检查点不相衔接")
    return Checkpoint(
        path=path,
        serial=says.get("serial", serial),
        at=says.get("at", ""),
        cases=says.get("cases", 0),
        digest=digest.digest().hex(),
        start=len(header),
        heads=0 if not says else body // _RECORD.size,
        faults=tuple(faults),
    )


def load_heads(cursor: Cursor, known: Sequence[Checkpoint]) -> None:
    """Brings the records into a temporary table `checkpoint_head` of this transaction, so that no number of
    cases or of files has to fit into memory."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.checkpoint_head")
    cursor.execute("CREATE TEMPORARY TABLE checkpoint_head (case_id uuid, seq int, hash bytea) ON COMMIT DROP")
    with cursor.copy("COPY checkpoint_head FROM STDIN (FORMAT binary)") as copy:
        copy.write(_COPY_START)
        for checkpoint in known:
            for chunk in checkpoint.chunks():
                rows = (
                    _COPY_ROW.pack(3, 16, case, 4, seq, HASH_BYTES, head)
                    for case, seq, head in _RECORD.iter_unpack(chunk)
                )
                copy.write(b"".join(rows))
        copy.write(_COPY_END)
    cursor.execute("CREATE INDEX ON checkpoint_head (case_id)")
    cursor.execute("ANALYZE checkpoint_head")
