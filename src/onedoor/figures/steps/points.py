"""积分考核: compute a month, and close it.

A month is computed again as often as wanted until it is closed: the same facts give the same entries under the same
ids. What somebody has appealed against or corrected stays, and says so if its fact is gone; what was decided on counts
what it counted then, or nothing, and its corrections with it.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.ledger import utc
from onedoor.cases.sql import insert, rows
from onedoor.figures.models import PointsEntry, PointsMonth
from onedoor.figures.queries.appeals import waiting_appeals
from onedoor.figures.queries.happenings import happenings
from onedoor.figures.sets import set_for
from onedoor.figures.steps._points import SPACE, alone, log, month_row
from onedoor.figures.subjects import must_be_of_centre, root_path
from onedoor.people.tokens import SignedIn
from onedoor.rules import points as rules
from onedoor.rules.months import next_month
from onedoor.rules.point_sums import entries_of
from onedoor.rules.points import CAPPED, GONE, TAKEN_OUT, UNCOUNTED, Entry
from onedoor.rules.refusal import NOT_READY, Refused

_COLUMNS = (
    "id", "month_id", "kind", "subject", "part", "rule", "fact", "ref", "matter", "case_id", "at", "points", "counted",
    "note", "corrects_id", "reason", "by", "made_at",
)  # fmt: skip
# What was decided on keeps its number, unless it does not count at all now.
_HOLD = """
    UPDATE points_fresh f SET points = e.points, counted = e.decided, note = CASE
           WHEN e.note <> ALL(%(uncounted)s) THEN e.note WHEN e.decided = e.points THEN ''
           WHEN e.decided = 0 AND EXISTS (SELECT 1 FROM points_appeal a WHERE a.entry_id = e.id AND a.state = 'upheld')
           THEN %(taken_out)s ELSE %(capped)s END
      FROM points_entry e WHERE e.id = f.id AND e.decided IS NOT NULL AND f.note <> ALL(%(uncounted)s)
"""
_NEWS = """
    SELECT count(*) FROM points_fresh f LEFT JOIN points_entry e ON e.id = f.id
     WHERE e.id IS NULL OR (e.points, e.counted) IS DISTINCT FROM (f.points, f.counted)
"""
_TAKE_OVER = f"""
    INSERT INTO points_entry ({", ".join(_COLUMNS)}) SELECT {", ".join(_COLUMNS)} FROM points_fresh ORDER BY id
    ON CONFLICT (id) DO UPDATE SET at = excluded.at, case_id = excluded.case_id, points = excluded.points,
       counted = excluded.counted, note = excluded.note
     WHERE (points_entry.points, points_entry.counted, points_entry.note, points_entry.at, points_entry.case_id)
           IS DISTINCT FROM (excluded.points, excluded.counted, excluded.note, excluded.at, excluded.case_id)
"""
_OLD = """
    FROM points_entry e WHERE e.month_id = %s AND e.by IS NULL AND NOT EXISTS (
         SELECT 1 FROM points_fresh f WHERE f.id = e.id)
"""
_HELD = """(EXISTS (SELECT 1 FROM points_appeal a WHERE a.entry_id = {0}.id)
            OR EXISTS (SELECT 1 FROM points_entry c WHERE c.corrects_id = {0}.id))"""
# A correction counts as long as what it corrects does, and is of the same matter.
_CORRECTIONS = """
    UPDATE points_entry c SET counted = CASE WHEN e.note = ANY(%(uncounted)s) THEN 0 ELSE c.points END, note = CASE
           WHEN e.note = ANY(%(uncounted)s) THEN e.note ELSE '' END, case_id = e.case_id, at = e.at
      FROM points_entry e WHERE e.id = c.corrects_id AND c.month_id = %(month)s
