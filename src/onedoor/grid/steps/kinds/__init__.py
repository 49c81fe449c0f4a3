"""Which function carries out which kind of entry (`rules/field.py`).

Such a function runs inside the transaction of the batch: it opens none, and raises `Refused`, `Asks` or `Waits`
before it has written or gathered anything. `report`, `case` and `more` are `grid/steps/reports.py`'s own, since all of
a batch are written at once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from onedoor.grid.steps._gathered import Gathered
from onedoor.grid.steps.care import take_care_visit
from onedoor.grid.steps.opinions import take_opinion
from onedoor.grid.steps.places import take_inspection
from onedoor.grid.steps.tasks import take_done, take_sign
from onedoor.grid.steps.visits import take_visit
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Actor
from onedoor.rules.field import Entry, Taken


class Take(Protocol):
    def __call__(self, entry: Entry, *, signed: SignedIn, actor: Actor, at: datetime, gathered: Gathered) -> Taken: ...


KINDS: Mapping[str, Take] = {
    "task_sign": take_sign,
    "task_done": take_done,
    "inspect": take_inspection,
    "visit": take_visit,
    "care_visit": take_care_visit,
    "opinion": take_opinion,
}
