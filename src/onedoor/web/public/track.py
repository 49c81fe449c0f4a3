"""查进度: the page that the receipt's QR code leads to."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.tracking import track
from onedoor.rules.refusal import TOO_MANY, Refused
from onedoor.web.public.page import public_page


@require_http_methods(["GET", "POST"])
def track_page(request: HttpRequest) -> HttpResponse:
    """Number and last four digits by POST, so that the digits stand in no address; the number may be given in
    the address, as on the receipt."""
    number = (request.POST.get("number") or request.GET.get("number", "")).strip()[:40]
    found, fault, status = None, "", 200
    if request.method == "POST":
        try:
            found = track(number, request.POST.get("digits", ""), timezone.now())
        except Refused as refused:
            fault, status = refused.sentence, 429 if refused.code == TOO_MANY else 404
    return public_page(request, "public/track.html", {"number": number, "found": found, "fault": fault}, status)
