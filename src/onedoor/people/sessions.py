"""登录的设备: where oneself is signed in, and ending one of these. Nobody reads of anybody else's."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from onedoor.people.access_log import log_access
from onedoor.people.models import Token
from onedoor.people.tokens import digest_of
from onedoor.rules.devices import name_of
from onedoor.rules.refusal import NOT_FOUND, Refused

MOST = 50  # a program that signs in with each call has thousands


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in that holds. `used_at` is as of a few minutes ago on pages, of an hour elsewhere."""

    id: int
    name: str
    since: datetime
    used_at: datetime | None
    until: datetime
    this: bool


def sessions_of(account: int, token: str) -> list[Session]:
    """Those of the account that hold, the one of `token` first, then by their last use; MOST at most."""
    this = digest_of(token)
    found = (
        Token.objects.filter(
            Q(idle_until=None) | Q(idle_until__gt=Now()), account=account, expires_at__gt=Now(), for_password=False
        )
        .filter(epoch=F("account__epoch"))
        .order_by(F("used_at").desc(nulls_last=True), "-id")
    )
    here = list(found.filter(digest=this))
    return [_session(one, this) for one in [*here, *found.exclude(digest=this)[: MOST - len(here)]]]


def end_session(*, account: int, session: int, address: str) -> bytes:
    """Ends one sign-in of the account; its digest. Not found where it is somebody else's or over."""
    with transaction.atomic(durable=True):
        row = Token.objects.select_for_update().filter(pk=session, account=account).first()
        if row is None:
            raise Refused(NOT_FOUND, "这处登录已经结束，或不是您的。")
        row.delete()
        log_access(action="sign_out", account=account, reason="结束一处登录", address=address)
    return bytes(row.digest)


def _session(token: Token, this: bytes) -> Session:
    return Session(
        id=token.pk,
        name=name_of(token.way, token.device),
        since=token.created_at,
        used_at=token.used_at,
        until=token.expires_at,
        this=bytes(token.digest) == this,
    )
