"""督办台: who is late, for how long, and what is being done about it."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.cases import references
from onedoor.cases.queries.days import day_of
from onedoor.cases.queries.supervision import Asked, board, issued_numbers, waiting_by_unit
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import invalid
from onedoor.rules.schemes import LEVELS
from onedoor.rules.supervision import CAUSES, STATES, WAITING
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page

KEPT = ("state", "level", "unit", "cause", "since", "until", "division")


@staff
def supervision_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    given = {name: request.GET.get(name, "") for name in KEPT}
    viewer, now = signed.viewer(), timezone.now()
    asked = _asked(given, signed)
    items, next_cursor = board(viewer, asked, request.GET.get("cursor", ""))
    kept = "&".join(f"{name}={value}" for name, value in given.items() if value)
    context = {
        "items": items,
        "next_cursor": next_cursor,
        "kept": kept,
        "given": given,
        "states": STATES if asked.issued else {code: STATES[code] for code in WAITING},
        "issued": asked.issued,
        "cause_name": CAUSES.get(asked.cause, ""),
        "count": sum(row["n"] for row in issued_numbers(viewer, asked)) if asked.issued else 0,
        "levels": LEVELS,
        "units": [] if asked.issued else waiting_by_unit(viewer, now),
        "now": now,
    }
    return page(request, signed, "supervision.html", context)


def _asked(given: dict[str, str], signed: SignedIn) -> Asked:
    """With days, all that was issued on them; a number of a report leads here."""
    division = None
    if given["division"]:
        _, places = references.places([], [given["division"]] if "\0" not in given["division"] else [])
        if given["division"] not in places:
            raise invalid("division", "没有这个区划。")
        at = places[given["division"]].id
        division = at if at != signed.root else None
    days = (day_of(given["since"], "since"), day_of(given["until"], "until", end=True))
    return Asked(given["state"], given["level"], given["unit"], given["cause"], *days, division)
