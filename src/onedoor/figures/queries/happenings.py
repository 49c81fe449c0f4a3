"""What happened in a month, from the ledger and the limits as they ended: the facts of `rules.points`.

Only ordinary matters. An event counts in the month in which it occurred; a limit that was missed, in the month in
which it ended.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.rules.access import Role
from onedoor.rules.months import next_month
from onedoor.rules.points import Happening, Subject

_KINDS = (
    "accept", "sign", "close", "settle_on_spot", "rate", "follow_up", "send_back", "reopen", "designate",
    "decide_acceptance", "meet", "report_progress", "submit_opinion", "approve", "serve", "conclude",
    "reply_overdue",
)  # fmt: skip
# Who led the case at that time, and who had concluded it by then.
_LEAD = """LEFT JOIN LATERAL (SELECT a.unit_id FROM assignment a WHERE a.case_id = {case} AND a.lead
     AND a.assigned_at <= {at} ORDER BY a.assigned_at DESC, a.id DESC LIMIT 1) lead ON TRUE"""
_BY = """LEFT JOIN LATERAL (SELECT b.actor_id FROM event b WHERE b.case_id = e.case_id
     AND b.recorded_at >= c.recorded_at AND b.kind IN ('conclude', 'settle_on_spot') AND b.seq <= e.seq
     ORDER BY b.seq DESC LIMIT 1) done ON TRUE"""
_OF_EVENT = _LEAD.format(case="e.case_id", at="e.at") + " " + _BY
_CASE = 'JOIN "case" c ON c.id = e.case_id'
_ANSWERS = "('inform', 'meet', 'answer')"
# Of a ruling on an objection: a unit that gets a new assignment by it takes the place of one that was right to object.
# One select for each source: fact, case, time, ref, unit, account, limit, and what may be wrong with it.
_EVENTS = f"""
    SELECT 'accepted_on_time' AS fact, e.case_id, e.at, e.ref, c.receiving_centre_id AS unit, e.actor_id AS account,
           k.id AS clock, NULL::text AS excluded
      FROM e {_CASE} JOIN clock k ON k.case_id = e.case_id AND k.kind = 'accept' AND k.stopped_at = e.at
     WHERE e.kind = 'accept' AND k.stopped_at <= k.due_at
    UNION ALL
    SELECT 'signed_on_time', e.case_id, e.at, e.ref, a.unit_id, a.signed_by, k.id, NULL
      FROM e JOIN clock k ON k.case_id = e.case_id AND k.kind = 'sign' AND k.stopped_at = e.at
      JOIN assignment a ON a.id = k.assignment AND a.signed_at = e.at
     WHERE e.kind = 'sign' AND k.stopped_at <= k.due_at
    UNION ALL
    SELECT 'answered_on_time', e.case_id, e.at, k.id::text, coalesce(a.unit_id, lead.unit_id), e.actor_id, k.id, NULL
      FROM e {_CASE} JOIN clock k ON k.case_id = e.case_id AND k.kind IN {_ANSWERS} AND k.stopped_at = e.at
      LEFT JOIN assignment a ON a.id = k.assignment {_LEAD.format(case="e.case_id", at="e.at")}
     WHERE e.kind NOT IN ('close', 'settle_on_spot') AND k.stopped_at <= k.due_at
    UNION ALL
    SELECT 'closed_on_time', e.case_id, e.at, e.ref, lead.unit_id, done.actor_id, k.id, NULL
      FROM e {_CASE} JOIN clock k ON k.case_id = e.case_id AND k.kind = 'handle' AND k.stopped_at = e.at {_OF_EVENT}
     WHERE e.kind = 'close' AND coalesce(k.paused_at, k.stopped_at) <= k.due_at
    UNION ALL
    SELECT 'settled_on_spot', e.case_id, e.at, e.ref, lead.unit_id, e.actor_id, NULL::uuid, NULL
      FROM e {_LEAD.format(case="e.case_id", at="e.at")} WHERE e.kind = 'settle_on_spot' AND e.stage = 'closed'
    UNION ALL
    SELECT CASE WHEN NOT e.satisfied THEN 'unsatisfied' WHEN e.kind = 'rate' THEN 'satisfied' ELSE 'verified' END,
           e.case_id, e.at, e.ref, lead.unit_id, done.actor_id, NULL::uuid, NULL
      FROM e {_CASE} {_OF_EVENT} WHERE e.kind IN ('rate', 'follow_up') AND e.satisfied IS NOT NULL
    UNION ALL
    SELECT CASE e.kind WHEN 'reopen' THEN 'reopened' ELSE 'sent_back' END, e.case_id, e.at, e.ref, lead.unit_id,
           done.actor_id, NULL::uuid, NULL
      FROM e {_CASE} {_OF_EVENT} WHERE e.kind IN ('send_back', 'reopen')
    UNION ALL
    SELECT 'objection_groundless', e.case_id, e.at, e.ref, u.id, NULL, NULL::uuid, NULL
      FROM e JOIN people_unit u ON u.code = e.unit
     WHERE e.kind = 'designate' AND NOT EXISTS (SELECT 1 FROM assignment n WHERE n.case_id = e.case_id
           AND n.unit_id = u.id AND n.assigned_at = e.at)
