"""Files from the field in small pieces, resumed wherever the network broke off.

What has arrived lies in a folder of its own (`ARRIVING`) and is part of nothing until its SHA-256 has been found
right; then it goes into the store, and entries that have waited for it are carried out.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from onedoor.cases import files, space
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.cases.steps.erase import remove_later
from onedoor.grid.steps._papers import is_field_type
from onedoor.grid.steps._rows import take_turn
from onedoor.rules.field import PIECE
from onedoor.rules.refusal import TOO_MANY, Refused, invalid

log = logging.getLogger(__name__)

MOST_ARRIVING = 500  # unfinished files of one account
MOST_BYTES = 2 * 1024**3  # of them
ABANDONED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Have:
    """How much of a file has arrived. `fits`: whether the piece was the next one, and the whole what it said it
    was."""

    have: int
    whole: bool
    fits: bool = True


def have(*, account: int, sha256: str) -> Have:
    """What has arrived of this account's file; nothing of a file that nobody, or only somebody else, has sent."""
    found = rows(
        "SELECT size, have, whole FROM grid_fieldfile WHERE account_id = %s AND sha256 = %s",
        [account, _digest(sha256)],
    )
    if not found:
        return Have(0, whole=False)
    row = found[0]
    return Have(row["size"], whole=True) if row["whole"] else Have(_on_disk(account, sha256, row["have"]), whole=False)


def put_piece(
    *,
    account: int,
    sha256: str,
    offset: int,
    size: int,
    piece: bytes,
    at: datetime,
    arrives: Callable[[str], object] = lambda _sha256: None,
) -> Have:
    """Adds one piece. A piece that is not the next one changes nothing and is told where to go on. `arrives` is called
    in the same transaction once the file is whole."""
    digest, at = _digest(sha256), utc(at)
    if any(space.is_full(Path(place)) for place in (settings.FILES, settings.ARRIVING)):
        raise space.no_room()
    if not 0 < size <= settings.ATTACHMENT_LIMIT:
        raise files.too_large() if size > 0 else files.empty()
    if not 0 < len(piece) <= PIECE or offset < 0 or offset + len(piece) > size:
        raise invalid("offset", f"每段应为1字节到{PIECE // 1024} KB，不能超过文件的总长。")
    with transaction.atomic(durable=True):
        take_turn(account)
        _check_room(account, digest, size)
        row = rows(
            "INSERT INTO grid_fieldfile (account_id, sha256, size, have, whole, at) VALUES (%s, %s, %s, 0, FALSE, %s)"
            " ON CONFLICT (account_id, sha256) DO UPDATE SET at = excluded.at RETURNING id, size, have, whole",
            [account, digest, size, at],
        )[0]
        if row["whole"]:
            return Have(row["size"], whole=True)
        path = _path(account, sha256)
        there = _on_disk(account, sha256, row["have"])
        if row["size"] != size:  # one of the two lengths was wrong: from the beginning, with this one
            there = 0
        if offset != there:
            _note(row["id"], size, there)
            return Have(there, whole=False, fits=False)
        _write(path, offset, piece)
        there += len(piece)
        if there < size:
            _note(row["id"], size, there)
            return Have(there, whole=False)
        if not _is(path, digest):
            path.unlink()
            _note(row["id"], size, 0)
            return Have(0, whole=False, fits=False)
        if not _may_come(path):
            path.unlink()
            execute("DELETE FROM grid_fieldfile WHERE id = %s", [row["id"]])
        else:
            _keep(path, digest)
            execute(
                "UPDATE grid_fieldfile SET size = %s, have = %s, whole = TRUE WHERE id = %s", [size, size, row["id"]]
            )
            try:
                with transaction.atomic():
                    arrives(sha256)
            except Exception:  # the file is here all the same; the sweep tries again
                log.exception("文件到齐后，等它的条目没有办成")
            return Have(size, whole=True)
    raise invalid("file", "只能带照片、录音、短视频和 PDF，这个文件没有收。")


def _check_room(account: int, digest: bytes, size: int) -> None:
    found = rows(
        "SELECT count(*) AS n, coalesce(sum(size), 0) AS bytes FROM grid_fieldfile"
        " WHERE account_id = %s AND NOT whole AND sha256 <> %s",
        [account, digest],
    )[0]
    if found["n"] >= MOST_ARRIVING or found["bytes"] + size > MOST_BYTES:
        raise Refused(TOO_MANY, "还有太多文件没有送完，请先等它们送完。")


def _note(row: int, size: int, there: int) -> None:
    execute("UPDATE grid_fieldfile SET size = %s, have = %s WHERE id = %s", [size, there, row])


def _digest(sha256: str) -> bytes:
    if len(sha256) != 64 or sha256 != sha256.lower():
        raise invalid("sha256", "文件的 sha256 应为64位小写十六进制。")
    try:
        return bytes.fromhex(sha256)
    except ValueError as error:
        raise invalid("sha256", "文件的 sha256 应为64位小写十六进制。") from error


def _path(account: int, sha256: str) -> Path:
    return Path(settings.ARRIVING) / str(account) / sha256


def _on_disk(account: int, sha256: str, noted: int) -> int:
    """As far as both the row and the file say: a crash or a restored backup may have lost some of either."""
    try:
        return min(noted, _path(account, sha256).stat().st_size)
    except FileNotFoundError:
        return 0


def _write(path: Path, offset: int, piece: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(piece)


def _is(path: Path, digest: bytes) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest() == digest


def _may_come(path: Path) -> bool:
    with path.open("rb") as file:
        return is_field_type(files.recognise(file, file.read(4096))[0])


def _keep(path: Path, digest: bytes) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    files.move_in(path, files.path_of(digest))


def drop_abandoned(*, at: datetime, limit: int = 500) -> int:
    """Removes files that no phone has gone on with for a week, and rows of whole ones that no entry waits for or
    keeps; how many. The bytes of a whole one go when nothing else refers to them."""
    with transaction.atomic(durable=True):
        found = rows(
            "DELETE FROM grid_fieldfile WHERE id IN (SELECT f.id FROM grid_fieldfile f WHERE f.at < %s"
            " AND NOT (f.whole AND EXISTS ("
            "  SELECT 1 FROM grid_fieldentry e WHERE e.account_id = f.account_id AND e.files @> jsonb_build_array("
            "   jsonb_build_object('sha256', encode(f.sha256, 'hex')))))"
            " ORDER BY f.at LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING account_id, sha256, whole",
            [utc(at) - ABANDONED, limit],
        )
        remove_later(bytes(row["sha256"]) for row in found if row["whole"])
    for row in found:
        if not row["whole"]:
            _path(row["account_id"], bytes(row["sha256"]).hex()).unlink(missing_ok=True)
    return len(found)


def drop_strays(*, at: datetime) -> int:
    """Removes pieces without a row, as a crash may leave them; how many."""
    gone = 0
    for path in Path(settings.ARRIVING).glob("*/*"):
        if path.stat().st_mtime > (utc(at) - ABANDONED).timestamp():
            continue
        there: list[dict[str, Any]] = rows(
            "SELECT 1 AS one FROM grid_fieldfile WHERE account_id = %s AND sha256 = %s AND NOT whole",
            [int(path.parent.name), bytes.fromhex(path.name)],
        )
        if not there:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
