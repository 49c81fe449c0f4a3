"""预约: who comes today, who came, and booking for somebody at the counter."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries.days import today
from onedoor.hall.queries.booking import bookings_of, free_days, free_slots, offer_of, offers
from onedoor.hall.steps.booking import book, mark_booking
from onedoor.people.tokens import SignedIn
from onedoor.rules.booking import STAFF_DAYS_AHEAD, STATES
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.rules.visits import RECEIVES
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page


@staff
def bookings_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    day = _day(request.GET.get("day", "")) or today()
    items = bookings_of(signed.actors, day)
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "items": items,
        "came": sum(one["state"] == "arrived" for one in items),
        "receives": any(actor.role in RECEIVES for actor in signed.actors),
    }
    return page(request, signed, "bookings.html", context)


@require_http_methods(["GET", "POST"])
@staff
def new_booking(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """For somebody at the counter or on the telephone; what, day and time stand in the address, who goes by POST."""
    actor = next((one for one in signed.actors if one.role in RECEIVES), None)
    if actor is None:
        raise Refused(NOT_ALLOWED, "您的岗位不能代群众预约。")
    given = request.POST if request.method == "POST" else request.GET
    refused: Refused | None = None
    if request.method == "POST":
        try:
            done = book(
                what=given.get("what", ""), day=_day(given.get("day", "")) or date.min, at=given.get("at", ""),
                name=given.get("name", ""), phone=given.get("phone", ""), now=timezone.now(), address=None,
                key=f"desk:{given.get('key', '')[:60]}", by=actor,
            )  # fmt: skip
        except Refused as error:
            if error.code == NOT_FOUND:
                raise
            refused = error
        else:
            messages.success(request, f"已预约{done.offer.name} {done.starts_at:%m月%d日 %H:%M}，预约码 {done.code}。")
            return HttpResponseRedirect(f"{reverse('desk:bookings')}?day={done.starts_at:%Y-%m-%d}")
    return page(request, signed, "booking_new.html", _choices(given, refused), 422 if refused else 200)


def _choices(given: Any, refused: Refused | None) -> dict[str, Any]:
    context: dict[str, Any] = {"offers": offers(), "given": given, "refused": refused, "key": str(uuid4())}
    context["faults"] = refused.fields if refused else {}
    if not given.get("what"):
        return context
    offer = offer_of(given["what"])
    days = free_days(offer, today(), STAFF_DAYS_AHEAD)
    day = _day(given.get("day", "")) or (days[0] if days else None)
    now = timezone.now()
    slots = free_slots(offer, day) if day else []
    return context | {
        "offer": offer,
        "days": days,
        "day": day,
        "slots": [{"at": f"{slot.starts_at:%H:%M}", "free": free} for slot, free in slots if slot.starts_at > now],
    }


@require_POST
@staff
def mark(request: HttpRequest, signed: SignedIn, booking: UUID) -> HttpResponse:
    state = request.POST.get("state", "")
    try:
        mark_booking(actors=signed.actors, booking=booking, state=state)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, f"已记为“{STATES[state]}”。")
    return HttpResponseRedirect(f"{reverse('desk:bookings')}?day={request.POST.get('day', '')}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
