"""Rows in and out, without the ORM where every microsecond and statement counts."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper

# Above this many rows COPY is cheaper than one statement with many VALUES.
COPY_FROM = 40


def rows(statement: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The answer as dictionaries. `jsonb` columns come as text unless cast; see `steps/_state.py`."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        fetched = cursor.fetchall()
        # names straight from the result: a DB-API description of fifty columns costs as much as the statement
        result = cursor.cursor.pgresult
        names = [result.fname(place).decode() for place in range(result.nfields)]
        return [dict(zip(names, row, strict=True)) for row in fetched]


def execute(statement: str, values: Sequence[Any]) -> int:
    """A change; how many rows it has met."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return int(cursor.rowcount)


def round_trip() -> AbstractContextManager[object]:
    """What is executed within goes to the server together, the opening of a transaction included."""
    connection.ensure_connection()
    return connection.connection.pipeline()  # type: ignore[no-any-return]


def insert(cursor: CursorWrapper, table: str, columns: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
    """Adds the rows, in one statement."""
    if not values:
        return
    names = ", ".join(columns)
    if len(values) > COPY_FROM:
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in values:
                copy.write_row(row)
        return
    place = f"({', '.join(['%s'] * len(columns))})"
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) VALUES {", ".join([place] * len(values))}',
        [value for row in values for value in row],
    )


def array(values: Iterable[object]) -> str:
    """An array of one type as the server reads it, each value in quotes. The driver would ask of each by a regular
    expression whether it needs them."""
    found: list[Any] = list(values)
    one = next((value for value in found if value is not None), None)
    if isinstance(one, UUID):
        texts = [None if value is None else f"{value.int:032x}" for value in found]
    elif isinstance(one, bytes | memoryview):
        texts = [None if value is None else f"\\\\x{value.hex()}" for value in found]
    elif isinstance(one, str):
        texts = [None if value is None else value.replace("\\", "\\\\").replace('"', '\\"') for value in found]
    else:
        texts = [None if value is None else str(value) for value in found]
    return "{" + ",".join(["NULL" if text is None else f'"{text}"' for text in texts]) + "}"


def json(value: object) -> str:
    """A value for a `jsonb` column; as text, which a parameter and COPY take alike."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def flat(groups: Iterable[Iterable[Any]]) -> list[Any]:
    return [item for group in groups for item in group]


@contextmanager
def without_gc() -> Iterator[None]:
    """For many rows that hold no cycles. To look for cycles among them would double the time of `verify`, and takes a
    fifth of Python's share of a recomputation."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
