"""工作日历 for who keeps it: what a division has set itself, and what became of each change."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson

from onedoor.cases.sql import rows

PAGE = 20


def own_days(path: Sequence[int], first: date, last: date) -> dict[date, dict[str, Any]]:
    """By day what a division or the nearest above it has set: `working`, `name`, `division` (its name) and `own`,
    whether it is the division's own word, which alone it can withdraw."""
    found = rows(
        "SELECT y.day, y.working, y.name, y.division = %s AS own, d.name AS division FROM calendar_day y"
        " JOIN people_division d ON d.id = y.division WHERE y.division = ANY(%s) AND y.day BETWEEN %s AND %s"
        " ORDER BY jsonb_array_length(d.path), y.day",
        [path[-1], list(path), first, last],
    )
    days = {row.pop("day"): row for row in found}  # the nearest comes last and stays
    return dict(sorted(days.items()))


def changes(before: int | None = None) -> tuple[list[dict[str, Any]], int | None]:
    """The changes, newest first, and the id to go on before: whose calendar, which days, why, who, and how far the
    running clocks have been recomputed."""
    found = rows(
        "SELECT h.id, h.days::text AS days, h.reason, h.at, h.moved, h.held, h.done_at, d.name AS division,"
        " a.name AS who FROM calendar_change h LEFT JOIN people_division d ON d.id = h.division"
        ' LEFT JOIN people_account a ON a.id = h."by" WHERE %s::bigint IS NULL OR h.id < %s'
        " ORDER BY h.id DESC LIMIT %s",
        [before, before, PAGE + 1],
    )
    for row in found:
        row["days"] = [date.fromisoformat(day) for day in orjson.loads(row["days"])]
    return found[:PAGE], found[PAGE - 1]["id"] if len(found) > PAGE else None
