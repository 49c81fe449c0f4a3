"""Rows on their way to the database, gathered so that they go there together."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from onedoor.cases.sql import COPY_FROM, insert, round_trip

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
        self._counted: list[Statement] = []

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        found = list(rows)
        if found:
            self._inserts.append((table, columns, found))

    def change(self, sql: str, values: Sequence[Any]) -> None:
        self._changes.append((sql, values))

    def change_one(self, sql: str, values: Sequence[Any]) -> None:
        """A change that must meet exactly one row."""
        self._counted.append((sql, values))

    def send(self) -> bool:
        """Writes everything; whether each counted change has met its row."""
        many = any(len(rows) > COPY_FROM for _, _, rows in self._inserts)
        if many or len(self._counted) > COPY_FROM:
            return self._send_many()
        with connection.cursor() as cursor, round_trip():
            for sql, values in self.first:
                cursor.execute(sql, values)
            parts = [_insertion(*one) for one in self._inserts] + self._changes
            named = [(f"w{place}", part) for place, part in enumerate(parts)]
            counted = [
                (f"c{place}", (f"{sql} RETURNING 1", values)) for place, (sql, values) in enumerate(self._counted)
            ]
            if not named and not counted:
                return True
            tables = ", ".join(f"{name} AS ({sql})" for name, (sql, _) in (*named, *counted))
            total = " + ".join(f"(SELECT count(*) FROM {name})" for name, _ in counted) or "0"
            cursor.execute(
                f"WITH {tables} SELECT {total}",
                [value for _, (_, values) in (*named, *counted) for value in values],
            )
            row = cursor.fetchone()
        return row is not None and int(row[0]) == len(counted)

    def _send_many(self) -> bool:
        with connection.cursor() as cursor:
            for sql, values in self.first:
                cursor.execute(sql, values)
            for table, columns, rows in self._inserts:
                insert(cursor, table, columns, rows)
            _all_of(cursor, self._changes)
            return _all_of(cursor, self._counted) == len(self._counted)


def _all_of(cursor: CursorWrapper, statements: Sequence[Statement]) -> int:
    """Statements of one text go together, in a pipeline; how many rows they have met."""
    by_text: dict[str, list[Sequence[Any]]] = {}
    for sql, values in statements:
        by_text.setdefault(sql, []).append(values)
    met = 0
    for sql, all_values in by_text.items():
        cursor.executemany(sql, all_values)
        met += cursor.rowcount
    return met


def _insertion(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Statement:
    place = f"({', '.join(['%s'] * len(columns))})"
    places = ", ".join([place] * len(rows))
    return (
        f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES {places}',
        [value for row in rows for value in row],
    )
