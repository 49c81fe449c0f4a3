"""What is counted of a case (ADR 17): which conditions of figures hold for it, as bits of one number, and under which
days, places and audiences it counts.

The conditions are those of `queries/_figures.py` in Python, for the writer: it knows the rows before they are written.
Most change only with a write. Some turn with the end of a limit: until `until` the bits say what holds, and from then
on readers ask such a case itself (`queries/_counters.py`), until `steps/fold.py` has looked at it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from onedoor.cases.counting import ZONE
from onedoor.rules.access import Confidentiality, division_audience, unit_audience
from onedoor.rules.figures import CONDITIONS, ELSEWHERE, FIGURES, RESOLVED, SETTLED, ending_of

Row = Mapping[str, Any]

# Each condition has its bit for good: new ones go to the end.
NAMES = (
    "all", "registered", "accepted", "settled", "late_open", "disputes", "disputes_handled", "disputes_resolved",
    "mediations_ended", "mediations_agreed", "settled_at_once", "accept_due", "accept_on_time", "handle_due",
    "handle_on_time", "handle_late_done", "handle_late", "dispatched", "objected", "concluded", "sent_back",
    "settled_below", "rated", "satisfied", "to_follow_up", "followed_up", "with_amount", "merged", "open",
    "open_red", "open_yellow", "open_green",
)  # fmt: skip
assert set(NAMES) == CONDITIONS.keys()
BITS = {name: 1 << place for place, name in enumerate(NAMES)}
_BITS = tuple(BITS.values())
_STEP = timedelta(microseconds=1)  # of an instant in the database
# What time alone can bring about.
TURNING = (
    "accept_due", "late_open", "handle_due", "handle_on_time", "handle_late_done", "handle_late",
    "open_red", "open_yellow", "open_green",
)  # fmt: skip
# Lights of open matters, as `light_of` tells them.
OPEN_LIGHTS = ("open_red", "open_yellow", "open_green")
OF_LIGHTS = sum(BITS[name] for name in OPEN_LIGHTS)
# Kinds of clocks that figures read.
KINDS = ("accept", "handle")


def mask_of(condition: str) -> int:
    """The bits of a condition, or of two with "." between them."""
    return sum({BITS[name] for name in condition.split(".")})


def is_counted(condition: str) -> bool:
    return all(name in BITS for name in condition.split("."))


def _measures() -> tuple[str, ...]:
    found = ["all", "open", "late_open"]
    for figure in FIGURES.values():
        found += [f"{figure.whole}.{figure.part}", figure.whole] if figure.whole else [figure.part]
    return tuple(dict.fromkeys(one for one in (*found, *OPEN_LIGHTS) if is_counted(one)))


# What a counter holds, in this order.
MEASURES = _measures()
# By what the counters were filled: another list of these fills them anew. The number goes up with the lists, when cuts
# change, or what a condition means: by it the release before knows counters that are not its own.
LAYOUT = f"4 | {' '.join(NAMES)} | {' '.join(MEASURES)}"


def conditions_of(
    case: Row, clocks: Iterable[Row], *, dispatched: bool, events: Collection[str], at: datetime
) -> tuple[int, datetime | None]:
    """The bits as of `at`, and from when on time changes them. `events` are kinds of events that the case has had."""
    accept_due = accept_on_time = over = ended = runs = False
    light, until = light_of(case, at)
    for clock in clocks:
        if clock["kind"] not in KINDS:
            continue
        due, stopped, paused = clock["due_at"], clock["stopped_at"], clock["paused_at"]
        # its time stood still before it stopped
        late = (paused or stopped or at) > due
        if clock["kind"] == "accept":
            accept_on_time |= stopped is not None and not late
            accept_due |= stopped is not None or late
        else:
            over |= late
            ended |= stopped is not None
            runs |= stopped is None
        if stopped is None and paused is None and due >= at and (until is None or due < until):
            until = due
    stage, amount, state = case["stage"], case["amount"], case["mediation"].get("state")
    settled, ours, counted = stage in SETTLED, stage not in ELSEWHERE, stage != "merged"
    accepted = case["accepted_at"] is not None
    dispute = case["kind"] == "dispute" and counted
    sent_back = "send_back" in events
    holds = (
        True,
        counted,
        accepted and counted,
        settled,
        not settled and ours and over,
        dispute,
        dispute and accepted,
        dispute and settled and case["outcome"] in RESOLVED,
        state in ("agreed", "ended"),
        state == "agreed",
        case["settled_on_spot"] and settled,
        counted and accept_due,
        counted and accept_on_time,
        ours and (over or (ended and not runs)),
        ours and not over,
        settled and over,
        ours and over,
        dispatched,
        "object" in events,
        case["concluded_at"] is not None or sent_back,
        sent_back,
        settled and len(case["present_path"]) > 1,
        case["satisfied"] is not None,
        bool(case["satisfied"]),
        case["sampled"] and case["closed_at"] is not None,
        case["followed_up_at"] is not None,
        bool(amount) and counted,
        not counted,
        ours and not settled,
        light == "open_red",
        light == "open_yellow",
        light == "open_green",
    )
    bits = 0
    for bit, one in zip(_BITS, holds, strict=True):
        if one:
            bits |= bit
    return bits, until


def light_of(case: Row, at: datetime) -> tuple[str, datetime | None]:
    """The light of an open matter as of `at`, as the list tells it (`queries/_figures.LIGHT`), one of OPEN_LIGHTS or
    "", and the last instant for which that holds."""
    red = case["red_at"] or case["due_at"]
    if red is None or case["stage"] in SETTLED or case["stage"] in ELSEWHERE:
        return "", None
    if red < at:
        return "open_red", None
    warn = case["warn_at"]
    if warn is None:
        return "open_green", red
    # it warns from that instant on, and is red only after its own: before it warns is one step of the clock earlier
    return ("open_yellow", red) if warn <= at else ("open_green", min(warn - _STEP, red))


# Events that leave nothing else behind: that they were is kept in the bits.
OF_EVENTS = {"object": BITS["objected"], "send_back": BITS["sent_back"]}


def events_in(bits: int) -> set[str]:
    return {kind for kind, bit in OF_EVENTS.items() if bits & bit}


class Contribution(NamedTuple):
    """What one case adds to the counters; the columns of `counter_delta` in their order, without `n`."""

    day: date
    hour: int
    category: int
    channel: str
    unit: int
    ending: str
    level: int
    path: tuple[int, ...]
    audiences: tuple[int, ...]
    counted: int
    fen: int


DELTA_COLUMNS = (
    "day", "hour", "category_id", "channel", "unit_id", "ending", "level", "path", "audiences", "counted", "fen", "n",
)  # fmt: skip


def contribution_of(case: Row, unit_parts: Iterable[int]) -> Contribution | None:
    """None for a restricted case: no total betrays it. `unit_parts`: the units that have a part in it."""
    if case["confidentiality"] != Confidentiality.ORDINARY:
        return None
    local = case["registered_at"].astimezone(ZONE)
    bits = case["counted"]
    return Contribution(
        local.date(),
        local.hour,
        case["category_id"],
        case["channel"],
        case["lead_unit_id"] or 0,
        ending_of(case["stage"], case["outcome"]),
        len(case["present_path"]),
        tuple(case["division_path"]),
        _audiences(
            tuple(unit_parts),
            tuple([tuple(case[name][:2]) for name in ("division_path", "receiving_path", "present_path")]),
        ),
        bits,
        case["amount"] if bits & BITS["with_amount"] else 0,
    )


# --- whose cases: a scope is one integer. The whole tree, a division in which it happened, or an audience of the gate.
TREE = 0


def place_scope(division: int) -> int:
    return division * 4  # no audience is


@lru_cache(maxsize=4096)
def _audiences(unit_parts: tuple[int, ...], paths: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Units, and of divisions those right below the root: what is smaller is counted where it is asked for."""
    found = {unit_audience(unit) for unit in unit_parts}
    found |= {division_audience(path[1]) for path in paths if len(path) > 1}
    return tuple(sorted(found))
