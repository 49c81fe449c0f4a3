"""今日在岗, for everybody: who is here today, how to reach who is not, and who comes to which village."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.cases.queries.days import today
from onedoor.hall.queries.centres import Centre, centre_named
from onedoor.hall.queries.hotline import hotlines
from onedoor.hall.queries.outreach import coming
from onedoor.hall.queries.today import duty_week, today_at
from onedoor.rules.outreach import TRADES
from onedoor.rules.refusal import Refused
from onedoor.rules.residence import HALVES, monday
from onedoor.web.public.page import public_page

WEEK, FURTHEST = timedelta(days=7), timedelta(days=56)


def today_page(request: HttpRequest, centre: str = "") -> HttpResponse:
    """Of the highest centre, or of the one named; with a day as `week` the rota of its week."""
    try:
        there = centre_named(centre)
    except Refused as refused:
        raise Http404 from refused
    if "week" in request.GET:
        return _week(request, there)
    whole = coming(there.id, today())
    villages = {one["village_code"]: one["village"] for one in whole}
    village = request.GET.get("village", "")[:20]
    shown = whole if village not in villages else coming(there.id, today(), village=village)
    context = {
        "today": today_at(there, timezone.now()),
        "halves": HALVES,
        "hotlines": hotlines(there.id),
        "villages": villages,
        "village": village if village in villages else "",
        "outreach": [outreach_shown(one) for one in shown],
    }
    return public_page(request, "public/today.html", context, personal=False)


def outreach_shown(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "trade_name": TRADES[one["trade"]], "half_name": HALVES[one["half"]]}


def _week(request: HttpRequest, there: Centre) -> HttpResponse:
    """From the rota, to be printed; a week that is far away is this one."""
    this = monday(today())
    try:
        first = monday(date.fromisoformat(request.GET.get("week", "")))
    except (ValueError, OverflowError):
        first = this
    if abs(first - this) > FURTHEST:
        first = this
    context = {
        "hall": there,
        "days": duty_week(there, first),
        "first": first,
        "last": first + timedelta(days=6),
        "before": first - WEEK if first - this > -FURTHEST else None,
        "after": first + WEEK if first - this < FURTHEST else None,
        "this": first == this,
        "today": today(),
    }
    return public_page(request, "public/week.html", context, personal=False)
