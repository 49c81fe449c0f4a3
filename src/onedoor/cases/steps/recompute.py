"""重算: when a calendar has changed, what runs by it is counted anew by the one formula, each change an event that
says why.

A clock that would be late only because of the change is not turned red by a machine: a supervisor decides whether the
new date holds (`decide_due`). What a killed recomputation has committed it does not do again, for it finds no
difference there.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from onedoor.cases.calendars import calendar_of, national_calendar
from onedoor.cases.counting import ZONE, Stale, times_of, to_keep
from onedoor.cases.ledger import utc
from onedoor.cases.models import CalendarChange, CalendarYear
from onedoor.cases.queries.gate import COLUMNS
from onedoor.cases.sql import rows, without_gc
from onedoor.cases.steps._clocks import TIMES, change, look_at, renew_objections, watched
from onedoor.cases.steps._record import apply, flush
from onedoor.cases.steps._state import CaseState, Row, load_moving
from onedoor.cases.steps._supervision import renew_replies
from onedoor.people.models import Division
from onedoor.rules import sweeping
from onedoor.rules.deadlines import Times
from onedoor.rules.facts import Decision, NoticeOrder

LOOK = 20_000  # clocks looked at in one go
WRITE = 500  # cases written in one transaction
# A request may have read the calendar just before it changed; it is over long before this.
SETTLE = timedelta(seconds=30)
_RUNNING = """
    SELECT id, case_id, kind, scheme, scheme_version, started_at, warn_at, red_at, due_at, extended, given_back,
           calendar, light, look_at
      FROM clock
     WHERE stopped_at IS NULL AND id > %s AND calendar LIKE %s AND started_at < %s AND (due_at >= %s OR look_at >= %s)
     ORDER BY id LIMIT %s
"""
# What else is counted in working days: until when a unit may object, and by when it has to reply to a notice.
_OTHER = """
    SELECT a.case_id FROM assignment a JOIN "case" c ON c.id = a.case_id
     WHERE a.stage IN ('awaiting', 'signed') AND a.assigned_at < %s AND a.object_until >= %s
       AND c.present_path @> to_jsonb(%s::bigint)
    UNION
    SELECT s.case_id FROM supervision s JOIN "case" c ON c.id = s.case_id
     WHERE s.state = 'open' AND s.chased_at IS NULL AND s.asked_at < %s AND s.reply_by >= %s
       AND c.present_path @> to_jsonb(%s::bigint)
