"""Middleware that only pages need."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware

GetResponse = Callable[[HttpRequest], HttpResponseBase]


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
    return request.path.startswith(("/api/", "/healthz"))
