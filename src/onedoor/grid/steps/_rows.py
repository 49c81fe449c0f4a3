"""Rows of entries in and out, many at a time."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from onedoor.cases.sql import execute, rows
from onedoor.cases.steps._state import CaseState
from onedoor.rules.access import Actor
from onedoor.rules.field import WITHOUT_POSITION, Entry, FileRef

Row = dict[str, Any]


@dataclass(slots=True)
class Item:
    """One entry on its way: what was sent, and what has become of it. `state` is empty until that is known."""

    shown_id: str  # as it was sent, whatever that was
    entry: Entry | None = None
    digest: bytes = b""
    actor: Actor | None = None
    state: str = ""
    again: bool = False
    number: str = ""
    case: UUID | None = None
    needs: tuple[str, ...] = ()
    why: Row = field(default_factory=dict)
    # the matter in memory, until it is written
    matter: CaseState | None = None
    joins: UUID | None = None  # words that are written with the matter of this entry, which has come with them
    held: bool = False  # its row is there already: it had waited, or somebody was asked
    woken: bool = False

    def refuse(self, code: str, sentence: str, fields: dict[str, str] | None = None) -> None:
        self.state, self.matter = "refused", None
        self.why = {"code": code, "detail": sentence, "fields": fields or {}}

    def wait(self, sentence: str, needs: Iterable[str] = ()) -> None:
        self.state, self.needs = "waiting", tuple(needs)
        self.why = {"code": "waits", "detail": sentence}

    def answer(self) -> Row:
        found: Row = {"id": self.shown_id, "state": self.state, "again": self.again}
        if self.number:
            found["number"] = self.number
        if self.needs:
            found["needs"] = list(self.needs)
        return {**found, **{name: self.why[name] for name in ("code", "detail", "fields") if self.why.get(name)}}


def digest_of(entry: Entry, made_at: str) -> bytes:
    """What makes an entry the same when it comes again: all but what the phone has measured anew. Keyed, since an
    address or a sentence is soon guessed."""
    said = [
        entry.id, entry.kind, made_at, entry.lon, entry.lat, entry.accuracy, entry.grid, entry.refers, entry.seen,
        [(one.sha256, one.name, one.size) for one in entry.files], entry.content,
    ]  # fmt: skip
    text = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    return hmac.digest(settings.INDEX_KEY, b"field-entry\0" + text, hashlib.sha256)


_COLUMNS = {
    "id": "uuid", "account_id": "bigint", "post": "bigint", "kind": "text", "state": "text", "digest": "text",
    "grid_id": "bigint", "grid_path": "jsonb", "made_at": "timestamptz", "received_at": "timestamptz",
    "lon": "float8", "lat": "float8", "accuracy": "float8", "content": "jsonb", "files": "jsonb", "refers": "uuid",
    "seen": "integer", "case_id": "uuid", "why": "jsonb", "erased_at": "timestamptz",
}  # fmt: skip
_GIVEN = ", ".join("decode(digest, 'hex')" if name == "digest" else name for name in _COLUMNS)
_SHAPE = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
# In the order of their ids, so that two batches with the same entries never wait for each other crosswise.
_CLAIM = (
    f"INSERT INTO grid_fieldentry ({', '.join(_COLUMNS)})"
    f" SELECT {_GIVEN} FROM jsonb_to_recordset(%s::jsonb) AS sent ({_SHAPE}) ORDER BY id"
    " ON CONFLICT (id) DO NOTHING RETURNING id"
)
_CHANGED = ("state", "content", "files", "case_id", "why", "erased_at", "lon", "lat", "accuracy")
_CHANGE = (
    f"UPDATE grid_fieldentry e SET {', '.join(f'{name} = now_is.{name}' for name in _CHANGED)}"
    " FROM jsonb_to_recordset(%s::jsonb) AS now_is"
    f" (id uuid, {', '.join(f'{one} {_COLUMNS[one]}' for one in _CHANGED)})"
    " WHERE e.id = now_is.id"
)
_FIND = """
    SELECT e.id, e.account_id, e.post, e.kind, e.state, e.digest, e.grid_id, e.grid_path::text AS grid_path, e.made_at,
           e.received_at, e.lon, e.lat, e.accuracy, e.content::text AS content,
           e.files::text AS files, e.refers, e.seen,
           e.case_id, e.why::text AS why, c.number
      FROM grid_fieldentry e LEFT JOIN "case" c ON c.id = e.case_id
