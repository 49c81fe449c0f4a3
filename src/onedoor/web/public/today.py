"""今日在岗, for everybody: who is here today and how to reach who is not."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from onedoor.hall.queries.centres import centre_named
from onedoor.hall.queries.today import today_at
from onedoor.rules.refusal import Refused
from onedoor.rules.residence import HALVES, MODES, PLACE_KINDS
from onedoor.web.desk.page import POLICY


def today_page(request: HttpRequest, centre: str = "") -> HttpResponse:
    """Of the highest centre, or of the one named."""
    try:
        there = centre_named(centre)
    except Refused as refused:
        raise Http404 from refused
    today = today_at(there, timezone.now())
    context = {"today": today, "halves": HALVES, "modes": MODES, "kinds": PLACE_KINDS}
    answer = render(request, "public/today.html", context)
    answer["Cache-Control"] = "no-cache"
    answer["Content-Security-Policy"] = POLICY
    return answer
