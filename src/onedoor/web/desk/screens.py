"""Sets up the device at hand as a screen of the duty room, and signs its staff out; lists those that there are."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.figures.queries.wall import screens
from onedoor.figures.steps.screens import set_up_screen, switch_screen
from onedoor.people.sign_in import sign_out
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Actor
from onedoor.rules.refusal import NOT_ALLOWED, Refused
from onedoor.rules.seeing import SETS_UP_SCREENS
from onedoor.web.desk.access import address_of, forget, staff, token_of
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.inbox import forget_reader
from onedoor.web.desk.page import page
from onedoor.web.wall.board import COOKIE, PATH

LIFE = timedelta(days=3650)


@require_http_methods(["GET", "POST"])
@staff
def screens_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The device keeps a token of its own that only shows the board of the day; nobody stays signed in on it."""
    actor = _actor(signed)
    refused = None
    if request.method == "POST":
        try:
            token = set_up_screen(
                actor=actor, at=timezone.now(), name=request.POST.get("name", ""), address=address_of(request)
            )
        except Refused as error:
            refused = error
        else:
            signed_by = token_of(request)
            sign_out(signed_by, address=address_of(request))
            forget_reader(signed_by)
            answer = HttpResponseRedirect(reverse("wall_board"))
            forget(answer)
            answer.set_cookie(
                COOKIE,
                token,
                max_age=int(LIFE.total_seconds()),
                path=PATH,
                httponly=True,
                samesite="Lax",
                secure=settings.SECURE_COOKIES,
            )
            return answer
    form = Fields(request.POST if request.method == "POST" else {"name": "值班室大屏"}, refused)
    context = {"refused": refused, "fields": [form.text("name", "名称")], "screens": screens(actor.unit)}
    return page(request, signed, "screens.html", context, 422 if refused else 200)


@require_POST
@staff
def screen_switch(request: HttpRequest, signed: SignedIn, screen: int) -> HttpResponse:
    active = request.POST.get("active") == "1"
    switch_screen(actor=_actor(signed), at=timezone.now(), screen=screen, active=active, address=address_of(request))
    messages.success(request, "大屏已启用。" if active else "大屏已停用，下次刷新起不再显示。")
    return HttpResponseRedirect(reverse("desk:screens"))


def _actor(signed: SignedIn) -> Actor:
    actor = next((one for one in signed.actors if one.role in SETS_UP_SCREENS), None)
    if actor is None:
        raise Refused(NOT_ALLOWED, "只有综治中心的主任、督办员和分流专员可以设置值班大屏。")
    return actor
