"""办事指南: what residents can come for, and each thing on a page of its own."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from onedoor.hall.models import Service
from onedoor.hall.queries.booking import can_be_booked
from onedoor.hall.queries.centres import centre_named
from onedoor.hall.queries.services import guide, service_page
from onedoor.hall.queries.serving import Serving, serving
from onedoor.papers.queries.blank import blank, blanks_named_in
from onedoor.rules.refusal import Refused
from onedoor.web.public.page import public, public_page
from onedoor.web.wall.hall import fresh_board

# From a service to where it goes on, by the name of the address; what is not built has none.
WAYS = (("apply", "提交这件事"), ("book", "预约办理"))


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
    context = {"found": found, "ways": ways_on(found.service), "serving": _serving(found.service)}
    context["blanks"] = blanks_named_in(found.service.form)
    return public_page(request, "public/guide_item.html", context, personal=False)


def _serving(service: Service) -> Serving | None:
    """The windows of the highest centre's hall that serve it now; nothing where there is no centre yet."""
    try:
        return serving(fresh_board(centre_named()), service.line)
    except Refused:
        return None


@require_safe
@public
def guide_form(request: HttpRequest, form: str) -> HttpResponse:
    """A blank paper to fill in at home."""
    name, pdf = blank(form, centre_named().name)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{name}（空白）.pdf") or "inline"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "no-cache, private"
    return answer


def ways_on(service: Service) -> list[dict[str, str]]:
    """Buttons to submit and to book: those that there are, each told of the service."""
    fits = {"apply": bool(service.kind), "book": can_be_booked(service.code)}
    found = []
    for name, label in WAYS:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        if fits[name]:
            found.append({"address": f"{address}?{urlencode({'service': service.code})}", "label": label})
    return found
