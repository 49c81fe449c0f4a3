"""办事指南: what residents can come for, and each thing on a page of its own."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from onedoor.hall.models import Service
from onedoor.hall.queries.services import guide, service_page
from onedoor.web.public.page import public, public_page

# From a service to where it goes on, by the name of the address; what is not built has none.
WAYS = (("apply", "提交这件事"), ("book", "预约办理"), ("take_number", "取号"))


@require_safe
@public
def guide_page(request: HttpRequest) -> HttpResponse:
    """All of it by group, or what was searched for."""
    q = request.GET.get("q", "").replace("\0", "\ufffd").strip()[:40]
    groups = guide(q)
    context = {"q": q, "groups": groups, "count": sum(len(one.services) for one in groups)}
    return public_page(request, "public/guide.html", context, personal=False)


@require_safe
@public
def guide_item(request: HttpRequest, code: str) -> HttpResponse:
    found = service_page(code)
    return public_page(
        request, "public/guide_item.html", {"found": found, "ways": ways_on(found.service)}, personal=False
    )


def ways_on(service: Service) -> list[dict[str, str]]:
    """Buttons to submit, to book, to draw a number: those that there are, each told of the service."""
    fits = {"apply": bool(service.kind), "book": True, "take_number": bool(service.line)}
    found = []
    for name, label in WAYS:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        if fits[name]:
            found.append({"address": f"{address}?{urlencode({'service': service.code})}", "label": label})
    return found
