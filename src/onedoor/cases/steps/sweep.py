"""扫描: what the clock does. Lights turn, the ladder of supervision goes up, pauses that are over come back into view.

Each clock says when it is next to be looked at; a sweep takes those whose time has come, some hundred cases in one
transaction. Whatever stops it, what was committed is done once and the rest is found again. Several may sweep at once:
each passes over the cases that another one holds.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from onedoor.cases.calendars import calendar_named
from onedoor.cases.counting import ZONE, item_of
from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import COLUMNS
from onedoor.cases.sql import rows
from onedoor.cases.steps._clocks import ladder_of, look_at, suspended_until, watched
from onedoor.cases.steps._record import apply, flush
from onedoor.cases.steps._state import CaseState, Row, load_moving
from onedoor.rules import supervision, sweeping
from onedoor.rules.facts import Decision
from onedoor.rules.flow import TERMINAL
from onedoor.rules.supervision import WAITING
from onedoor.rules.sweeping import LOOKED_AGAIN, Turn

BATCH = 500
_LOOK = """
    SELECT case_id FROM (
        (SELECT case_id, look_at FROM clock
          WHERE look_at <= %s AND case_id <> ALL(%s::uuid[])
          ORDER BY look_at LIMIT %s)
        UNION ALL
        (SELECT case_id, reply_by FROM supervision
          WHERE state = 'open' AND chased_at IS NULL AND reply_by < %s AND case_id <> ALL(%s::uuid[])
          ORDER BY reply_by LIMIT %s)) due
     GROUP BY case_id ORDER BY min(look_at)
