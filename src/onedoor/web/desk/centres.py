"""Whose reports, bulletins and outside figures: somebody with posts at several centres says for which he writes."""

from django.http import HttpRequest

from onedoor.figures.queries.scope import Scope, written_for
from onedoor.people.tokens import SignedIn


def centre_chosen(request: HttpRequest, signed: SignedIn) -> tuple[list[Scope], int | None]:
    """The centres to choose from, and the one that the address or the form names; else his first, None for who writes
    for none."""
    offered = written_for(signed.actors)
    asked = request.POST.get("centre") or request.GET.get("centre", "")
    chosen = [one.centre for one in offered if str(one.centre) == asked] or [one.centre for one in offered]
    return offered, chosen[0] if chosen else None
