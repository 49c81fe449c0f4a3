"""Which hall: the centre of a page, of a person, of a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from onedoor.cases.sql import rows
from onedoor.rules.access import Actor
from onedoor.rules.refusal import NOT_FOUND, Refused

_CENTRE = (
    "SELECT u.id, u.code, u.name, u.phone, d.path FROM people_unit u JOIN people_division d ON d.id = u.division_id"
    " WHERE u.kind = 'centre' AND u.active"
)


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre whose hall is meant. `path`: the ids of its division and all above, root first."""

    id: int
    code: str
    name: str
    phone: str
    path: tuple[int, ...]


def centre_named(code: str = "") -> Centre:
    """The centre of that code; without one the highest of the tree. Else it is not found."""
    if "\0" in code:
        raise _none()
    if code:
        found = rows(f"{_CENTRE} AND u.code = %s", [code])
    else:
        found = rows(f"{_CENTRE} ORDER BY jsonb_array_length(d.path), d.code LIMIT 1")
    if not found:
        raise _none()
    return _read(found[0])


def centre_of(actors: Sequence[Actor]) -> Centre:
    """The hall in which a person works or comes to work: the nearest centre on the division path of the first post."""
    if not actors:
        raise _none()
    first = actors[0]
    found = rows(
        f"{_CENTRE} AND u.division_id = ANY(%s) ORDER BY u.id = %s DESC, jsonb_array_length(d.path) DESC LIMIT 1",
        [list(first.division_path), first.unit],
    )
    if not found:
        raise _none()
    return _read(found[0])


def all_centres() -> list[dict[str, Any]]:
    """Code and name of every centre in use, the highest first."""
    return rows(
        "SELECT u.code, u.short_name AS name FROM people_unit u JOIN people_division d ON d.id = u.division_id"
        " WHERE u.kind = 'centre' AND u.active ORDER BY jsonb_array_length(d.path), d.code"
    )


def _read(row: dict[str, Any]) -> Centre:
    return Centre(row["id"], row["code"], row["name"], row["phone"], tuple(orjson.loads(row["path"])))


def _none() -> Refused:
    return Refused(NOT_FOUND, "没有这个综治中心。")
