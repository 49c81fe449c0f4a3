"""The lock-out: failed sign-ins in a row, counted by user name."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from onedoor.people.models import SignInGuard

_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Guard:
    """A name's row, locked until the caller's transaction ends: guesses made at once are judged in turn."""

    digest: bytes
    failures: int
    locked_until: datetime | None


def digest_of(username: str) -> bytes:
    key = settings.INDEX_KEY
    return hmac.digest(key, b"sign-in:" + username.encode("utf-8", "replace"), hashlib.sha256)


def take(username: str, at: datetime) -> Guard:
    """The name's guard as of `at`; a lock that is over counts as none, with no failures."""
    digest = digest_of(username)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_signinguard AS guard (digest, failures, last_at) VALUES (%s, 0, %s)"
            " ON CONFLICT (digest) DO UPDATE SET last_at = greatest(guard.last_at, excluded.last_at)"
            " RETURNING failures, locked_until",
            [digest, at],
        )
        failures, locked_until = cursor.fetchone() or (0, None)
    if locked_until is not None and locked_until <= at:
        failures, locked_until = 0, None
    return Guard(digest, failures, locked_until)


def failed(guard: Guard, at: datetime) -> bool:
    """Counts one more failure; True when that locked the name."""
    failures = guard.failures + 1
    locks = failures >= settings.LOCK_AFTER
    SignInGuard.objects.filter(digest=guard.digest).update(
        failures=failures, locked_until=at + settings.LOCK_FOR if locks else None
    )
    with connection.cursor() as cursor:  # names typed long ago go, a few at a time
        cursor.execute(
            "DELETE FROM people_signinguard WHERE digest IN (SELECT digest FROM people_signinguard"
            " WHERE last_at < %s AND (locked_until IS NULL OR locked_until < %s)"
            " ORDER BY last_at LIMIT 20 FOR UPDATE SKIP LOCKED)",
            [at - _KEPT, at],
        )
    return locks


def forget(username: str) -> None:
    """No failures, no lock: after a success, or because the administrator says so."""
    SignInGuard.objects.filter(digest=digest_of(username)).delete()
