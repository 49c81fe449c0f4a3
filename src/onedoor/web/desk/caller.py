"""叫号: what a window does with numbers, by mouse or by one key each."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from onedoor.cases.queries.days import today
from onedoor.hall.queries.centres import Centre, centre_of
from onedoor.hall.queries.counter import counter
from onedoor.hall.queries.residence import places_on
from onedoor.hall.queries.tickets import stamp
from onedoor.hall.steps import call_ticket as steps
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import REGISTERS
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.residence import CALLS_NUMBERS
from onedoor.rules.tickets import RULE
from onedoor.rules.visits import RECEIVES
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page
from onedoor.web.public.page import unchanged

COOKIE = "onedoor_caller"
FRESH = 1.0  # seconds for which one answer serves all windows of a hall
_stamps: dict[int, tuple[float, int]] = {}
_looking = threading.Lock()


@partial(staff, used=lambda request: "since" not in request.GET)
def caller_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """My window, or the choice of one. An open page asks with `since` whether anything has changed (204: no)."""
    centre = centre_of(signed.actors)
    if (since := request.GET.get("since", "")).isdecimal() and _stamp(centre.id) <= int(since[:18]):
        return unchanged()
    windows = steps.windows_of(signed.actors, centre.id, places_on(centre.id, today(), CALLS_NUMBERS))
    wanted = request.GET.get("window") or request.COOKIES.get(COOKIE, "")
    chosen = next((one for one in windows if one["code"] == wanted), None)
    context: dict[str, Any] = {"windows": windows, "window": chosen, "rule": RULE, "key": str(uuid4())}
    if chosen is not None:
        context |= {
            "counter": counter(centre.id, chosen["id"], today()),
            "registers": any(one.role in REGISTERS for one in signed.actors),
            "receives": any(one.role in RECEIVES for one in signed.actors),
            "now": timezone.now(),
        }
    answer = page(request, signed, "caller.html", context)
    if chosen is not None:
        answer.set_cookie(COOKIE, chosen["code"], max_age=10**7, samesite="Lax", httponly=True, path="/desk")
    return answer


@require_POST
@staff
def act(request: HttpRequest, signed: SignedIn, verb: str) -> HttpResponse:
    """One press. What cannot be done any more is told on the page, which shows how it now is."""
    centre = centre_of(signed.actors)
    window = _window(signed, centre, request.POST.get("window", ""))
    try:
        said = _do(request, signed, verb, window["id"])
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        messages.error(request, refused.sentence)
    else:
        if said:
            messages.success(request, said)
    return HttpResponseRedirect(f"{reverse('desk:caller')}?{urlencode({'window': window['code']})}")


def _do(request: HttpRequest, signed: SignedIn, verb: str, window: int) -> str:
    here: dict[str, Any] = {"actors": signed.actors, "at": timezone.now(), "window": window}
    key = request.POST.get("key", "")
    if verb == "next":
        return "" if steps.call_next(**here, key=key) else "没有人在等。"
    if verb in ("open", "pause"):
        steps.open_window(**here, calling=verb == "open")
        return "已开始叫号。" if verb == "open" else "已暂停叫号，大屏显示“暂停”。"
    ticket = _ticket(request.POST.get("ticket", ""))
    of_ticket: dict[str, Callable[[], str]] = {
        "recall": lambda: f"已再次呼叫 {steps.recall(**here, ticket=ticket, key=key)}。",
        "done": lambda: f"{steps.end_ticket(**here, ticket=ticket, came=True)} 已办完。",
        "missed": lambda: f"{steps.end_ticket(**here, ticket=ticket, came=False)} 记为过号，人来了可以再叫。",
        "pass": lambda: (
            f"{steps.pass_on(**here, ticket=ticket, to=request.POST.get('to', ''))} 已转，在那个窗口排第一个。"
        ),
    }
    if verb not in of_ticket:
        raise Refused(NOT_FOUND, "没有这个操作。")
    return of_ticket[verb]()


def _window(signed: SignedIn, centre: Centre, code: str) -> dict[str, Any]:
    windows = steps.windows_of(signed.actors, centre.id, places_on(centre.id, today(), CALLS_NUMBERS))
    found = next((one for one in windows if one["code"] == code), None)
    if found is None:
        raise Refused(NOT_FOUND, "没有这个窗口，或您的岗位不能在这里叫号。")
    return found


def _ticket(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(NOT_FOUND, "今天没有这个号。") from None


def _stamp(centre: int) -> int:
    with _looking:
        kept = _stamps.get(centre)
        if kept is None or time.monotonic() - kept[0] > FRESH:
            kept = _stamps[centre] = (time.monotonic(), stamp(centre, today()))
        return kept[1]