"""


def recompute(
    *, at: datetime, settle: timedelta = SETTLE, hands: int = 1, stop: Callable[[], bool] = lambda: False
) -> int:
    """Works off the changes of calendars in their order; how many clocks have moved or wait for a decision.

    With more than one of `hands` as many threads write, each with a connection of its own: while one waits for the
    database another counts.
    """
    at, touched = utc(at), 0
    for change_ in CalendarChange.objects.filter(done_at__isnull=True, at__lte=at - settle).order_by("pk"):
        touched += _work_off(change_, at, hands, stop)
        if stop():
            break
    return touched


def _work_off(work: CalendarChange, at: datetime, hands: int, stop: Callable[[], bool]) -> int:
    calendar_of((), newest=True)
    days = sorted(date.fromisoformat(day) for day in work.days)
    first, last = (datetime.combine(day, time.min, ZONE) for day in (days[0], days[-1] + timedelta(days=1)))
    after, total = work.after or UUID(int=0), 0
    stale = Stale()
    while not stop():
        found = rows(_RUNNING, [after, f"%/{work.division}/%", last, first, first, LOOK])
        if found:
            # what ends first is wanted first: the rest of these twenty thousand can wait
            soonest = sorted((row for row in found if stale(row)), key=lambda row: (row["due_at"], row["case_id"]))
            moving = list(dict.fromkeys(row["case_id"] for row in soonest))
        else:
            moving = [row["case_id"] for row in rows(_OTHER, [last, first, work.division] * 2)]
        with without_gc():
            for moved, held in _written(_pieces(moving), work, at, hands):
                work.moved, work.held, total = work.moved + moved, work.held + held, total + moved + held
        if not found:
            CalendarChange.objects.filter(pk=work.pk).update(done_at=at, moved=work.moved, held=work.held)
            break
        after = found[-1]["id"]
        CalendarChange.objects.filter(pk=work.pk).update(after=after, moved=work.moved, held=work.held)
    return total


def _pieces(cases: list[UUID]) -> list[list[UUID]]:
    return [cases[start : start + WRITE] for start in range(0, len(cases), WRITE)]


def _written(pieces: list[list[UUID]], work: CalendarChange, at: datetime, hands: int) -> Iterator[tuple[int, int]]:
    """What `_write` says of each piece. If one fails, the others are finished, and the change is taken up again."""
    if hands == 1 or len(pieces) < 2:
        yield from (_write(piece, work, at) for piece in pieces)
        return

    def write(mine: list[list[UUID]]) -> list[tuple[int, int]]:
        try:
            return [_write(piece, work, at) for piece in mine]
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        for done in pool.map(write, [pieces[hand::hands] for hand in range(hands)]):
            yield from done


def _write(cases: list[UUID], work: CalendarChange, at: datetime) -> tuple[int, int]:
    """(moved, held) clocks of these cases."""
    moved = held = 0
    with transaction.atomic(durable=True):
        locked = rows(f'SELECT {COLUMNS} FROM "case" c WHERE c.id = ANY(%s) ORDER BY c.id FOR NO KEY UPDATE', [cases])
        states = load_moving(locked)
        for state in states:
            counts = _recompute_case(state, work, at)
            moved, held = moved + counts[0], held + counts[1]
        flush([state for state in states if state.new])
    return moved, held


def _recompute_case(state: CaseState, work: CalendarChange, at: datetime) -> tuple[int, int]:
    """How many of its clocks the change has moved, and how many are held for a decision. What was held is let go when
    a later change (the first one taken back) has put its own date where it is no longer over."""
    moved: list[Row] = []
    held: list[Row] = []
    stage, pending = state.case["stage"], dict(state.case["pending"])
    kept = dict(pending.get("due", {}).get("kept", {}))
    for row in state.clocks:
        if row["stopped_at"] is not None:
            continue
        clock = str(row["id"])
        if clock in kept:
            own = row["given_back"] - kept[clock]
            times = times_of({**row, "given_back": own})
            if not sweeping.late_by_a_change(watched(row), times, at):
                del kept[clock]
                change(state, row, {"given_back": own}, at)
                moved.append(row)
                continue
        times = times_of(row)
        if times == Times(*(row[name] for name in TIMES)) and (
            row["paused_at"] is not None or look_at(state, row) == row["look_at"]
        ):
            continue
        if sweeping.late_by_a_change(watched(row), times, at):
            seconds = to_keep(row)
            kept[clock] = kept.get(clock, 0) + seconds
            # the old date is given back at once, so that nothing else that happens lets the new one through unasked
            change(state, row, {"given_back": row["given_back"] + seconds}, at)
            held.append(row)
        else:
            change(state, row, {}, at, times)
            moved.append(row)
    beside = [
        *(("assignment", row) for row in renew_objections(state)),
        *(("supervision", row) for row in renew_replies(state)),
    ]
    pending.pop("due", None)
    if kept:
        pending["due"] = {"by": None, "kept": kept}
    codes: dict[str, Any] = {"calendar_change": work.pk, "days": list(work.days)[:20]}
    if moved or beside:
        decision = Decision(stage, codes={**codes, "clocks": [row["kind"] for row in moved]})
        if "due" in state.case["pending"]:
            decision.case = {"pending": pending}
        apply(state, "recompute", decision, actor=None, at=at, recorded_at=at, clocks=moved, beside=beside)
    if held:
        decision = Decision(
            stage,
            case={"pending": pending},
            codes={**codes, "clocks": [row["kind"] for row in held]},
            notices=[NoticeOrder("due_to_decide", unit=state.case["present_centre_id"])],
        )
        apply(state, "hold_due", decision, actor=None, at=at, recorded_at=at, clocks=held)
    return len(moved), len(held)


def note_published_years(at: datetime) -> CalendarChange | None:
    """Compares what the national calendar says with what it said when last asked: a year published since then, or
    mended, is a change like any other."""
    year = at.astimezone(ZONE).year
    differing: list[str] = []
    with transaction.atomic():
        for one in range(year - 1, year + 4):
            rest = [day.isoformat() for day in national_calendar().rest_days(one)]
            known = CalendarYear.objects.select_for_update().filter(year=one).first()
            if known is None:
                CalendarYear(year=one, rest=rest).save(force_insert=True)
            elif known.rest != rest:
                differing += sorted(set(known.rest) ^ set(rest))
                CalendarYear.objects.filter(year=one).update(rest=rest)
        root = Division.objects.filter(parent__isnull=True).first()
        if not differing or root is None:
            return None
        work = CalendarChange(division=root.pk, days=differing, reason="国家公布或调整了放假安排", by=None)
        work.save(force_insert=True)
        return work
