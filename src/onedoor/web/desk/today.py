"""今日在岗: who is here today, calling a unit that comes when called, and how long units took."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from onedoor.hall.queries.calls import list_calls
from onedoor.hall.queries.centres import Centre, centre_of
from onedoor.hall.queries.today import today_at
from onedoor.hall.steps.call import arrive, call_unit, cancel_call
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Actor
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.rules.residence import ARRIVES, CALLS_UNITS, HALVES, SEES_ARRIVALS
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page


@staff
def today_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The hall of my post; with a button to call for who works there, and to arrive for who was called."""
    centre = centre_of(signed.actors)
    today = today_at(centre, timezone.now())
    mine = {actor.unit for actor in signed.actors if actor.role in ARRIVES}
    calling = [unit for unit in today.units.get("on_call", ()) if unit["call"]]
    context = {
        "today": today,
        "halves": HALVES,
        "calling": calling,
        "mine": mine,
        "calls": _caller(signed, centre) is not None,
        "sees_arrivals": _sees_arrivals(signed, centre),
    }
    return page(request, signed, "today.html", context)


@require_POST
@staff
def call(request: HttpRequest, signed: SignedIn, residence: int) -> HttpResponse:
    """Calls the unit; it has so many minutes."""
    actor = _caller(signed, centre_of(signed.actors))
    if actor is None:
        raise Refused(NOT_ALLOWED, "您的岗位不能呼叫单位。")
    try:
        call_unit(actor=actor, at=timezone.now(), residence=residence, place=request.POST.get("place", ""))
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "已呼叫，对方会收到通知。到了请点“已到岗”。")
    return HttpResponseRedirect(reverse("desk:today"))


@require_POST
@staff
def end_call(request: HttpRequest, signed: SignedIn, call: UUID, how: str) -> HttpResponse:
    """The unit has arrived, or need not come."""
    steps = {"arrive": (arrive, "已登记到岗。"), "cancel": (cancel_call, "已取消呼叫。")}
    if how not in steps:
        raise Refused(NOT_FOUND, "没有这个操作。")
    step, said = steps[how]
    try:
        step(actors=signed.actors, at=timezone.now(), call=call)
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        messages.error(request, refused.sentence)
    else:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("desk:today"))


@staff
def calls_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """When units were called and when they came, newest first."""
    centre = centre_of(signed.actors)
    if not _sees_arrivals(signed, centre):
        raise Refused(NOT_ALLOWED, "到岗记录只对本中心的督办员和中心主任开放。")
    found = list_calls(centre, cursor=request.GET.get("cursor") or None)
    now = timezone.now()
    items = [
        {
            **one,
            "took": (one["arrived_at"] - one["called_at"]).total_seconds() // 60 if one["arrived_at"] else None,
            "late": not one["cancelled_at"] and (one["arrived_at"] or now) > one["due_at"],
        }
        for one in found.items
    ]
    return page(request, signed, "calls.html", {"items": items, "next_cursor": found.next_cursor})


def _caller(signed: SignedIn, centre: Centre) -> Actor | None:
    return next((one for one in signed.actors if one.role in CALLS_UNITS and one.unit == centre.id), None)


def _sees_arrivals(signed: SignedIn, centre: Centre) -> bool:
    return any(one.role in SEES_ARRIVALS and one.unit == centre.id for one in signed.actors)