"""
_LATE = f"""
    SELECT CASE k.kind WHEN 'handle' THEN 'overdue' WHEN 'sign' THEN 'signed_late' WHEN 'accept' THEN 'accepted_late'
           ELSE 'answered_late' END AS fact, k.case_id, k.due_at AS at, k.id::text AS ref,
           CASE WHEN k.kind = 'accept' THEN c.receiving_centre_id ELSE coalesce(a.unit_id, lead.unit_id) END AS unit,
           CASE WHEN k.kind = 'accept' THEN by.actor_id ELSE coalesce(a.signed_by, of.signed_by) END AS account,
           k.id AS clock, NULL::text AS excluded
      FROM clock k JOIN "case" c ON c.id = k.case_id LEFT JOIN assignment a ON a.id = k.assignment
      {_LEAD.format(case="k.case_id", at="k.due_at")}
      LEFT JOIN LATERAL (SELECT signed_by FROM assignment s WHERE s.case_id = k.case_id AND s.lead
           AND s.assigned_at <= k.due_at ORDER BY s.assigned_at DESC, s.id DESC LIMIT 1) of ON TRUE
      LEFT JOIN LATERAL (SELECT actor_id FROM event b WHERE b.case_id = k.case_id AND b.recorded_at >= c.recorded_at
           AND b.kind = 'accept' ORDER BY b.seq LIMIT 1) by ON TRUE
     WHERE k.kind IN ('handle', 'sign', 'accept', 'inform', 'meet', 'answer') AND k.due_at >= %s AND k.due_at < %s
       AND coalesce(k.paused_at, k.stopped_at, 'infinity') > k.due_at
"""
# The notice itself forgets a miss as soon as more is demanded: each one stands in the ledger.
_NOTICES = """
    SELECT s.level AS fact, s.case_id, s.closed_at AS at, s.id::text AS ref, s.unit_id AS unit,
           NULL::bigint AS account, NULL::uuid AS clock,
           CASE s.state WHEN 'excluded' THEN 'notice_excluded' END AS excluded
      FROM supervision s WHERE s.level IN ('yellow_card', 'red_card') AND s.state IN ('accepted', 'ended', 'excluded')
       AND s.closed_at >= %s AND s.closed_at < %s
    UNION ALL
    SELECT 'reply_late', e.case_id, e.at, 'chased:' || s.id::text || CASE WHEN before.n > 0 THEN ':' || before.n
           ELSE '' END, s.unit_id, NULL, NULL,
           CASE s.state WHEN 'excluded' THEN 'notice_excluded' WHEN 'appealed' THEN 'notice_appealed' END
      FROM e JOIN supervision s ON s.number = e.notice
      CROSS JOIN LATERAL (SELECT count(*) AS n FROM event b WHERE b.case_id = e.case_id AND b.kind = e.kind
            AND b.recorded_at >= s.issued_at AND b.seq < e.seq
            AND b.payload->'codes'->>'supervision' = e.notice) before
     WHERE e.kind = 'reply_overdue'
