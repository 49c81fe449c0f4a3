"""Rows on their way to the database, gathered so that they go there together."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper

from onedoor.cases.sql import COPY_FROM, array, insert, round_trip

Statement = tuple[str, Sequence[Any]]


class Writes:
    """Inserts and changes of one transaction.

    A few rows go as one statement, each write a part of it: what a single move costs is not the rows but the
    number of statements. Many rows (an import) go by COPY, table by table. Parts of one statement do not see
    each other, so no row may be touched twice, and `first` goes ahead of all others by itself.
    """

    def __init__(self) -> None:
        self.first: list[Statement] = []
        self._inserts: list[tuple[str, Sequence[str], list[Sequence[Any]]]] = []
        self._changes: list[Statement] = []
        self._updates: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Sequence[Any]]] = {}
        self._counted = 0

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        found = list(rows)
        if found:
            self._inserts.append((table, columns, found))

    def change(self, sql: str, values: Sequence[Any]) -> None:
        self._changes.append((sql, values))

    def update(self, table: str, keys: Sequence[str], columns: Sequence[str], row: Sequence[Any]) -> None:
        """Sets the columns of the row with these keys; `row` gives the columns' values and then the keys'. A change of
        a case must meet its row."""
        self._updates.setdefault((table, tuple(keys), tuple(columns)), []).append(row)
        self._counted += table == "case"

    def update_first(self, table: str, keys: Sequence[str], columns: Sequence[str], row: Sequence[Any]) -> None:
        """The same, ahead of all else."""
        self.first.append((_update_one(table, keys, columns), row))

    def send(self) -> bool:
        """Writes everything; whether each change of a case has met its row."""
        if self._counted > COPY_FROM or any(len(rows) > COPY_FROM for _, _, rows in self._inserts):
            return self._send_many()
        with connection.cursor() as cursor, round_trip():
            for sql, values in self.first:
                cursor.execute(sql, values)
            parts = [_insertion(*one) for one in self._inserts] + self._changes
            counted: list[Statement] = []
            for (table, keys, columns), rows in self._updates.items():
                sql = _update_one(table, keys, columns)
                (counted if table == "case" else parts).extend((sql, row) for row in rows)
            named = [(f"w{place}", part) for place, part in enumerate(parts)]
            named += [(f"c{place}", (f"{sql} RETURNING 1", row)) for place, (sql, row) in enumerate(counted)]
            if not named:
                return True
            tables = ", ".join(f"{name} AS ({sql})" for name, (sql, _) in named)
            total = " + ".join(f"(SELECT count(*) FROM c{place})" for place in range(len(counted))) or "0"
            cursor.execute(f"WITH {tables} SELECT {total}", [value for _, (_, values) in named for value in values])
            row = cursor.fetchone()
        return row is not None and int(row[0]) == self._counted

    def _send_many(self) -> bool:
        met = 0
        with connection.cursor() as cursor:
            _each(cursor, self.first)
            for table, columns, rows in self._inserts:
                insert(cursor, table, columns, rows)
            _each(cursor, self._changes)
            for (table, keys, columns), rows in self._updates.items():
                cursor.execute(
                    _update_all(table, keys, columns), [array(values) for values in zip(*rows, strict=True)]
                )
                met += cursor.rowcount if table == "case" else 0
        return met == self._counted


def _each(cursor: CursorWrapper, statements: Sequence[Statement]) -> None:
    """Statements of one text go together, in a pipeline."""
    by_text: dict[str, list[Sequence[Any]]] = {}
    for sql, values in statements:
        by_text.setdefault(sql, []).append(values)
    for sql, all_values in by_text.items():
        cursor.executemany(sql, all_values)


def _update_one(table: str, keys: Sequence[str], columns: Sequence[str]) -> str:
    given, where = ", ".join(f"{name} = %s" for name in columns), " AND ".join(f"{name} = %s" for name in keys)
    return f'UPDATE "{table}" SET {given} WHERE {where}'


def _update_all(table: str, keys: Sequence[str], columns: Sequence[str]) -> str:
    """One statement for any number of rows, each column as an array: a third of what as many statements cost."""
    types = _types(table)
    arrays = ", ".join(f"%s::{types[name]}[]" for name in (*columns, *keys))
    names = ", ".join([*(f"set_{name}" for name in columns), *(f"key_{name}" for name in keys)])
    given = ", ".join(f"{name} = given.set_{name}" for name in columns)
    where = " AND ".join(f"there.{name} = given.key_{name}" for name in keys)
    return f'UPDATE "{table}" there SET {given} FROM unnest({arrays}) given ({names}) WHERE {where}'


@cache
def _types(table: str) -> dict[str, str]:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return {str(field.column): str(field.db_type(connection)) for field in model._meta.local_concrete_fields}


def _insertion(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Statement:
    place = f"({', '.join(['%s'] * len(columns))})"
    places = ", ".join([place] * len(rows))
    return (
        f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES {places}',
        [value for row in rows for value in row],
    )
