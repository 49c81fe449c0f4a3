"""调解员和调解委员会, for everybody: who may be chosen (人民调解法 §§10, 19)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onedoor.cases.queries.days import today
from onedoor.mediation.queries.organisation import committees, introduced
from onedoor.web.public.page import public, public_page


@require_safe
@public
def mediators_page(request: HttpRequest) -> HttpResponse:
    context = {"mediators": introduced(), "committees": committees(today())}
    return public_page(request, "public/mediators.html", context, personal=False)
