"""呼叫: the calls of a hall, for those who see whether units come in time."""

from dataclasses import dataclass
from typing import Any

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.sql import rows
from onedoor.hall.queries.centres import Centre

MOST_ITEMS = 100


@dataclass(frozen=True, slots=True)
class CallPage:
    """One page, newest first."""

    items: list[dict[str, Any]]
    next_cursor: str | None


def list_calls(centre: Centre, *, limit: int = 50, cursor: str | None = None) -> CallPage:
    """Every call with when the unit was to come and when it came; by the minute, with no sum or order by unit."""
    limit = max(1, min(limit, MOST_ITEMS))
    after = read_cursor(cursor) if cursor else None
    items = rows(
        "SELECT c.id, u.short_name AS unit, c.place, c.called_at, c.due_at, c.arrived_at, c.cancelled_at, r.minutes"
        " FROM hall_call c JOIN hall_residence r ON r.id = c.residence_id JOIN people_unit u ON u.id = r.unit_id"
        " WHERE c.centre_id = %s"
        + (" AND (c.called_at, c.id) < (%s, %s)" if after else "")
        + " ORDER BY c.called_at DESC, c.id DESC LIMIT %s",
        [centre.id, *(after or ()), limit + 1],
    )
    more, items = len(items) > limit, items[:limit]
    return CallPage(items, make_cursor(items[-1]["called_at"], items[-1]["id"]) if more else None)
