"""Middleware that only pages need."""

from collections.abc import Callable

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class PagesOnly:
    """Sessions, CSRF and messages for pages; the API signs each request with its own token and skips them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.plain = get_response
        wrapped = get_response
        for layer in (
            XFrameOptionsMiddleware,
            MessageMiddleware,
            AuthenticationMiddleware,
            CsrfViewMiddleware,
            SessionMiddleware,
        ):
            wrapped = layer(wrapped)  # type: ignore[assignment]  # stubs want HttpResponse, not its base
        self.paged = wrapped

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(("/api/", "/healthz")):
            return self.plain(request)
        return self.paged(request)
