"""Guessing codes on open pages: counted by the address that it comes from."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from onedoor.people.limits import SENTENCE, is_spent, spend
from onedoor.rules.refusal import NOT_FOUND, TOO_MANY, Refused
from onedoor.web.desk.access import address_of

T = TypeVar("T")
MOST_WRONG, WITHIN = 30, timedelta(hours=1)


def guarded(request: HttpRequest, name: str, find: Callable[[], T]) -> T:
    """What `find` finds; each time it finds nothing counts, and after thirty in an hour nothing is looked for."""
    place, now = f"{name}-from:{address_of(request)}", timezone.now()
    if is_spent(place, most=MOST_WRONG, within=WITHIN, at=now):
        raise Refused(TOO_MANY, SENTENCE)
    try:
        return find()
    except Refused as refused:
        if refused.code == NOT_FOUND:
            with transaction.atomic(durable=True):
                spend(place, most=MOST_WRONG * 1000, within=WITHIN, at=now)
        raise
