"""Who asks: the bearer token, resolved in one statement."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from onedoor.people.origin import origin
from onedoor.people.tokens import SignedIn, signed_in
from onedoor.rules.access import Actor
from onedoor.rules.refusal import Refused, invalid


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN` → `request.auth`, a SignedIn."""

    def authenticate(self, request: HttpRequest, token: str) -> SignedIn:
        found = signed_in(token)
        if found is None:
            raise Refused("not_signed_in", "登录已失效，请重新登录。")
        return found


def who(request: HttpRequest) -> SignedIn:
    found = request.auth  # type: ignore[attr-defined]
    assert isinstance(found, SignedIn)
    return found


def actors_of(signed: SignedIn, body: dict[str, Any]) -> tuple[Actor, ...]:
    """The posts that may act: the one named by `as_post`, else all."""
    wanted = body.pop("as_post", None)
    if wanted is None:
        return signed.actors
    found = tuple(actor for actor in signed.actors if actor.post == wanted and type(wanted) is int)
    if not found:
        raise invalid("as_post", "您没有这个岗位。")
    return found


def address_of(request: HttpRequest) -> str:
    return origin(request.META)
