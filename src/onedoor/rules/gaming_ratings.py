"""Ratings and call-backs that staff may have made themselves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from onedoor.rules.gaming_seen import Found, Seen, by

BURST, BURST_WITHIN = 3, timedelta(minutes=10)
AT_ONCE = timedelta(minutes=2)  # rated after the end: time to stand up
OWN_CALL_WITHIN = timedelta(minutes=15)


def staff_ratings(cases: Sequence[Seen]) -> list[Found]:
    """Ratings that came as no applicants give them: several of one unit within minutes; at the very moment of closing,
    again and again with one clerk; a call-back by who registered the matter, minutes after its end; more call-backs in
    minutes than one can talk. Only the times in the ledger and who made the entry are used: no address, no device, and
    no telephone of anybody (the number that staff gave for being told of notices is for nothing else)."""
    found: dict[str, Found] = {}

    def question(case: Seen, others: Iterable[Seen], evidence: dict[str, Any]) -> None:
        ids = tuple(sorted({one.id for one in others} - {case.id}))
        found.setdefault(case.id, Found("staff_rating", case.id, case.unit, ids, evidence))

    rated = [(one.unit, event.at, one) for one in cases for event in one.events if event.kind == "rate"]
    for unit, group in by(rated, lambda one: one[0]).items():
        if unit is not None:
            for run in _runs([(at, case) for _, at, case in group], BURST, BURST_WITHIN):
                for case in run:
                    question(case, run, {"how": "burst", "times": len(run), "minutes": _minutes(BURST_WITHIN)})
    calls = [(event.actor, event.at, one) for one in cases for event in one.events if event.kind == "follow_up"]
    for actor, group in by(calls, lambda one: one[0]).items():
        if actor is not None:
            for run in _runs([(at, case) for _, at, case in group], BURST + 1, BURST_WITHIN / 2):
                for case in run:
                    question(case, run, {"how": "calls", "times": len(run), "minutes": _minutes(BURST_WITHIN / 2)})
    at_once: dict[tuple[int, Any], list[Seen]] = defaultdict(list)
    for one in cases:
        ended = [event for event in one.events if event.kind in ("close", "settle_on_spot")]
        for event in one.events:
            before = [end for end in ended if end.at <= event.at]
            if not before:
                continue
            gap, closer = event.at - before[-1].at, before[-1].actor
            if event.kind == "rate" and event.satisfied and gap <= AT_ONCE and closer is not None:
                at_once[closer, before[-1].at.date()].append(one)
            if (
                event.kind == "follow_up" and event.satisfied and gap <= OWN_CALL_WITHIN
                and event.actor is not None and event.actor == one.registrar
            ):  # fmt: skip
                question(one, (), {"how": "own_call", "minutes": _minutes(gap)})
    for run in at_once.values():
        if len({one.id for one in run}) >= BURST:
            for case in run:
                question(case, run, {"how": "at_once", "times": len(run), "minutes": _minutes(AT_ONCE)})
    return list(found.values())


def _runs(timed: list[tuple[datetime, Seen]], least: int, within: timedelta) -> list[list[Seen]]:
    """Stretches in which so many different cases lie within so short a time."""
    timed.sort(key=lambda one: (one[0], one[1].id))
    runs: list[list[Seen]] = []
    for start, (begins, _) in enumerate(timed):
        run = {case.id: case for at, case in timed[start:] if at - begins <= within}
        if len(run) >= least:
            runs.append(list(run.values()))
    return runs


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