"""


def compute_month(*, month: date, at: datetime, signed: SignedIn | None = None) -> int:
    """How many entries the month has. `signed` None: by the clock. Of a closed month nothing changes."""
    if signed is not None:
        must_be_of_centre(signed, root_path(signed), "计算积分")
    if month.day != 1 or at.astimezone(ZONE).date() < next_month(month):
        raise Refused(NOT_READY, "这个月还没有结束，月底以后再计算。")
    at = utc(at)
    with transaction.atomic(durable=True):
        alone()
        there = PointsMonth.objects.filter(pk=month).first()
        if there is not None and there.closed_at is not None:
            if signed is not None:
                raise Refused(NOT_READY, "这个月已经定稿，只能逐笔更正。")
            return PointsEntry.objects.filter(month=month).count()
        held = set_for(month)
        until = at + timedelta(days=held.appeal_days)
        if there is None:
            there = PointsMonth(month=month, version=held.version, computed_at=at, appeal_until=until)
            there.save(force_insert=True)
        news = _replace(month, entries_of(held, happenings(month)), at)
        # what a recount adds or changes can be appealed against as long as what the first one brought
        there.appeal_until = max(there.appeal_until, until) if news else there.appeal_until
        there.version, there.computed_at = held.version, at
        there.save()
        if signed is not None:
            log(signed, f"{month:%Y-%m}", "重新计算")
        return PointsEntry.objects.filter(month=month).count()


def _replace(month: date, entries: list[Entry], at: datetime) -> int:
    """How many entries are new or count otherwise than before."""
    held: dict[str, Any] = {"uncounted": sorted(UNCOUNTED), "taken_out": TAKEN_OUT, "capped": CAPPED, "month": month}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE points_fresh (LIKE points_entry) ON COMMIT DROP")
        insert(cursor, "points_fresh", _COLUMNS, [_row(month, one, at) for one in entries])
        cursor.execute(_HOLD, held)
        cursor.execute(_NEWS)
        news = int(cursor.fetchone()[0])
        cursor.execute(_TAKE_OVER)
        cursor.execute(
            f"UPDATE points_entry u SET counted = 0, note = %s WHERE u.id IN (SELECT e.id {_OLD})"
            f" AND {_HELD.format('u')} AND u.note <> %s",
            [GONE, month, GONE],
        )
        cursor.execute(
            f"DELETE FROM points_entry u WHERE u.id IN (SELECT e.id {_OLD}) AND NOT {_HELD.format('u')}", [month]
        )
        cursor.execute(_CORRECTIONS, held)
        cursor.execute("DROP TABLE points_fresh")
    return news


def _row(month: date, one: Entry, at: datetime) -> tuple[Any, ...]:
    what, who = one.happening, one.happening.subject
    key = uuid5(SPACE, f"{month} {one.rule.code} {what.fact} {who.kind} {who.id} {who.part} {what.ref}")
    case = UUID(what.case) if what.case else None
    return (
        key, month, who.kind, who.id, who.part, one.rule.code, what.fact, what.ref, what.matter, case, what.at,
        one.points, one.counted, one.note, None, "", None, at,
    )  # fmt: skip


def compute_due(at: datetime) -> list[date]:
    """The months that have ended and are not computed yet, of the last year from the first in which anything was
    registered; by the clock. The months that it has computed."""
    first = rows('SELECT min(registered_at) AS at FROM "case" WHERE registered_at > %s', [at - timedelta(days=366)])
    if first[0]["at"] is None:
        return []
    month = first[0]["at"].astimezone(ZONE).date().replace(day=1)
    there = set(PointsMonth.objects.values_list("month", flat=True))
    done = []
    while next_month(month) <= at.astimezone(ZONE).date():
        if month not in there:
            compute_month(month=month, at=at)
            done.append(month)
        month = next_month(month)
    return done


def close_month(*, signed: SignedIn, month: date, at: datetime) -> None:
    """定稿: when the time for appeals is over and all are decided."""
    must_be_of_centre(signed, root_path(signed), "定稿")
    with transaction.atomic(durable=True):
        alone()
        there = month_row(month)
        if there.closed_at is not None:
            return
        rules.check_close(until=there.appeal_until, waiting=len(waiting_appeals(month)), at=at)
        PointsMonth.objects.filter(pk=month).update(closed_at=utc(at), closed_by=signed.account)
        log(signed, f"{month:%Y-%m}", "定稿")
