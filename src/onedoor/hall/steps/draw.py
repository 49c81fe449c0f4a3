"""取号: a number for a line, once for a press."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from onedoor.cases.calendars import calendar_of
from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.sql import execute, rows
from onedoor.hall.queries.centres import Centre
from onedoor.hall.steps._hall_day import day_of, touch
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid
from onedoor.rules.tickets import check_open, number_of

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another
_CODE_LENGTH = 13


@dataclass(frozen=True, slots=True)
class Drawn:
    """A number and the code that stands in its QR. `again`: the same press was here before."""

    number: str
    code: str
    again: bool


def draw_ticket(*, kiosk: int, centre: Centre, line: str, priority: bool, at: datetime, key: str) -> Drawn:
    """The next number of the line (a code) today. The same `key` of the same kiosk gets the same number."""
    with transaction.atomic(durable=True):
        drawn = draw_within(kiosk=kiosk, centre=centre, line=line, priority=priority, at=at, key=key)
        if drawn.again:
            transaction.set_rollback(True)  # nothing has changed
    return drawn


def draw_within(
    *, kiosk: int, centre: Centre, line: str, priority: bool, at: datetime, key: str, for_window: int | None = None
) -> Drawn:
    """The same within the transaction of another step; `for_window`: the window that waits for him calls him next."""
    if not 1 <= len(key) <= 60 or not key.isprintable():
        raise invalid("key", "页面已过期，请返回重新选择。")
    local = at.astimezone(ZONE)
    place = touch(centre.id, local.date())
    earlier = rows("SELECT number, code FROM hall_ticket WHERE kiosk_id = %s AND draw_key = %s", [kiosk, key])
    if earlier:
        return Drawn(earlier[0]["number"], earlier[0]["code"], again=True)
    found = rows(
        "SELECT id, prefix, opens, closes, every_day, (SELECT coalesce(max(t.serial), 0) + 1 FROM hall_ticket t"
        " WHERE t.line_id = l.id AND t.day = %s) AS serial"
        " FROM hall_line l WHERE centre_id = %s AND code = %s AND active",
        [day_of(at), centre.id, line.replace("\0", "\ufffd")],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有这项业务，请重新选择。")
    there = found[0]
    working = calendar_of(centre.path).is_working_day(local.date())
    check_open(local.time(), there["opens"], there["closes"], working=working, every_day=there["every_day"])
    number, code = number_of(there["prefix"], there["serial"]), _code()
    execute(
        "INSERT INTO hall_ticket (id, code, centre_id, line_id, day, serial, number, place, priority, state,"
        " drawn_at, kiosk_id, draw_key, for_window_id, visit, \"case\")"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', %s, %s, %s, %s, '', '')",
        [
            new_id(), code, centre.id, there["id"], local.date(), there["serial"], number, place, priority, at,
            kiosk, key, for_window,
        ],
    )  # fmt: skip
    return Drawn(number, code, again=False)


def _code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
