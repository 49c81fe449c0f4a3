"""社情民意 from the field: written down without anybody, and forgotten."""

from datetime import date, datetime
from uuid import uuid4

from django.db import transaction

from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute
from onedoor.grid.steps._gathered import Gathered
from onedoor.grid.steps._grid import local_day
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Actor
from onedoor.rules.field import Entry, Taken
from onedoor.rules.field_opinions import check_heard, kept_at
from onedoor.rules.refusal import invalid


def take_opinion(entry: Entry, *, signed: SignedIn, actor: Actor, at: datetime, gathered: Gathered) -> Taken:
    """An opinion: an id of its own that tells no time and is not the phone's, the day alone, the division above the
    grid. Neither `signed` nor `actor` nor the place is looked at."""
    heard = check_heard(entry.content)
    if entry.files:
        raise invalid("files", "社情民意不附图片和录音。")
    row = {
        "id": uuid4(),
        "division_id": kept_at(entry.division_path),
        "topic": heard.topic,
        "text": heard.text,
        "heard_on": local_day(entry.made_at),
    }
    gathered.insert("grid_fieldopinion", row)
    return Taken()


def erase_field_opinions(*, before: date, at: datetime, most: int = 1000) -> int:
    """Empties opinions of before that day; how many. Topic and day stay for the counts."""
    with transaction.atomic(durable=True):
        return execute(
            "UPDATE grid_fieldopinion SET text = '', erased_at = %s WHERE id IN (SELECT id FROM grid_fieldopinion"
            " WHERE heard_on < %s AND erased_at IS NULL ORDER BY heard_on LIMIT %s FOR UPDATE SKIP LOCKED)",
            [utc(at), before, most],
        )
