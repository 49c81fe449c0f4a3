"""Middleware that only pages need."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware
from django.urls import Resolver404, URLResolver, is_valid_path, reverse
from django.urls.resolvers import RegexPattern
from django.utils.module_loading import import_string

from onedoor.web.refusals import no_page

GetResponse = Callable[[HttpRequest], HttpResponseBase]


_DATA = ("text/plain", "application/json", "application/problem+json")


class SafeHeaders:
    """What every answer says to a browser unless its view has said more: no frames; over HTTPS nothing but HTTPS for a
    year; data run nothing, and the API's are kept by no browser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        answer.headers.setdefault("X-Frame-Options", "DENY")
        if settings.SECURE_COOKIES:
            answer.headers.setdefault("Strict-Transport-Security", f"max-age={365 * 24 * 3600}")
        if _is_plain(request):
            answer.headers.setdefault("Cache-Control", "no-store")
        if answer.headers.get("Content-Type", "").startswith(_DATA):
            answer.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        return answer


class Zone:
    """What this process does not serve is not there, whatever the request carries: an address is looked up in the list
    of the zone first, so that one that is new and in no list is closed too."""

    def __init__(self, get_response: GetResponse) -> None:
        if settings.ZONE == "all":
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.served = URLResolver(RegexPattern(r"^/"), import_string("onedoor.config.urls.ZONES")[settings.ZONE])

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            self.served.resolve(request.path_info)
        except Resolver404:
            return self._elsewhere(request)
        return self.get_response(request)

    def _elsewhere(self, request: HttpRequest) -> HttpResponse:
        """Staff who follow a link to a page for residents are sent to where those are; residents learn of no staff."""
        if settings.ZONE == "internal" and request.method in {"GET", "HEAD"}:
            if request.path_info == "/":
                return HttpResponseRedirect(reverse("desk:work"))
            if is_valid_path(request.path_info) and urlsplit(settings.PUBLIC_URL).netloc != request.get_host():
                return HttpResponseRedirect(settings.PUBLIC_URL + request.get_full_path())
        return no_page(request)


class ServerTiming:
    """Says in a header how long the server itself took for a staff page, in milliseconds: browsers show it beside the
    request, and a test sums it. Nothing of it on open pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        answer = self.get_response(request)
        if request.path.startswith("/desk/"):
            answer["Server-Timing"] = f"app;dur={(time.perf_counter() - begun) * 1000:.1f}"
        return answer


class PagesOnly:
    """Sessions, language, CSRF and messages for pages; the API signs each request with its own token and skips all."""

    def __init__(self, get_response: GetResponse) -> None:
        self.plain = get_response
        self.csrf = CsrfViewMiddleware(get_response)
        wrapped = get_response
        for layer in (
            XFrameOptionsMiddleware,
            MessageMiddleware,
            AuthenticationMiddleware,
            CsrfViewMiddleware,
            LocaleMiddleware,
            SessionMiddleware,
        ):
            wrapped = layer(wrapped)  # type: ignore[assignment]  # stubs want HttpResponse, not its base
        self.paged = wrapped

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.plain(request) if _is_plain(request) else self.paged(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Django asks only the middlewares that it knows itself; the check of a form's origin is done here."""
        return None if _is_plain(request) else self.csrf.process_view(request, view, args, kwargs)


def _is_plain(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/healthz", "/metrics"))
