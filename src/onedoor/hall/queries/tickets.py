"""Numbers as people see them: at the window, on the screen, at the kiosk, on a telephone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from onedoor.cases.calendars import calendar_of
from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.hall.queries.centres import Centre
from onedoor.hall.queries.residence import places_on
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.residence import CALLS_NUMBERS
from onedoor.rules.tickets import Estimate, ahead_of, check_open, estimate, shared_ahead

SERVED = 60  # of a line, by which the next are estimated
LAST_CALLS = 6


def stamp(centre: int, day: date) -> int:
    """The hall's version: changes with whatever happens to a number there."""
    found = rows("SELECT version FROM hall_hallday WHERE centre_id = %s AND day = %s", [centre, day])
    return int(found[0]["version"]) if found else 0


@dataclass(frozen=True, slots=True)
class Board:
    """A hall as everybody may see it. `windows` with `open` and `number`; `lines` with `waiting`, `estimate` (of who
    draws an ordinary number now) and `shut` (why none is given out, or nothing); `calls` newest first."""

    centre: Centre
    stamp: int
    windows: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    calls: list[dict[str, Any]]


def board(centre: Centre, now: datetime) -> Board:
    """What the screen and the kiosk show."""
    day = now.astimezone(ZONE).date()
    version = stamp(centre.id, day)  # first: what changes meanwhile is seen at the next look
    serving = _Lines(centre, day)
    now_at = {
        row["window_id"]: row
        for row in rows(
            "SELECT d.window_id, d.open, t.number FROM hall_windowday d LEFT JOIN hall_ticket t"
            " ON t.window_id = d.window_id AND t.day = d.day AND t.state = 'called' WHERE d.day = %s",
            [day],
        )
    }
    windows = [
        place | {"open": bool(there and there["open"]), "number": (there and there["number"]) or ""}
        for place in places_on(centre.id, day, CALLS_NUMBERS)
        for there in [now_at.get(place["id"])]
    ]
    calls = rows(
        "SELECT c.version, t.number, p.name AS window, c.at FROM hall_ticketcall c JOIN hall_ticket t"
        " ON t.id = c.ticket_id JOIN hall_place p ON p.id = c.window_id"
        " WHERE t.centre_id = %s AND t.day = %s ORDER BY c.version DESC LIMIT %s",
        [centre.id, day, LAST_CALLS],
    )
    lines = [
        line
        | {
            "waiting": serving.waiting(line["id"]),
            "estimate": serving.estimate(line, priority=False),
            "shut": _shut(centre, line, now),
        }
        for line in serving.lines
    ]
    return Board(centre, version, windows, lines, calls)


def line_at(board: Board, code: str) -> dict[str, Any]:
    """A line at which numbers are drawn; else it is not found."""
    found = next((line for line in board.lines if line["code"] == code), None)
    if found is None:
        raise Refused(NOT_FOUND, "没有这项业务，请重新选择。")
    return found


def ticket_of(code: str, now: datetime) -> dict[str, Any]:
    """A number by the code of its QR: its state, who is before it and the estimate. `over`: of an earlier day."""
    found = []
    if "\0" not in code:
        found = rows(
            "SELECT t.id, t.code, t.number, t.state, t.day, t.place, t.priority, t.drawn_at, t.line_id, t.centre_id,"
            " t.for_window_id, t.visit <> '' AS visited, t.\"case\" <> '' AS registered, l.name AS line,"
            " u.code AS centre, u.name AS centre_name, coalesce(w.name, f.name, '') AS window"
            " FROM hall_ticket t JOIN hall_line l ON l.id = t.line_id JOIN people_unit u ON u.id = t.centre_id"
            " LEFT JOIN hall_place w ON w.id = t.window_id LEFT JOIN hall_place f ON f.id = t.for_window_id"
            " WHERE t.code = %s",
            [code],
        )
    if not found:
        raise Refused(NOT_FOUND, "没有这个号，可能已过期。请看号票，或到导办台询问。")
    ticket = found[0]
    ticket["over"] = ticket["day"] != now.astimezone(ZONE).date()
    ticket["ahead"], ticket["estimate"] = 0, None
    if ticket["state"] == "waiting" and not ticket["over"] and ticket["for_window_id"] is None:
        serving = _Lines(Centre(ticket["centre_id"], "", "", "", ()), ticket["day"], before=ticket["place"])
        line = next((one for one in serving.lines if one["id"] == ticket["line_id"]), None)
        if line is not None:
            ticket["ahead"] = serving.ahead(line["id"], priority=ticket["priority"])
            ticket["estimate"] = serving.estimate(line, priority=ticket["priority"])
    return ticket


