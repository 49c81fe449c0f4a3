"""Where a matter came from and what went out beside it: visits, calls, slips; one statement for the case page."""

from collections.abc import Sequence
from uuid import UUID

from onedoor.cases.sql import rows
from onedoor.hall.queries import handover, hotline, visits
from onedoor.rules.access import Actor, Viewer


def origins_of_case(viewer: Viewer, actors: Sequence[Actor], case: UUID) -> dict[str, list[str]]:
    """Numbers by kind, `visit`, `call` and `handover`, as far as I may see them."""
    found: dict[str, list[str]] = {"visit": [], "call": [], "handover": []}
    if not visits.sees_visits(actors):
        return found
    asked = rows(
        "SELECT 'visit' AS kind, v.number, v.received_at AS at FROM hall_visitcase o"
        f" JOIN hall_visit v ON v.id = o.visit_id WHERE o.case_id = %s AND {visits.OF_MINE}"
        " UNION ALL SELECT 'call', n.number, n.at FROM hall_callnotecase o"
        f" JOIN hall_callnote n ON n.id = o.note_id WHERE o.case_id = %s AND {hotline.OF_MINE}"
        " UNION ALL SELECT 'handover', h.number, h.made_at FROM hall_handover h"
        f" WHERE h.case_id = %s AND {handover.OF_MINE} ORDER BY at",
        [
            case, *visits.of_mine(viewer, actors), case, *hotline.of_mine(viewer, actors),
            case, *handover.of_mine(viewer, actors),
        ],
    )  # fmt: skip
    for row in asked:
        found[row["kind"]].append(row["number"])
    return found
