"""Reading notices, and forgetting old ones."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from onedoor.cases.cursors import read_cursor
from onedoor.cases.sql import execute, rows
from onedoor.notices.queries.inbox import UNREAD, notice_for, notices_of, unread
from onedoor.rules.notices import Reader

# A notice carries the time of its step and is committed a little later. What is younger than this is marked one by
# one, so that none that comes late is taken for read.
SETTLED = timedelta(minutes=5)


def open_notice(*, reader: Reader, at: datetime, notice: UUID) -> dict[str, Any]:
    """Marks the notice as read by this reader; its kind and the number of its case. A second time changes nothing."""
    with transaction.atomic(durable=True):
        there = notice_for(reader, notice)
        execute(
            "INSERT INTO notice_read (account_id, notice_id, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [reader.account, notice, at],
        )
    return there


def read_all(*, reader: Reader, at: datetime, up_to: str) -> int:
    """Marks as read all that the reader could read when the newest notice was the one marked `up_to`; how many. What
    has come since was not on the screen."""
    newest, last = read_cursor(up_to)
    found, asked = notices_of(
        reader, UNREAD + " AND (n.created_at, n.id) <= (%s, %s)", [*unread(reader), newest, last]
    )
    until = min(newest, at - SETTLED)
    with transaction.atomic(durable=True):
        count = int(rows(f"SELECT count(*) AS n FROM ({found}) found", asked)[0]["n"])
        execute(
            "INSERT INTO notice_read (account_id, notice_id, at)"
            f" SELECT %s, found.id, %s FROM ({found}) found WHERE found.created_at > %s ON CONFLICT DO NOTHING",
            [reader.account, at, *asked, until],
        )
        execute(
            "INSERT INTO notice_reader (account_id, read_until) VALUES (%s, %s) ON CONFLICT (account_id) DO UPDATE"
            " SET read_until = greatest(notice_reader.read_until, excluded.read_until)",
            [reader.account, until],
        )
    return count


def forget_old(*, before: datetime, most: int = 1000) -> int:
    """Removes notices that are older, with who read them and which messages they were in; how many."""
    with transaction.atomic(durable=True):
        old = [
            row["id"]
            for row in rows(
                "SELECT id FROM notice WHERE created_at < %s LIMIT %s FOR UPDATE SKIP LOCKED", [before, most]
            )
        ]
        for table in ("notice_read", "delivery_notice"):
            execute(f"DELETE FROM {table} WHERE notice_id = ANY(%s)", [old])
        execute("DELETE FROM notice WHERE id = ANY(%s)", [old])
    return len(old)
