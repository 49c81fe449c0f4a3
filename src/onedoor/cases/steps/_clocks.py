"""Clocks of a case in memory: what a rule orders and what the scheme's own events start and stop is done here."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from onedoor.cases.calendars import calendar_name, calendar_named, calendar_of
from onedoor.cases.counting import ZONE, item_of, pause_back, times_of
from onedoor.cases.ids import new_id
from onedoor.cases.schemes import choose, scheme_of
from onedoor.cases.steps._state import CaseState, Row
from onedoor.rules import deadlines, supervision, sweeping
from onedoor.rules.deadlines import Times
from onedoor.rules.facts import ClockOrder, Decision
from onedoor.rules.flow import TERMINAL, Stage
from onedoor.rules.follow_up import call_back_waits
from onedoor.rules.parts import OUTLIVE
from onedoor.rules.schemes import ORDERED, Choice, Rung, Scheme
from onedoor.rules.sweeping import Watched

TIMES = Times._fields


def carry_out(state: CaseState, order: ClockOrder, fresh: Sequence[Row], at: datetime) -> Iterable[Row]:
    """The clocks that the order starts or changes."""
    touched = []
    extended = 0
    if order.do == "restart":
        for row in _running(state, order.kind):
            extended = max(extended, row["extended"])
            change(state, row, {"stopped_at": at}, at)
            touched.append(row)
    if order.do in ("start", "restart"):
        parts = [row["id"] for row in fresh] if order.each_assignment else [order.assignment]
        begins = datetime.combine(order.on, time.min, ZONE).astimezone(UTC) if order.on is not None else at
        begins = order.since or begins
        started = (start_clock(state, order.kind, part, begins, extended=extended) for part in parts)
        return [*touched, *(row for row in started if row is not None)]
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
        if columns:
            change(state, row, columns, at)
        touched.append(row)
    if order.do == "pause" and order.until is not None and not any(row["paused_at"] for row in touched):
        # no limit takes this cause: one that runs on brings the case back into view
        for row in [row for row in _running(state) if item_of(row).counts][:1]:
            state.change("clock", row, {"look_at": min(filter(None, (row["look_at"], order.until)))})
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
        case "pause":  # it stands still already, and from now on for another reason
            return {"look_at": order.until}
        case "resume" if row["paused_at"] is not None:
            back = pause_back(row, at)
            return {"paused_at": None, "given_back": row["given_back"] + int(back.total_seconds())}
        case "extend":
            return {"extended": order.days}
        case "take_back":  # what was given to keep a date that a new calendar would have taken away
            return {"given_back": row["given_back"] - order.seconds}
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
    if row["paused_at"] is not None:
        state.change("clock", row, times._asdict())
        return
    light = sweeping.light_after(row["light"], at, times)
    settled = {**times._asdict(), "light": light}
    if row["light"] == "red" != light:  # there is time again: what was noticed of its lateness is done with
        settled["rung"] = sweeping.early_rungs(ladder_of(state, row)) if light != "green" else 0
    state.change("clock", row, settled)
    state.change("clock", row, {"look_at": look_at(state, row)})


def watched(row: Row, paused_until: datetime | None = None) -> Watched:
    times = Times(*(row[name] for name in TIMES))
    return Watched(times, row["paused_at"], paused_until, row["light"], row["rung"])


def ladder_of(state: CaseState, row: Row) -> tuple[Rung, ...]:
    """The steps that supervision of the clock may still take by itself: none once a person has judged a notice."""
    settled = any(one["clock"] == row["id"] and supervision.is_settled(one["state"]) for one in state.supervisions)
    return () if settled else scheme_of(row["scheme"], row["scheme_version"]).ladder


def look_at(state: CaseState, row: Row) -> datetime | None:
    """When the sweeper has something to do with it: its own lights and ladder, or, where nothing else of the case
    stands still, the end of the time for which the case was to be suspended."""
    item = item_of(row)
    found = sweeping.next_look(
        watched(row), item, ladder_of(state, row), calendar=calendar_named(row["calendar"]), zone=ZONE
    )
    until = suspended_until(state)
    if until is None or row["paused_at"] is not None or not item.counts:
        return found
    standing = any(one["paused_at"] is not None and one["stopped_at"] is None for one in state.clocks)
    return found if standing else min(filter(None, (found, until)))


def suspended_until(state: CaseState) -> datetime | None:
    """Until when a suspended case was to be so; None once it has been noticed that the time is over."""
    case = state.case
    if case["stage"] != "suspended" or case["paused_until"] is None:
        return None
    noticed = any(
        one["cause"] == "suspension_over" and one["issued_at"] >= case["paused_at"] for one in state.supervisions
    )
    return None if noticed else case["paused_until"]


def follow_events(state: CaseState, kind: str, decision: Decision, at: datetime) -> Iterator[Row]:
    """What the scheme itself has an event of this kind stop and start, apart from what the flow orders.

    An item that one part's event starts belongs to that part, and ends with an event that touches the part or names
    none, and when the unit leaves the case.
    """
    left = {part for part, columns in decision.parts.items() if columns.get("stage") == "released"}
    for row in _running(state) if left else ():
        if str(row["assignment"]) in left and row["kind"] not in OUTLIVE:
            change(state, row, {"stopped_at": at}, at)
            yield row
    items = [
        item
        for item in state.terms.items.values()
        if (kind in item.stops or kind in item.starts) and item.kind not in ORDERED and item.watch
    ]
    if not items:
        return
    named = {*decision.parts, str(decision.codes.get("assignment") or "")} - {""}
    for item in items:
        if kind in item.stops:
            for row in _running(state, item.kind):
                if row["assignment"] is None or not named or str(row["assignment"]) in named:
                    change(state, row, {"stopped_at": at}, at)
                    yield row
    for item in items:
        if item.kind == "follow_up" and not (
            decision.stage == Stage.CLOSED  # not every answer on the spot closes
            and call_back_waits(
                sampled=state.case["sampled"], anonymous=state.case["anonymous"], satisfied=state.case["satisfied"]
            )
        ):
            continue
        if kind in item.starts and decision.stage not in TERMINAL:
            part = decision.codes.get("assignment")
            started = start_clock(state, item.kind, str(part) if part else None, at)
            if started is not None:
                yield started


def start_clock(
    state: CaseState, kind: str, part: str | UUID | None, at: datetime, *, extended: int = 0
) -> Row | None:
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
        "extended": extended,
        "stopped_at": None,
        "light": "green",
        "rung": 0,
        "given_back": 0,
        "calendar": calendar_name(state.case["present_path"]),
    }
    row |= _times_of_new(row)._asdict()
    row["look_at"] = look_at(state, row)
    state.clocks.append(row)
    state.add("clock", row)
    return row


# The matters of a batch from the field begin at one instant, under few schemes.
_begun: dict[tuple[object, ...], tuple[object, object, Times]] = {}
_MOST_BEGUN = 64


def _times_of_new(row: Row) -> Times:
    """The times of a clock that begins, reckoned once for those that begin alike. A region's calendar that has changed
    is another object; the country's changes with a new version of the program."""
    item, calendar = item_of(row), calendar_named(row["calendar"])
    key = (row["scheme"], row["scheme_version"], row["kind"], row["started_at"], row["extended"])
    found = _begun.get(key)
    if found is None or found[0] is not item or found[1] is not calendar:
        if len(_begun) >= _MOST_BEGUN:
            _begun.clear()
        found = _begun[key] = (item, calendar, times_of(row))
    return found[2]


