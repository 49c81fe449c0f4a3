"""A case and its question as the looks for made figures (`gaming.py`) have them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a case: `at` in the county's zone, whose days are meant; `unit` is the id of the unit that it was
    sent to, for a dispatch; `granted` of a decision on more time; `satisfied` of a rating or a call-back."""

    kind: str
    at: datetime
    actor: int | None = None
    unit: int | None = None
    granted: bool = False
    satisfied: bool | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as the look sees it. `answer` is "" while there is none; `files`: how many the unit has added."""

    id: str
    number: str
    unit: int | None
    registrar: int | None
    division: int
    category: int
    registered_at: datetime
    stage: str
    text: str  # title and narrative
    answer: str
    outcome: str
    files: int
    events: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One question. `cases`: ids of the others that belong to it; `evidence`: numbers that `said` puts into words."""

    kind: str
    case: str
    unit: int | None
    cases: tuple[str, ...]
    evidence: Mapping[str, Any]


def by(items: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for one in items:
        groups[key(one)].append(one)
    return groups
