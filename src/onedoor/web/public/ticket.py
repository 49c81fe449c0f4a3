"""我的号: where a number stands. Who has the code of its QR sees it; nobody is named."""

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.hall.queries.tickets import ticket_of
from onedoor.rules.refusal import Refused
from onedoor.rules.tickets import RULE
from onedoor.web.public.page import public_page


def ticket_page(request: HttpRequest, code: str) -> HttpResponse:
    """The place in the queue and the estimate; a page that is left open looks again by itself."""
    try:
        ticket = ticket_of(code, timezone.now())
    except Refused as refused:
        return public_page(request, "public/ticket.html", {"refused": refused}, 404)
    return public_page(request, "public/ticket.html", {"ticket": ticket, "rule": RULE})


def qr_of(code: str) -> str:
    """The QR code that leads there, as an image that needs no request."""
    return segno.make(f"{settings.PUBLIC_URL}/ticket/{code}", error="m").svg_data_uri(scale=4, border=2)
