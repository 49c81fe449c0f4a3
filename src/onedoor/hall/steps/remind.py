"""预约: reminders by text message, and the end of names and telephones."""

from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db import transaction

from onedoor.cases import secrets
from onedoor.cases.counting import ZONE
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.people.occupied import forget_occupied
from onedoor.rules import booking as rules

LEASE = timedelta(minutes=3)

_CLAIM = """
    UPDATE hall_booking k SET tries = k.tries + 1, remind_at = %s
      FROM hall_bookable b
     WHERE b.id = k.bookable_id AND k.id = (
           SELECT id FROM hall_booking WHERE state = 'booked' AND remind_at <= %s
            ORDER BY remind_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING k.id, k.tries, k.starts_at, k.phone, b.name AS what, b.place
"""
MOST_TRIES = 3


def remind_next(*, now: datetime, send: Any) -> bool:
    """Sends the reminder that is due; False when none is. `send(kind, address, text, id)` as in the notices' room;
    a failed one is tried again after the lease, three times, and then the next reminder is waited for."""
    now = utc(now)
    with transaction.atomic(durable=True):
        claimed = rows(_CLAIM, [now + LEASE, now])
    if not claimed:
        return False
    one = claimed[0]
    error = ""
    if one["starts_at"] > now:
        text = rules.reminder(one["what"], one["place"], one["starts_at"], ZONE)
        try:
            send("sms", secrets.decrypt(one["phone"], about="booking.phone"), text, one["id"])
        except InvalidTag:
            error = "电话解不开：钥匙换过了。"
        except Exception as failed:  # noqa: BLE001  whatever the way out says is kept and tried again
            error = str(failed)[:300]
    # the try is compared: a worker that outlived its lease does not end another's
    if error and one["tries"] < MOST_TRIES:
        execute(
            "UPDATE hall_booking SET last_error = %s WHERE id = %s AND tries = %s", [error, one["id"], one["tries"]]
        )
    else:
        execute(
            "UPDATE hall_booking SET remind_at = %s, tries = 0, last_error = %s WHERE id = %s AND tries = %s",
            [rules.next_reminder(one["starts_at"], now), error, one["id"], one["tries"]],
        )
    return True


def forget_bookings(*, now: datetime, most: int = 1000) -> int:
    """Removes names and telephones of bookings whose time is over, how many; and when staff were on duty a day ago."""
    with transaction.atomic(durable=True):
        forget_occupied(before=now - timedelta(days=1))
        return execute(
            "UPDATE hall_booking SET name = NULL, phone = NULL, phone_index = NULL WHERE id IN (SELECT id"
            " FROM hall_booking WHERE day < %s AND phone IS NOT NULL LIMIT %s FOR UPDATE SKIP LOCKED)",
            [(now - rules.KEPT_FOR).astimezone(ZONE).date(), most],
        )
