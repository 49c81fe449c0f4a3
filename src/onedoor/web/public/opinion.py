"""意见箱: write without a name; numbers and what the centre has replied to."""

from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.days import today
from onedoor.rules.opinions import TOPICS
from onedoor.rules.refusal import INVALID, Refused
from onedoor.voices.queries.opinions import opinion_numbers, published_opinions
from onedoor.voices.queries.questions import centres
from onedoor.voices.steps.opinion import hand_in_opinion
from onedoor.web.desk.access import address_of
from onedoor.web.public.ask import centre_in
from onedoor.web.public.page import public, public_page


@require_http_methods(["GET", "POST"])
@public
def opinion_page(request: HttpRequest) -> HttpResponse:
    """The form, this year's numbers, what was published; a POST hands in and says thanks."""
    asked = centres()
    refused: Refused | None = None
    if request.method == "POST":
        raw = {name: request.POST.get(name, "") for name in ("topic", "text")}
        try:
            hand_in_opinion(
                centre=centre_in(asked, request.POST.get("centre", "")), raw=raw, at=timezone.now(),
                address=address_of(request), key=request.POST.get("key", "")[:60],
            )  # fmt: skip
        except Refused as error:
            if error.code != INVALID:
                raise
            refused = error
        else:
            return public_page(request, "public/opinion_sent.html")
    found = published_opinions(request.GET.get("cursor", ""))
    year = today().year
    context = {
        "centres": asked,
        "topics": TOPICS,
        "given": request.POST,
        "refused": refused,
        "faults": refused.fields if refused else {},
        "key": request.POST.get("key", "")[:60] or str(uuid4()),
        "year": year,
        "numbers": opinion_numbers(year),
        "items": found.items,
        "next": f"{reverse('ask_opinion')}?cursor={found.next_cursor}" if found.next_cursor else "",
        "years": settings.OPINION_YEARS,
    }
    return public_page(request, "public/opinion.html", context, 422 if refused else 200)
