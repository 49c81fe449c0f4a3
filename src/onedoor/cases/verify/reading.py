"""All that the database holds of a range of case ids, in one query a table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import dict_row

from onedoor.cases.ledger import GOVERNED, JSON_COLUMNS
from onedoor.cases.steps._record import COLUMNS, EVENT_COLUMNS
from onedoor.cases.verify.finding import Finding

Row = dict[str, Any]
Range = tuple[UUID, UUID]
"""Both ends belong to it."""
LOWEST, HIGHEST = UUID(int=0), UUID(int=2**128 - 1)
CHILDREN = tuple(table for table in GOVERNED if table != "case")

# As text, which is how digests write them: objects of these types would take most of the time.
_AS_TEXT = frozenset({"id", "case_id", "assignment", "approved", "merged_into_id", "payload", *JSON_COLUMNS})


def _columns(names: Iterable[str]) -> str:
    return ", ".join(f"{name}::text" if name in _AS_TEXT else name for name in names)


_RANGE = "BETWEEN %s AND %s"
_CASES = f'SELECT {_columns(COLUMNS["case"])} FROM "case" WHERE id {_RANGE}'
_EVENTS = f"SELECT {_columns(EVENT_COLUMNS)} FROM event WHERE case_id {_RANGE} ORDER BY event.case_id, seq, event.id"
_VISIBLE = (
    f"SELECT case_id::text, audience, stage, sort_key, due_at, red_at, restricted FROM visible WHERE case_id {_RANGE}"
)
_ROWS = {table: f"SELECT {_columns(GOVERNED[table])} FROM {table} WHERE case_id {_RANGE}" for table in CHILDREN}


@dataclass(slots=True)
class Record:
    """Everything that bears one case's id. `case` is None where there is no such case. Ids are text."""

    id: str
    case: Row | None = None
    events: list[Row] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    visible: list[Row] = field(default_factory=list)
    heads: list[tuple[int, bytes]] = field(default_factory=list)  # of the checkpoints

    def finding(self, what: str, *, seq: int | None = None, table: str = "", row: object = "") -> Finding:
        number = str(self.case["number"]) if self.case else ""
        return Finding(what, number=number, case=self.id, seq=seq, table=table, row=str(row))


def cursor_on(connection: psycopg.Connection[Any]) -> psycopg.Cursor[Row]:
    """Rows as dictionaries."""
    return psycopg.Cursor(connection, row_factory=dict_row)


@lru_cache(maxsize=4096)
def _decoded(text: str) -> Any:
    """Most cases share their few lists. What this returns is read only."""
    return orjson.loads(text)


def read(cursor: psycopg.Cursor[Row], span: Range) -> dict[str, Record]:
    """The records of the range in the order of their ids. Raises psycopg.DataError for a value that no
    programme can hold, such as an infinite instant."""
    found: dict[str, Record] = {}

    def record(key: str) -> Record:
        if key not in found:
            found[key] = Record(key)
        return found[key]

    for row in _all(cursor, _CASES, span):
        for column in JSON_COLUMNS & row.keys():
            row[column] = _decoded(row[column])
        record(row["id"]).case = row
    for row in _all(cursor, _EVENTS, span):
        row["payload"] = orjson.loads(row["payload"])
        record(row["case_id"]).events.append(row)
    for table, statement in _ROWS.items():
        listed = JSON_COLUMNS.intersection(GOVERNED[table])
        for row in _all(cursor, statement, span):
            for column in listed:
                row[column] = _decoded(row[column])
            record(row["case_id"]).rows.setdefault(table, []).append(row)
    for row in _all(cursor, _VISIBLE, span):
        record(row["case_id"]).visible.append(row)
    return dict(sorted(found.items()))


def _all(cursor: psycopg.Cursor[Row], statement: str, span: Range) -> list[Row]:
    # binary: instants, ids and bytes are read by C code and without loss
    return cursor.execute(statement, span, binary=True).fetchall()


def halves(cursor: psycopg.Cursor[Row], span: Range) -> Iterator[Range]:
    """The range in two, each with about half of its cases; nothing when it holds no more than one."""
    cursor.execute('SELECT id FROM "case" WHERE id BETWEEN %s AND %s ORDER BY id', span)
    ids = [row["id"] for row in cursor.fetchall()]
    if len(ids) > 1:
        middle = ids[len(ids) // 2]
        yield span[0], UUID(int=middle.int - 1)
        yield middle, span[1]
