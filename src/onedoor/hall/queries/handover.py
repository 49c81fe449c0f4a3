"""Slips between the centre and its partner offices. Who may not see the matter behind a slip does not see the slip;
the partner sees its own slips and nothing behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.handover import DIRECTIONS, SEES_HANDOVERS
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused, invalid

MOST_ITEMS = 100
_COLUMNS = (
    "h.id, h.number, h.centre_id, h.direction, h.their_number, h.what, h.state, h.answer, h.due_day, h.made_at,"
    " h.received_at, h.ended_at, h.erased_at, h.partner_id, h.visit_id, h.note_id, h.case_id, p.code AS partner_code,"
    " p.name AS partner"
)
OF_MINE = f"""
    h.centre_id = ANY(%s)
    AND NOT EXISTS (SELECT 1 FROM "case" c WHERE c.id = h.case_id AND NOT {MAY_SEE})
    AND NOT EXISTS (SELECT 1 FROM hall_visitcase x JOIN "case" c ON c.id = x.case_id
                     WHERE x.visit_id = h.visit_id AND NOT {MAY_SEE})
    AND NOT EXISTS (SELECT 1 FROM hall_callnotecase x JOIN "case" c ON c.id = x.case_id
                     WHERE x.note_id = h.note_id AND NOT {MAY_SEE})
    AND NOT EXISTS (SELECT 1 FROM hall_visit v WHERE v.id = h.visit_id AND v.purpose = 'accusation'
                       AND v.received_by_id <> %s
                       AND NOT EXISTS (SELECT 1 FROM hall_visitcase x WHERE x.visit_id = v.id))
"""
_OPEN = "h.state IN ('sent', 'received')"


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """One page, newest first. Of all: how many wait for an answer, how many of these are late, and how many went each
    way (by direction)."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    open: int
    late: int
    ways: dict[str, int]


def partners(centre: int, *, all_of_them: bool = False) -> list[dict[str, Any]]:
    """The partner offices of a centre in their order; those out of use only for who asks for all."""
    return rows(
        "SELECT p.id, p.code, p.name, p.purpose, p.address, p.phone, p.days, p.active, a.username AS account"
        " FROM hall_partner p LEFT JOIN people_account a ON a.id = p.account_id WHERE p.centre_id = %s"
        " AND (p.active OR %s) ORDER BY p.active DESC, p.position, p.code",
        [centre, all_of_them],
    )


def sees_handovers(actors: Sequence[Actor]) -> bool:
    return any(actor.role in SEES_HANDOVERS for actor in actors)


def handover_for(viewer: Viewer, actors: Sequence[Actor], number: str, *, lock: bool = False) -> dict[str, Any]:
    """The slip, if it is one of my centre's and I may see what is behind it; else it is not found."""
    found = []
    if "\0" not in number:
        statement = (
            f"SELECT {_COLUMNS} FROM hall_handover h JOIN hall_partner p ON p.id = h.partner_id"
            f" WHERE h.number = %s AND {OF_MINE}"
        )
        found = rows(statement + (" FOR NO KEY UPDATE OF h" if lock else ""), [number, *of_mine(viewer, actors)])
    if not found:
        raise _none()
    return found[0]


def handover_file(viewer: Viewer, actors: Sequence[Actor], number: str) -> dict[str, Any]:
    """The slip with the numbers of what is behind it and what the paper needs: both offices, and who made it."""
    one = handover_for(viewer, actors, number)
    more = rows(
        "SELECT v.number AS visit, n.number AS note, c.number AS case_number, c.stage AS case_stage, u.name AS centre,"
        " u.phone AS centre_phone, p.address AS partner_address, p.phone AS partner_phone, a.name AS made_by"
        " FROM hall_handover h JOIN people_unit u ON u.id = h.centre_id JOIN hall_partner p ON p.id = h.partner_id"
        " JOIN people_account a ON a.id = h.made_by_id LEFT JOIN hall_visit v ON v.id = h.visit_id"
        ' LEFT JOIN hall_callnote n ON n.id = h.note_id LEFT JOIN "case" c ON c.id = h.case_id WHERE h.id = %s',
        [one["id"]],
    )
    return {**one, **more[0]}


