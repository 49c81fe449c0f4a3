"""今日在岗: who is here today, from residences, rota and calls. No resident is in it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from onedoor.cases.calendars import calendar_of
from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.hall.queries.centres import Centre
from onedoor.rules.residence import HALVES, half_of, halves_here, is_open

# the waiting call stands beside its residence, and so does when the unit last came on this day
_RESIDENCES = """
    SELECT r.id, r.mode, r.purpose, r.minutes, r.address, coalesce(nullif(r.phone, ''), u.phone, '') AS phone,
           coalesce(nullif(r.name, ''), u.short_name) AS name, r.unit_id, p.name AS place, p.location,
           c.id AS call, c.called_at, c.due_at, c.place AS called_to,
           came.arrived_at, came.place AS came_to
      FROM hall_residence r
      LEFT JOIN people_unit u ON u.id = r.unit_id
      LEFT JOIN hall_place p ON p.id = r.place_id AND p.active
      LEFT JOIN hall_call c ON c.residence_id = r.id AND c.arrived_at IS NULL AND c.cancelled_at IS NULL
      LEFT JOIN LATERAL (SELECT b.arrived_at, b.place FROM hall_call b WHERE b.residence_id = r.id
                          AND b.arrived_at >= %s AND b.arrived_at < %s ORDER BY b.arrived_at DESC LIMIT 1) came ON true
     WHERE r.centre_id = %s AND r.active AND (u.id IS NULL OR u.active)
     ORDER BY r.position, r.id
"""


@dataclass(frozen=True, slots=True)
class Today:
    """A day of a hall. `half` is the present one. `leaders` by half: leader and office. `units` by mode, each with
    its `halves`; `places` those that are there on that day. An on-call unit that has come on this day has
    `arrived_at`, and counts as here until the day is over."""

    centre: Centre
    day: date
    half: str
    working: bool
    leaders: dict[str, dict[str, Any]]
    units: dict[str, list[dict[str, Any]]]
    places: list[dict[str, Any]]


def today_at(centre: Centre, now: datetime) -> Today:
    """Who is here on the day of `now`; a rotating unit without a half day today is left out."""
    local = now.astimezone(ZONE)
    day = local.date()
    working = calendar_of(centre.path).is_working_day(day)
    duties = rows(
        "SELECT half, residence_id, leader, office FROM hall_duty WHERE centre_id = %s AND day = %s", [centre.id, day]
    )
    rota: dict[int, list[str]] = {}
    for duty in duties:
        rota.setdefault(duty["residence_id"] or 0, []).append(duty["half"])
    units: dict[str, list[dict[str, Any]]] = {}
    begin = datetime.combine(day, time(), ZONE)
    for row in rows(_RESIDENCES, [begin, begin + timedelta(days=1), centre.id]):
        halves = halves_here(row["mode"], working=working, rota=rota.get(row["id"], ()))
        if row["mode"] == "rota" and not halves:
            continue
        late = row["due_at"] is not None and row["due_at"] < now
        units.setdefault(row["mode"], []).append(row | {"halves": [HALVES[half] for half in halves], "late": late})
    places = rows(
        "SELECT p.id, p.code, p.name, p.kind, p.purpose, p.location, p.mediator, p.first, p.last, u.short_name AS unit"
        " FROM hall_place p LEFT JOIN people_unit u ON u.id = p.unit_id WHERE p.centre_id = %s AND p.active"
        " ORDER BY p.position, p.code",
        [centre.id],
    )
    return Today(
        centre,
        day,
        half_of(local.time()),
        working,
        {duty["half"]: duty for duty in duties if duty["residence_id"] is None},
        units,
        [place for place in places if is_open(place["kind"], day, place["first"], place["last"])],
    )


@dataclass(frozen=True, slots=True)
class DutyDay:
    """A day of the rota. `halves`: each with its name, the leader on duty (`leader`, `office`) or None, and the units
    that rotate."""

    day: date
    working: bool
    halves: list[tuple[str, dict[str, Any] | None, list[str]]]


def duty_week(centre: Centre, first: date) -> list[DutyDay]:
    """Who is on duty on the seven days from `first` on, for everybody: from the rota itself, in one statement."""
    duties = rows(
        "SELECT d.day, d.half, d.leader, d.office, u.short_name AS unit, p.name AS place FROM hall_duty d"
        " LEFT JOIN hall_residence r ON r.id = d.residence_id LEFT JOIN people_unit u ON u.id = r.unit_id"
        " LEFT JOIN hall_place p ON p.id = r.place_id AND p.active"
        " WHERE d.centre_id = %s AND d.day >= %s AND d.day < %s AND (r.id IS NULL OR r.active AND u.active)"
        " ORDER BY d.day, d.half, r.position, r.id",
        [centre.id, first, first + timedelta(days=7)],
    )
    calendar = calendar_of(centre.path)
    days = []
    for day in (first + timedelta(days=number) for number in range(7)):
        halves = []
        for half, name in HALVES.items():
            here = [one for one in duties if one["day"] == day and one["half"] == half]
            leader = next((one for one in here if one["leader"]), None)
            units = [f"{one['unit']}{'，' + one['place'] if one['place'] else ''}" for one in here if one["unit"]]
            halves.append((name, leader, units))
        days.append(DutyDay(day, calendar.is_working_day(day), halves))
    return days
