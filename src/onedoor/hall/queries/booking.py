"""What can be booked, and what is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from onedoor.cases import secrets
from onedoor.cases.calendars import calendar_of
from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.people.occupied import busy
from onedoor.rules.access import Actor
from onedoor.rules.booking import DAYS_AHEAD, HOLDS, STATES, Hours, Slot, read_hours, slots
from onedoor.rules.identity import mask_phone
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.rules.visits import SEES_VISITS


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be booked. `resource` receives (its `seats` are shared by all that it is booked for), at
    `centre`; `account`: it is a person with other duties too; `service`: code of the guide, or nothing."""

    id: int
    name: str
    about: str
    place: str
    minutes: int
    hours: tuple[Hours, ...]
    closed: frozenset[date]
    active: bool
    position: int
    resource: int
    receiver: str
    seats: int
    account: int | None
    centre: int
    centre_name: str
    path: tuple[int, ...]
    service: str


_OFFERS = (
    "SELECT b.id, b.name, b.about, b.place, b.minutes, b.hours, b.closed, b.active, b.position, r.id AS resource,"
    " r.name AS receiver, r.seats, r.account_id AS account, u.id AS centre, u.short_name AS centre_name, d.path,"
    " coalesce(s.code, '') AS service FROM hall_bookable b JOIN hall_bookresource r ON r.id = b.resource_id"
    " JOIN people_unit u ON u.id = r.centre_id JOIN people_division d ON d.id = u.division_id"
    " LEFT JOIN hall_service s ON s.id = b.service_id"
)


def offers(*, service: str = "", all_of_them: bool = False) -> list[Offer]:
    """In their order, those of one service if it is named; those switched off only for who asks for all."""
    where = ["TRUE" if all_of_them else "b.active", *(["s.code = %s"] if service else [])]
    named = [service.replace("\0", "\ufffd")] if service else []
    return [_offer(row) for row in rows(f"{_OFFERS} WHERE {' AND '.join(where)} ORDER BY b.position, b.id", named)]


def offer_of(wanted: str) -> Offer:
    found = rows(f"{_OFFERS} WHERE b.id = %s", [int(wanted)]) if wanted.isdecimal() and len(wanted) < 10 else []
    if not found:
        raise Refused(NOT_FOUND, "没有这个预约事项。")
    return _offer(found[0])


def can_be_booked(service: str) -> bool:
    """Whether a service of the guide has something to book."""
    return bool(
        rows(
            "SELECT 1 AS one FROM hall_bookable b JOIN hall_service s ON s.id = b.service_id"
            " WHERE b.active AND s.code = %s LIMIT 1",
            [service],
        )
    )


def _offer(row: dict[str, Any]) -> Offer:
    closed = frozenset(date.fromisoformat(day) for day in row["closed"].split())
    path = tuple(orjson.loads(row["path"]))
    return Offer(**{**row, "hours": read_hours(row["hours"]), "closed": closed, "path": path})


def slots_of(offer: Offer, day: date) -> list[Slot]:
    """On the calendar of its centre."""
    calendar = calendar_of(offer.path)
    closed = day in offer.closed
    return list(slots(offer.hours, offer.minutes, day, closed=closed, calendar=calendar, zone=ZONE))


def free_days(offer: Offer, today: date, ahead: int = DAYS_AHEAD) -> list[date]:
    """The days from today to so many ahead on which it is open at all."""
    days = [today + timedelta(days=number) for number in range(ahead + 1)]
    return [day for day in days if slots_of(offer, day)]


def free_slots(offer: Offer, day: date) -> list[tuple[Slot, int]]:
    """The times of a day with the seats that are free: what else the same window or person is booked for counts, and
    a person's other duties."""
    times = slots_of(offer, day)
    if not times:
        return []
    begins, ends = times[0].starts_at, times[-1].ends_at
    taken = rows(
        "SELECT starts_at, ends_at, seat FROM hall_booking WHERE resource_id = %s AND state = ANY(%s)"
        " AND starts_at < %s AND ends_at > %s",
        [offer.resource, list(HOLDS), ends, begins],
    )
    elsewhere = busy(offer.account, begins, ends) if offer.account is not None else []
    return [(slot, _free(offer.seats, slot, taken, elsewhere)) for slot in times]


