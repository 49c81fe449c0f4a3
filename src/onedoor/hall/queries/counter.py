"""What a window has before it: the number it serves, who waits, who did not come."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from onedoor.cases.sql import rows
from onedoor.hall.queries.tickets import stamp

SHOWN = 8
_TICKET = (
    'SELECT t.id, t.number, t.priority, t.drawn_at, t.called_at, t.begun_at, t.ended_at, t.visit, t."case",'
    " l.name AS line, t.for_window_id IS NOT NULL AS passed,"
    " t.draw_key LIKE 'booking:%%' AS booked FROM hall_ticket t JOIN hall_line l ON l.id = t.line_id"
)


@dataclass(frozen=True, slots=True)
class Counter:
    """A window's view. `following` is who waits, in the order in which they were drawn, as far as they fit."""

    stamp: int
    open: bool
    current: dict[str, Any] | None
    following: list[dict[str, Any]]
    waiting: int
    priorities: int
    missed: list[dict[str, Any]]
    others: list[dict[str, Any]]


def counter(centre: int, window: int, day: date) -> Counter:
    """Of a window on a day. What a number has become is told of the present one alone."""
    version = stamp(centre, day)
    there = rows("SELECT open FROM hall_windowday WHERE window_id = %s AND day = %s", [window, day])
    current = rows(f"{_TICKET} WHERE t.window_id = %s AND t.day = %s AND t.state = 'called'", [window, day])
    mine = (
        " WHERE t.centre_id = %s AND t.day = %s AND t.state = 'waiting' AND (t.for_window_id = %s OR"
        " t.for_window_id IS NULL AND t.line_id IN (SELECT line_id FROM hall_linewindow WHERE window_id = %s))"
    )
    values = [centre, day, window, window]
    following = rows(
        f"{_TICKET}{mine} ORDER BY t.for_window_id IS NULL, t.place LIMIT %s",
        [*values, SHOWN],
    )
    count = rows(
        f"SELECT count(*) AS waiting, count(*) FILTER (WHERE t.priority) AS priorities FROM hall_ticket t{mine}",
        values,
    )[0]
    missed = rows(
        f"{_TICKET} WHERE t.window_id = %s AND t.day = %s AND t.state = 'no_show' ORDER BY t.ended_at DESC LIMIT %s",
        [window, day, SHOWN],
    )
    others = rows(
        "SELECT p.code, p.name FROM hall_place p JOIN hall_windowday d ON d.window_id = p.id AND d.day = %s AND d.open"
        " WHERE p.centre_id = %s AND p.id <> %s AND p.active ORDER BY p.position, p.code",
        [day, centre, window],
    )
    return Counter(
        version,
        bool(there and there[0]["open"]),
        current[0] if current else None,
        following,
        count["waiting"],
        count["priorities"],
        missed,
        others,
    )
