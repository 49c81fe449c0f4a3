"""Who is concerned is told that a password or a second factor of his was changed, by whomever: what, and no more.

It lies in his own inbox and goes by his own channels, as every other, and is added with the change."""

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from django.db import connection

from onedoor.people.models import Account
from onedoor.rules.access import person_audience


class Told(StrEnum):
    """Kinds of `rules.notices`."""

    CHANGED = "password_changed"
    RESET = "password_reset"
    FACTOR_SET = "second_factor_set"
    FACTOR_REMOVED = "second_factor_removed"


def tell(account: Account, what: Told, at: datetime) -> None:
    """Commits with the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notice (id, audience, case_id, kind, created_at) VALUES (%s, %s, NULL, %s, %s)",
            [uuid4(), person_audience(account.pk), what, at],
        )
