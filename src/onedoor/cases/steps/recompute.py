"""重算: when a calendar has changed, what runs by it is counted anew by the one formula, each change an event that
says why.

A clock that would be late only because of the change is not turned red by a machine: a supervisor decides whether the
new date holds (`decide_due`). What a killed recomputation has committed it does not do again, for it finds no
difference there.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from onedoor.cases.calendars import calendar_of, national_calendar
from onedoor.cases.counting import ZONE, Counting, Stale, to_keep
from onedoor.cases.hands import Job, done
from onedoor.cases.ledger import utc
from onedoor.cases.models import CalendarChange, CalendarYear
from onedoor.cases.queries.gate import COLUMNS
from onedoor.cases.sql import array, rows, without_gc
from onedoor.cases.steps._clocks import TIMES, change, look_at, renew_objections, watched
from onedoor.cases.steps._record import apply, flush
from onedoor.cases.steps._recount import recount
from onedoor.cases.steps._state import CaseState, Row, load_moving
from onedoor.cases.steps._supervision import renew_replies
from onedoor.people.models import Division
from onedoor.rules import sweeping
from onedoor.rules.deadlines import Times
from onedoor.rules.facts import Decision, NoticeOrder

LOOK = 10_000  # clocks looked at in one go, those that have stopped among them
MANY = 20_000  # running clocks for which it is worth while to start processes
WRITE = 500  # cases written in one transaction
# A request may have read the calendar just before it changed; it is over long before this.
SETTLE = timedelta(seconds=30)
LOWEST, HIGHEST = UUID(int=0), UUID(int=2**128 - 1)
_RUNNING = """
    SELECT id, case_id, kind, scheme, scheme_version, started_at, warn_at, red_at, due_at, extended, given_back,
           calendar, light, look_at
      FROM clock
     WHERE stopped_at IS NULL AND id > %s AND id <= %s AND calendar LIKE %s AND started_at < %s
       AND (due_at >= %s OR look_at >= %s)
"""
_LOCKED = f'SELECT {COLUMNS} FROM "case" c WHERE c.id = ANY(%s::uuid[]) ORDER BY c.id FOR NO KEY UPDATE'
_LEFT = """
    SELECT count(*) AS n FROM (SELECT 1 FROM clock WHERE stopped_at IS NULL AND id > %s LIMIT %s) left_over
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

    With more than one of `hands` as many processes of their own do it, if there is much to look at (`cases/hands.py`).
    """
    at, touched = utc(at), 0
    for change_ in CalendarChange.objects.filter(done_at__isnull=True, at__lte=at - settle).order_by("pk"):
        touched += _work_off(change_, at, hands, stop)
        if stop():
            break
    return touched


def _work_off(work: CalendarChange, at: datetime, hands: int, stop: Callable[[], bool]) -> int:
    total = 0
    jobs = _jobs(work, at, stop)
    few = hands == 1 or rows(_LEFT, [work.after or LOWEST, MANY])[0]["n"] < MANY
    for job, answer in ((job, look(job)) for job in jobs) if few else done(jobs, hands):
        total += answer["moved"] + answer["held"]
        work.moved, work.held = work.moved + answer["moved"], work.held + answer["held"]
        work.after = UUID(job["until"])
        CalendarChange.objects.filter(pk=work.pk).update(after=work.after, moved=work.moved, held=work.held)
    if work.after == HIGHEST:
        CalendarChange.objects.filter(pk=work.pk).update(done_at=at)
    return total


def _jobs(work: CalendarChange, at: datetime, stop: Callable[[], bool]) -> Iterator[Job]:
    """The clocks in the order of their ids, so many at a time; with the last of them the cases that have something
    else to count."""
    after = work.after or LOWEST
    while after != HIGHEST and not stop():
        ends = rows("SELECT id FROM clock WHERE id > %s ORDER BY id OFFSET %s LIMIT 1", [after, LOOK - 1])
        until = ends[0]["id"] if ends else HIGHEST
        yield {"change": work.pk, "at": at.isoformat(), "after": str(after), "until": str(until)}
        after = until


def look(job: Job) -> Job:
    """Looks at the clocks of one job and writes what the change moves: how many it has `moved`, and how many it has
    `held`."""
    work, at = CalendarChange.objects.get(pk=job["change"]), datetime.fromisoformat(job["at"])
    calendar_of((), newest=True)
    counting = Counting()
    stale = Stale(counting)
    days = sorted(date.fromisoformat(day) for day in work.days)
    first, last = (datetime.combine(day, time.min, ZONE) for day in (days[0], days[-1] + timedelta(days=1)))
    moved = held = 0
    with without_gc():
        found = rows(_RUNNING, [job["after"], job["until"], f"%/{work.division}/%", last, first, first])
        # what ends first is wanted first: the rest of these can wait
        soonest = sorted((row for row in found if stale(row)), key=lambda row: (row["due_at"], row["case_id"]))
        cases = [row["case_id"] for row in soonest]
        if UUID(job["until"]) == HIGHEST:
            cases += [row["case_id"] for row in rows(_OTHER, [last, first, work.division] * 2)]
        cases = list(dict.fromkeys(cases))
        for start in range(0, len(cases), WRITE):
            counts = _write(cases[start : start + WRITE], work, at, counting)
            moved, held = moved + counts[0], held + counts[1]
    return {"moved": moved, "held": held}


def _write(cases: list[UUID], work: CalendarChange, at: datetime, counting: Counting) -> tuple[int, int]:
    """(moved, held) clocks of these cases."""
    with transaction.atomic(durable=True):
        locked = rows(_LOCKED, [array(cases)])
        codes: dict[str, Any] = {"calendar_change": work.pk, "days": list(work.days)[:20]}
        held = 0
        moved, others = recount(locked, codes, at, counting)
        states = load_moving(others)
        for state in states:
            counts = _recompute_case(state, codes, at, counting)
            moved, held = moved + counts[0], held + counts[1]
        flush([state for state in states if state.new])
    return moved, held


def _recompute_case(state: CaseState, codes: dict[str, Any], at: datetime, counting: Counting) -> tuple[int, int]:
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
            times = counting.times_of({**row, "given_back": own})
            if not sweeping.late_by_a_change(watched(row), times, at):
                del kept[clock]
                change(state, row, {"given_back": own}, at)
                moved.append(row)
                continue
        times = counting.times_of(row)
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
