"""专业人员下沉: weeks and months for the centre, the coming two weeks for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.outreach import DAYS_SHOWN, REPORT_DAYS, SEES_OUTREACH
from onedoor.rules.refusal import NOT_FOUND, Refused

MOST_ITEMS = 500
_COLUMNS = (
    "o.id, o.day, o.half, o.trade, o.place, o.purpose, o.state, coalesce(nullif(o.name, ''), u.short_name) AS who,"
    " d.name AS village, d.code AS village_code"
)
_TABLES = "hall_outreach o JOIN people_division d ON d.id = o.division_id LEFT JOIN people_unit u ON u.id = o.unit_id"
# what the viewer may not see is not counted, or a figure would tell of it
_CAME_OF_IT = f"""
    (SELECT count(*) FROM hall_visit v WHERE v.outreach_id = o.id AND NOT EXISTS (
        SELECT 1 FROM hall_visitcase x JOIN "case" c ON c.id = x.case_id WHERE x.visit_id = v.id AND NOT {MAY_SEE}
    )) AS visits,
    (SELECT count(DISTINCT c.id) FROM "case" c WHERE {MAY_SEE} AND c.id IN (
        SELECT y.case_id FROM hall_outreachcase y WHERE y.outreach_id = o.id
        UNION ALL SELECT x.case_id FROM hall_visit v JOIN hall_visitcase x ON x.visit_id = v.id
                   WHERE v.outreach_id = o.id
    )) AS cases
"""


@dataclass(frozen=True, slots=True)
class Month:
    """What a centre has planned from the first to the last day of a month, and the sums of what was done."""

    items: list[dict[str, Any]]
    states: dict[str, int]
    persons: int
    visits: int
    cases: int


def sees_outreach(actors: Sequence[Actor], centre: int) -> bool:
    return any(actor.role in SEES_OUTREACH and actor.unit == centre for actor in actors)


def between(viewer: Viewer, centre: int, first: date, last: date) -> list[dict[str, Any]]:
    """All of a centre from the first to the last day, with what came of each."""
    return rows(
        f"SELECT {_COLUMNS}, o.persons, o.outcome, {_CAME_OF_IT} FROM {_TABLES}"
        " WHERE o.centre_id = %s AND o.day >= %s AND o.day <= %s ORDER BY o.day, o.half, o.id LIMIT %s",
        [*may_see(viewer) * 2, centre, first, last, MOST_ITEMS],
    )


def month_of(viewer: Viewer, centre: int, first: date) -> Month:
    """The month that begins on `first`."""
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    items = between(viewer, centre, first, last)
    states: dict[str, int] = {}
    for one in items:
        states[one["state"]] = states.get(one["state"], 0) + 1
    done = [one for one in items if one["state"] == "done"]
    return Month(
        items,
        states,
        sum(one["persons"] or 0 for one in done),
        sum(one["visits"] for one in items),
        sum(one["cases"] for one in items),
    )


def unreported(centre: int, today: date, most: int = 50) -> list[dict[str, Any]]:
    """What nobody has reported on two days after its day, oldest first."""
    return rows(
        f"SELECT {_COLUMNS} FROM {_TABLES} WHERE o.centre_id = %s AND o.state = 'planned' AND o.day <= %s"
        " ORDER BY o.day, o.half, o.id LIMIT %s",
        [centre, today - timedelta(days=REPORT_DAYS), most],
    )


def outreach_for(viewer: Viewer, centre: int, outreach: int, *, lock: bool = False) -> dict[str, Any]:
    """One of this centre, with what came of it as far as the viewer may see it; else it is not found."""
    found = rows(
        f"SELECT {_COLUMNS}, o.centre_id, o.unit_id, o.name, o.persons, o.outcome, o.reason, o.ended_at, o.erased_at,"
        f" {_CAME_OF_IT} FROM {_TABLES} WHERE o.id = %s AND o.centre_id = %s"
        + (" FOR NO KEY UPDATE OF o" if lock else ""),
        [*may_see(viewer) * 2, outreach, centre],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到这次下沉。")
    return found[0]


def came_of(viewer: Viewer, outreach: int) -> list[dict[str, Any]]:
    """The matters that it has led to, as far as the viewer may see them."""
    return rows(
        f'SELECT c.number, c.title, c.stage FROM "case" c WHERE {MAY_SEE} AND c.id IN (SELECT y.case_id FROM'
        " hall_outreachcase y WHERE y.outreach_id = %s UNION ALL SELECT x.case_id FROM hall_visit v"
        " JOIN hall_visitcase x ON x.visit_id = v.id WHERE v.outreach_id = %s) ORDER BY c.registered_at",
        [*may_see(viewer), outreach, outreach],
    )


def coming(centre: int, today: date, *, village: str = "") -> list[dict[str, Any]]:
    """Who comes to which village in the two weeks from today on; of one village or township, with all below it, where
    its code is given. For everybody: nothing of what came of it."""
    if "\0" in village:
        return []
    narrowed = ""
    if village:
        narrowed = " AND d.path @> (SELECT jsonb_build_array(w.id) FROM people_division w WHERE w.code = %s)"
    return rows(
        f"SELECT {_COLUMNS} FROM {_TABLES} WHERE o.centre_id = %s AND o.state <> 'cancelled' AND o.day >= %s"
        f" AND o.day < %s{narrowed} ORDER BY o.day, o.half, o.id LIMIT %s",
        [centre, today, today + timedelta(days=DAYS_SHOWN), *([village] if village else []), MOST_ITEMS],
    )


def recent(centres: Sequence[int], today: date) -> list[dict[str, Any]]:
    """Those of these centres of today and the two days before: to one of them a visit may belong."""
    return rows(
        f"SELECT {_COLUMNS} FROM {_TABLES} WHERE o.centre_id = ANY(%s) AND o.state <> 'cancelled' AND o.day <= %s"
        " AND o.day >= %s ORDER BY o.day DESC, o.half, o.id",
        [list(centres), today, today - timedelta(days=REPORT_DAYS)],
    )
