"""The lock-out: failed sign-ins in a row, counted by user name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from onedoor.config.suites import Suite
from onedoor.people.models import SignInGuard

_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Guard:
    """A name's row, locked until the caller's transaction ends: guesses made at once are judged in turn."""

    digest: bytes
    failures: int
    locked_until: datetime | None


def digest_of(username: str) -> bytes:
    """Kept for a day: after a change of the suite the counts begin anew."""
    suite: Suite = settings.SUITE
    return suite.mac(settings.INDEX_KEY, b"sign-in:" + username.encode("utf-8", "replace"))


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


def failing(at: datetime, *, since: timedelta, most: int) -> tuple[int, int]:
    """Of all sign-ins, by nobody's name: how many names have failed since and not succeeded after it, and how many are
    locked; each counted up to `most`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM (SELECT 1 FROM people_signinguard"
            "           WHERE last_at > %s AND (failures > 0 OR locked_until > %s) LIMIT %s) those),"
            " (SELECT count(*) FROM (SELECT 1 FROM people_signinguard WHERE locked_until > %s LIMIT %s) those)",
            [at - since, at, most, at, most],
        )
        failed, locked = cursor.fetchone() or (0, 0)
    return failed, locked


def forget(username: str) -> None:
    """No failures, no lock: after a success, or because the administrator says so."""
    SignInGuard.objects.filter(digest=digest_of(username)).delete()