def list_handovers(
    viewer: Viewer,
    actors: Sequence[Actor],
    today: date,
    *,
    which: str = "open",
    direction: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> HandoverPage:
    """Slips of my centres: those that wait (`open`), those of them that are late (`late`), or `all`."""
    if not sees_handovers(actors):
        raise Refused(NOT_ALLOWED, "您的岗位不能查看转接单。")
    wanted = {"open": f" AND {_OPEN}", "late": f" AND {_OPEN} AND h.due_day < %s", "all": ""}
    if which not in wanted:
        raise invalid("which", "没有这个列表。")
    if direction and direction not in DIRECTIONS:
        raise invalid("direction", "方向只能是转出或转入。")
    mine = of_mine(viewer, actors)
    limit = max(1, min(limit, MOST_ITEMS))
    after = read_cursor(cursor, which) if cursor else None
    items = rows(
        f"SELECT {_COLUMNS} FROM hall_handover h JOIN hall_partner p ON p.id = h.partner_id WHERE {OF_MINE}"
        + wanted[which]
        + (" AND h.direction = %s" if direction else "")
        + (" AND (h.made_at, h.id) < (%s, %s)" if after else "")
        + " ORDER BY h.made_at DESC, h.id DESC LIMIT %s",
        [
            *mine,
            *([today] if which == "late" else []),
            *([direction] if direction else []),
            *(after or ()),
            limit + 1,
        ],
    )
    more, items = len(items) > limit, items[:limit]
    counted = rows(
        f"SELECT count(*) FILTER (WHERE {_OPEN}) AS open, count(*) FILTER (WHERE {_OPEN} AND h.due_day < %s) AS late,"
        " count(*) FILTER (WHERE h.direction = 'out') AS out, count(*) FILTER (WHERE h.direction = 'in') AS into"
        f" FROM hall_handover h WHERE {OF_MINE}",
        [today, *mine],
    )[0]
    return HandoverPage(
        items,
        make_cursor(items[-1]["made_at"], items[-1]["id"], which) if more else None,
        int(counted["open"]),
        int(counted["late"]),
        {"out": int(counted["out"]), "in": int(counted["into"])},
    )


def partner_of(account: int) -> dict[str, Any]:
    """The partner office whose program this account is; others are refused."""
    found = rows(
        "SELECT p.id, p.code, p.centre_id, p.days, d.code AS division, d.path FROM hall_partner p"
        " JOIN people_unit u ON u.id = p.centre_id JOIN people_division d ON d.id = u.division_id"
        " WHERE p.account_id = %s AND p.active AND u.active",
        [account],
    )
    if not found:
        raise Refused(NOT_ALLOWED, "这个账号不是外部单位的程序账号，请联系综治中心的系统管理员。")
    return found[0]


def handover_of_partner(partner: int, number: str, *, lock: bool = False) -> dict[str, Any]:
    """A slip of this partner, as it may see it: nothing of what is behind it at the centre."""
    found = []
    if "\0" not in number:
        found = rows(
            "SELECT h.id, h.number, h.direction, h.their_number, h.what, h.state, h.answer, h.due_day, h.made_at,"
            " h.received_at, h.ended_at, u.name AS centre"
            " FROM hall_handover h JOIN people_unit u ON u.id = h.centre_id WHERE h.number = %s AND h.partner_id = %s"
            + (" FOR NO KEY UPDATE OF h" if lock else ""),
            [number, partner],
        )
    if not found:
        raise _none()
    return found[0]


def of_mine(viewer: Viewer, actors: Sequence[Actor]) -> list[object]:
    """The values of OF_MINE."""
    centres = sorted({actor.unit for actor in actors if actor.role in SEES_HANDOVERS})
    return [centres, *may_see(viewer) * 3, viewer.account]


def _none() -> Refused:
    return Refused(NOT_FOUND, "没有找到这张转接单，或您无权查看。")
