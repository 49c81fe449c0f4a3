"""Clocks of a case in memory: what a rule orders, the writer has done here."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from onedoor.cases.calendars import national_calendar
from onedoor.cases.ids import new_id
from onedoor.cases.steps._state import CaseState, Row
from onedoor.rules import deadlines
from onedoor.rules.facts import ClockOrder
from onedoor.rules.schemes import SCHEMES

ZONE = ZoneInfo(settings.TIME_ZONE)
ENDED = frozenset({"guided", "withdrawn", "merged", "transferred", "archived", "closed", "followed_up"})


def carry_out(state: CaseState, order: ClockOrder, fresh: Sequence[Row], at: datetime) -> Iterable[Row]:
    """The clocks that the order starts or changes."""
    scheme = SCHEMES[state.case["scheme"]]
    if order.do == "start":
        parts = [row["id"] for row in fresh] if order.each_assignment else [order.assignment]
        started = (start_clock(state, order.kind, part, at) for part in parts)
        return [row for row in started if row is not None]
    running = [
        row
        for row in state.clocks
        if row["stopped_at"] is None
        and (not order.kind or row["kind"] == order.kind)
        and (order.assignment is None or str(row["assignment"]) == order.assignment)
    ]
    for row in running:
        if order.do == "stop":
            state.change("clock", row, {"stopped_at": at})
        elif order.do == "pause":
            if row["paused_at"] is None:
                state.change("clock", row, {"paused_at": at})
        elif order.do == "resume":
            if row["paused_at"] is not None:
                due, warn = deadlines.resume(row["due_at"], row["warn_at"], row["paused_at"], at, zone=ZONE)
                state.change("clock", row, {"paused_at": None, "due_at": due, "warn_at": warn})
        elif order.do == "check_extension":
            deadlines.check_extension(scheme.items[row["kind"]], order.days)
        elif order.do == "extend":
            item = scheme.items[row["kind"]]
            assert item.extension is not None, "check_extension ran when it was asked for"
            due = deadlines.extend(
                row["due_at"],
                order.days,
                item.extension.unit,
                calendar=national_calendar(),
                zone=ZONE,
                roll=item.roll,
            )
            warn = row["warn_at"] + (due - row["due_at"])
            state.change("clock", row, {"due_at": due, "warn_at": warn, "extended": order.days})
    return running


def start_clock(state: CaseState, kind: str, part: str | UUID | None, at: datetime) -> Row | None:
    """A new clock of that kind, if the case's scheme has one."""
    scheme = SCHEMES[state.case["scheme"]]
    plan = deadlines.plan(scheme, kind, at, calendar=national_calendar(), zone=ZONE)
    if plan is None:
        return None
    row: Row = {
        "id": new_id(),
        "case_id": state.case["id"],
        "assignment": UUID(str(part)) if part else None,
        "kind": kind,
        "scheme": plan.scheme,
        "scheme_version": plan.version,
        "started_at": at,
        "warn_at": plan.warn_at,
        "due_at": plan.due_at,
        "paused_at": None,
        "extended": 0,
        "stopped_at": None,
    }
    state.clocks.append(row)
    state.add("clock", row)
    return row


def next_due(state: CaseState, stage: str) -> tuple[datetime | None, datetime | None]:
    """The case's next due instant and its warning; nothing once it is finished or all clocks stand still."""
    if stage in ENDED:
        return None, None
    running = [row for row in state.clocks if row["stopped_at"] is None and row["paused_at"] is None]
    if not running:
        return None, None
    first = min(running, key=lambda row: row["due_at"])
    return first["due_at"], first["warn_at"]
