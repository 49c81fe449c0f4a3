"""Sets up the device at hand as the hall's kiosk, and signs its staff out of it."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.hall.steps.lines import set_up_kiosk
from onedoor.people.sign_in import sign_out
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import NOT_ALLOWED, Refused
from onedoor.rules.tickets import SETS_UP
from onedoor.web.desk.access import address_of, forget, staff, token_of
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.inbox import forget_reader
from onedoor.web.desk.page import page
from onedoor.web.public.kiosk import COOKIE

LIFE = timedelta(days=3650)


@require_http_methods(["GET", "POST"])
@staff
def set_up(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The device keeps a token of its own that only draws numbers; nobody stays signed in on it."""
    actor = next((one for one in signed.actors if one.role in SETS_UP), None)
    if actor is None:
        raise Refused(NOT_ALLOWED, "只有综治中心的窗口受理员、分流专员和督办员可以设置取号机。")
    refused = None
    if request.method == "POST":
        try:
            token = set_up_kiosk(
                actor=actor,
                at=timezone.now(),
                name=request.POST.get("name", ""),
                prints=bool(request.POST.get("prints")),
            )
        except Refused as error:
            refused = error
        else:
            signed_by = token_of(request)
            sign_out(signed_by, address=address_of(request))
            forget_reader(signed_by)
            answer = HttpResponseRedirect(reverse("kiosk"))
            forget(answer)
            answer.set_cookie(
                COOKIE,
                token,
                max_age=int(LIFE.total_seconds()),
                path="/kiosk",
                httponly=True,
                samesite="Lax",
                secure=settings.SECURE_COOKIES,
            )
            return answer
    form = Fields(request.POST if request.method == "POST" else {"name": "1号取号机"}, refused)
    context = {
        "refused": refused,
        "fields": [
            form.text("name", "名称"),
            form.tick("prints", "取号后自动打印（接了小票打印机的勾选）"),
        ],
    }
    return page(request, signed, "kiosk.html", context, 422 if refused else 200)