def _free(seats: int, slot: Slot, taken: list[dict[str, Any]], elsewhere: list[tuple[datetime, datetime, str]]) -> int:
    if any(begins < slot.ends_at and ends > slot.starts_at for begins, ends, _ in elsewhere):
        return 0
    held = {one["seat"] for one in taken if one["starts_at"] < slot.ends_at and one["ends_at"] > slot.starts_at}
    return max(0, seats - len(held))


def resources(centre: int | None = None) -> list[dict[str, Any]]:
    """Who and what receives, of one centre or of all, with the name of the person's account and of the window, and
    what it is booked for."""
    where = "" if centre is None else " WHERE r.centre_id = %s"
    return rows(
        "SELECT r.id, r.name, r.seats, r.centre_id AS centre, u.short_name AS centre_name, u.code AS centre_code,"
        " coalesce(a.username, '') AS username, coalesce(a.name, '') AS person, coalesce(p.code, '') AS window,"
        " coalesce(p.name, '') AS window_name, coalesce((SELECT string_agg(b.name, '、' ORDER BY b.position, b.id)"
        " FROM hall_bookable b WHERE b.resource_id = r.id AND b.active), '') AS bookables FROM hall_bookresource r"
        " JOIN people_unit u ON u.id = r.centre_id LEFT JOIN people_account a ON a.id = r.account_id"
        f" LEFT JOIN hall_place p ON p.id = r.window_id{where} ORDER BY u.code, r.name, r.id",
        [] if centre is None else [centre],
    )


_BOOKING = (
    "SELECT k.id, k.starts_at, k.ends_at, k.state, k.name, k.phone, b.id AS bookable, b.name AS what, b.place,"
    " r.name AS receiver, r.account_id AS account, r.centre_id AS centre, u.name AS centre_name,"
    " r.window_id AS window, coalesce(s.line, '') AS line FROM hall_booking k"
    " JOIN hall_bookable b ON b.id = k.bookable_id JOIN hall_bookresource r ON r.id = k.resource_id"
    " JOIN people_unit u ON u.id = r.centre_id LEFT JOIN hall_service s ON s.id = b.service_id"
)


def booking_by_code(code: str, *, lock: bool = False) -> dict[str, Any]:
    """The booking whose code this is; refused as not found otherwise."""
    indexes = secrets.blind_indexes("".join(code.split()).upper().replace("-", ""), about="booking")
    found = rows(f"{_BOOKING} WHERE k.code_index = ANY(%s){' FOR NO KEY UPDATE OF k' if lock else ''}", [indexes])
    if not found:
        raise Refused(NOT_FOUND, "没有找到这个预约，请核对预约码。")
    return _shown(found[0])


def bookings_of(actors: tuple[Actor, ...], day: date) -> list[dict[str, Any]]:
    """A day's bookings at the centres where somebody receives people, in the order of their times; telephones
    masked."""
    centres = [actor.unit for actor in actors if actor.role in SEES_VISITS]
    if not centres:
        raise Refused(NOT_ALLOWED, "您的岗位不能查看预约。")
    found = rows(
        f"{_BOOKING} WHERE k.day = %s AND r.centre_id = ANY(%s) ORDER BY k.starts_at, k.id LIMIT 500", [day, centres]
    )
    return [_shown(row) for row in found]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "name": secrets.decrypt(row["name"], about="booking.name") or "（已删除）",
        "phone": mask_phone(secrets.decrypt(row["phone"], about="booking.phone")),
        "state_name": STATES[row["state"]],
    }
