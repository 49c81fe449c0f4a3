"""One's own area in SQL: the divisions that one's posts look at, and all below them."""

from collections.abc import Container
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Viewer
from onedoor.rules.fieldwork import areas
from onedoor.rules.refusal import NOT_ALLOWED, Refused

Values = list[Any]
# of a row that may belong to the matter `c`: what is confidential is there for who may see the matter, for no other
NOT_HIDDEN = f"(c.id IS NULL OR c.confidentiality = 'ordinary' OR {MAY_SEE})"
# the number for who may see the matter; a task may be about one that its worker does not see
NUMBER = f"CASE WHEN {MAY_SEE} THEN c.number END"
FAR = date(9999, 12, 31)


def not_hidden(viewer: Viewer) -> Values:
    return may_see(viewer)


def in_area(signed: SignedIn, roles: Container[str], column: str) -> tuple[str, Values]:
    """The condition that the division in `column` lies in the area of these posts."""
    divisions = areas(signed.actors, roles)
    if signed.root in divisions:
        return "TRUE", []
    inside = f"{column} IN (SELECT id FROM people_division WHERE path @> ANY(%s::jsonb[]))"
    return inside, [[str(one) for one in divisions]]


def below(code: str, column: str) -> tuple[str, Values]:
    """The condition that it lies in the division of that code or below."""
    inside = (
        f"{column} IN (SELECT b.id FROM people_division b"
        " WHERE b.path @> (SELECT to_jsonb(w.id) FROM people_division w WHERE w.code = %s))"
    )
    return inside, [code]


def must_look(signed: SignedIn, roles: Container[str], sentence: str) -> None:
    """Refuses who has no such post."""
    if not areas(signed.actors, roles):
        raise Refused(NOT_ALLOWED, sentence)


def grids_of(signed: SignedIn, roles: Container[str], most: int = 400) -> list[dict[str, Any]]:
    """The grids of one's area that are in use: code and name, for forms and filters."""
    inside, values = in_area(signed, roles, "d.id")
    return rows(
        "SELECT d.id, d.code, d.name FROM grid_grid g JOIN people_division d ON d.id = g.division_id"
        f" WHERE g.active AND {inside} ORDER BY d.code LIMIT %s",
        [*values, most],
    )


def workers_of(signed: SignedIn, roles: Container[str], wanted: list[str], most: int = 400) -> list[dict[str, Any]]:
    """Who with a post of the roles `wanted` works in one's area: user name, name, where."""
    inside, values = in_area(signed, roles, "p.division_id")
    return rows(
        "SELECT DISTINCT a.username, a.name, d.name AS place, d.code FROM people_post p"
        " JOIN people_account a ON a.id = p.account_id AND a.is_active"
        " JOIN people_unit u ON u.id = p.unit_id AND u.active JOIN people_division d ON d.id = p.division_id"
        f" WHERE p.active AND p.role = ANY(%s) AND {inside} ORDER BY d.code, a.username LIMIT %s",
        [wanted, *values, most],
    )


def day_cursor(day: date | None, key: UUID, order: str) -> str:
    return make_cursor(datetime.combine(day or FAR, time(), UTC), key, order)


def read_day_cursor(cursor: str, order: str) -> tuple[date, UUID]:
    at, key = read_cursor(cursor, order)
    return at.date(), key
