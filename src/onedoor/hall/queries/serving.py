"""From a service to the line in which people wait for it, and the windows that serve it."""

from dataclasses import dataclass
from datetime import date

from onedoor.cases.sql import rows
from onedoor.hall.queries.tickets import Board
from onedoor.rules.residence import is_open


def line_for(board: Board, kind: str) -> str:
    """Code of the line whose windows serve that kind; the guide desk's where none does; else nothing."""
    lines = [line["code"] for line in board.lines if kind and kind in line["kinds"]]
    guide = [line["code"] for line in board.lines if line["guide"]]
    return next(iter([*lines, *guide]), "")


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a service is served today: the line, its windows by name (`open`: it calls now), how many wait. `guide`:
    no line is for it, one goes to the guide desk."""

    line: str
    windows: tuple[tuple[str, bool], ...]
    waiting: int
    estimate: str
    shut: str
    guide: bool


def serving(there: Board, kind: str) -> Serving | None:
    """For residents; None where the hall gives no numbers at all."""
    code = line_for(there, kind)
    line = next((one for one in there.lines if one["code"] == code), None)
    if line is None:
        return None
    served_by = rows("SELECT window_id FROM hall_linewindow WHERE line_id = %s", [line["id"]])
    ids = {row["window_id"] for row in served_by}
    windows = tuple((one["name"], one["open"]) for one in there.windows if one["id"] in ids)
    estimate = str(line["estimate"]) if line["estimate"] else ""
    return Serving(line["name"], windows, line["waiting"], estimate, line["shut"], line["guide"])


def line_of_booking(centre: int, day: date, *, window: int | None, kind: str) -> tuple[str, int | None]:
    """Where who has booked waits: the code of a line, and the window that calls him up if it calls today. Without
    such a window the line that serves the kind; nothing if there is none."""
    serves = "SELECT l.code FROM hall_line l WHERE l.centre_id = %s AND l.active"
    fits = "(l.kinds @> to_jsonb(%s::text)) IS TRUE"
    if window is not None:
        calls = rows(
            "SELECT p.kind, p.first, p.last FROM hall_place p JOIN hall_windowday d ON d.window_id = p.id"
            " AND d.day = %s AND d.open WHERE p.id = %s AND p.active",
            [day, window],
        )
        found = rows(
            f"{serves} AND EXISTS (SELECT FROM hall_linewindow w WHERE w.line_id = l.id AND w.window_id = %s)"
            f" ORDER BY {fits} DESC, l.position, l.code LIMIT 1",
            [centre, window, kind],
        )
        if calls and found and is_open(calls[0]["kind"], day, calls[0]["first"], calls[0]["last"]):
            return found[0]["code"], window
    found = rows(f"{serves} AND {fits} ORDER BY l.position, l.code LIMIT 1", [centre, kind]) if kind else []
    return (found[0]["code"] if found else ""), None
