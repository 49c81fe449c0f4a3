"""预约: book, cancel, check in at the kiosk, mark who came."""

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from onedoor.cases import secrets
from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.hall.queries.booking import Offer, booking_by_code, offer_of, slots_of
from onedoor.hall.queries.centres import Centre
from onedoor.hall.queries.serving import line_of_booking
from onedoor.hall.steps.draw import draw_within
from onedoor.people.limits import spend
from onedoor.people.occupied import BOOKING, busy, occupy, release
from onedoor.rules import booking as rules
from onedoor.rules.access import Actor
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, NOT_FOUND, NOT_READY, Refused, invalid
from onedoor.rules.visits import RECEIVES

MOST_FROM_ADDRESS = 60  # a day: a village's shared machine books for many
FULL = "这个时间刚约满，请另选一个。"


@dataclass(frozen=True, slots=True)
class Booked:
    """What stands in the table, whoever asks again."""

    code: str
    offer: Offer
    starts_at: datetime


def book(
    *,
    what: str,
    day: date,
    at: str,
    name: str,
    phone: str,
    now: datetime,
    address: str | None,
    key: str,
    by: Actor | None = None,
) -> Booked:
    """One seat at that time of the day ("09:30"); refuses what is full, twice a day for one telephone, too soon or too
    far, and who is on duty elsewhere at that time. `by`: staff who books for somebody, without the limits of open
    pages (`address` is then not counted) and, if need be, without a telephone. The same `key` again is the same
    booking; with something else in it a conflict."""
    if by is not None and by.role not in RECEIVES:
        raise Refused(NOT_ALLOWED, "您的岗位不能代群众预约。")
    offer, now = offer_of(what), utc(now)
    if not offer.active:
        raise invalid("at", "这项预约已停办，请另选一项。")
    name, phone = rules.check_person(name, phone, staff=by is not None)
    slot = next((slot for slot in slots_of(offer, day) if f"{slot.starts_at:%H:%M}" == at), None)
    if address is not None and by is None:
        with transaction.atomic(durable=True):
            spend(f"book-from:{address}", most=MOST_FROM_ADDRESS, within=timedelta(days=1), at=now)
    code = _code(key)
    index = secrets.blind_index(code, about="booking")
    with transaction.atomic(durable=True):
        # who comes at the same moment waits here, so that the seats are given in turn
        rows(
            "SELECT 1 AS one FROM hall_bookresource r JOIN hall_bookable b ON b.resource_id = r.id WHERE b.id = %s"
            " FOR NO KEY UPDATE OF r",
            [offer.id],
        )
        offer = offer_of(what)
        earlier = rows(
            "SELECT bookable_id, starts_at, name, phone, state FROM hall_booking WHERE code_index = %s", [index]
        )
        if earlier:
            return _again(earlier[0], offer, slot, name, phone, code)
        slot = rules.check_time(slot, now, staff=by is not None)
        free = _free_seats(offer, slot)
        if not free:
            raise Refused(CONFLICT, FULL, {"at": FULL})
        booking = new_id()
        try:
            with transaction.atomic():
                execute(
                    "INSERT INTO hall_booking (id, bookable_id, resource_id, seat, starts_at, ends_at, day, state,"
                    " code_index, name, phone, phone_index, created_at, booked_by, remind_at, tries, last_error)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s, 'booked', %s, %s, %s, %s, %s, %s, %s, 0, '')",
                    [
                        booking, offer.id, offer.resource, free[0], slot.starts_at, slot.ends_at, day, index,
                        secrets.encrypt(name, about="booking.name"),
                        secrets.encrypt(phone, about="booking.phone") if phone else None,
                        secrets.blind_index(phone, about="booking.phone") if phone else None,
                        now, by.account if by else None,
                        rules.next_reminder(slot.starts_at, now) if phone else None,
                    ],
                )  # fmt: skip
                if offer.account is not None:
                    occupy([offer.account], slot.starts_at, slot.ends_at, room=BOOKING, source=booking)
        except IntegrityError as error:
            if "one_booking_a_phone_a_day" in str(error):
                raise invalid("phone", "这个电话当天已有一个预约；要改时间的，请先取消原来的。") from error
            raise Refused(CONFLICT, FULL, {"at": FULL}) from error
    return Booked(code, offer, slot.starts_at)


def _again(stored: dict[str, Any], offer: Offer, slot: rules.Slot | None, name: str, phone: str, code: str) -> Booked:
    """The answer of the row that is there; refuses where the form says something else now, or it was cancelled."""
    told = (
        stored["bookable_id"],
        stored["starts_at"],
        secrets.decrypt(stored["name"], about="booking.name"),
        secrets.decrypt(stored["phone"], about="booking.phone") or "",
    )
    rules.check_same(same=told == (offer.id, slot.starts_at if slot else None, name, phone))
    if stored["state"] != "booked":
        raise Refused(NOT_READY, f"这个预约现为“{rules.STATES[stored['state']]}”，要来请重新预约。")
    return Booked(code, offer, stored["starts_at"].astimezone(ZONE))


