"""The writer's part of the counters: what each changed case counts for now, and the deltas from what it did before."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from onedoor.cases.counted import DELTA_COLUMNS, Contribution, conditions_of, contribution_of, events_in
from onedoor.cases.sql import array
from onedoor.cases.steps._state import CaseState
from onedoor.cases.steps._writes import Writes


def count(states: Sequence[CaseState]) -> list[Sequence[Any]]:
    """Sets the columns of the cases that figures read, and returns the rows of `counter_delta`, to be written with
    them.

    Conditions that turn with a limit are settled as of when it is written down, which may be long after it happened,
    and never ahead of the clock on the wall; what has turned since is found by readers (`queries/_counters.py`).
    """
    now = datetime.now(UTC)
    # of many cases of one day and place most count for the same
    sums: dict[Contribution, int] = {}
    for state in states:
        case = state.case
        events = state.new.get("event", ())
        kinds = {event["kind"] for event in events}
        if case["counted"]:
            kinds |= events_in(case["counted"])
        at = min(now, events[-1]["recorded_at"]) if events else now
        bits, until = conditions_of(case, state.clocks, dispatched=bool(state.assignments), events=kinds, at=at)
        state.change("case", case, {"counted": bits, "counted_until": until})
        before, after = state.counted_before, contribution_of(case, state.unit_parts())
        if before != after:
            for one, n in ((before, -1), (after, 1)):
                if one is not None:
                    sums[one] = sums.get(one, 0) + n
    return [_row(one, n) for one, n in sums.items() if n]


def write_deltas(writes: Writes, rows: Sequence[Sequence[Any]]) -> None:
    writes.insert("counter_delta", DELTA_COLUMNS, rows)


def _row(one: Contribution, n: int) -> Sequence[Any]:
    *plain, path, audiences, counted, fen = one
    return [*plain, _listed(path), _listed(audiences), counted, fen, n]


@lru_cache(maxsize=4096)
def _listed(ids: tuple[int, ...]) -> str:
    """As `sql.array`, remembered: the cases of a place are much alike."""
    return array(ids)
