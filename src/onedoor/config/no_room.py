"""Answers where no view can answer: the disk is nearly full, the database does not reply."""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from onedoor.api.problems import RETRY_AFTER, problem
from onedoor.cases import space
from onedoor.rules.refusal import Refused
from onedoor.web.desk.page import refused_page
from onedoor.web.public.page import public_refused
from onedoor.web.refusals import is_staff_page

SIGN_IN = ("/api/v1/sessions", "/desk/sign-in")


class Room:
    """Nothing is written any more shortly before the database's disk is full. Signing in is: who reads must."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reads = request.method in ("GET", "HEAD", "OPTIONS") or request.path.startswith(SIGN_IN)
        if not reads and space.is_full(settings.DATA / "pg"):
            return refused_anywhere(request, space.no_room())
        return self.get_response(request)


def refused_anywhere(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal in the form of whoever asks: a problem, a page in its frame, or, when the database does not even
    give what the frame needs, plain text."""
    if request.path.startswith("/api/"):
        return problem(refused.code, refused.sentence, refused.fields)
    try:
        answer = refused_page(request, None, refused) if is_staff_page(request) else public_refused(request, refused)
    except DatabaseError:
        answer = HttpResponse(refused.sentence, status=503, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = RETRY_AFTER
    return answer
