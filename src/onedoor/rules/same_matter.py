"""Is this matter already here? How alike two texts are; who says so is the person who reads the hint."""

import re
import unicodedata

ALIKE = 0.35
WITHIN_DAYS = 180
_RUN = re.compile(r"[^\W_]+")


def pairs(text: str) -> frozenset[str]:
    """Every two neighbouring characters within a run of letters, digits and ideographs."""
    runs = _RUN.findall(unicodedata.normalize("NFKC", text).lower())
    return frozenset(run[place : place + 2] for run in runs for place in range(len(run) - 1))


def likeness(one: str, other: str) -> float:
    """The share of the shorter text's pairs that the other holds too, 0 to 1: a matter told again in fewer words
    is alike, two long texts with a few words in common are not. Nothing is alike to an empty text."""
    first, second = pairs(one), pairs(other)
    shorter = min(len(first), len(second))
    return len(first & second) / shorter if shorter else 0.0
