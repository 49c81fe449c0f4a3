"""What every change by an administrator has in common: one at a time, checked before and after, logged."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from onedoor.people.access_log import log_access
from onedoor.people.models import Post
from onedoor.rules.access import Actor, Role
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, Refused

_LOCK = 7_306_114_302
_under_way: ContextVar[bool] = ContextVar("administering", default=False)


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, when and from where."""

    actor: Actor
    at: datetime
    address: str = ""

    def log(self, action: str, subject: str, what: str) -> None:
        """`subject` and `what` name codes and ids, no persons: the log holds no personal data."""
        log_access(action=action, account=self.actor.account, subject=subject, reason=what, address=self.address)


@contextmanager
def administering(by: By) -> Iterator[None]:
    """A transaction in which an administrator changes something, alone.

    Refuses who is no administrator any more, and what would leave the centre without one. Within another of the same
    thread it is part of that one, which checks for all: so an import makes its many changes in one transaction.
    """
    if _under_way.get():
        yield
        return
    with transaction.atomic(), _marked():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if not _administrators().filter(pk=by.actor.post, account=by.actor.account).exists():
            raise Refused(NOT_ALLOWED, "只有系统管理员可以维护区划、单位、人员和类别。")
        yield
        if not transaction.get_rollback() and not _administrators().exists():
            raise Refused(CONFLICT, "这是最后一位可以登录的系统管理员，请先设好另一位系统管理员。")


@contextmanager
def _marked() -> Iterator[None]:
    token = _under_way.set(True)
    try:
        yield
    finally:
        _under_way.reset(token)


def _administrators() -> QuerySet[Post]:
    return Post.objects.filter(role=Role.ADMIN, active=True, account__is_active=True, unit__active=True)
