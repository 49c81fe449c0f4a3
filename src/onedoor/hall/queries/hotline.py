"""Hot lines, and the notes of calls to those of my centres. A note passes the gate with its cases, like a visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.hotline import SEES_NOTES
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused

MOST_ITEMS = 100
_COLUMNS = (
    "n.id, n.number, n.centre_id, n.at, n.accusation, n.asked, n.answer, n.ending, n.ended_at, n.erased_at,"
    " l.name AS hotline, a.name AS taken_by"
)
_TABLES = "hall_callnote n JOIN hall_hotline l ON l.id = n.hotline_id JOIN people_account a ON a.id = n.taken_by_id"
OF_MINE = f"""
    n.centre_id = ANY(%s)
    AND NOT EXISTS (SELECT 1 FROM hall_callnotecase x JOIN "case" c ON c.id = x.case_id
                     WHERE x.note_id = n.id AND NOT {MAY_SEE})
    AND (NOT n.accusation OR n.taken_by_id = %s
         OR EXISTS (SELECT 1 FROM hall_callnotecase x WHERE x.note_id = n.id))
"""


@dataclass(frozen=True, slots=True)
class NotePage:
    """One page, newest first, with the calls of the whole day by how they ended ("" for those not over)."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    endings: dict[str, int]

    @property
    def calls(self) -> int:
        return sum(self.endings.values())


def hotlines(centre: int, *, all_of_them: bool = False) -> list[dict[str, Any]]:
    """The lines of a centre in their order; those out of use only for who asks for all."""
    return rows(
        "SELECT l.id, l.number, l.name, l.hours, l.active, u.short_name AS unit FROM hall_hotline l"
        " LEFT JOIN people_unit u ON u.id = l.unit_id WHERE l.centre_id = %s AND (l.active OR %s)"
        " ORDER BY l.active DESC, l.position, l.id",
        [centre, all_of_them],
    )


def sees_notes(actors: Sequence[Actor]) -> bool:
    return any(actor.role in SEES_NOTES for actor in actors)


def note_for(viewer: Viewer, actors: Sequence[Actor], number: str, *, lock: bool = False) -> dict[str, Any]:
    """The note, if it is one of my centre's and I may see what came of it; else it is not found."""
    found = []
    if "\0" not in number:
        statement = f"SELECT {_COLUMNS} FROM {_TABLES} WHERE n.number = %s AND {OF_MINE}"
        found = rows(statement + (" FOR NO KEY UPDATE OF n" if lock else ""), [number, *of_mine(viewer, actors)])
    if not found:
        raise Refused(NOT_FOUND, "没有找到这个来电，或您无权查看。")
    return found[0]


def note_file(viewer: Viewer, actors: Sequence[Actor], number: str) -> dict[str, Any]:
    """The note with its cases."""
    note = note_for(viewer, actors, number)
    cases = rows(
        'SELECT c.number, c.title, c.stage FROM hall_callnotecase x JOIN "case" c ON c.id = x.case_id'
        " WHERE x.note_id = %s ORDER BY x.at",
        [note["id"]],
    )
    return {**note, "cases": cases}


def notes_of_day(
    viewer: Viewer, actors: Sequence[Actor], day: date, *, limit: int = 50, cursor: str | None = None
) -> NotePage:
    """The calls of a day to the lines of my centres."""
    if not sees_notes(actors):
        raise Refused(NOT_ALLOWED, "您的岗位不能查看来电记录。")
    begin = datetime.combine(day, time(), ZONE)
    values = [*of_mine(viewer, actors), begin, begin + timedelta(days=1)]
    where = f"{OF_MINE} AND n.at >= %s AND n.at < %s"
    limit = max(1, min(limit, MOST_ITEMS))
    after = read_cursor(cursor) if cursor else None
    items = rows(
        f"SELECT {_COLUMNS} FROM {_TABLES} WHERE {where}"
        + (" AND (n.at, n.id) < (%s, %s)" if after else "")
        + " ORDER BY n.at DESC, n.id DESC LIMIT %s",
        [*values, *(after or ()), limit + 1],
    )
    more, items = len(items) > limit, items[:limit]
    counted = rows(f"SELECT n.ending, count(*) AS n FROM hall_callnote n WHERE {where} GROUP BY n.ending", values)
    return NotePage(
        items,
        make_cursor(items[-1]["at"], items[-1]["id"]) if more else None,
        {row["ending"]: int(row["n"]) for row in counted},
    )


def open_notes(viewer: Viewer, actors: Sequence[Actor], most: int = 50) -> list[dict[str, Any]]:
    """Calls that nobody has ended, oldest first."""
    return rows(
        f"SELECT {_COLUMNS} FROM {_TABLES} WHERE {OF_MINE} AND n.ended_at IS NULL ORDER BY n.at LIMIT %s",
        [*of_mine(viewer, actors), most],
    )


def of_mine(viewer: Viewer, actors: Sequence[Actor]) -> list[object]:
    """The values of OF_MINE."""
    centres = sorted({actor.unit for actor in actors if actor.role in SEES_NOTES})
    return [centres, *may_see(viewer), viewer.account]
