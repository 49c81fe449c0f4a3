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
from onedoor.cases.counting import ZONE, DueByDay, times_of
from onedoor.cases.ledger import utc
from onedoor.cases.models import CalendarChange, CalendarYear
from onedoor.cases.queries.gate import COLUMNS
from onedoor.cases.sql import rows
from onedoor.cases.steps._clocks import change, watched
from onedoor.cases.steps._record import apply, flush
from onedoor.cases.steps._state import CaseState, Row, load_moving
from onedoor.people.models import Division
from onedoor.rules import sweeping
from onedoor.rules.facts import Decision, NoticeOrder

LOOK = 20_000  # clocks looked at in one go
WRITE = 500  # cases written in one transaction
# A request may have read the calendar just before it changed; it is over long before this.
SETTLE = timedelta(seconds=30)
_RUNNING = """
    SELECT id, case_id, kind, scheme, scheme_version, started_at, due_at, extended, given_back, calendar
      FROM clock
     WHERE stopped_at IS NULL AND id > %s AND calendar LIKE %s AND started_at < %s AND due_at >= %s
     ORDER BY id LIMIT %s
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
    due = DueByDay()
    while not stop():
        found = rows(_RUNNING, [after, f"%/{work.division}/%", last, first, LOOK])
        if not found:
            CalendarChange.objects.filter(pk=work.pk).update(done_at=at)
            break
        moving = list(dict.fromkeys(row["case_id"] for row in found if due(row) != row["due_at"]))
        pieces = [moving[start : start + WRITE] for start in range(0, len(moving), WRITE)]
        for moved, held in _written(pieces, work, at, hands):
            work.moved, work.held, total = work.moved + moved, work.held + held, total + moved + held
        after = found[-1]["id"]
        CalendarChange.objects.filter(pk=work.pk).update(after=after, moved=work.moved, held=work.held)
    return total


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
    """How many of its clocks the change has moved, and how many are held for a decision."""
    moved: list[Row] = []
    held: dict[str, datetime] = {}
    kinds: list[str] = []
    for row in state.clocks:
        if row["stopped_at"] is not None:
            continue
        times = times_of(row)
        if times.due_at == row["due_at"]:
            continue
        if sweeping.late_by_a_change(watched(row), times, at):
            held[str(row["id"])] = times.due_at
            kinds.append(row["kind"])
        else:
            change(state, row, {}, at, times)
            moved.append(row)
    stage = state.case["stage"]
    codes: dict[str, Any] = {"calendar_change": work.pk, "days": list(work.days)[:20]}
    if moved:
        decision = Decision(stage, codes={**codes, "clocks": [row["kind"] for row in moved]})
        apply(state, "recompute", decision, actor=None, at=at, recorded_at=at, clocks=moved)
    if held:
        asked = {"clocks": {clock: due_at.isoformat() for clock, due_at in held.items()}, "by": None}
        decision = Decision(
            stage,
            case={"pending": {**state.case["pending"], "due": asked}},
            codes={**codes, "clocks": kinds},
            notices=[NoticeOrder("due_to_decide", unit=state.case["present_centre_id"])],
        )
        apply(state, "hold_due", decision, actor=None, at=at, recorded_at=at)
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
