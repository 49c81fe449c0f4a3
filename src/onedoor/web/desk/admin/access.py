"""Who may open the administrator's pages, and how their forms are tried."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone

from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Role, acting
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.web.desk.access import View, address_of, staff


def administrator(view: View) -> View:
    """A page for who holds the post of administrator (403 for other staff). The view gets the request, the SignedIn
    and the By that its steps take."""

    @staff
    @wraps(view)
    def wrapped(request: HttpRequest, signed: SignedIn, **address: Any) -> HttpResponseBase:
        actor = acting(signed.actors, {Role.ADMIN})
        if actor is None:
            raise Refused(NOT_ALLOWED, "系统管理只对系统管理员开放。")
        return view(request, signed, By(actor, timezone.now(), address_of(request)), **address)

    return wrapped


def attempt(step: Callable[[], object]) -> Refused | None:
    """What the step refuses; None when it was done."""
    try:
        step()
    except Refused as refused:
        return refused
    return None


def done_or_told(request: HttpRequest, step: Callable[[], object], said: str, back: str) -> HttpResponse:
    """For buttons without a form to go back to: the page before says what was done or why not."""
    refused = attempt(step)
    if refused is None:
        messages.success(request, said)
    else:
        messages.error(request, refused.sentence)
    return HttpResponseRedirect(back)


def not_there(what: str) -> Refused:
    return Refused(NOT_FOUND, f"没有这个{what}。")
