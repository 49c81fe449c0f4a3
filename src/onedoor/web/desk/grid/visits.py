"""入户走访 and 社情民意 at the desk."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onedoor.grid.queries.area import grids_of
from onedoor.grid.queries.opinions import heard_numbers, list_heard
from onedoor.grid.queries.visits import list_asked, list_own_visits, visit_numbers
from onedoor.people.tokens import SignedIn
from onedoor.rules.field_opinions import TOPICS
from onedoor.rules.fieldwork import LOOKS, WORKS, areas
from onedoor.rules.household import PURPOSES, READS_ASKED
from onedoor.rules.refusal import NOT_ALLOWED, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.grid.context import chosen, field_page, kept, onward, period


@require_safe
@staff
def visits_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Numbers for who looks after an area, what was asked for its lead, and my own with the address."""
    looks, reads, goes = (bool(areas(signed.actors, roles)) for roles in (LOOKS, READS_ASKED, WORKS))
    if not (looks or goes):
        raise Refused(NOT_ALLOWED, "入户走访只对网格长、网格员和上级中心开放。")
    first, last = period(request)
    values = kept(request, "grid", "own")
    grids = grids_of(signed, READS_ASKED) if reads else []
    own = goes and (bool(values["own"]) or not reads)
    cursor = request.GET.get("cursor", "")
    found = None
    if own:
        found = list_own_visits(signed, cursor=cursor)
    elif reads:
        found = list_asked(signed, grid=values["grid"], cursor=cursor)
    context = {
        "first": first,
        "last": last,
        "numbers": visit_numbers(signed, first, last) if looks else [],
        "looks": looks,
        "reads": reads,
        "goes": goes,
        "own": own,
        "values": values,
        "grids": grids,
        "purposes": PURPOSES,
        "items": found.items if found else [],
        "next": onward(values, found.next_cursor) if found else "",
    }
    return field_page(request, signed, "field_visits", "visits.html", context)


@require_safe
@staff
def heard_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    first, last = period(request)
    values = kept(request, "topic")
    found = list_heard(signed, topic=chosen(values, "topic", TOPICS), cursor=request.GET.get("cursor", ""))
    context = {
        "first": first,
        "last": last,
        "numbers": heard_numbers(signed, first, last),
        "topic": values["topic"],
        "topics": TOPICS,
        "items": found.items,
        "next": onward(values, found.next_cursor),
    }
    return field_page(request, signed, "field_heard", "heard.html", context)
