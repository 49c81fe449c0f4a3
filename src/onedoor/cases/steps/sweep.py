"""扫描: what the clock does. Lights turn, the ladder of supervision goes up, pauses that are over come back into view.

Each clock says when it is next to be looked at; a sweep takes those whose time has come, some hundred cases in one
transaction. Whatever stops it, what was committed is done once and the rest is found again. Several may sweep at once:
each passes over the cases that another one holds.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from onedoor.cases.calendars import calendar_named
from onedoor.cases.counting import ZONE, item_of
from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import COLUMNS
from onedoor.cases.schemes import scheme_of
from onedoor.cases.sql import rows
from onedoor.cases.steps._clocks import look_at, watched
from onedoor.cases.steps._record import apply, flush
from onedoor.cases.steps._state import CaseState, Row, load_moving
from onedoor.rules import supervision, sweeping
from onedoor.rules.sweeping import Turn

BATCH = 500
_LOOK = """
    SELECT case_id FROM (SELECT case_id, look_at FROM clock WHERE look_at <= %s ORDER BY look_at LIMIT %s) due
     GROUP BY case_id ORDER BY min(look_at)
"""


@dataclass(slots=True)
class Swept:
    """What a sweep has done, or would do: how many cases it looked at, and the turns by kind."""

    cases: int = 0
    turns: Counter[str] = field(default_factory=Counter)
    found: list[tuple[str, str, Turn]] = field(default_factory=list)  # number, kind of clock; of a dry run only


def sweep(
    *,
    at: datetime,
    recorded_at: datetime | None = None,
    batch: int = BATCH,
    dry_run: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Swept:
    """Looks at every clock whose time has come by `at`. With `dry_run` nothing is written. `recorded_at` is when we
    write it down, where that is later: an earlier time is caught up with."""
    at = utc(at)
    written = max(at, utc(recorded_at)) if recorded_at else at
    done = Swept()
    if dry_run:
        _rehearse(at, done)
        return done
    while not stop():
        with transaction.atomic(durable=True):
            due = [row["case_id"] for row in rows(_LOOK, [at, batch])]
            locked = rows(
                f'SELECT {COLUMNS} FROM "case" c WHERE c.id = ANY(%s) ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED',
                [due],
            )
            if not locked:  # nothing is due, or another sweep is at all of it
                return done
            states = load_moving(locked)
            for state in states:
                for _, turn in sweep_case(state, at, written):
                    done.turns[turn.kind] += 1
            flush(states)
        done.cases += len(states)
    return done


def sweep_case(state: CaseState, at: datetime, recorded_at: datetime) -> Iterator[tuple[Row, Turn]]:
    """The turns of all clocks of one case in the order in which they came about, each with its event."""
    pending = [row for row in state.clocks if row["stopped_at"] is None and row["look_at"] is not None]
    # sorting keeps the order of what came about at the same instant
    due = sorted(_due(pending, at, state), key=lambda one: one[1].at)
    late = {row["id"] for row, turn, _, _ in due if turn.kind == "late"}
    for row, turn, light, rung in due:
        if row["stopped_at"] is not None:  # an earlier turn ended it
            continue
        facts = state.facts()
        clock = next(one for one in facts.clocks if one.id == str(row["id"]))
        decision = supervision.on_turn(facts, clock, item_of(row), turn)
        if turn.kind in ("warned", "urgent") and row["id"] in late:
            decision.notices = []  # what is late already needs no warning any more
        decision.codes["since"] = turn.at.isoformat()
        state.change("clock", row, {"light": light, "rung": rung})
        state.change("clock", row, {"look_at": None if turn.kind == "pause_over" else look_at(row)})
        apply(state, sweeping.EVENTS[turn.kind], decision, actor=None, at=at, recorded_at=recorded_at, clocks=[row])
        yield row, turn


def _due(pending: list[Row], at: datetime, state: CaseState) -> Iterator[tuple[Row, Turn, str, int]]:
    seen_over = False  # a pause of the whole case comes back into view once, by whichever clock is first
    for row in pending:
        if row["look_at"] > at:
            continue
        ladder = scheme_of(row["scheme"], row["scheme_version"]).ladder
        until = row["look_at"] if row["paused_at"] is not None else None
        for turn, light, rung in sweeping.turns(
            watched(row, until), item_of(row), ladder, at, calendar=calendar_named(row["calendar"]), zone=ZONE
        ):
            if turn.kind == "pause_over":
                if seen_over:
                    state.change("clock", row, {"look_at": None})
                    continue
                seen_over = True
            yield row, turn, light, rung


def _rehearse(at: datetime, done: Swept) -> None:
    due = [row["case_id"] for row in rows(_LOOK, [at, 10**9])]
    for start in range(0, len(due), BATCH):
        found = rows(
            f'SELECT {COLUMNS} FROM "case" c WHERE c.id = ANY(%s) ORDER BY c.id', [due[start : start + BATCH]]
        )
        for state in load_moving(found):
            done.cases += 1
            for row, turn in sweep_case(state, at, at):
                done.turns[turn.kind] += 1
                done.found.append((state.case["number"], row["kind"], turn))
