"""工作量 of each grid in a period. Grids stand in the order of their codes: who reports most has not worked best, and
there is no column by worker."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings

from onedoor.cases.counting import ZONE
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.grid.queries.area import NOT_HIDDEN, in_area, must_look, not_hidden
from onedoor.grid.queries.entries import NOT_LISTED
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Role
from onedoor.rules.fieldwork import LOOKS

COLUMNS: dict[str, str] = {
    "entries": "收到条目",
    "matters": "网格事项",
    "settled": "网格内办结",
    "sent_up": "上报上级",
    "tasks": "到期任务",
    "done": "其中完成",
    "late": "其中逾期",
    "rounds": "完成巡查",
    "due": "到期未巡查",
    "visits": "入户走访",
}
_IN_THE_GRID = (Role.GRID_WORKER, Role.GRID_LEAD)


def workload(signed: SignedIn, first: date, last: date, today: date) -> list[dict[str, Any]]:
    """By grid (`code`, `name` and COLUMNS), the days from `first` to `last` with both. A matter counts where it lies,
    and where the viewer may see it. `due`: rounds that are due now."""
    must_look(signed, LOOKS, "工作量只对网格长和上级中心开放。")
    begins = datetime.combine(first, time(), ZONE)
    ends = datetime.combine(last, time(), ZONE) + timedelta(days=1)
    seen = may_see(signed.viewer())

    def area(column: str) -> tuple[str, list[Any]]:
        return in_area(signed, LOOKS, column)

    of_entries, entries = area("e.grid_id")
    of_cases, cases = area("c.division_id")
    of_tasks, tasks = area("t.grid_id")
    of_places, places = area("p.grid_id")
    of_visits, visits = area("v.grid_id")
    parts = [
        (
            "SELECT e.grid_id AS grid, 'entries' AS what, count(*) AS n FROM grid_fieldentry e"
            ' LEFT JOIN "case" c ON c.id = e.case_id WHERE e.received_at >= %s AND e.received_at < %s'
            f" AND e.kind <> ALL(%s) AND {of_entries} AND {NOT_HIDDEN} GROUP BY 1",
            [begins, ends, sorted(NOT_LISTED), *entries, *not_hidden(signed.viewer())],
        ),
        (
            "SELECT grid, unnest(ARRAY['matters', 'settled', 'sent_up']), unnest(ARRAY[count(*),"
            " count(*) FILTER (WHERE settled), count(*) FILTER (WHERE sent_up)]) FROM (SELECT c.division_id AS grid,"
            " EXISTS (SELECT 1 FROM event e JOIN people_post p ON p.id = e.post_id WHERE e.case_id = c.id"
            " AND e.recorded_at >= c.recorded_at AND e.kind = 'settle_on_spot' AND p.role = ANY(%s)) AS settled,"
            " EXISTS (SELECT 1 FROM event e WHERE e.case_id = c.id AND e.recorded_at >= c.recorded_at"
            " AND e.kind = 'send_up') AS sent_up FROM \"case\" c WHERE c.channel = 'grid' AND c.registered_at >= %s"
            f" AND c.registered_at < %s AND {of_cases} AND {MAY_SEE}) one GROUP BY 1",
            [list(_IN_THE_GRID), begins, ends, *cases, *seen],
        ),
        (
            "SELECT t.grid_id, unnest(ARRAY['tasks', 'done', 'late']), unnest(ARRAY[count(*),"
            " count(*) FILTER (WHERE t.state = 'done'), count(*) FILTER (WHERE t.due_on <"
            " CASE WHEN t.state = 'done' THEN (t.done_at AT TIME ZONE %s)::date ELSE %s END)])"
            ' FROM grid_fieldtask t LEFT JOIN "case" c ON c.id = t.case_id'
            f" WHERE t.state <> 'cancelled' AND t.due_on BETWEEN %s AND %s AND {of_tasks} AND {NOT_HIDDEN} GROUP BY 1",
            [settings.TIME_ZONE, today, first, last, *tasks, *not_hidden(signed.viewer())],
        ),
        (
            "SELECT p.grid_id, 'rounds', count(*) FROM grid_inspection i JOIN grid_place p ON p.id = i.place_id"
            f' WHERE i."on" BETWEEN %s AND %s AND {of_places} GROUP BY 1',
            [first, last, *places],
        ),
        (
            f"SELECT p.grid_id, 'due', count(*) FROM grid_place p WHERE p.active AND p.next_on <= %s AND {of_places}"
            " GROUP BY 1",
            [today, *places],
        ),
        (
            "SELECT v.grid_id, 'visits', count(*) FROM grid_householdvisit v"
            f' WHERE v."on" BETWEEN %s AND %s AND {of_visits} GROUP BY 1',
            [first, last, *visits],
        ),
    ]
    union = " UNION ALL ".join(statement for statement, _ in parts)
    found = rows(
        f"SELECT d.code, d.name, w.what, w.n FROM ({union}) w JOIN people_division d ON d.id = w.grid ORDER BY d.code",
        [value for _, values in parts for value in values],
    )
    grids: dict[str, dict[str, Any]] = {}
    for row in found:
        grid = grids.setdefault(row["code"], {"code": row["code"], "name": row["name"], **dict.fromkeys(COLUMNS, 0)})
        grid[row["what"]] = int(row["n"])
    return list(grids.values())
