"""Limits that were set anew and matters that were split."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from onedoor.rules.alike import alike_groups
from onedoor.rules.gaming_seen import Found, Seen, by

RESETS, SAME_UNIT, SUSPENSIONS = 3, 2, 2
SPLIT_WITHIN = timedelta(days=7)


def clock_reset(case: Seen) -> dict[str, Any] | None:
    """Turns that each gave a new limit: recalled and sent to the same unit again, suspended, given more time."""
    counts: Counter[str] = Counter()
    last: int | None = None
    recalled = False
    for one in case.events:
        if one.kind == "recall":
            recalled = True
        elif one.kind == "dispatch":
            counts["same_unit"] += recalled and one.unit is not None and one.unit == last
            last, recalled = one.unit, False
        elif one.kind == "suspend":
            counts["suspended"] += 1
        elif one.kind == "decide_extension":
            counts["extended"] += one.granted
        elif one.kind == "send_back_up":
            counts["sent_back_up"] += 1
    if counts["same_unit"] >= SAME_UNIT or counts["suspended"] >= SUSPENSIONS or sum(counts.values()) >= RESETS:
        return {name: count for name, count in sorted(counts.items()) if count}
    return None


def split(cases: Sequence[Seen]) -> list[Found]:
    """One matter under several numbers: near-same text, same place and category, registered by the same person or led
    by the same unit within days, and not merged."""
    found = []
    for _, own in by(cases, lambda one: (one.division, one.category)).items():
        live = [one for one in own if one.stage not in ("merged", "withdrawn")]
        for group in alike_groups([one.text for one in live]):
            members = sorted((live[place] for place in group), key=lambda one: one.registered_at)
            near = {
                member.id
                for one, other in pairwise(members)
                if other.registered_at - one.registered_at <= SPLIT_WITHIN and _same_hand(one, other)
                for member in (one, other)
            }
            for one in members:
                if one.id in near:
                    others = tuple(other.id for other in members if other.id in near and other.id != one.id)
                    found.append(Found("split", one.id, one.unit, others, {"times": len(near)}))
    return found


def _same_hand(one: Seen, other: Seen) -> bool:
    by_person = one.registrar is not None and one.registrar == other.registrar
    return by_person or (one.unit is not None and one.unit == other.unit)
