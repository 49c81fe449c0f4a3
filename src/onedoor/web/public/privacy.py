"""信息使用说明: the page that the footer leads to; the form of a new matter says the same."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onedoor.cases.privacy import current_notice
from onedoor.web.public.page import public, public_page


@require_safe
@public
def privacy_page(request: HttpRequest) -> HttpResponse:
    return public_page(request, "public/privacy.html", {"notice": current_notice()}, personal=False)
