"""Signing in and out, my account, the size of the letters."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.notices.queries.channels import channels_of
from onedoor.notices.steps.channels import change_own_channel, set_own_channel
from onedoor.people import demo
from onedoor.people import sign_in as people
from onedoor.people.demo_county import PASSWORD
from onedoor.people.models import Unit
from onedoor.people.steps import first_run
from onedoor.people.tokens import SignedIn, signed_in
from onedoor.rules.channels import OF_PERSON
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid
from onedoor.web.desk.access import COOKIE, address_of, remember, safe_next, staff
from onedoor.web.desk.channels import CHANNEL_SAID, channel_forms
from onedoor.web.desk.page import SIZE_COOKIE, page


@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Name and password; the code only when it is due. Who is signed in already goes straight on."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    token = request.COOKIES.get(COOKIE, "")
    if request.method == "GET" and token and signed_in(token) is not None:
        return HttpResponseRedirect(safe_next(request, wanted))
    refused = None
    username = (request.POST.get("username") or request.GET.get("username", "")).strip()[:100]
    if request.method == "POST":
        otp = request.POST.get("otp", "").strip() or None
        try:
            token, _ = people.sign_in(
                username=username,
                password=request.POST.get("password", ""),
                otp=otp,
                at=timezone.now(),
                address=address_of(request),
            )
        except Refused as error:
            refused = error
        else:
            answer = HttpResponseRedirect(safe_next(request, wanted))
            remember(answer, token)
            return answer
    centre = Unit.objects.filter(kind="centre", active=True).order_by("division__code").first()
    if centre is None and first_run.is_due():
        return HttpResponseRedirect(reverse("desk:first_run"))
    context = {
        "refused": refused,
        "username": username,
        "next": wanted,
        "asks_code": refused is not None and "otp" in refused.fields,
        "demo": demo.first_accounts(),
        "demo_password": PASSWORD,
        "centre": centre,
    }
    return page(request, None, "sign_in.html", context, 200 if refused is None else 422)


@require_POST
def sign_out_page(request: HttpRequest) -> HttpResponse:
    people.sign_out(request.COOKIES.get(COOKIE, ""), address=address_of(request))
    answer = HttpResponseRedirect(reverse("desk:sign_in"))
    answer.delete_cookie(COOKIE)
    return answer


@staff
def me(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """My posts, a new password, signing out everywhere, and where messages go."""
    refused = None
    if request.method == "POST" and "everywhere" in request.POST:
        people.sign_out_everywhere(signed.account, address=address_of(request))
        return HttpResponseRedirect(reverse("desk:sign_in"))
    if request.method == "POST":
        new = request.POST.get("new_password", "")
        try:
            _check_again(new, request.POST.get("again", ""))
            people.change_password(
                account=signed.account,
                old=request.POST.get("old_password", ""),
                new=new,
                at=timezone.now(),
                address=address_of(request),
            )
        except Refused as error:
            refused = error
        else:
            return HttpResponseRedirect(reverse("desk:sign_in"))
    return _me_page(request, signed, refused=refused)


@require_POST
@staff
def own_channel(request: HttpRequest, signed: SignedIn, kind: str) -> HttpResponse:
    """Saves an address for messages, or switches it on or off, or takes it away."""
    wanted, at, place = request.POST.get("do", "save"), timezone.now(), address_of(request)
    try:
        if wanted == "save":
            typed = request.POST.get("address", "")
            set_own_channel(account=signed.account, at=at, kind=kind, address=typed, from_address=place)
        else:
            change_own_channel(account=signed.account, at=at, kind=kind, wanted=wanted, from_address=place)
    except Refused as error:
        if error.code == NOT_FOUND:
            raise
        return _me_page(request, signed, channel=(kind, error))
    messages.success(request, CHANNEL_SAID[wanted])
    return HttpResponseRedirect(reverse("desk:me") + "#channels")


def _me_page(
    request: HttpRequest,
    signed: SignedIn,
    *,
    refused: Refused | None = None,
    channel: tuple[str, Refused] | None = None,
) -> HttpResponse:
    there = channels_of(account=signed.account)
    context = {"refused": refused, "channels": channel_forms(OF_PERSON, there, request.POST, channel)}
    return page(request, signed, "me.html", context, 422 if refused or channel else 200)


def _check_again(new: str, again: str) -> None:
    if new != again:
        raise invalid("again", "两次输入的新密码不一样。")


@require_POST
def size(request: HttpRequest) -> HttpResponse:
    """Larger letters or usual ones, for this browser."""
    answer = HttpResponseRedirect(safe_next(request, request.POST.get("next", "")))
    large = request.COOKIES.get(SIZE_COOKIE) != "large"
    answer.set_cookie(SIZE_COOKIE, "large" if large else "usual", max_age=10**8, samesite="Lax", httponly=True)
    return answer
