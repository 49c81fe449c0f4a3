"""What can be booked, and what is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from onedoor.cases import secrets
from onedoor.cases.calendars import calendar_of
from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.people.models import Division
from onedoor.rules.access import Actor
from onedoor.rules.booking import DAYS_AHEAD, HOLDS, STATES, Hours, Slot, read_hours, slots
from onedoor.rules.identity import mask_phone
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.rules.visits import SEES_VISITS


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be booked."""

    id: int
    name: str
    about: str
    place: str
    minutes: int
    seats: int
    hours: tuple[Hours, ...]
    closed: frozenset[date]
    active: bool
    position: int


_OFFERS = "SELECT id, name, about, place, minutes, seats, hours, closed, active, position FROM hall_bookable"


def offers(*, all_of_them: bool = False) -> list[Offer]:
    """In their order; those switched off only for who asks for all."""
    where = "" if all_of_them else " WHERE active"
    return [_offer(row) for row in rows(f"{_OFFERS}{where} ORDER BY position, id")]


def offer_of(wanted: str) -> Offer:
    found = rows(f"{_OFFERS} WHERE id = %s", [int(wanted)]) if wanted.isdecimal() and len(wanted) < 10 else []
    if not found:
        raise Refused(NOT_FOUND, "没有这个预约事项。")
    return _offer(found[0])


def _offer(row: dict[str, Any]) -> Offer:
    closed = frozenset(date.fromisoformat(day) for day in row["closed"].split())
    return Offer(**{**row, "hours": read_hours(row["hours"]), "closed": closed})


def slots_of(offer: Offer, day: date) -> list[Slot]:
    """On the calendar of the whole tree."""
    root = Division.objects.get(parent__isnull=True)
    calendar = calendar_of(root.path)
    closed = day in offer.closed
    return list(slots(offer.hours, offer.minutes, day, closed=closed, calendar=calendar, zone=ZONE))


def free_days(offer: Offer, today: date) -> list[date]:
    """The next days on which it is open at all."""
    days = [today + timedelta(days=number) for number in range(DAYS_AHEAD + 1)]
    return [day for day in days if slots_of(offer, day)]


def free_slots(offer: Offer, day: date) -> list[tuple[Slot, int]]:
    """The times of a day with the seats that are free."""
    taken = rows(
        "SELECT starts_at, count(*) AS n FROM hall_booking WHERE bookable_id = %s AND day = %s AND state = ANY(%s)"
        " GROUP BY starts_at",
        [offer.id, day, list(HOLDS)],
    )
    by_time = {row["starts_at"]: int(row["n"]) for row in taken}
    return [(slot, max(0, offer.seats - by_time.get(slot.starts_at, 0))) for slot in slots_of(offer, day)]


_BOOKING = (
    "SELECT k.id, k.starts_at, k.ends_at, k.state, k.name, k.phone, b.id AS bookable, b.name AS what, b.place"
    " FROM hall_booking k JOIN hall_bookable b ON b.id = k.bookable_id"
)


def booking_by_code(code: str, *, lock: bool = False) -> dict[str, Any]:
    """The booking whose code this is; refused as not found otherwise."""
    index = secrets.blind_index(code.strip().upper().replace("-", ""), about="booking")
    found = rows(f"{_BOOKING} WHERE k.code_index = %s{' FOR NO KEY UPDATE OF k' if lock else ''}", [index])
    if not found:
        raise Refused(NOT_FOUND, "没有找到这个预约，请核对预约码。")
    return _shown(found[0])


def bookings_of(actors: tuple[Actor, ...], day: date) -> list[dict[str, Any]]:
    """A day's bookings in the order of their times, for who receives people; telephones masked."""
    if not any(actor.role in SEES_VISITS for actor in actors):
        raise Refused(NOT_ALLOWED, "您的岗位不能查看预约。")
    found = rows(f"{_BOOKING} WHERE k.day = %s ORDER BY k.starts_at, k.id LIMIT 500", [day])
    return [_shown(row) for row in found]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "name": secrets.decrypt(row["name"], about="booking.name") or "（已删除）",
        "phone": mask_phone(secrets.decrypt(row["phone"], about="booking.phone")),
        "state_name": STATES[row["state"]],
    }


def upcoming(now: datetime) -> int:
    """How many are still to come today."""
    local = now.astimezone(ZONE)
    found = rows(
        "SELECT count(*) AS n FROM hall_booking WHERE day = %s AND state = 'booked' AND starts_at >= %s",
        [local.date(), now],
    )
    return int(found[0]["n"])
