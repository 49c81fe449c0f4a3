"""Which function carries out which kind of entry (`rules/field.py`).

Such a function runs inside the transaction of the batch: it opens none, and raises `Refused`, `Asks` or `Waits` before it has
written anything. `report`, `case` and `more` are `grid/steps/reports.py`'s own, since all of a batch are written at once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Actor
from onedoor.rules.field import Entry, Taken


class Take(Protocol):
    def __call__(self, entry: Entry, *, signed: SignedIn, actor: Actor, at: datetime) -> Taken: ...


KINDS: Mapping[str, Take] = {}
