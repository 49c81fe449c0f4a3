"""Signing in and out, my account, the size of the letters."""

from urllib.parse import urlencode

from django.conf import settings
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
from onedoor.people.sessions import MOST, end_session, sessions_of
from onedoor.people.steps import first_run
from onedoor.people.tokens import SignedIn, digest_of, signed_in
from onedoor.rules.channels import OF_PERSON
from onedoor.rules.devices import device_of
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid
from onedoor.web.desk.access import address_of, forget, remember, safe_next, staff, token_of
from onedoor.web.desk.channels import CHANNEL_SAID, channel_forms
from onedoor.web.desk.inbox import forget_reader
from onedoor.web.desk.page import SIZE_COOKIE, page


@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Name and password; the code only when it is due. Who is signed in already goes straight on."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    token = token_of(request)
    if request.method == "GET" and token:
        if signed_in(token) is not None:
            return HttpResponseRedirect(safe_next(request, wanted))
        if people.awaits_password(token):
            return HttpResponseRedirect(_to_new_password(wanted))
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
                idle=settings.IDLE_LIFE,
                way="desk",
                device=_device(request),
                may_choose=True,
            )
        except Refused as error:
            refused = error
        else:
            due = people.awaits_password(token)
            answer = HttpResponseRedirect(_to_new_password(wanted) if due else safe_next(request, wanted))
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


@require_http_methods(["GET", "POST"])
def new_password_page(request: HttpRequest) -> HttpResponse:
    """A password of one's own in place of one that somebody else has set or that is too old, before anything else."""
    token, refused = token_of(request), None
    wanted = request.POST.get("next") or request.GET.get("next", "")
    account = people.awaits_password(token)
    if account is None:
        return HttpResponseRedirect(f"{reverse('desk:sign_in')}?{urlencode({'next': wanted})}")
    if request.method == "POST":
        new = request.POST.get("new_password", "")
        try:
            _check_again(new, request.POST.get("again", ""))
            token, _ = people.choose_password(
                token=token, new=new, at=timezone.now(), idle=settings.IDLE_LIFE, way="desk", device=_device(request)
            )
        except Refused as error:
            refused = error
        else:
            answer = HttpResponseRedirect(safe_next(request, wanted))
            remember(answer, token)
            messages.success(request, "密码已改好，以后用它登录。")
            return answer
    context = {
        "refused": refused,
        "next": wanted,
        "password_length": settings.PASSWORD_LENGTH,
        "set_by_others": account.must_change_password,
        "life": settings.PASSWORD_LIFE,
    }
    return page(request, None, "new_password.html", context, 200 if refused is None else 422)


def _to_new_password(wanted: str) -> str:
    return f"{reverse('desk:new_password')}?{urlencode({'next': wanted})}"


def _device(request: HttpRequest) -> str:
    return device_of(request.headers.get("User-Agent", ""))


@require_POST
def sign_out_page(request: HttpRequest) -> HttpResponse:
    token = token_of(request)
    people.sign_out(token, address=address_of(request))
    return _gone(token)


def _gone(token: str) -> HttpResponse:
    forget_reader(token)
    answer = HttpResponseRedirect(reverse("desk:sign_in"))
    forget(answer)
    return answer


@require_POST
@staff
def end_one(request: HttpRequest, signed: SignedIn, session: int) -> HttpResponse:
    """Ends one of my sign-ins, this one or another."""
    token = token_of(request)
    if end_session(account=signed.account, session=session, address=address_of(request)) == digest_of(token):
        return _gone(token)
    messages.success(request, "那处登录已结束，再用要重新登录。")
    return HttpResponseRedirect(reverse("desk:me") + "#sessions")


@staff
def me(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """My posts, a new password, where I am signed in, signing out everywhere, and where messages go."""
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
    context = {
        "refused": refused,
        "channels": channel_forms(OF_PERSON, there, request.POST, channel),
        "sessions": sessions_of(signed.account, token_of(request)),
        "most_sessions": MOST,
    }
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
