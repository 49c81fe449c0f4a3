"""今日在岗, for everybody: who is here today and how to reach who is not."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.hall.queries.centres import centre_named
from onedoor.hall.queries.today import today_at
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
    context = {"today": today, "halves": HALVES}
    return public_page(request, "public/today.html", context, personal=False)