"""


@dataclass(slots=True)
class Swept:
    """What a sweep has done, or would do: how many cases it looked at, and the turns by kind."""

    cases: int = 0
    turns: Counter[str] = field(default_factory=Counter)
    found: list[tuple[str, str, Turn]] = field(
        default_factory=list
    )  # number, kind of clock or cause of notice; of a dry run only


def sweep(
    *,
    at: datetime,
    clock: Callable[[], datetime] | None = None,
    batch: int = BATCH,
    dry_run: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Swept:
    """Looks at every clock whose time has come by `at`. With `dry_run` nothing is written. `clock` tells when we write
    it down, where that is later: an earlier time is caught up with, or there is so much to do that minutes go by, and
    a notice must not be older than what its reader has marked as read meanwhile."""
    at = utc(at)
    done = Swept()
    if dry_run:
        _rehearse(at, done)
        return done
    idle: list[UUID] = []
    while not stop():
        with transaction.atomic(durable=True):
            due = [row["case_id"] for row in rows(_LOOK, _asked(at, idle, batch))]
            locked = rows(
                f'SELECT {COLUMNS} FROM "case" c WHERE c.id = ANY(%s) ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED',
                [due],
            )
            if not locked:  # nothing is due, or another sweep is at all of it
                return done
            written = max(at, utc(clock())) if clock else at
            states = load_moving(locked)
            for state in states:
                for _, turn in sweep_case(state, at, written):
                    done.turns[turn.kind] += 1
            # what does not change would be found again in the next round, and keep the rest from its turn
            idle += [state.case["id"] for state in states if not state.new]
            flush([state for state in states if state.new])
        done.cases += len(states)
    return done


def _asked(at: datetime, idle: list[UUID], batch: int) -> list[Any]:
    return [at, idle, batch, at, idle, batch]


def sweep_case(state: CaseState, at: datetime, recorded_at: datetime) -> Iterator[tuple[Row, Turn]]:
    """The turns of all clocks and notices of one case in the order in which they came about, each with its event."""
    # sorting keeps the order of what came about at the same instant
    due = sorted([*_due(state, at), *_unanswered(state, at)], key=lambda one: one[1].at)
    late = {row["id"] for row, turn, _, _ in due if turn.kind == "late"}
    for row, turn, light, rung in due:
        facts = state.facts()
        if turn.kind == "reply_overdue":
            notice = next(one for one in facts.supervisions if one.id == str(row["id"]))
            if notice.state != "open" or facts.stage in TERMINAL:  # an earlier turn ended it
                continue
            decision = supervision.on_overdue_reply(facts, notice, at)
            decision.codes["since"] = turn.at.isoformat()
            apply(state, sweeping.EVENTS[turn.kind], decision, actor=None, at=at, recorded_at=recorded_at)
            yield row, turn
            continue
        if row["stopped_at"] is not None:  # an earlier turn ended it
            continue
        clock = next(one for one in facts.clocks if one.id == str(row["id"]))
        decision = supervision.on_turn(facts, clock, item_of(row), turn)
        if turn.kind in ("warned", "urgent") and row["id"] in late:
            decision.notices = []  # what is late already needs no warning any more
        decision.codes["since"] = turn.at.isoformat()
        touched = [row]
        if turn.kind == "pause_over":  # a pause of the whole case comes back into view once, for all that stands still
            touched = [one for one in state.clocks if one["paused_at"] is not None and one["look_at"] is not None]
            for one in touched:
                state.change("clock", one, {"look_at": None})
        else:
            state.change("clock", row, {"light": light, "rung": rung})
            state.change("clock", row, {"look_at": look_at(state, row)})
        apply(state, sweeping.EVENTS[turn.kind], decision, actor=None, at=at, recorded_at=recorded_at, clocks=touched)
        yield row, turn
    _look_again(state, at, recorded_at)


def _look_again(state: CaseState, at: datetime, recorded_at: datetime) -> None:
    """What was to be looked at and has no turn: its dates have moved since, or a person has judged it."""
    moved = []
    for row in state.clocks:
        if row["stopped_at"] is None and row["look_at"] is not None and row["look_at"] <= at:
            state.change("clock", row, {"look_at": look_at(state, row)})
            if ("clock", row["id"]) in state.changed:
                moved.append(row)
    ended = state.case["stage"] in TERMINAL and any(one["state"] in WAITING for one in state.supervisions)
    if moved or ended:
        decision = Decision(state.case["stage"], codes={"clocks": [row["kind"] for row in moved]})
        apply(state, LOOKED_AGAIN, decision, actor=None, at=at, recorded_at=recorded_at, clocks=moved)


def _due(state: CaseState, at: datetime) -> Iterator[tuple[Row, Turn, str, int]]:
    over = False
    for row in state.clocks:
        if row["stopped_at"] is not None or row["look_at"] is None or row["look_at"] > at:
            continue
        if row["paused_at"] is None and (until := suspended_until(state)) is not None and until <= at and not over:
            over = True
            yield row, Turn("pause_over", until), row["light"], row["rung"]
        until = row["look_at"] if row["paused_at"] is not None else None
        for turn, light, rung in sweeping.turns(
            watched(row, until), item_of(row), ladder_of(state, row), at,
            calendar=calendar_named(row["calendar"]), zone=ZONE,
        ):  # fmt: skip
            if turn.kind == "pause_over":
                if over:
                    continue
                over = True
            yield row, turn, light, rung


def _unanswered(state: CaseState, at: datetime) -> Iterator[tuple[Row, Turn, str, int]]:
    for row in state.supervisions:
        if row["state"] == "open" and row["chased_at"] is None and row["reply_by"] < at:
            yield row, Turn("reply_overdue", row["reply_by"] + sweeping.INSTANT), "", 0


def _rehearse(at: datetime, done: Swept) -> None:
    due = [row["case_id"] for row in rows(_LOOK, _asked(at, [], 10**9))]
    for start in range(0, len(due), BATCH):
        found = rows(
            f'SELECT {COLUMNS} FROM "case" c WHERE c.id = ANY(%s) ORDER BY c.id', [due[start : start + BATCH]]
        )
        for state in load_moving(found):
            done.cases += 1
            for row, turn in sweep_case(state, at, at):
                done.turns[turn.kind] += 1
                done.found.append((state.case["number"], row.get("kind") or row["cause"], turn))
