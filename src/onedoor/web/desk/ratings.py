"""评价: what supervisors read in words and units in figures."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.cases.queries.ratings import ratings_of, unsatisfied
from onedoor.people.tokens import SignedIn
from onedoor.rules.follow_up import FEWEST_RATINGS
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page


@staff
def ratings_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    viewer = signed.viewer()
    items, next_cursor = unsatisfied(viewer, request.GET.get("cursor", ""))
    context = {
        "reads": viewer.reads_ratings,
        "items": items,
        "next_cursor": next_cursor,
        "units": ratings_of(viewer, timezone.now()) if viewer.units else [],
        "fewest": FEWEST_RATINGS,
    }
    return page(request, signed, "ratings.html", context)
