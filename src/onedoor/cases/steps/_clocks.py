"""Clocks of a case in memory: what a rule orders and what the scheme's own events start and stop is done here."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from onedoor.cases.calendars import calendar_name, calendar_named
from onedoor.cases.counting import ZONE, item_of, times_of
from onedoor.cases.ids import new_id
from onedoor.cases.schemes import choose, scheme_of
from onedoor.cases.steps._state import CaseState, Row
from onedoor.rules import deadlines, sweeping
from onedoor.rules.deadlines import Times
from onedoor.rules.facts import ClockOrder, Decision
from onedoor.rules.flow import TERMINAL
from onedoor.rules.follow_up import call_back_waits
from onedoor.rules.schemes import ORDERED
from onedoor.rules.sweeping import Watched

TIMES = Times._fields


def carry_out(state: CaseState, order: ClockOrder, fresh: Sequence[Row], at: datetime) -> Iterable[Row]:
    """The clocks that the order starts or changes."""
    if order.do == "start":
        parts = [row["id"] for row in fresh] if order.each_assignment else [order.assignment]
        begins = datetime.combine(order.on, time.min, ZONE).astimezone(UTC) if order.on is not None else at
        started = (start_clock(state, order.kind, part, begins) for part in parts)
        return [row for row in started if row is not None]
    touched = []
    for row in _running(state, order.kind, order.assignment):
        item = item_of(row)
        if order.clock and order.clock != str(row["id"]):
            continue
        # a right of the parties outlives our own handling: an order to all clocks leaves it alone
        if not item.counts and not order.kind and not order.clock:
            continue
        if order.do == "pause" and order.cause and order.cause not in item.pauses:
            continue
        columns = _changed(row, order, at)
        if columns or order.do == "recount":
            change(state, row, columns, at)
        touched.append(row)
    return touched


def _running(state: CaseState, kind: str = "", assignment: str | None = None) -> list[Row]:
    return [
        row
        for row in state.clocks
        if row["stopped_at"] is None
        and kind in ("", row["kind"])
        and (assignment is None or str(row["assignment"]) == assignment)
    ]


def _changed(row: Row, order: ClockOrder, at: datetime) -> dict[str, Any]:
    match order.do:
        case "stop":
            return {"stopped_at": at}
        case "pause" if row["paused_at"] is None:
            return {"paused_at": at, "look_at": order.until}
        case "resume" if row["paused_at"] is not None:
            back = pause_back(row, at)
            return {"paused_at": None, "given_back": row["given_back"] + int(back.total_seconds())}
        case "extend":
            return {"extended": order.days}
        case "keep":  # what a new calendar would take away is given back
            taken = row["due_at"] - times_of(row).due_at
            return {"given_back": row["given_back"] + int(taken.total_seconds())}
        case "check_extension":
            deadlines.check_extension(item_of(row), order.days)
    return {}


def change(state: CaseState, row: Row, columns: dict[str, Any], at: datetime, times: Times | None = None) -> None:
    """Changes a clock, counts its times anew by the one formula (unless they are given), and settles when the sweeper
    looks at it."""
    state.change("clock", row, columns)
    if row["stopped_at"] is not None:
        state.change("clock", row, {"look_at": None})
        return
    times = times or times_of(row)
    state.change("clock", row, times._asdict())
    if row["paused_at"] is None:
        state.change("clock", row, {"light": sweeping.light_after(row["light"], at, times)})
        state.change("clock", row, {"look_at": look_at(row)})


def watched(row: Row, paused_until: datetime | None = None) -> Watched:
    times = Times(*(row[name] for name in TIMES))
    return Watched(times, row["paused_at"], paused_until, row["light"], row["rung"])


def look_at(row: Row) -> datetime | None:
    ladder = scheme_of(row["scheme"], row["scheme_version"]).ladder
    return sweeping.next_look(watched(row), item_of(row), ladder, calendar=calendar_named(row["calendar"]), zone=ZONE)


def follow_events(state: CaseState, kind: str, decision: Decision, at: datetime) -> Iterator[Row]:
    """What the scheme itself has an event of this kind stop and start, apart from what the flow orders.

    An item that one part's event starts belongs to that part, and ends with an event that touches the part.
    """
    items = [item for item in state.terms.items.values() if item.kind not in ORDERED and item.watch]
    for item in items:
        if kind in item.stops:
            for row in _running(state, item.kind):
                if row["assignment"] is None or str(row["assignment"]) in decision.parts:
                    change(state, row, {"stopped_at": at}, at)
                    yield row
    for item in items:
        if item.kind == "follow_up" and not call_back_waits(
            sampled=state.case["sampled"], anonymous=state.case["anonymous"], satisfied=state.case["satisfied"]
        ):
            continue
        if kind in item.starts and decision.stage not in TERMINAL:
            part = decision.codes.get("assignment")
            started = start_clock(state, item.kind, str(part) if part else None, at)
            if started is not None:
                yield started


def start_clock(state: CaseState, kind: str, part: str | UUID | None, at: datetime) -> Row | None:
    """A new clock of that kind, if the case's scheme has one."""
    terms = state.terms
    if kind not in terms.items or not terms.items[kind].watch:
        return None
    row: Row = {
        "id": new_id(),
        "case_id": state.case["id"],
        "assignment": UUID(str(part)) if part else None,
        "kind": kind,
        "scheme": terms.code,
        "scheme_version": terms.version,
        "started_at": at,
        "paused_at": None,
        "extended": 0,
        "stopped_at": None,
        "light": "green",
        "rung": 0,
        "given_back": 0,
        "calendar": calendar_name(state.case["present_path"]),
    }
    row |= times_of(row)._asdict()
    row["look_at"] = look_at(row)
    state.clocks.append(row)
    state.add("clock", row)
    return row


def change_track(state: CaseState, at: datetime) -> list[Row]:
    """The scheme that the case's track leads to now; what runs is counted by it from its own beginning."""
    case = state.case
    terms, _ = choose(
        {
            "kind": case["kind"],
            "purpose": case["purpose"],
            "channel": case["channel"],
            "category": state.names[0]["category"],
            "track": case["track"],
            "urgent": case["urgent"],
        }
    )
    state.change("case", case, {"scheme": terms.code, "scheme_version": terms.version})
    touched = _running(state)
    for row in touched:
        if row["kind"] in terms.items:
            change(state, row, {"scheme": terms.code, "scheme_version": terms.version}, at)
        else:
            change(state, row, {"stopped_at": at}, at)
    return touched


def next_due(state: CaseState, stage: str) -> dict[str, datetime | None]:
    """The case's own times, those of the clock that is the first to turn red; nothing once it has ended or all clocks
    stand still."""
    running = [row for row in _running(state) if row["paused_at"] is None and item_of(row).counts]
    if stage in TERMINAL or not running:
        return dict.fromkeys(TIMES)
    # of two that turn together the first to end, and to warn, in whatever order they were read
    first = min(running, key=lambda row: (row["red_at"] or row["due_at"], row["due_at"], row["warn_at"]))
    return {name: first[name] for name in TIMES}
