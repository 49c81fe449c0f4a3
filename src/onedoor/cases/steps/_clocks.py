"""Clocks of a case in memory: what a rule orders and what the scheme's own events start and stop is done here."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from onedoor.cases.calendars import calendar_name, calendar_named
from onedoor.cases.ids import new_id
from onedoor.cases.schemes import choose, scheme_of
from onedoor.cases.steps._state import CaseState, Row
from onedoor.rules import deadlines, sweeping
from onedoor.rules.facts import ClockOrder, Decision
from onedoor.rules.schemes import ORDERED, SchemeItem
from onedoor.rules.sweeping import Watched

ZONE = ZoneInfo(settings.TIME_ZONE)
ENDED = frozenset({"guided", "withdrawn", "merged", "transferred", "archived"})


def item_of(row: Row) -> SchemeItem:
    """The limit as the clock began with it."""
    return scheme_of(row["scheme"], row["scheme_version"]).items[row["kind"]]


def carry_out(state: CaseState, order: ClockOrder, fresh: Sequence[Row], at: datetime) -> Iterable[Row]:
    """The clocks that the order starts or changes."""
    if order.do == "start":
        parts = [row["id"] for row in fresh] if order.each_assignment else [order.assignment]
        started = (start_clock(state, order.kind, part, at) for part in parts)
        return [row for row in started if row is not None]
    touched = []
    for row in _running(state, order.kind, order.assignment):
        if order.clock and order.clock != str(row["id"]):
            continue
        if (
            not order.kind and not order.clock and not item_of(row).counts
        ):  # a right of the parties outlives our own handling
            continue
        if order.do == "pause" and order.cause and order.cause not in item_of(row).pauses:
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
            back = deadlines.pause_given_back(item_of(row), row["paused_at"], at)
            return {"paused_at": None, "given_back": row["given_back"] + int(back.total_seconds())}
        case "extend":
            return {"extended": order.days}
        case "keep":  # what a new calendar would take away is given back
            taken = row["due_at"] - reckoned(row)[1]
            return {"given_back": row["given_back"] + int(taken.total_seconds())}
        case "check_extension":
            deadlines.check_extension(item_of(row), order.days)
    return {}


def change(state: CaseState, row: Row, columns: dict[str, Any], at: datetime) -> None:
    """Changes a clock, counts its times anew by the one formula, and settles when the sweeper looks at it."""
    state.change("clock", row, columns)
    if row["stopped_at"] is not None:
        state.change("clock", row, {"look_at": None})
        return
    state.change("clock", row, dict(zip(("warn_at", "due_at"), reckoned(row), strict=True)))
    if row["paused_at"] is None:
        if row["light"] != "red" or at <= row["due_at"]:
            state.change("clock", row, {"light": sweeping.light_now(at, row["warn_at"], row["due_at"])})
        state.change("clock", row, {"look_at": look_at(row)})


def reckoned(row: Row) -> tuple[datetime, datetime]:
    """(warn, due) of a clock that has not stopped, on its calendar as it now is."""
    return deadlines.reckon(
        item_of(row),
        row["started_at"],
        calendar=calendar_named(row["calendar"]),
        zone=ZONE,
        extended=row["extended"],
        given_back=timedelta(seconds=row["given_back"]),
    )


def watched(row: Row, paused_until: datetime | None = None) -> Watched:
    return Watched(row["warn_at"], row["due_at"], row["paused_at"], paused_until, row["light"], row["rung"])


def look_at(row: Row) -> datetime | None:
    if not item_of(row).counts:
        return None
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
        if kind in item.starts and _wanted(state, item) and decision.stage not in ENDED:
            part = decision.codes.get("assignment")
            started = start_clock(state, item.kind, str(part) if part else None, at)
            if started is not None:
                yield started


def _wanted(state: CaseState, item: SchemeItem) -> bool:
    """A call back is due where one will be made (needs.follow_up_is_settled)."""
    case = state.case
    return item.kind != "follow_up" or (case["sampled"] and not case["anonymous"] and case["satisfied"] is None)


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
    row["warn_at"], row["due_at"] = reckoned(row)
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


def next_due(state: CaseState, stage: str) -> tuple[datetime | None, datetime | None]:
    """The case's next due instant and its warning; nothing once it has ended or all clocks stand still."""
    if stage in ENDED:
        return None, None
    running = [row for row in _running(state) if row["paused_at"] is None and item_of(row).counts]
    if not running:
        return None, None
    # of two that end together the first to warn, in whatever order they were read
    first = min(running, key=lambda row: (row["due_at"], row["warn_at"]))
    return first["due_at"], first["warn_at"]
