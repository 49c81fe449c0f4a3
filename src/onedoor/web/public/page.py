"""How pages without an account are put together."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from onedoor.web.desk.page import POLICY


def open_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The template with the same policy as staff pages; kept by nobody."""
    answer = render(request, template, context, status=status)
    answer["Cache-Control"] = "no-store, private"
    answer["Content-Security-Policy"] = POLICY
    return answer


def unchanged() -> HttpResponse:
    """For an open page that asks whether it is still as it was."""
    answer = HttpResponse(status=204)
    answer["Cache-Control"] = "no-store"
    return answer
