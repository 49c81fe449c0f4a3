"""Who is at the screen: the same token as the API's, kept in a cookie that scripts cannot read."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from onedoor.people.origin import origin
from onedoor.people.tokens import signed_in
from onedoor.rules.refusal import Refused
from onedoor.web.desk.page import refused_page

COOKIE = "onedoor_token"  # over plain HTTP; see `_cookie`
View = Callable[..., HttpResponseBase]


def staff(view: View, *, used: Callable[[HttpRequest], bool] = lambda _: True) -> View:
    """A page for people who are signed in; others are sent to sign in and come back. The view gets the
    request and the SignedIn; what it refuses is shown as a page of its own. `used`: whether somebody is at work with
    that request, so that his sign-in goes on; see `asked_by_the_page`."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponseBase:
        token = token_of(request)
        signed = signed_in(token, used=used(request)) if token else None
        if signed is None:
            return _to_sign_in(request)
        try:
            return view(request, signed, **address)
        except Refused as refused:
            return refused_page(request, signed, refused)

    return wrapped


def asked_by_the_page(view: View) -> View:
    """`staff` for what an open page asks for by itself, with nobody before it: it keeps no sign-in alive."""
    return staff(view, used=lambda _: False)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" and not is_htmx(request) else ""
    address = reverse("desk:sign_in") + (f"?{urlencode({'next': back})}" if back else "")
    if is_htmx(request):  # a part of a page cannot hold the sign-in form
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = address
        return answer
    return HttpResponseRedirect(address)


def address_of(request: HttpRequest) -> str:
    """Where the request came from, for limits and the access log."""
    return origin(request.META)


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _cookie() -> str:
    """Over HTTPS a name that browsers take from this very host alone, encrypted, for all its paths: no neighbour of
    the domain and nobody on the wire can plant one (RFC 6265bis §4.1.3.2)."""
    return f"__Host-{COOKIE}" if settings.SECURE_COOKIES else COOKIE


def token_of(request: HttpRequest) -> str:
    """The token of whoever is at this browser; nothing where nobody is."""
    return request.COOKIES.get(_cookie(), "")


def forget(answer: HttpResponseBase) -> None:
    answer.delete_cookie(_cookie())


def remember(answer: HttpResponseBase, token: str) -> None:
    answer.set_cookie(
        _cookie(),
        token,
        max_age=int(settings.TOKEN_LIFE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE_COOKIES,
    )


def safe_next(request: HttpRequest, wanted: str) -> str:
    """Where to go on after signing in: a page of ours, else my work."""
    if wanted.startswith(("/desk", "/admin/")) and url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return wanted
    return reverse("desk:work")
