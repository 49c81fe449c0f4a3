"""Gathering: what is new for a channel becomes one message, never one for each notice."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from onedoor.cases.ids import new_id
from onedoor.cases.sql import execute, flat, rows
from onedoor.notices.queries.channels import COLUMNS, channel_reader
from onedoor.notices.queries.inbox import UNREAD, notices_of, unread
from onedoor.rules.notices import message

# A notice carries the time of its step, which commits a little later; looking back this far misses none of them, and
# the key of `delivery_notice` keeps those away that went already.
LOOK_BACK = timedelta(hours=1)
_NOTED_EVERY = timedelta(minutes=10)  # how often it is written down that there was nothing
# While a message waits, or within QUIET of the last, what comes is left for the next.
_DUE = """
    ch.active AND (ch.last_at IS NULL OR ch.last_at <= %s)
    AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.channel_id = ch.id AND d.state = 'waiting')
"""


def due_channels(at: datetime) -> list[int]:
    """The channels that may get a message now."""
    found = rows(f"SELECT ch.id FROM notice_channel ch WHERE {_DUE} ORDER BY ch.id", [at - settings.NOTICE_QUIET])
    return [int(row["id"]) for row in found]


def gather(*, channel: int, at: datetime) -> UUID | None:
    """Makes one message of all notices that are new for the channel, unread and visible; its id, or None. The
    channel's row is locked: of two that gather at once one does, and the other goes on."""
    with transaction.atomic(durable=True):
        locked = rows(
            f"SELECT {COLUMNS} FROM notice_channel ch WHERE ch.id = %s AND {_DUE} FOR UPDATE OF ch SKIP LOCKED",
            [channel, at - settings.NOTICE_QUIET],
        )
        reader = channel_reader(locked[0]) if locked else None
        if reader is None:
            return None
        row = locked[0]
        since = max(row["since"], row["looked_until"] - LOOK_BACK)
        found, values = notices_of(
            reader,
            UNREAD + " AND n.created_at >= %s AND NOT EXISTS (SELECT 1 FROM delivery_notice d"
            " WHERE d.channel_id = %s AND d.notice_id = n.id)",
            [*unread(reader), since, channel],
        )
        fresh = rows(found, values)
        if not fresh:
            if at - row["looked_until"] > _NOTED_EVERY:
                execute("UPDATE notice_channel SET looked_until = %s WHERE id = %s", [at, channel])
            return None
        delivery = new_id()
        text = message(counts(fresh), unit=row["unit_id"] is not None)
        execute(
            "INSERT INTO delivery (id, channel_id, text, notices, state, tries, next_try_at, last_error, created_at)"
            " VALUES (%s, %s, %s, %s, 'waiting', 0, %s, '', %s)",
            [delivery, channel, text, len(fresh), at, at],
        )
        places = ", ".join(["(%s, %s, %s)"] * len(fresh))
        execute(
            f"INSERT INTO delivery_notice (channel_id, notice_id, delivery_id) VALUES {places}",
            flat((channel, notice["id"], delivery) for notice in fresh),
        )
        execute("UPDATE notice_channel SET looked_until = %s, last_at = %s WHERE id = %s", [at, at, channel])
    return delivery


def counts(notices: list[dict[str, Any]]) -> dict[str, int]:
    """How many of each kind."""
    found: dict[str, int] = {}
    for notice in notices:
        found[notice["kind"]] = found.get(notice["kind"], 0) + 1
    return found
