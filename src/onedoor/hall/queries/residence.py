"""What the administrator's pages of a hall list: residences, places, a week of the rota."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import orjson

from onedoor.cases.sql import rows
from onedoor.rules.residence import is_open


def residences(centre: int) -> list[dict[str, Any]]:
    """All of a hall, those out of use last."""
    return rows(
        "SELECT r.*, coalesce(nullif(r.name, ''), u.short_name) AS shown, p.name AS place_name"
        " FROM hall_residence r LEFT JOIN people_unit u ON u.id = r.unit_id"
        " LEFT JOIN hall_place p ON p.id = r.place_id WHERE r.centre_id = %s"
        " ORDER BY r.active DESC, array_position(ARRAY['fixed','rota','on_call','appointment','reachable']::varchar[],"
        " r.mode), r.position, r.id",
        [centre],
    )


def places(centre: int) -> list[dict[str, Any]]:
    """All of a hall, those out of use last."""
    return rows(
        "SELECT p.*, u.short_name AS unit_name FROM hall_place p LEFT JOIN people_unit u ON u.id = p.unit_id"
        " WHERE p.centre_id = %s ORDER BY p.active DESC, p.position, p.code",
        [centre],
    )


def places_on(centre: int, day: date, kinds: frozenset[str]) -> list[dict[str, Any]]:
    """The places of these kinds that are there on that day."""
    found = rows(
        "SELECT id, code, name, kind, unit_id, first, last FROM hall_place"
        " WHERE centre_id = %s AND active AND kind = ANY(%s) ORDER BY position, code",
        [centre, sorted(kinds)],
    )
    return [place for place in found if is_open(place["kind"], day, place["first"], place["last"])]


def week_of(centre: int, monday: date) -> list[dict[str, Any]]:
    """The rota of the seven days from `monday` on."""
    return rows(
        "SELECT day, half, residence_id, leader, office FROM hall_duty WHERE centre_id = %s AND day >= %s AND day < %s"
        " ORDER BY day, half, residence_id NULLS FIRST",
        [centre, monday, monday + timedelta(days=7)],
    )


def mark_of(week: list[dict[str, Any]]) -> str:
    """A word that changes when the week does: who saves over another's change is told."""
    return sha256(orjson.dumps(week)).hexdigest()[:16]