class _Lines:
    """The lines of a hall with who waits and who serves: what an estimate needs, in three statements. `before` counts
    only numbers drawn before that place as being before me."""

    def __init__(self, centre: Centre, day: date, before: int | None = None) -> None:
        every = rows(
            "SELECT id, code, name, purpose, prefix, guide, opens, closes, every_day, usual_minutes, active,"
            " ARRAY(SELECT jsonb_array_elements_text(kinds)) AS kinds"
            " FROM hall_line WHERE centre_id = %s ORDER BY guide, position, code",
            [centre.id],
        )
        self.lines = [line for line in every if line["active"]]
        self._open: dict[int, frozenset[int]] = {}
        for row in rows(
            "SELECT w.line_id, array_agg(w.window_id) AS windows FROM hall_linewindow w JOIN hall_windowday d"
            " ON d.window_id = w.window_id AND d.day = %s AND d.open WHERE w.line_id = ANY(%s) GROUP BY w.line_id",
            [day, [line["id"] for line in every]],
        ):
            self._open[row["line_id"]] = frozenset(row["windows"])
        self._there: dict[int, dict[str, Any]] = {
            row["line_id"]: row
            for row in rows(
                "SELECT line_id, count(*) FILTER (WHERE NOT priority) AS ordinary,"
                " count(*) FILTER (WHERE priority) AS priorities,"
                " count(*) FILTER (WHERE NOT priority AND place < %s) AS ordinary_before,"
                " count(*) FILTER (WHERE priority AND place < %s) AS priority_before FROM hall_ticket"
                " WHERE centre_id = %s AND day = %s AND state = 'waiting' AND for_window_id IS NULL GROUP BY line_id",
                [before or 2**62, before or 2**62, centre.id, day],
            )
        }
        self._served: dict[int, list[float]] = {}
        for row in rows(
            "SELECT l.id, s.minutes FROM unnest(%s::bigint[]) AS l(id), LATERAL (SELECT"
            " extract(epoch FROM t.ended_at - t.begun_at)::float / 60 AS minutes FROM hall_ticket t"
            " WHERE t.line_id = l.id AND t.state = 'done' ORDER BY t.ended_at DESC LIMIT %s) s",
            [[line["id"] for line in every], SERVED],
        ):
            self._served.setdefault(row["id"], []).append(row["minutes"])

    def waiting(self, line: int) -> int:
        there = self._there.get(line)
        return there["ordinary"] + there["priorities"] if there else 0

    def ahead(self, line: int, *, priority: bool) -> int:
        """How many of the line are called before."""
        there = self._there.get(line)
        if there is None:
            return 0
        return ahead_of(
            priority=priority,
            ordinary_before=there["ordinary_before"],
            priority_before=there["priority_before"],
            ordinary=there["ordinary"],
            priorities=there["priorities"],
        )

    def estimate(self, line: dict[str, Any], *, priority: bool) -> Estimate | None:
        """Of who waits in the line; those of other lines at the same windows count too."""
        mine = self._open.get(line["id"], frozenset())
        others = [(self.ahead(one, priority=priority), windows) for one, windows in self._open.items()]
        ahead = shared_ahead(others, mine)
        return estimate(ahead, len(mine), line["usual_minutes"], self._served.get(line["id"], ()))


def _shut(centre: Centre, line: dict[str, Any], now: datetime) -> str:
    local = now.astimezone(ZONE)
    working = calendar_of(centre.path).is_working_day(local.date())
    try:
        check_open(local.time(), line["opens"], line["closes"], working=working, every_day=line["every_day"])
    except Refused as refused:
        return refused.sentence
    return ""


def number_of_case(case: str) -> dict[str, Any] | None:
    """The number of the hall that has become this matter, while numbers are kept: number, day, line and window."""
    found = rows(
        "SELECT t.number, t.day, l.name AS line, coalesce(w.name, '') AS window FROM hall_ticket t"
        " JOIN hall_line l ON l.id = t.line_id LEFT JOIN hall_place w ON w.id = t.window_id"
        ' WHERE t."case" = %s ORDER BY t.drawn_at LIMIT 1',
        [case],
    )
    return found[0] if found else None
