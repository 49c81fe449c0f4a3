"""信息使用说明: the page that the footer leads to; the form of a new matter says the same."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onedoor.rules.booking import KEPT_FOR
from onedoor.rules.privacy import Notice, privacy_notice
from onedoor.web.public.page import public, public_page


def notice() -> Notice:
    """As it holds here today."""
    return privacy_notice(
        case_kept=settings.CASE_KEPT,
        visit_years=settings.VISIT_YEARS,
        message_days=settings.NOTICE_LIFE.days,
        booking_days=KEPT_FOR.days,
    )


@require_safe
@public
def privacy_page(request: HttpRequest) -> HttpResponse:
    return public_page(request, "public/privacy.html", {"notice": notice()}, personal=False)