"""
_JSON = ("grid_path", "content", "files", "why")


_TURNS = 7_310 << 32  # advisory locks: this and the account's id


def take_turn(account: int) -> None:
    """Until the end of the transaction nobody else brings entries or files of this account: so an entry and what it
    waits for cannot miss each other, each unseen by the other. A worker has one phone or two."""
    rows("SELECT pg_advisory_xact_lock(%s)", [_TURNS + account])


def claim(items: Sequence[Item], account: int, at: datetime) -> set[UUID]:
    """Adds the rows; the ids that were not there yet. An id that another transaction is just adding is waited for."""
    if not items:
        return set()
    text = orjson.dumps([_row(item, account, at) for item in items]).decode()
    return {row["id"] for row in rows(_CLAIM, [text])}


def change(items: Sequence[Item], account: int, at: datetime) -> None:
    """Sets what has become of entries whose rows are there."""
    if items:
        execute(_CHANGE, [orjson.dumps([_row(item, account, at) for item in items]).decode()])


def _row(item: Item, account: int, at: datetime) -> Row:
    """Content stays only as long as nothing else has it."""
    entry, actor = item.entry, item.actor
    assert entry is not None
    kept = item.state in ("waiting", "asks")
    files = kept or (item.state in ("received", "settled") and item.case is None)
    nameless = entry.kind == "opinion" and not kept
    placed = entry.kind not in WITHOUT_POSITION and item.state != "refused" and not hidden(entry)
    return {
        "id": entry.id,
        "account_id": None if entry.kind == "opinion" else account,
        "post": None if entry.kind == "opinion" or actor is None else actor.post,
        "kind": entry.kind,
        "state": item.state,
        "digest": item.digest.hex(),
        "grid_id": None if nameless else entry.division or None,
        "grid_path": [] if nameless else entry.division_path,
        "made_at": None if entry.kind == "opinion" else entry.made_at,
        "received_at": _day(at) if entry.kind == "opinion" else at,
        "lon": entry.lon if placed else None,
        "lat": entry.lat if placed else None,
        "accuracy": entry.accuracy if placed else None,
        "content": entry.content if kept else {},
        "files": [{"sha256": one.sha256, "name": one.name, "size": one.size} for one in entry.files] if files else [],
        "refers": entry.refers,
        "seen": entry.seen,
        "case_id": item.case,
        "why": item.why,
        "erased_at": None if kept else at,
    }


def hidden(entry: Entry) -> bool:
    """Whether the worker has asked that the handling unit learn neither his name nor his exact place."""
    return entry.kind == "report" and entry.content.get("anonymous") is True


def _day(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def find(ids: Iterable[UUID]) -> dict[UUID, Row]:
    """Whatever entries are there, whosever they are."""
    wanted = list(ids)
    return {row["id"]: row for row in _read(f"{_FIND} WHERE e.id = ANY(%s)", [wanted])} if wanted else {}


def lock_waiting(condition: str, values: Sequence[Any], limit: int = 200) -> list[Row]:
    """Entries that wait, locked; those that somebody else has just locked are left to him."""
    return _read(
        f"{_FIND} WHERE e.state = 'waiting' AND {condition} ORDER BY e.received_at, e.id LIMIT {limit}"
        " FOR UPDATE OF e SKIP LOCKED",
        values,
    )


def lock_one(entry_id: UUID) -> Row | None:
    found = _read(f"{_FIND} WHERE e.id = %s FOR UPDATE OF e", [entry_id])
    return found[0] if found else None


def _read(statement: str, values: Sequence[Any]) -> list[Row]:
    found = rows(statement, values)
    for row in found:
        for name in _JSON:
            row[name] = orjson.loads(row[name])
        row["digest"] = bytes(row["digest"])
    return found


def item_of(row: Row) -> Item:
    """An entry that is here and has not been carried out."""
    entry = Entry(
        id=row["id"],
        kind=row["kind"],
        made_at=row["made_at"],
        lon=row["lon"],
        lat=row["lat"],
        accuracy=row["accuracy"],
        refers=row["refers"],
        seen=row["seen"],
        files=tuple(FileRef(one["sha256"], one["name"], one["size"]) for one in row["files"]),
        content=row["content"],
        division=row["grid_id"] or 0,
        division_path=tuple(row["grid_path"]),
    )
    return Item(str(row["id"]), entry, row["digest"], held=True)
