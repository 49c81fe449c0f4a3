"""转介: the list, a new one, and what came of each."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.mediation.queries.referral import read_referral, referrals
from onedoor.mediation.steps.referral import answer_referral, make_referral
from onedoor.people.tokens import SignedIn
from onedoor.rules import referrals as rules
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.mediation.harm import key_of
from onedoor.web.desk.page import page


@require_http_methods(["GET", "POST"])
@staff
def referrals_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Mine and, for a confidential post, the centre's; and the form for a new one."""
    refused = None
    if request.method == "POST":
        try:
            made = make_referral(
                viewer=signed.viewer(), actors=signed.actors, raw=request.POST.dict(), at=timezone.now(),
                key=key_of(request),
            )  # fmt: skip
        except Refused as error:
            refused = error
        else:
            messages.success(request, "已登记转介。")
            return HttpResponseRedirect(reverse("desk:referral", args=[made]))
    fields = Fields({"number": request.GET.get("number", "")[:40], **request.POST.dict()}, refused)
    context = {
        "items": referrals(signed.viewer()),
        "makes": any(actor.role in rules.MAKES for actor in signed.actors),
        "fields": [
            fields.one("service", "服务", rules.SERVICES),
            fields.text("who", "是谁"),
            fields.text("reached", "怎样联系本人是安全的"),
            fields.long("consent", "本人怎样同意的", rows=2, help="未成年人由监护人同意。不同意的，不转介。"),
            fields.long("told", "告诉了对方什么", rows=2, help="只告诉必要的，不说纠纷的内容。"),
            fields.text("number", "在哪件事项里遇到的", required=False, help="填编号；那件事项里不会出现这次转介。"),
        ],
        "refused": refused,
    }
    return page(request, signed, "mediation/referrals.html", context, 422 if refused else 200)


@require_http_methods(["GET", "POST"])
@staff
def one_referral(request: HttpRequest, signed: SignedIn, referral: str) -> HttpResponse:
    """One with its answers; POST adds one."""
    if request.method == "POST":
        given = request.POST
        try:
            answer_referral(
                viewer=signed.viewer(), referral=referral, to=given.get("to", ""), text=given.get("text", ""),
                at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            if refused.code == NOT_FOUND:
                raise
            messages.error(request, refused.sentence)
        else:
            messages.success(request, "已登记。")
        return HttpResponseRedirect(reverse("desk:referral", args=[referral]))
    found = read_referral(signed.viewer(), referral)
    states = {code: name for code, name in rules.REFERRAL_STATES.items() if code not in ("made", found["state"])}
    return page(request, signed, "mediation/referral_one.html", {"referral": found, "states": states})