def terms_for(state: CaseState) -> tuple[Scheme, Choice]:
    """The scheme that the case's track and the level of its present centre lead to, by the rules as they are now."""
    case = state.case
    return choose(
        {
            "kind": case["kind"],
            "purpose": case["purpose"],
            "channel": case["channel"],
            "category": state.names[0]["category"],
            "track": case["track"],
            "urgent": case["urgent"],
            "path": tuple(case["present_path"]),
        }
    )


def change_terms(state: CaseState, terms: Scheme, stage: str, at: datetime) -> list[Row]:
    """The case goes over to another scheme: what runs is counted by it from its own beginning, what the new one does
    not know stops, and what it would have begun before now begins where the case then stood."""
    case = state.case
    state.change("case", case, {"scheme": terms.code, "scheme_version": terms.version})
    lead = next((row for row in state.assignments if row["lead"] and row["stage"] != "released"), None)
    accepted = lead is not None and lead["accepted"]
    touched = _running(state)
    for row in touched:
        waits = row["kind"] == "handle" and terms.handle_waits and not accepted
        if row["kind"] in terms.items and terms.items[row["kind"]].watch and not waits:
            extended = deadlines.extended_under(item_of(row), terms.items[row["kind"]], row["extended"])
            change(state, row, {"scheme": terms.code, "scheme_version": terms.version, "extended": extended}, at)
        else:
            change(state, row, {"stopped_at": at}, at)
    wanted: dict[str, datetime] = {}
    if stage != Stage.REGISTERED and not terms.handle_waits:
        wanted["handle"] = case["accepted_at"] or at
    if stage == Stage.ACCEPTED and terms.handle_waits:
        wanted["dispatch"] = at
    if lead is not None and lead["signed_at"] and lead["accepted"] is None and terms.unit_accepts:
        wanted["inform"] = lead["signed_at"]
    for kind, begins in wanted.items():
        if not _running(state, kind) and (started := start_clock(state, kind, None, begins)) is not None:
            touched.append(started)
    return touched


def object_until(state: CaseState, assigned_at: datetime) -> datetime | None:
    """Until when a unit may object to a part that it was given then."""
    return objection_ends(state.terms, state.case["present_path"], assigned_at)


def objection_ends(terms: Scheme, path: Sequence[int], assigned_at: datetime) -> datetime | None:
    limit = deadlines.plan(terms, "object", assigned_at, calendar=calendar_of(path), zone=ZONE)
    return limit.times.due_at if limit else None


def renew_objections(state: CaseState) -> Iterator[Row]:
    """The parts whose unit may still object get the limit that scheme and calendar now say."""
    for row in state.assignments:
        if row["object_until"] is not None and row["stage"] in ("awaiting", "signed"):
            until = object_until(state, row["assigned_at"])
            if until != row["object_until"]:
                state.change("assignment", row, {"object_until": until})
                yield row


def next_due(state: CaseState, stage: str) -> dict[str, datetime | None]:
    """The case's own times, those of the clock that is the first to turn red; nothing once it has ended or all clocks
    stand still."""
    return first_to_turn(_running(state), stage)


def first_to_turn(clocks: Iterable[Row], stage: str) -> dict[str, datetime | None]:
    """The same of these clocks, which run."""
    running = [row for row in clocks if row["paused_at"] is None and item_of(row).counts]
    if stage in TERMINAL or not running:
        return dict.fromkeys(TIMES)
    # of two that turn together the first to end, and to warn, in whatever order they were read
    first = min(running, key=lambda row: (row["red_at"] or row["due_at"], row["due_at"], row["warn_at"]))
    return {name: first[name] for name in TIMES}
