"""When people are on duty for residents: one table for every room that gives their time away, so that a mediator with
a session cannot be booked, and the other way round."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

_LOCK: Final = 7_306_115
BOOKING: Final = "booking"
SESSION: Final = "session"
# of the exclusion constraint: what an IntegrityError names when somebody is busy
TWICE: Final = "person_no_time_twice"


def in_turn(accounts: Iterable[int]) -> None:
    """From here to the end of the transaction nobody else gives away time of these people: two who ask at the same
    moment would each find the other's row and wait for each other for ever."""
    with connection.cursor() as cursor:
        for account in sorted(accounts):  # in one order, so that two who ask wait for each other only one way
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, account % 2**31])


def occupy(accounts: Iterable[int], starts_at: datetime, ends_at: datetime, *, room: str, source: UUID) -> None:
    """They are on duty in that time, for that row of that room. Raises IntegrityError that names TWICE if one of them
    is already; call it in a savepoint where the transaction is to live on. Waits for whoever asks at the same time."""
    accounts = sorted(accounts)
    in_turn(accounts)
    with connection.cursor() as cursor:
        for account in accounts:
            cursor.execute(
                "INSERT INTO people_occupied (account_id, starts_at, ends_at, room, source)"
                " VALUES (%s, %s, %s, %s, %s)",
                [account, starts_at, ends_at, room, source],
            )


def release(source: UUID, *, keep: Collection[int] = ()) -> None:
    """What was for that row is free again; `keep` names accounts that stay on duty for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM people_occupied WHERE source = %s AND NOT account_id = ANY(%s)", [source, list(keep)]
        )


def busy(account: int, begins: datetime, ends: datetime) -> list[tuple[datetime, datetime, str]]:
    """When that person is on duty between two instants, and by which room, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT starts_at, ends_at, room FROM people_occupied"
            " WHERE int8range(account_id, account_id, '[]') && int8range(%s, %s, '[]')"
            " AND tstzrange(starts_at, ends_at) && tstzrange(%s, %s) ORDER BY starts_at",
            [account, account, begins, ends],
        )
        return list(cursor.fetchall())


def forget_occupied(*, before: datetime) -> int:
    """Removes times that were over by then; how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_occupied WHERE ends_at < %s", [before])
        return int(cursor.rowcount)
