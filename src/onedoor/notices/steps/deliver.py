"""Delivering: each message goes out at least once, under an id that stays the same."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import transaction

from onedoor.cases.sql import execute, rows
from onedoor.notices.queries.channels import COLUMNS, address_of, channel_reader
from onedoor.notices.queries.inbox import UNREAD, notices_of, unread
from onedoor.notices.steps.gather import counts
from onedoor.notices.ways import NotSent, send
from onedoor.people.steps.administering import By, administering
from onedoor.rules.notices import MOST_TRIES, message, next_try
from onedoor.rules.refusal import NOT_FOUND, Refused

# Longer than any try takes: after that its worker is dead, and the message is taken up again.
LEASE = timedelta(minutes=3)
_CLAIM = """
    UPDATE delivery d SET tries = d.tries + 1, next_try_at = %s
      FROM notice_channel ch
     WHERE ch.id = d.channel_id AND d.id = (
           SELECT id FROM delivery WHERE state = 'waiting' AND next_try_at <= %s
            ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING d.id AS delivery, d.tries, d.text, d.notices
"""


def deliver_next(*, at: datetime) -> bool:
    """Tries the message that has waited longest; False when none is due. No transaction is open while it is sent."""
    claimed = _claim(at)
    if claimed is None:
        return False
    if claimed["tries"] > MOST_TRIES:
        _end(claimed, "stuck", "每次发送都中断了。")
        return True
    text, count = _text_now(claimed)
    if not text:
        _end(claimed, "dropped", "通知都已收回、已读或不能再看，没有发送。")
        return True
    try:
        send(claimed["kind"], address_of(claimed), text, claimed["delivery"])
    except InvalidTag:
        _failed(claimed, "地址解不开：钥匙换过了，请重新设置。", at)
    except NotSent as error:
        _failed(claimed, str(error), at)
    else:
        _sent(claimed, text, count, at)
    return True


def retry_delivery(*, by: By, delivery: UUID) -> None:
    """Once more from the beginning, under the same id."""
    _decide(by, delivery, "state = 'waiting', tries = 0, next_try_at = %s", "重试", [by.at])


def drop_delivery(*, by: By, delivery: UUID) -> None:
    """The message is given up; its notices stay in the inbox."""
    _decide(by, delivery, "state = 'dropped'", "放弃", [])


def forget_deliveries(*, before: datetime, most: int = 1000) -> int:
    """Removes messages that are over and older; how many."""
    with transaction.atomic(durable=True):
        old = [
            row["id"]
            for row in rows(
                "SELECT id FROM delivery WHERE created_at < %s AND state <> 'waiting' LIMIT %s FOR UPDATE SKIP LOCKED",
                [before, most],
            )
        ]
        execute("DELETE FROM delivery_notice WHERE delivery_id = ANY(%s)", [old])
        execute("DELETE FROM delivery WHERE id = ANY(%s)", [old])
    return len(old)


def _claim(at: datetime) -> dict[str, Any] | None:
    with transaction.atomic(durable=True):
        found = rows(f"{_CLAIM}, {COLUMNS}", [at + LEASE, at])
    return found[0] if found else None


def _text_now(claimed: dict[str, Any]) -> tuple[str, int]:
    """The text of what is still to be told, and of how many notices: without those that were taken back, read or
    closed to the reader meanwhile."""
    if not claimed["active"]:
        return "", 0
    if not claimed["notices"]:
        return claimed["text"], 0
    reader = channel_reader(claimed)
    if reader is None:
        return "", 0
    found, values = notices_of(
        reader,
        UNREAD + " AND EXISTS (SELECT 1 FROM delivery_notice d"
        " WHERE d.channel_id = %s AND d.notice_id = n.id AND d.delivery_id = %s)",
        [*unread(reader), claimed["id"], claimed["delivery"]],
    )
    there = rows(found, values)
    return (message(counts(there), unit=claimed["unit_id"] is not None) if there else ""), len(there)


# What a worker writes after its lease is over holds only if nobody has taken the message up again.
_MINE = " WHERE id = %s AND state = 'waiting' AND tries = %s"


def _sent(claimed: dict[str, Any], text: str, count: int, at: datetime) -> None:
    with transaction.atomic(durable=True):
        execute(
            f"UPDATE delivery SET state = 'sent', sent_at = %s, text = %s, notices = %s, last_error = ''{_MINE}",
            [at, text, count, claimed["delivery"], claimed["tries"]],
        )
        execute("UPDATE notice_channel SET last_at = %s WHERE id = %s", [at, claimed["id"]])


def _failed(claimed: dict[str, Any], error: str, at: datetime) -> None:
    wait = next_try(claimed["tries"])
    if wait is None:
        _end(claimed, "stuck", error)
        return
    execute(
        f"UPDATE delivery SET next_try_at = %s, last_error = %s{_MINE}",
        [at + wait, error[:300], claimed["delivery"], claimed["tries"]],
    )


def _end(claimed: dict[str, Any], state: str, error: str) -> None:
    execute(
        f"UPDATE delivery SET state = %s, last_error = %s{_MINE}",
        [state, error[:300], claimed["delivery"], claimed["tries"]],
    )


def _decide(by: By, delivery: UUID, change: str, what: str, values: list[Any]) -> None:
    with administering(by):
        changed = rows(
            f"UPDATE delivery SET {change} WHERE id = %s AND state IN ('waiting', 'stuck') RETURNING id",
            [*values, delivery],
        )
        if not changed:
            raise Refused(NOT_FOUND, "这条消息已经发出或不再发送。")
        by.log("channel", str(delivery), f"{what}消息")
