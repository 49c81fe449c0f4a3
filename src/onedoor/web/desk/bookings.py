"""预约: who comes today, and who came."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from onedoor.cases.queries.days import today
from onedoor.hall.queries.booking import bookings_of
from onedoor.hall.steps.booking import mark_booking
from onedoor.people.tokens import SignedIn
from onedoor.rules.booking import STATES
from onedoor.rules.refusal import Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page


@staff
def bookings_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today()
    items = bookings_of(signed.actors, day)
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "items": items,
        "came": sum(one["state"] == "arrived" for one in items),
    }
    return page(request, signed, "bookings.html", context)


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
