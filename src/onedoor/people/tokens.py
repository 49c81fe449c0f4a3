"""API tokens, and who is behind one: a single statement, since every request asks."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

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
    SELECT who.*
      FROM people_token token, LATERAL signed_in(token.account_id) who
     WHERE token.digest = %s AND token.expires_at > now() AND token.epoch = who.epoch
"""


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def signed_in(token: str) -> SignedIn | None:
    """Whose token this is, in one statement; None when it is unknown, over, of an older epoch, or the
    account is out of use. Posts and units out of use do not appear."""
    return _read(_OF_DIGEST, digest_of(token))


def signed_in_as(account: int) -> SignedIn | None:
    """The same for an account without a token: for the server's own work, such as an import."""
    return _read(_BY_ACCOUNT, account)


def issue(account: Account, *, at: datetime, life: timedelta) -> tuple[str, datetime]:
    """A new token of the account's epoch and when it ends. Only its digest is kept: it cannot be shown again.

    Each call also removes a few tokens that are over, so that the table does not grow.
    """
    token = secrets.token_urlsafe(32)
    ends = at + life
    Token.objects.create(digest=digest_of(token), account=account, epoch=account.epoch, created_at=at, expires_at=ends)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM people_token WHERE id IN (SELECT id FROM people_token WHERE expires_at <= %s"
            " ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED)",
            [at - timedelta(days=1)],
        )
    return token, ends


def _read(statement: str, key: int | bytes) -> SignedIn | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        rows = cursor.fetchall()
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
