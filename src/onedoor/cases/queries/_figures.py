"""The conditions of figures in SQL, on the case `c`: the same for a count and for the list that it opens.

Only ordinary matters are counted: no total betrays a restricted one.
"""

from collections.abc import Iterable

from onedoor.cases.counted import BITS, KINDS, NAMES, TURNING
from onedoor.rules.access import Viewer
from onedoor.rules.figures import CONDITIONS, ELSEWHERE, RESOLVED, SETTLED, tells_of_ratings
from onedoor.rules.flow import FINISHED, STAGE_NAMES
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid
from onedoor.rules.seeing import WAYS


def _among(column: str, words: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(str(one)) for one in words)})"


assert {*SETTLED, *ELSEWHERE} == {str(stage) for stage in FINISHED}
_SETTLED = _among("c.stage", SETTLED)
_COUNTED = "c.stage <> 'merged'"
_OPEN = _among("c.stage", (stage for stage in STAGE_NAMES if stage not in FINISHED))
# what was withdrawn or handed to others has no end of its own
_OURS = f"NOT ({_among('c.stage', ELSEWHERE)})"


def _clock(kind: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM clock k WHERE k.case_id = c.id AND k.kind = '{kind}' AND {condition})"


def _event(kind: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM event e WHERE e.case_id = c.id AND e.recorded_at >= c.recorded_at"
        f" AND e.kind = '{kind}')"
    )


# What stands still (for its review, for a correction, suspended) has not come to its end, and its time does not go on:
# late is what stood still, stopped or still runs after its limit.
_LATE = "coalesce(k.paused_at, k.stopped_at, now()) > k.due_at"
_STOPPED = "k.stopped_at IS NOT NULL"
_OVER = _clock("handle", _LATE)
# a matter taken up again is due by the limit that runs now
_ENDED = f"{_clock('handle', _STOPPED)} AND NOT {_clock('handle', 'k.stopped_at IS NULL')}"
_DISPUTE = f"c.kind = 'dispute' AND {_COUNTED}"
_RED = "coalesce(c.red_at, c.due_at)"
# The light of a case, one of `rules.seeing.LIGHTS`, as the list asks for it; two values, both the moment.
LIGHT = (
    f"CASE WHEN {_RED} IS NULL THEN 'none' WHEN {_RED} < %s THEN 'red'"
    " WHEN c.warn_at <= %s THEN 'yellow' ELSE 'green' END"
)
_LIGHT_NOW = LIGHT.replace("%s", "now()")
_SQL = {
    "registered": _COUNTED,
    "accepted": f"c.accepted_at IS NOT NULL AND {_COUNTED}",
    "settled": _SETTLED,
    "open": _OPEN,
    "late_open": f"NOT {_SETTLED} AND {_OURS} AND {_OVER}",
    "open_red": f"{_OPEN} AND {_LIGHT_NOW} = 'red'",
    "open_yellow": f"{_OPEN} AND {_LIGHT_NOW} = 'yellow'",
    "open_green": f"{_OPEN} AND {_LIGHT_NOW} = 'green'",
    "disputes": _DISPUTE,
    "disputes_handled": f"{_DISPUTE} AND c.accepted_at IS NOT NULL",
    "disputes_resolved": f"{_DISPUTE} AND {_SETTLED} AND {_among('c.outcome', RESOLVED)}",
    "mediations_ended": "c.mediation->>'state' IN ('agreed', 'ended')",
    "mediations_agreed": "c.mediation->>'state' = 'agreed'",
    "settled_at_once": f"c.settled_on_spot AND {_SETTLED}",
    "accept_due": f"{_COUNTED} AND {_clock('accept', f'({_STOPPED} OR {_LATE})')}",
    "accept_on_time": f"{_COUNTED} AND {_clock('accept', f'{_STOPPED} AND NOT {_LATE}')}",
    "handle_due": f"{_OURS} AND ({_OVER} OR {_ENDED})",
    "handle_on_time": f"{_OURS} AND NOT {_OVER}",
    "handle_late_done": f"{_SETTLED} AND {_OVER}",
    "handle_late": f"{_OURS} AND {_OVER}",
    "dispatched": "EXISTS (SELECT 1 FROM assignment a WHERE a.case_id = c.id)",
    "objected": _event("object"),
    "concluded": f"(c.concluded_at IS NOT NULL OR {_event('send_back')})",
    "sent_back": _event("send_back"),
    "settled_below": f"{_SETTLED} AND jsonb_array_length(c.present_path) > 1",
    "rated": "c.satisfied IS NOT NULL",
    "satisfied": "c.satisfied",
    "to_follow_up": "c.sampled AND c.closed_at IS NOT NULL",
    "followed_up": "c.followed_up_at IS NOT NULL",
    "with_amount": f"c.amount > 0 AND {_COUNTED}",
    "merged": "c.stage = 'merged'",
    "all": "TRUE",
}
assert _SQL.keys() == CONDITIONS.keys()
# `figures.ending_of`, which counters keep
ENDED = (
    f"CASE WHEN {_among('c.stage', ('guided', *ELSEWHERE))} THEN c.stage"
    f" WHEN {_SETTLED} THEN coalesce(nullif(c.outcome, ''), 'closed') ELSE 'open' END"
)
# 去向, one of `rules.seeing.ENDINGS`
ENDING = f"CASE {ENDED} {' '.join(f'WHEN {ended!r} THEN {way!r}' for ended, way in WAYS.items())} ELSE 'other' END"
# The sum of money that figures count, in 分.
AMOUNT = f"CASE WHEN {_SQL['with_amount']} THEN c.amount ELSE 0 END"


def of_figure(condition: str) -> str:
    """What a figure counts: one condition, or two with "." between them, both of which must hold."""
    parts = condition.split(".")
    if not 1 <= len(parts) <= 2 or not set(parts) <= _SQL.keys():
        raise invalid("condition", "没有这项统计口径。")
    return " AND ".join([f"({_SQL[part]})" for part in parts] + ["c.confidentiality = 'ordinary'"])


def _as_bits(names: Iterable[str]) -> str:
    return " | ".join(f"((coalesce({_SQL[name]}, FALSE))::int::bigint << {NAMES.index(name)})" for name in names)


# What `counted.conditions_of` finds, asked of the rows: of every condition, and where only time has gone on.
AS_BITS = _as_bits(NAMES)
AS_TURNED = f"(c.counted & {~sum(BITS[name] for name in TURNING)}) | {_as_bits(TURNING)}"
COUNTED_UNTIL = (
    f"least(CASE WHEN {_OPEN} THEN CASE {_LIGHT_NOW} WHEN 'yellow' THEN {_RED}"
    f" WHEN 'green' THEN least({_RED}, c.warn_at - interval '1 microsecond') END END,"
    " (SELECT min(k.due_at) FROM clock k WHERE k.case_id = c.id AND k.stopped_at IS NULL AND k.due_at >= now()"
    f" AND k.paused_at IS NULL AND {_among('k.kind', KINDS)}))"
)


def check_condition(viewer: Viewer, condition: str) -> None:
    """Who does not read ratings cannot list by them either."""
    if not viewer.reads_ratings and any(tells_of_ratings(part) for part in condition.split(".")):
        raise Refused(NOT_ALLOWED, "评价由督办员和中心主任查看。")
