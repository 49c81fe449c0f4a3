"""预约: choose what, which day, which time; a name to be called by and a telephone; a code to change it with."""

from datetime import date
from typing import Any
from uuid import uuid4

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.counting import ZONE
from onedoor.hall.queries.booking import booking_by_code, free_days, free_slots, offer_of, offers
from onedoor.hall.steps.booking import book, cancel_booking
from onedoor.rules.refusal import TOO_MANY, Refused
from onedoor.web.desk.access import address_of
from onedoor.web.public.limits import guarded
from onedoor.web.public.page import public, public_page


@require_http_methods(["GET", "POST"])
@public
def book_page(request: HttpRequest) -> HttpResponse:
    """What, day and time stand in the address; who one is goes by POST."""
    given = request.POST if request.method == "POST" else request.GET
    now = timezone.now()
    refused: Refused | None = None
    if request.method == "POST":
        try:
            done = book(
                what=given.get("what", ""), day=_day(given.get("day", "")) or date.min, at=given.get("at", ""),
                name=given.get("name", ""), phone=given.get("phone", ""), now=now,
                address=address_of(request), key=given.get("key", "")[:60],
            )  # fmt: skip
        except Refused as error:
            if error.code in (TOO_MANY, "not_found"):
                raise
            refused = error
        else:
            address = f"{settings.PUBLIC_URL}/book/{done.code}"
            context = {
                "done": done, "starts_at": done.starts_at, "address": address,
                "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
            }  # fmt: skip
            return public_page(request, "public/booked.html", context)
    return public_page(request, "public/book.html", _choices(given, refused), 422 if refused else 200)


def _choices(given: Any, refused: Refused | None) -> dict[str, Any]:
    """What can be booked; with a service of the guide what is booked for it, at once where that is one thing."""
    service = given.get("service", "")[:40]
    found = offers(service=service)
    context: dict[str, Any] = {"given": given, "refused": refused, "key": str(uuid4()), "service": service}
    context["none_for_service"] = bool(service) and not found
    context["offers"] = found or offers()
    context["several"] = len({one.centre for one in context["offers"]}) > 1
    context["faults"] = (refused.fields or {}) if refused else {}
    if given.get("what"):
        offer = offer_of(given["what"])
    elif service and len(found) == 1:
        offer = found[0]
    else:
        return context
    days = free_days(offer, timezone.now().astimezone(ZONE).date())
    day = _day(given.get("day", "")) or (days[0] if days else None)
    context |= {"offer": offer, "days": days, "day": day}
    if day is not None:
        context["slots"] = [
            {"at": f"{slot.starts_at:%H:%M}", "until": f"{slot.ends_at:%H:%M}", "free": free}
            for slot, free in free_slots(offer, day)
            if slot.starts_at > timezone.now()
        ]
    return context


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@public
def one_booking(request: HttpRequest, code: str) -> HttpResponse:
    """Shows a booking to whoever holds its code; POST cancels it, after a question."""
    found = guarded(request, "booking", lambda: booking_by_code(code))
    said = ""
    if request.method == "POST":
        cancel_booking(code=code)
        found, said = booking_by_code(code), "已取消，这个时间已让给别人。"
    return public_page(request, "public/booking.html", {"found": found, "said": said, "code": code})
