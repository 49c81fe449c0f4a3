"""帮扶查询: the person sees what is kept of him under a care plan, and who has looked; a plan of consent he ends."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.days import today
from onedoor.grid.queries.care import plan_by_code
from onedoor.grid.steps.care import end_by_person
from onedoor.rules.refusal import CONFLICT, NOT_FOUND, Refused
from onedoor.web.public.limits import guarded
from onedoor.web.public.page import public, public_page


@require_http_methods(["GET", "POST"])
@public
def care_page(request: HttpRequest) -> HttpResponse:
    """The code goes by POST, so that it stands in no address and in no history. Ending asks once more."""
    code, do = request.POST.get("code", "")[:40], request.POST.get("do", "")
    context: dict[str, Any] = {"code": code, "days": settings.CARE_PLAN_DAYS}
    status = 200
    if request.method == "POST":
        try:
            context["plan"] = guarded(request, "care", lambda: plan_by_code(code, today()))
            context["asks"] = do == "ask_end" and context["plan"]["lives"] and context["plan"]["basis"] == "consent"
            if do == "end":
                end_by_person(code=code, at=timezone.now())
                context["plan"] = plan_by_code(code, today())
                context["ended"] = True
        except Refused as refused:
            if refused.code not in (NOT_FOUND, CONFLICT):
                raise
            context["fault"], status = refused.sentence, 404 if refused.code == NOT_FOUND else 422
    return public_page(request, "public/care.html", context, status)