"""
_MONTH = f"""
    WITH e AS MATERIALIZED (
      SELECT case_id, seq, kind, occurred_at AS at, id::text AS ref, actor_id, payload->>'stage' AS stage,
             payload->'codes'->>'unit' AS unit, payload->'codes'->>'supervision' AS notice,
             (payload->'codes'->>'satisfied')::boolean AS satisfied
        FROM event WHERE recorded_at >= %s AND occurred_at >= %s AND occurred_at < %s AND kind = ANY(%s)),
    h AS MATERIALIZED ({_EVENTS} UNION ALL {_LATE} UNION ALL {_NOTICES})
    SELECT h.fact, h.case_id, h.at, h.ref, h.unit, h.account, c.urgent, c.someone_hurt AS hurt,
           c.channel = 'transfer' AS transfer, c.division_id, c.division_path::text AS path,
           EXISTS (SELECT 1 FROM supervision s WHERE s.case_id = c.id AND s.cause = 'instruction') AS instruction,
           coalesce(h.excluded, (SELECT CASE s.state WHEN 'excluded' THEN 'notice_excluded'
               WHEN 'appealed' THEN 'notice_appealed' END FROM supervision s WHERE s.case_id = c.id
               AND s.clock = h.clock AND s.state IN ('excluded', 'appealed') ORDER BY s.state DESC
               LIMIT 1)) AS excluded,
           EXISTS (SELECT 1 FROM points_exemption x WHERE x.case_id = c.id AND x.withdrawn_at IS NULL) AS exempt,
           g.division_id AS grid, w.centre_id AS hall, w.window
      FROM h JOIN "case" c ON c.id = h.case_id
      LEFT JOIN grid_grid g ON g.division_id = c.division_id AND c.channel = 'grid'
      LEFT JOIN LATERAL (SELECT v.centre_id, v.window FROM hall_visitcase vc JOIN hall_visit v ON v.id = vc.visit_id
            WHERE vc.case_id = c.id AND v.window <> '' ORDER BY vc.at, v.id LIMIT 1) w ON TRUE
     WHERE c.confidentiality = 'ordinary'
"""
_CALLS = """
    SELECT r.id::text AS ref, r.called_at AS at, s.unit_id AS unit,
           CASE WHEN r.arrived_at <= r.due_at THEN 'arrived_on_time' ELSE 'arrived_late' END AS fact,
           d.path::text AS path
      FROM hall_call r JOIN hall_residence s ON s.id = r.residence_id JOIN people_unit h ON h.id = s.centre_id
      JOIN people_division d ON d.id = h.division_id
     WHERE r.called_at >= %s AND r.called_at < %s AND r.cancelled_at IS NULL AND s.unit_id IS NOT NULL
"""
# A task counts on the day it was done in time, or on the day by which it was not.
_TASKS = """
    SELECT t.id::text AS ref, t.case_id, t.grid_id AS grid, t.signed_by_id AS account,
           coalesce(in_time.at, t.due_at) AS at,
           CASE WHEN in_time.at IS NULL THEN 'task_late' ELSE 'task_on_time' END AS fact, d.path::text AS path,
           EXISTS (SELECT 1 FROM points_exemption x WHERE x.case_id = t.case_id AND x.withdrawn_at IS NULL) AS exempt
      FROM (SELECT *, (due_on + 1)::timestamp AT TIME ZONE %s - interval '1 second' AS due_at FROM grid_fieldtask) t
      JOIN people_division d ON d.id = t.grid_id
      CROSS JOIN LATERAL (SELECT CASE WHEN t.state = 'done' AND t.done_at <= t.due_at THEN t.done_at END AS at) in_time
      LEFT JOIN "case" c ON c.id = t.case_id
     WHERE t.due_on IS NOT NULL AND t.state <> 'cancelled' AND t.signed_by_id IS NOT NULL
       AND (c.id IS NULL OR c.confidentiality = 'ordinary')
       AND coalesce(in_time.at, t.due_at) >= %s AND coalesce(in_time.at, t.due_at) < %s
