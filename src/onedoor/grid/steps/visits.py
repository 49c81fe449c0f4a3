"""入户走访: written down, and forgotten."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from onedoor.cases import secrets
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute
from onedoor.grid.steps._gathered import Gathered
from onedoor.grid.steps._grid import local_day
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Actor
from onedoor.rules.field import Entry, Taken
from onedoor.rules.household import check_visit

ADDRESS = "household.address"


def take_visit(entry: Entry, *, signed: SignedIn, actor: Actor, at: datetime, gathered: Gathered) -> Taken:
    """A visit at a household. The address is encrypted with a nonce of its own each time, so that two visits at one
    door have nothing in common that could be compared or counted."""
    visit = check_visit(entry.content, local_day(at), kept=timedelta(days=settings.HOUSEHOLD_VISIT_DAYS))
    row = {
        "id": entry.id,
        "grid_id": entry.division,
        "on": visit.on,
        "account_id": signed.account,
        "address": secrets.encrypt(visit.address, about=ADDRESS),
        "purpose": visit.purpose,
        "asked": visit.asked,
    }
    gathered.insert("grid_householdvisit", row)
    return Taken()


def erase_visits(*, before: date, at: datetime, most: int = 1000) -> int:
    """Empties visits of before that day; how many. Day, grid and purpose stay for the counts."""
    with transaction.atomic(durable=True):
        return execute(
            "UPDATE grid_householdvisit SET address = NULL, asked = '', account_id = NULL, erased_at = %s WHERE id IN"
            ' (SELECT id FROM grid_householdvisit WHERE "on" < %s AND erased_at IS NULL ORDER BY "on" LIMIT %s'
            " FOR UPDATE SKIP LOCKED)",
            [utc(at), before, most],
        )
