"""督办台: who is late, for how long, and what is being done about it."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.cases.queries.supervision import Asked, board, waiting_by_unit
from onedoor.people.tokens import SignedIn
from onedoor.rules.schemes import LEVELS
from onedoor.rules.supervision import STATES, WAITING
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page


@staff
def supervision_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    given = {name: request.GET.get(name, "") for name in ("state", "level", "unit")}
    viewer, now = signed.viewer(), timezone.now()
    items, next_cursor = board(viewer, Asked(**given), request.GET.get("cursor", ""))
    kept = "&".join(f"{name}={value}" for name, value in given.items() if value)
    context = {
        "items": items,
        "next_cursor": next_cursor,
        "kept": kept,
        "given": given,
        "states": {code: STATES[code] for code in WAITING},
        "levels": LEVELS,
        "units": waiting_by_unit(viewer, now),
        "now": now,
    }
    return page(request, signed, "supervision.html", context)
