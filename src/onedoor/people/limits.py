"""How often something may be done from one place: for pages that are open to everybody."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from onedoor.config.suites import Suite
from onedoor.rules.refusal import TOO_MANY, Refused

_KEPT = timedelta(days=1)
SENTENCE = "操作过于频繁，请稍后再试；急事请到窗口或打电话。"


def spend(name: str, *, most: int, within: timedelta, at: datetime, sentence: str = SENTENCE) -> None:
    """Counts one use of `name` (an address, a telephone: only its keyed digest is kept, for a day). Refuses beyond
    `most` in a window of that length. Commits with the caller's transaction: call it in one of its own where a later
    refusal must not undo the count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_use AS u (digest, since, times) VALUES (%s, %s, 1)"
            " ON CONFLICT (digest) DO UPDATE SET times = CASE WHEN u.since < %s THEN 1 ELSE u.times + 1 END,"
            " since = CASE WHEN u.since < %s THEN excluded.since ELSE u.since END RETURNING times",
            [_digest(name), at, at - within, at - within],
        )
        row = cursor.fetchone()
        # what was used long ago goes, a few at a time
        cursor.execute(
            "DELETE FROM people_use WHERE digest IN"
            " (SELECT digest FROM people_use WHERE since < %s ORDER BY since LIMIT 20 FOR UPDATE SKIP LOCKED)",
            [at - _KEPT],
        )
    if row is not None and int(row[0]) > most:
        raise Refused(TOO_MANY, sentence)


def is_spent(name: str, *, most: int, within: timedelta, at: datetime) -> bool:
    """Whether `most` uses of that name have been counted in the window."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT times FROM people_use WHERE digest = %s AND since >= %s", [_digest(name), at - within])
        row = cursor.fetchone()
    return row is not None and int(row[0]) >= most


def _digest(name: str) -> bytes:
    suite: Suite = settings.SUITE
    return suite.mac(settings.INDEX_KEY, b"use:" + name.encode("utf-8", "replace"))
