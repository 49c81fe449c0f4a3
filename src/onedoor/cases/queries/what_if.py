"""如果改期限: the limits of a scheme, changed and held against what has been concluded.

Only figures come out, no case and no unit: the question is whether the limits fit, not who was slow.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from onedoor.cases.counting import DueByDay, item_of
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.schemes import CLOCK_NAMES, Period, Scheme, SchemeItem, Unit

TRIED = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS)
MOST = 50_000  # cases looked at, the newest first
PAST = timedelta(days=365)
# The last clock of each kind of each case. What is concluded waits for its review with the clock standing still, so
# the handling was done when it was paused for good.
_DONE = f"""
    SELECT c.id AS case_id, k.kind, k.scheme, k.scheme_version, k.started_at, k.due_at,
           coalesce(k.paused_at, k.stopped_at, CASE WHEN k.kind = 'handle' THEN c.concluded_at END) AS done_at,
           k.extended, k.given_back, k.calendar
      FROM (SELECT c.id, c.concluded_at FROM "case" c
             WHERE c.scheme = %s AND c.concluded_at >= %s AND c.confidentiality = 'ordinary' AND {MAY_SEE}
             ORDER BY c.concluded_at DESC LIMIT %s) c
      JOIN LATERAL (SELECT DISTINCT ON (k.kind) k.* FROM clock k WHERE k.case_id = c.id AND k.scheme = %s
                     ORDER BY k.kind, k.started_at DESC, k.id DESC) k ON TRUE
"""
Change = Callable[[SchemeItem], SchemeItem]


@dataclass(frozen=True, slots=True)
class Limit:
    """Of `counted` limits of that kind `late` were missed, and `would_be` would have been."""

    kind: str
    name: str
    counted: int
    late: int
    would_be: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The limits, that for handling first; of how many cases. `cut`: there are more of them."""

    concluded: int
    limits: tuple[Limit, ...]
    cut: bool


def another_limit(limit: Period) -> Change:
    """Another length of the time for handling; all else as it was."""
    return lambda item: replace(item, amount=limit.amount, unit=limit.unit) if item.kind == "handle" else item


def as_in(scheme: Scheme) -> Change:
    """Each limit as that scheme has it: its length and unit, whether it rolls. What it does not have stays.
    Pauses count as they were: which of them another scheme would not have counted cannot be known any more."""
    return lambda item: scheme.items.get(item.kind, item)


def what_if(viewer: Viewer, scheme: str, changed: Change, now: datetime) -> WhatIf:
    """The ordinary cases of the scheme that the viewer may see and that were concluded in the last year."""
    found = rows(_DONE, [scheme, now - PAST, *may_see(viewer), MOST + 1, scheme])
    due = DueByDay(changed)
    cases: set[object] = set()
    counts: dict[str, list[int]] = {}
    for row in found:
        cases.add(row["case_id"])
        if len(cases) > MOST:
            break
        if row["done_at"] is None or not item_of(row).supervised:
            continue
        one = counts.setdefault(row["kind"], [0, 0, 0])
        one[0] += 1
        one[1] += row["done_at"] > row["due_at"]
        one[2] += row["done_at"] > due(row)
    order = ("handle", *(kind for kind in CLOCK_NAMES if kind != "handle"))
    limits = tuple(Limit(kind, CLOCK_NAMES[kind], *counts[kind]) for kind in order if kind in counts)
    return WhatIf(min(len(cases), MOST), limits, len(cases) > MOST)
