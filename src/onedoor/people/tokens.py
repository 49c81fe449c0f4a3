"""API tokens, and who is behind one: a single statement, since every request asks."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InternalError, OperationalError, connection

from onedoor.people.models import Account, Token
from onedoor.rules.access import Actor, Viewer, viewer_of


@dataclass(frozen=True, slots=True)
class PostHeld:
    """A post in use, with the names that `GET /me` shows."""

    actor: Actor
    unit_code: str
    unit_name: str
    division_code: str
    division_name: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person who is signed in, as of this moment. `posts` may be empty; `root` is the top division's id,
    nought while there is none."""

    account: int
    username: str
    name: str
    is_demo: bool
    posts: tuple[PostHeld, ...]
    root: int

    @property
    def actors(self) -> tuple[Actor, ...]:
        return tuple(post.actor for post in self.posts)

    def viewer(self) -> Viewer:
        return viewer_of(self.account, self.actors, self.root)


# The function `signed_in` is made in migration 0004; its columns are those of `_read` and `_post`.
_BY_ACCOUNT = "SELECT * FROM signed_in(%s)"
_OF_DIGEST = """
    SELECT who.*, token.idle_until < now() + %s OR coalesce(token.used_at < now() - %s, true) AS fades
      FROM people_token token, LATERAL signed_in(token.account_id) who
     WHERE token.digest = %s AND token.expires_at > now() AND token.epoch = who.epoch
       AND NOT token.for_password
       AND (token.idle_until IS NULL OR token.idle_until > now())
"""
_KEEP_ALIVE = """
    UPDATE people_token SET idle_until = CASE WHEN idle_until IS NOT NULL THEN now() + %s END, used_at = now()
     WHERE digest = %s AND (idle_until < now() + %s OR coalesce(used_at < now() - %s, true))
"""
NOTED_EVERY = timedelta(hours=1)  # of a phone or a program, whose sign-in knows no idle time


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def signed_in(token: str, *, used: bool = True) -> SignedIn | None:
    """Whose token this is, in one statement; None when it is unknown, over, idle for too long, of an older epoch, good
    for choosing a password alone, or the account is out of use. Posts and units out of use do not appear.

    `used`: somebody is at work with it, and not only a page that asks by itself: then its idle time begins anew, which
    is written when a tenth of it has gone by, and when it was last used, for its owner to see."""
    digest, fresh = digest_of(token), settings.IDLE_LIFE * 0.9
    rows = _rows(_OF_DIGEST, [fresh, NOTED_EVERY, digest])
    if rows and rows[0][-1] and used:
        values: list[Any] = [settings.IDLE_LIFE, digest, fresh, NOTED_EVERY]
        # where nothing can be written, as on a full disk, who is at work goes on reading
        with suppress(OperationalError, InternalError), connection.cursor() as cursor:
            cursor.execute(_KEEP_ALIVE, values)
    return _read([row[:-1] for row in rows])


def still_issued(digests: Sequence[bytes]) -> set[bytes]:
    """Those of them whose tokens have not been ended, wherever that was done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT digest FROM people_token WHERE digest = ANY(%s) AND (idle_until IS NULL OR idle_until > now())",
            [list(digests)],
        )
        return {bytes(row[0]) for row in cursor.fetchall()}


def signed_in_as(account: int) -> SignedIn | None:
    """The same for an account without a token: for the server's own work, such as an import."""
    return _read(_rows(_BY_ACCOUNT, [account]))


def issue(
    account: Account,
    *,
    at: datetime,
    life: timedelta,
    idle: timedelta | None = None,
    way: str = "",
    device: str = "",
    for_password: bool = False,
) -> tuple[str, datetime]:
    """A new token of the account's epoch and when it ends at the latest; with `idle` also when it is not used for so
    long. Only its digest is kept: it cannot be shown again. `way` and `device` are words of `rules.devices`.
    `for_password`: it opens nothing, and is good for `sign_in.choose_password` alone.

    Each call also removes a few tokens that are over, so that the table does not grow.
    """
    token = secrets.token_urlsafe(32)
    ends = at + life
    Token.objects.create(
        digest=digest_of(token),
        account=account,
        epoch=account.epoch,
        created_at=at,
        expires_at=ends,
        idle_until=at + idle if idle else None,
        way=way,
        device=device,
        used_at=at,
        for_password=for_password,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM people_token WHERE id IN (SELECT id FROM people_token WHERE expires_at <= %s"
            " ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED)",
            [at - timedelta(days=1)],
        )
    return token, ends


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _read(rows: Sequence[tuple[Any, ...]]) -> SignedIn | None:
    if not rows:
        return None
    account, _epoch, username, name, is_demo, root = rows[0][:6]
    posts = tuple(_post(account, username, row[6:]) for row in rows if row[6] is not None)
    return SignedIn(account, username, name, is_demo, posts, root or 0)


def _post(account: int, username: str, row: Sequence[Any]) -> PostHeld:
    post, role, unit, unit_code, unit_name, division, division_code, division_name, path = row
    actor = Actor(
        account=account,
        username=username,
        role=role,
        post=post,
        unit=unit,
        division=division,
        division_path=tuple(json.loads(path)),
    )
    return PostHeld(actor, unit_code, unit_name, division_code, division_name)
