"""预约: book, cancel, mark who came, remind, forget."""

import base64
import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, transaction

from onedoor.cases import secrets
from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.hall.queries.booking import Offer, booking_by_code, offer_of, slots_of
from onedoor.people.limits import spend
from onedoor.rules import booking as rules
from onedoor.rules.access import Actor
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, Refused, invalid
from onedoor.rules.visits import RECEIVES

MOST_FROM_ADDRESS = 60  # a day: a village's shared machine books for many
LEASE = timedelta(minutes=3)
FULL = "这个时间刚约满，请另选一个。"


@dataclass(frozen=True, slots=True)
class Booked:
    code: str
    offer: Offer
    starts_at: datetime


def book(
    *, what: str, day: date, at: str, name: str, phone: str, now: datetime, address: str | None, key: str
) -> Booked:
    """One seat at that time of the day ("09:30"); refuses what is full, twice a day for one telephone, too soon or too
    far. `address` None: a member of staff books. The same `key` again is the same booking."""
    offer, now = offer_of(what), utc(now)
    if not offer.active:
        raise invalid("at", "这项预约已停办，请另选一项。")
    name, phone = rules.check_person(name, phone)
    wanted = next((slot for slot in slots_of(offer, day) if f"{slot.starts_at:%H:%M}" == at), None)
    slot = rules.check_time(wanted, now)
    if address is not None:
        with transaction.atomic(durable=True):
            spend(f"book-from:{address}", most=MOST_FROM_ADDRESS, within=timedelta(days=1), at=now)
    code = _code(key)
    index = secrets.blind_index(code, about="booking")
    with transaction.atomic(durable=True):
        # who comes at the same moment waits here, so that the seats are given in turn
        rows("SELECT 1 AS one FROM hall_bookable WHERE id = %s FOR NO KEY UPDATE", [offer.id])
        if rows("SELECT 1 AS one FROM hall_booking WHERE code_index = %s", [index]):
            return Booked(code, offer, slot.starts_at)
        taken = rows(
            "SELECT seat FROM hall_booking WHERE bookable_id = %s AND state = ANY(%s)"
            " AND starts_at < %s AND ends_at > %s",
            [offer.id, list(rules.HOLDS), slot.ends_at, slot.starts_at],
        )
        free = sorted(set(range(offer.seats)) - {row["seat"] for row in taken})
        if not free:
            raise Refused(CONFLICT, FULL, {"at": FULL})
        try:
            with transaction.atomic():
                execute(
                    "INSERT INTO hall_booking (id, bookable_id, seat, starts_at, ends_at, day, state, code_index,"
                    " name, phone, phone_index, created_at, remind_at, tries, last_error)"
                    " VALUES (%s, %s, %s, %s, %s, %s, 'booked', %s, %s, %s, %s, %s, %s, 0, '')",
                    [
                        new_id(), offer.id, free[0], slot.starts_at, slot.ends_at, day, index,
                        secrets.encrypt(name, about="booking.name"), secrets.encrypt(phone, about="booking.phone"),
                        secrets.blind_index(phone, about="booking.phone"), now,
                        rules.next_reminder(slot.starts_at, now),
                    ],
                )  # fmt: skip
        except IntegrityError as error:
            if "one_booking_a_phone_a_day" in str(error):
                raise invalid("phone", "这个电话当天已有一个预约；要改时间的，请先取消原来的。") from error
            raise Refused(CONFLICT, FULL, {"at": FULL}) from error
    return Booked(code, offer, slot.starts_at)


def _code(key: str) -> str:
    """Ten characters without look-alikes; the same for the same form sent twice."""
    digest = secrets.sha256(f"{key}".encode()) if key else os.urandom(16)
    keyed = secrets.blind_index(digest.hex(), about="booking.code") or b""
    return base64.b32encode(keyed).decode()[:10].translate(str.maketrans("OI", "89"))


def cancel_booking(*, code: str) -> None:
    """By whoever holds the code; the seat is free at once."""
    with transaction.atomic(durable=True):
        found = booking_by_code(code, lock=True)
        rules.check_change(found["state"], "cancelled")
        execute("UPDATE hall_booking SET state = 'cancelled', remind_at = NULL WHERE id = %s", [found["id"]])


def check_in(*, code: str) -> dict[str, Any]:
    """Whoever holds the code is here."""
    with transaction.atomic(durable=True):
        found = booking_by_code(code, lock=True)
        rules.check_change(found["state"], "arrived")
        execute("UPDATE hall_booking SET state = 'arrived', remind_at = NULL WHERE id = %s", [found["id"]])
    return found


def mark_booking(*, actors: tuple[Actor, ...], booking: UUID, state: str) -> None:
    """The desk marks who came and who did not."""
    if not any(actor.role in RECEIVES for actor in actors):
        raise Refused(NOT_ALLOWED, "您的岗位不能登记到场。")
    with transaction.atomic(durable=True):
        found = rows("SELECT state FROM hall_booking WHERE id = %s FOR NO KEY UPDATE", [booking])
        if not found or state not in rules.STATES:
            raise Refused("not_found", "没有找到这个预约。")
        rules.check_change(found[0]["state"], state)
        execute("UPDATE hall_booking SET state = %s, remind_at = NULL WHERE id = %s", [state, booking])


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
    if error and one["tries"] < MOST_TRIES:
        execute("UPDATE hall_booking SET last_error = %s WHERE id = %s", [error, one["id"]])
    else:
        execute(
            "UPDATE hall_booking SET remind_at = %s, tries = 0, last_error = %s WHERE id = %s",
            [rules.next_reminder(one["starts_at"], now), error, one["id"]],
        )
    return True


def forget_bookings(*, now: datetime, most: int = 1000) -> int:
    """Removes names and telephones of bookings whose time is over; how many."""
    with transaction.atomic(durable=True):
        return execute(
            "UPDATE hall_booking SET name = NULL, phone = NULL, phone_index = NULL WHERE id IN (SELECT id"
            " FROM hall_booking WHERE day < %s AND phone IS NOT NULL LIMIT %s FOR UPDATE SKIP LOCKED)",
            [(now - rules.KEPT_FOR).astimezone(ZONE).date(), most],
        )
