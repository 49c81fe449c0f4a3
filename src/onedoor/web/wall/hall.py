"""The hall's screen: the numbers that are called, and who waits. One look at the database a second for all screens."""

import threading
import time

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.hall.queries.centres import Centre, centre_named
from onedoor.hall.queries.outreach import coming
from onedoor.hall.queries.tickets import Board, board
from onedoor.hall.queries.today import today_at
from onedoor.rules.refusal import Refused
from onedoor.rules.residence import HALVES
from onedoor.rules.tickets import RULE
from onedoor.web.public.page import open_page, unchanged
from onedoor.web.public.today import outreach_shown

FRESH = 1.0  # seconds for which one look serves all screens of a hall
_boards: dict[int, tuple[float, Board]] = {}
_looking = threading.Lock()


def fresh_board(centre: Centre) -> Board:
    """The hall as it was at most a second ago."""
    with _looking:
        kept = _boards.get(centre.id)
        if kept is None or time.monotonic() - kept[0] > FRESH:
            kept = _boards[centre.id] = (time.monotonic(), board(centre, timezone.now()))
        return kept[1]


def hall_wall(request: HttpRequest, centre: str = "") -> HttpResponse:
    """A screen of 1920 × 1080; asks again by itself."""
    shown = fresh_board(_centre(centre))
    mark = _mark(shown)
    if request.GET.get("since") == mark:
        return unchanged()
    return open_page(request, "wall/hall.html", {"board": shown, "mark": mark, "rule": RULE, "now": timezone.now()})


def today_wall(request: HttpRequest, centre: str = "") -> HttpResponse:
    """Who is here today and which windows call; asks again by itself."""
    there = _centre(centre)
    shown = fresh_board(there)
    mark = _mark(shown)
    if request.GET.get("since") == mark:
        return unchanged()
    context = {
        "today": today_at(there, timezone.now()),
        "board": shown,
        "outreach": [
            outreach_shown(one)
            for one in coming(there.id, timezone.localdate())
            if one["day"] == timezone.localdate() and one["state"] == "planned"
        ],
        "mark": mark,
        "halves": HALVES,
        "now": timezone.now(),
    }
    return open_page(request, "wall/today.html", context)


def _mark(shown: Board) -> str:
    """Changes with the numbers, and each minute: hours and estimates go on without them."""
    return f"{shown.stamp}-{timezone.localtime():%d%H%M}"


def _centre(code: str) -> Centre:
    try:
        return centre_named(code)
    except Refused as refused:
        raise Http404 from refused
