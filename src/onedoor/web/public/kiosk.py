"""取号机: a device that was set up once; it draws numbers and can do nothing else."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.hall.queries.centres import Centre, centre_named
from onedoor.hall.queries.lines import kiosk_of
from onedoor.hall.queries.services import guide, service_page
from onedoor.hall.queries.serving import line_for
from onedoor.hall.queries.tickets import line_at, ticket_of
from onedoor.hall.steps.booking import check_in
from onedoor.hall.steps.draw import draw_ticket
from onedoor.hall.steps.lines import digest_of
from onedoor.rules.refusal import Refused
from onedoor.rules.tickets import PRIORITY_FOR, RULE
from onedoor.web.public.limits import guarded
from onedoor.web.public.page import open_page
from onedoor.web.public.ticket import qr_of
from onedoor.web.wall.hall import fresh_board

COOKIE = "onedoor_kiosk"
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")  # as on a keyboard
MOST_TYPED, MOST_FOUND = 8, 8  # what a screen holds without scrolling


def kiosk_page(request: HttpRequest) -> HttpResponse:
    """First what for, then with or without priority. A service that was found leads to its line."""
    kiosk, centre = _kiosk(request)
    if kiosk is None or centre is None:
        return open_page(request, "kiosk/none.html", {}, 403)
    return _show(request, kiosk, centre, request.GET.get("line", ""), service=request.GET.get("service", ""))


def kiosk_find(request: HttpRequest) -> HttpResponse:
    """Looks for a service by the first letters of its pinyin, typed on large keys, or by characters."""
    kiosk, centre = _kiosk(request)
    if kiosk is None or centre is None:
        return open_page(request, "kiosk/none.html", {}, 403)
    q = "".join(request.GET.get("q", "").replace("\0", "").split())[:MOST_TYPED]
    found = [service for group in guide(q) for service in group.services] if q else []
    context = {
        "q": q, "found": found[:MOST_FOUND], "more": len(found) > MOST_FOUND, "keys": KEYS, "shorter": q[:-1],
        "full": len(q) >= MOST_TYPED,
    }  # fmt: skip
    return open_page(request, "kiosk/find.html", context)


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draws once for a press, however often the network repeats it."""
    kiosk, centre = _kiosk(request)
    if kiosk is None or centre is None:
        return open_page(request, "kiosk/none.html", {}, 403)
    line = request.POST.get("line", "")
    try:
        drawn = draw_ticket(
            kiosk=kiosk["id"],
            centre=centre,
            line=line,
            priority=bool(request.POST.get("priority")),
            at=timezone.now(),
            key=request.POST.get("key", ""),
        )
    except Refused as refused:
        return _show(request, kiosk, centre, "", refused)
    return HttpResponseRedirect(reverse("kiosk_ticket", args=[drawn.code]))


def kiosk_ticket(request: HttpRequest, code: str) -> HttpResponse:
    """The number, on the screen and as a slip for the printer."""
    kiosk, _ = _kiosk(request)
    if kiosk is None:
        return open_page(request, "kiosk/none.html", {}, 403)
    try:
        ticket = ticket_of(code, timezone.now())
    except Refused:
        return HttpResponseRedirect(reverse("kiosk"))
    context = {"ticket": ticket, "qr": qr_of(ticket["code"]), "prints": kiosk["prints"], "rule": RULE}
    return open_page(request, "kiosk/ticket.html", context)


@require_http_methods(["GET", "POST"])
def kiosk_booking(request: HttpRequest) -> HttpResponse:
    """Who has booked says by his code that he is here, and has a number where numbers are called for him."""
    kiosk, centre = _kiosk(request)
    if kiosk is None or centre is None:
        return open_page(request, "kiosk/none.html", {}, 403)
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            context["found"] = guarded(
                request,
                "booking",
                lambda: check_in(
                    code=request.POST.get("code", ""), now=timezone.now(), kiosk=kiosk["id"], centre=centre
                ),
            )
        except Refused as refused:
            context["refused"] = refused
        else:
            if context["found"]["ticket"]:
                return HttpResponseRedirect(reverse("kiosk_ticket", args=[context["found"]["ticket"]]))
    return open_page(request, "kiosk/booking.html", context, 422 if "refused" in context else 200)


def _show(
    request: HttpRequest,
    kiosk: dict[str, Any],
    centre: Centre,
    code: str,
    refused: Refused | None = None,
    *,
    service: str = "",
) -> HttpResponse:
    board, line, wanted = fresh_board(centre), None, None
    if service and refused is None:
        try:
            wanted = service_page(service).service
        except Refused as error:
            refused = error
        else:
            code = line_for(board, wanted.line)
    if code and refused is None:
        try:
            line = line_at(board, code)
        except Refused as error:
            refused = error
    context = {
        "board": board,
        "line": line,
        "wanted": wanted,
        "refused": refused,
        "priority_for": PRIORITY_FOR,
        "rule": RULE,
        "key": str(uuid4()),
        "kiosk": kiosk,
    }
    return open_page(request, "kiosk/kiosk.html", context, 422 if refused else 200)


def _kiosk(request: HttpRequest) -> tuple[dict[str, Any] | None, Centre | None]:
    """The device by its cookie, and its centre."""
    token = request.COOKIES.get(COOKIE, "")
    kiosk = kiosk_of(digest_of(token)) if token else None
    return kiosk, centre_named(kiosk["centre"]) if kiosk else None
