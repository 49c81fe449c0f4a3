"""重算 of the many: cases in which a change of the calendar moves running clocks and touches nothing else.

What becomes of such a case follows from its own row and those of its clocks, so neither state nor decision is made for
it: a change may move a million of them. All else goes the way of every other change (`recompute._recompute_case`,
`_record.apply`); tests/cases/test_recompute.py holds that both ways write the same. Digests, event, formula and writes
are the same functions.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson

from onedoor.cases import ledger
from onedoor.cases.counted import BITS, KINDS, OF_LIGHTS, light_of
from onedoor.cases.counting import ZONE, Counting, item_of
from onedoor.cases.ledger import GOVERNED, JSON_COLUMNS
from onedoor.cases.schemes import scheme_of
from onedoor.cases.sql import array, json, rows
from onedoor.cases.steps._clocks import TIMES, first_to_turn, objection_ends
from onedoor.cases.steps._record import EVENT_COLUMNS, next_event
from onedoor.cases.steps._state import Row
from onedoor.cases.steps._writes import Writes
from onedoor.rules import sweeping
from onedoor.rules.deadlines import Times
from onedoor.rules.flow import TERMINAL
from onedoor.rules.refusal import STALE_VERSION, Refused
from onedoor.rules.sweeping import Watched

_CLOCKS = f"""
    SELECT {", ".join(GOVERNED["clock"])} FROM clock
     WHERE case_id = ANY(%s::uuid[]) AND stopped_at IS NULL ORDER BY started_at, id
"""
_OBJECTING = """
    SELECT case_id, assigned_at, object_until FROM assignment
     WHERE case_id = ANY(%s::uuid[]) AND stage IN ('awaiting', 'signed') AND object_until IS NOT NULL
"""
_SUPERVISED = "SELECT DISTINCT case_id FROM supervision WHERE case_id = ANY(%s::uuid[])"
_times = itemgetter(*TIMES)
_CASE_JSON = tuple(column for column in GOVERNED["case"] if column in JSON_COLUMNS)


def recount(
    locked: Sequence[Row], codes: Mapping[str, Any], at: datetime, counting: Counting
) -> tuple[int, list[Row]]:
    """How many clocks of the locked cases it has moved, and the cases that it has left as they are for the other
    way."""
    ids = array(case["id"] for case in locked)
    clocks: dict[UUID, list[Row]] = {}
    for row in rows(_CLOCKS, [ids]):
        clocks.setdefault(row["case_id"], []).append(row)
    objecting: dict[UUID, list[Row]] = {}
    for row in rows(_OBJECTING, [ids]):
        objecting.setdefault(row["case_id"], []).append(row)
    supervised = {row["case_id"] for row in rows(_SUPERVISED, [ids])}
    writes, moved, left = Writes(), 0, []
    events: list[list[Any]] = []
    for case in locked:
        mine = clocks.get(case["id"], [])
        found = None
        if (
            case["id"] not in supervised
            and _is_plain(case, objecting.get(case["id"], ()))
            and not _counts_as_over(case, mine)
        ):
            found = _moves(mine, at, counting)
        if found == []:
            continue
        due = _due_after(case, mine, found, at) if found else None
        if found is None or due is None:
            left.append(case)
        else:
            moved += len(found)
            events.append(_write(writes, case, due, found, codes, at))
    writes.insert("event", EVENT_COLUMNS, events)
    if not writes.send():
        # The row is locked from the moment it was read, so only a fault of ours can lead here.
        raise Refused(STALE_VERSION, "事项刚被他人更新，请刷新后重试。")
    return moved, left


def _is_plain(case: Row, objecting: Sequence[Row]) -> bool:
    """Nothing waits for a person's decision, stands still, or is counted beside the clocks and would move too."""
    if case["pending"] != "{}" or case["stage"] == "suspended" or case["stage"] in TERMINAL:
        return False
    if not objecting:
        return True
    terms, path = scheme_of(case["scheme"], case["scheme_version"]), _decoded(case["present_path"])
    return all(objection_ends(terms, path, part["assigned_at"]) == part["object_until"] for part in objecting)


def _counts_as_over(case: Row, clocks: Sequence[Row]) -> bool:
    """Whether figures already count one of the clocks as one whose time is over: then more than a date may change."""
    until = case["counted_until"]
    return any(row["kind"] in KINDS and (until is None or row["due_at"] < until) for row in clocks)


def _moves(clocks: Sequence[Row], at: datetime, counting: Counting) -> list[tuple[Row, Row]] | None:
    """The clocks that move with the columns that become others; None if one does anything but move."""
    found = []
    for row in clocks:
        light = row["light"]
        if row["paused_at"] is not None or light not in ("green", "yellow"):
            return None
        times = counting.times_of(row)
        before, after = (Watched(one, None, None, light, row["rung"]) for one in (Times(*_times(row)), times))
        if sweeping.light_after(light, at, times) != light or sweeping.late_by_a_change(before, times, at):
            return None
        # before the end no ladder says when to look
        look_at = sweeping.next_look(after, item_of(row), (), calendar=counting.calendar_of(row), zone=ZONE)
        if times == before.times and look_at == row["look_at"]:
            continue
        new = {**times._asdict(), "look_at": look_at}
        found.append((row, {name: value for name, value in new.items() if row[name] != value}))
    return found


def _due_after(case: Row, clocks: Sequence[Row], moves: Sequence[tuple[Row, Row]], at: datetime) -> Row | None:
    """Moves the clocks; what then are the case's own times, and how long what figures count of it holds. None if they
    would count another light."""
    for row, columns in moves:
        row |= columns
    due: Row = first_to_turn(clocks, case["stage"])
    light, until = light_of({**due, "stage": case["stage"]}, at)
    if case["counted"] & OF_LIGHTS != (BITS[light] if light else 0):
        return None
    ends = [row["due_at"] for row in clocks if row["kind"] in KINDS]
    due["counted_until"] = min([*ends, *([until] if until else [])], default=None)
    return due


def _write(
    writes: Writes,
    case: Row,
    due: Row,
    moves: Sequence[tuple[Row, Row]],
    codes: Mapping[str, Any],
    at: datetime,
) -> list[Any]:
    """Adds the changes to the writes; returns the event."""
    digests: dict[str, str] = {}
    for row, columns in moves:
        names = sorted(columns)
        writes.update("clock", ("id",), names, [*(row[name] for name in names), row["id"]])
        digests[f"clock:{row['id']}"] = ledger.row_digest("clock", row)
    key, version = case["id"], case["version"]
    differing = [name for name in due if case[name] != due[name]]
    case |= due
    case["version"] = version + 1
    for column in _CASE_JSON:
        case[column] = _decoded(case[column])
    digests[f"case:{key}"] = ledger.row_digest("case", case)
    event = next_event(
        case,
        "recompute",
        digests,
        {**codes, "clocks": [row["kind"] for row, _ in moves]},
        actor=None,
        at=at,
        recorded_at=at,
    )
    names = sorted([*differing, "version", "head"])
    writes.update("case", ("id", "version"), names, [*(case[name] for name in names), key, version])
    if "due_at" in differing or "red_at" in differing:
        writes.update("visible", ("case_id",), ("due_at", "red_at"), [due["due_at"], due["red_at"], key])
    event["payload"] = json(event["payload"])
    return [event[column] for column in EVENT_COLUMNS]


@lru_cache(maxsize=4096)
def _decoded(text: str) -> Any:
    """Most cases share their few lists. What this returns is read only."""
    return orjson.loads(text)
