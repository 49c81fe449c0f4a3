"""Who asks: the bearer token, resolved in one statement."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from onedoor.people import devices
from onedoor.people.origin import origin
from onedoor.people.tokens import SignedIn, signed_in
from onedoor.rules.access import Actor
from onedoor.rules.refusal import Refused, invalid


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN` → `request.auth`, a SignedIn. A phone whose sign-in is dead is told whether its
    account is closed, if it proves that it is that account's (`Device-Proof`)."""

    def __call__(self, request: HttpRequest) -> SignedIn:
        found = super().__call__(request)
        if isinstance(found, SignedIn):
            return found
        if devices.is_of_closed_account(request.headers.get("Device-Proof", "")):
            raise Refused("account_closed", "账号已停用，手机上的内容将清除；有疑问请联系管理员。")
        raise Refused("not_signed_in", "请先登录。" if found is None else "登录已失效，请重新登录。")

    def authenticate(self, request: HttpRequest, token: str) -> SignedIn | bool:
        return signed_in(token) or False


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
