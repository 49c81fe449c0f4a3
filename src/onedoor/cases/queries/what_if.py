"""如果改期限: a scheme's limit for handling, changed and held against what has been concluded.

Only figures come out, no case and no unit: the question is whether the limit fits, not who was slow.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from onedoor.cases.counting import DueByDay
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.schemes import Period, Unit

TRIED = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS)
MOST = 50_000  # cases looked at, the newest first
PAST = timedelta(days=365)
# The last limit for handling of each case. What is concluded waits for its review with the clock standing still, so
# the handling was done when it was paused for good.
_DONE = f"""
    SELECT k.kind, k.scheme, k.scheme_version, k.started_at, k.due_at,
           coalesce(k.paused_at, k.stopped_at, c.concluded_at) AS done_at, k.extended, k.given_back, k.calendar
      FROM (SELECT c.id, c.concluded_at FROM "case" c
             WHERE c.scheme = %s AND c.concluded_at >= %s AND c.confidentiality = 'ordinary' AND {MAY_SEE}
             ORDER BY c.concluded_at DESC LIMIT %s) c
      JOIN LATERAL (SELECT * FROM clock k WHERE k.case_id = c.id AND k.kind = 'handle' AND k.scheme = %s
                     ORDER BY k.started_at DESC, k.id DESC LIMIT 1) k ON TRUE
"""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Of `concluded` cases `late` were late, and `would_be` would have been. `cut`: there are more of them."""

    concluded: int
    late: int
    would_be: int
    cut: bool


def what_if(viewer: Viewer, scheme: str, limit: Period, now: datetime) -> WhatIf:
    """The ordinary cases of the scheme that the viewer may see and that were concluded in the last year. Extensions
    and pauses count as they were."""
    found = rows(_DONE, [scheme, now - PAST, *may_see(viewer), MOST + 1, scheme])
    due = DueByDay(lambda item: replace(item, amount=limit.amount, unit=limit.unit))
    late = would_be = 0
    for row in found[:MOST]:
        late += row["done_at"] > row["due_at"]
        would_be += row["done_at"] > due(row)
    return WhatIf(min(len(found), MOST), late, would_be, len(found) > MOST)
