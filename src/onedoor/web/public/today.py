"""今日在岗, for everybody: who is here today, how to reach who is not, and who comes to which village."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.cases.queries.days import today as day_of_today
from onedoor.hall.queries.centres import centre_named
from onedoor.hall.queries.hotline import hotlines
from onedoor.hall.queries.outreach import coming
from onedoor.hall.queries.today import today_at
from onedoor.rules.outreach import TRADES
from onedoor.rules.refusal import Refused
from onedoor.rules.residence import HALVES
from onedoor.web.public.page import public_page


def today_page(request: HttpRequest, centre: str = "") -> HttpResponse:
    """Of the highest centre, or of the one named."""
    try:
        there = centre_named(centre)
    except Refused as refused:
        raise Http404 from refused
    today = today_at(there, timezone.now())
    whole = coming(there.id, day_of_today())
    villages = {one["village_code"]: one["village"] for one in whole}
    village = request.GET.get("village", "")[:20]
    shown = whole if village not in villages else coming(there.id, day_of_today(), village=village)
    context = {
        "today": today,
        "halves": HALVES,
        "hotlines": hotlines(there.id),
        "villages": villages,
        "village": village if village in villages else "",
        "outreach": [outreach_shown(one) for one in shown],
    }
    return public_page(request, "public/today.html", context, personal=False)


def outreach_shown(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "trade_name": TRADES[one["trade"]], "half_name": HALVES[one["half"]]}