def _free_seats(offer: Offer, slot: rules.Slot) -> list[int]:
    """Of who or what receives, under whatever name it was booked; none where a person is on duty elsewhere."""
    if offer.account is not None and busy(offer.account, slot.starts_at, slot.ends_at):
        return []
    taken = rows(
        "SELECT seat FROM hall_booking WHERE resource_id = %s AND state = ANY(%s) AND starts_at < %s AND ends_at > %s",
        [offer.resource, list(rules.HOLDS), slot.ends_at, slot.starts_at],
    )
    return sorted(set(range(offer.seats)) - {row["seat"] for row in taken})


def _code(key: str) -> str:
    """Ten characters without look-alikes; the same for the same form sent twice."""
    digest = secrets.sha256(f"{key}".encode()) if key else os.urandom(16)
    keyed = secrets.blind_index(digest.hex(), about="booking.code") or b""
    return secrets.code_of(keyed, 10)


def cancel_booking(*, code: str) -> None:
    """By whoever holds the code; the seat is free at once."""
    with transaction.atomic(durable=True):
        _change(booking_by_code(code, lock=True), "cancelled")


def check_in(*, code: str, now: datetime, kiosk: int, centre: Centre) -> dict[str, Any]:
    """Whoever holds the code is here, at a kiosk of that centre: the booking, with the code of the number that was
    drawn for him as `ticket`. He is called up at the window that receives him, where it calls today; else he waits in
    the line of the service; where neither is, `ticket` is empty and he goes to the place. A second time it is the same
    number."""
    with transaction.atomic(durable=True):
        found = booking_by_code(code, lock=True)
        if found["centre"] != centre.id:
            raise Refused(NOT_READY, f"这个预约在{found['centre_name']}，请到那里登记。")
        key = f"booking:{found['id']}"
        drawn = rows("SELECT code FROM hall_ticket WHERE draw_key = %s AND centre_id = %s", [key, centre.id])
        if found["state"] == "arrived" and drawn:
            return {**found, "ticket": drawn[0]["code"]}
        rules.check_arrival(found["starts_at"], now, ZONE)
        if found["state"] != "arrived":  # marked at the desk, or here while the line was shut
            _change(found, "arrived")
        return {**found, "ticket": _draw(found, kiosk, centre, now, key)}


def _draw(booking: dict[str, Any], kiosk: int, centre: Centre, now: datetime, key: str) -> str:
    line, window = line_of_booking(
        centre.id, now.astimezone(ZONE).date(), window=booking["window"], kind=booking["line"]
    )
    if not line:
        return ""
    try:
        with transaction.atomic():
            return draw_within(
                kiosk=kiosk, centre=centre, line=line, priority=False, at=now, key=key, for_window=window
            ).code
    except Refused as refused:
        if refused.code != NOT_READY:  # the line is shut at this hour: he has his time all the same
            raise
        return ""


def mark_booking(*, actors: tuple[Actor, ...], booking: UUID, state: str) -> None:
    """The desk of the centre marks who came and who did not, or cancels for who asked for it."""
    centres = [actor.unit for actor in actors if actor.role in RECEIVES]
    if not centres:
        raise Refused(NOT_ALLOWED, "您的岗位不能登记到场。")
    with transaction.atomic(durable=True):
        found = rows(
            "SELECT k.id, k.state, k.starts_at, k.ends_at, r.account_id AS account FROM hall_booking k"
            " JOIN hall_bookresource r ON r.id = k.resource_id WHERE k.id = %s AND r.centre_id = ANY(%s)"
            " FOR NO KEY UPDATE OF k",
            [booking, centres],
        )
        if not found or state not in rules.STATES:
            raise Refused(NOT_FOUND, "没有找到这个预约。")
        _change(found[0], state)


def _change(booking: dict[str, Any], state: str) -> None:
    """Puts the seat and the person's time where the state says; a time that was given away does not come back."""
    rules.check_change(booking["state"], state)
    try:
        with transaction.atomic():
            execute("UPDATE hall_booking SET state = %s, remind_at = NULL WHERE id = %s", [state, booking["id"]])
            if state not in rules.HOLDS:
                release(booking["id"])
            elif booking["state"] not in rules.HOLDS and booking["account"] is not None:
                times = booking["starts_at"], booking["ends_at"]
                occupy([booking["account"]], *times, room=BOOKING, source=booking["id"])
    except IntegrityError as error:
        raise Refused(CONFLICT, "这个时间已给了别人，不能再登记到场，请另约时间或取号。") from error