"""
# Who works at a centre: posts of the centre, and of units that are in residence there.
_STAFF = """
    SELECT DISTINCT p.account_id AS id, p.role FROM people_post p JOIN people_unit u ON u.id = p.unit_id
     WHERE p.role = ANY(%s) AND (u.kind = 'centre' OR EXISTS (
           SELECT 1 FROM hall_residence r WHERE r.unit_id = u.id AND r.mode IN ('fixed', 'rota')))
"""
_AT_A_CENTRE = [str(one) for one in (Role.CLERK, Role.DISPATCHER, Role.HANDLER, Role.UNIT_LEAD, Role.MEDIATOR)]
# What touches the field's own subjects: all else is the work of those who handle.
_IN_THE_FIELD = frozenset({"settled_on_spot", "satisfied", "verified", "unsatisfied"})
_AT_A_WINDOW = _IN_THE_FIELD


def limits_of(month: date) -> tuple[datetime, datetime]:
    """The first instant of the month, and the first after it."""
    return datetime.combine(month, time(), ZONE), datetime.combine(next_month(month), time(), ZONE)


def happenings(month: date) -> Iterator[Happening]:
    """Everything of that month, for each subject it is about."""
    first, after = limits_of(month)
    of_month = [first, after]
    staff = {row["id"] for row in rows(_STAFF, [_AT_A_CENTRE])}
    workers = {
        row["id"]
        for row in rows("SELECT DISTINCT account_id AS id FROM people_post WHERE role = %s", [str(Role.GRID_WORKER)])
    }
    closed = rows(
        "SELECT division, since, until FROM points_exemption WHERE division IS NOT NULL AND withdrawn_at IS NULL"
        " AND until >= %s AND since < %s",
        [month, next_month(month)],
    )
    found = rows(_MONTH, [first, first, after, list(_KINDS), *of_month, *of_month])
    for row in found:
        case = str(row["case_id"])
        excluded = _excluded(row, closed) or row["excluded"] or ""
        traits = frozenset(name for name in ("urgent", "hurt", "transfer", "instruction") if row[name])
        for subject in _subjects(row, staff, workers):
            yield Happening(row["fact"], subject, row["ref"], case, row["at"], traits, excluded, case)
    for row in rows(_CALLS, of_month):
        unit, excluded = Subject("unit", row["unit"]), _excluded(row, closed)
        yield Happening(row["fact"], unit, row["ref"], f"call:{row['ref']}", row["at"], excluded=excluded)
    for row in rows(_TASKS, [ZONE.key, *of_month]):
        subjects = [Subject("grid", row["grid"])]
        if row["account"] in workers:
            subjects.append(Subject("worker", row["account"]))
        for subject in subjects:
            yield Happening(
                row["fact"], subject, row["ref"], f"task:{row['ref']}", row["at"], excluded=_excluded(row, closed),
                case=str(row["case_id"] or ""),
            )  # fmt: skip


def _subjects(row: dict[str, Any], staff: set[int], workers: set[int]) -> Iterator[Subject]:
    account = row["account"]
    if row["unit"] is not None:
        yield Subject("unit", row["unit"])
    if account in staff:
        yield Subject("staff", account)
    if row["fact"] in _IN_THE_FIELD and account in workers:
        yield Subject("worker", account)
    if row["fact"] in _IN_THE_FIELD and row["grid"] is not None:
        yield Subject("grid", row["grid"])
    if row["fact"] in _AT_A_WINDOW and row["window"]:
        yield Subject("window", row["hall"], row["window"])


def _excluded(row: dict[str, Any], closed: list[dict[str, Any]]) -> str:
    """Whether its case does not count, or it happened on days and in a place where nothing does."""
    if row.get("exempt"):
        return "exempt"
    if not closed:
        return ""
    day = row["at"].astimezone(ZONE).date()
    path = {int(one) for one in row["path"].strip("[]").split(",") if one.strip()}
    covered = any(one["division"] in path and one["since"] <= day <= one["until"] for one in closed)
    return "force_majeure" if covered else ""
