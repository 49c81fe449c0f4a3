"""查进度: by number and the end of the telephone as much as anybody may know; the matter itself with a code."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.doors import open_by_code, open_by_one_time_code
from onedoor.cases.queries.tracking import track
from onedoor.cases.steps.applicant import send_one_time_code
from onedoor.notices.jobs import tell_soon
from onedoor.rules.refusal import TOO_MANY, Refused
from onedoor.web.desk.access import address_of
from onedoor.web.public.matter import keep_open
from onedoor.web.public.page import public_page

_DOORS = {"receipt": open_by_code, "one_time": open_by_one_time_code}


@require_http_methods(["GET", "POST"])
def track_page(request: HttpRequest) -> HttpResponse:
    """Number, digits and codes by POST, so that they stand in no address; the number alone may be given in the
    address, as on the receipt."""
    number = (request.POST.get("number") or request.GET.get("number", "")).strip()[:40]
    context: dict[str, Any] = {"number": number}
    status = 200
    if request.method == "POST":
        try:
            answer = _answer(request, number, timezone.now(), context)
            if answer is not None:
                return answer
        except Refused as refused:
            context["fault"], status = refused.sentence, 429 if refused.code == TOO_MANY else 404
    return public_page(request, "public/track.html", context, status)


def _answer(request: HttpRequest, number: str, at: datetime, context: dict[str, Any]) -> HttpResponse | None:
    address, digits = address_of(request), request.POST.get("digits", "")
    way = request.POST.get("way", "")
    if way in _DOORS:
        context["way"] = way
        case = _DOORS[way](number, request.POST.get("code", ""), address, at)
        keep_open(request, case)
        return HttpResponseRedirect(reverse("matter"))
    if way == "send":
        send_one_time_code(number=number, last_four=digits, address=address, at=at)
        tell_soon()
        context["way"] = "one_time"
        context["sent"] = True
        return None
    context["found"] = track(number, digits, address, at)
    context["digits"] = digits
    return None
