"""长者模式: larger type and stronger contrast, for this browser."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from onedoor.web.public.page import ELDER_COOKIE

_YEAR = 365 * 24 * 3600


@require_safe
def elder_mode(request: HttpRequest) -> HttpResponse:
    """On or off by a plain link, which works without scripts, and back to the page (`next`) where it stood. It
    changes nothing but how this browser shows pages, so it needs no form."""
    wanted = request.GET.get("next", "")
    inside = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    answer = HttpResponseRedirect(wanted if inside else reverse("home"))
    value = "yes" if request.GET.get("on") == "yes" else "no"
    answer.set_cookie(ELDER_COOKIE, value, max_age=_YEAR, samesite="Lax", httponly=True)
    answer["Cache-Control"] = "no-store, private"
    return answer
