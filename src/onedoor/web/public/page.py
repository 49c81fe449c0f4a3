"""How every page for residents is put together: frame, navigation, security headers, refusals."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_noop as _

from onedoor.people.units import public_centre
from onedoor.rules.refusal import TOO_MANY, Refused
from onedoor.web.desk.page import POLICY

ELDER_COOKIE = "onedoor_elder"
# Name of the address, words of the link, what one does there. What is not built has no address and is not shown.
NAVIGATION = (
    ("home", _("首页"), ""),
    ("guide", _("办事指南"), _("能办哪些事、带什么材料、多久办结")),
    ("apply", _("提交事项"), _("不用跑腿，在手机上说清楚您的事")),
    ("track", _("查进度"), _("凭编号和电话后四位，看办到哪一步")),
    ("book", _("预约"), _("约好时间再来，少等候")),
    ("ask", _("咨询意见"), _("问政策和办法，不留姓名；意见箱、问卷也在这里")),
    ("today", _("今日在岗"), _("谁在大厅，怎么找到他们")),
    ("mediators", _("调解员"), _("可以选谁来调解，调解委员会有哪些人")),
    ("grid", _("我的网格"), _("谁是您的网格员，怎么联系他")),
    ("news", _("信息公开"), _("公告、承诺、普法和值班安排")),
)
_STATUS = {"not_found": 404, "not_allowed": 403, TOO_MANY: 429, "no_space": 503, "unavailable": 503}
# Photos are chosen by the person who sends them; nothing of ours asks for more than the place of a matter.
_PERMISSIONS = "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"

_packed = GZipMiddleware(lambda request: HttpResponse())


def public_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    status: int = 200,
    *,
    personal: bool = True,
) -> HttpResponse:
    """The template (it extends `public/base.html`) within the frame. What is about somebody's matter is kept by no
    browser; other pages (`personal=False`) may be kept and are asked for again each time."""
    here = (request.resolver_match.url_name or "") if request.resolver_match else ""
    frame = {
        "navigation": [{**one, "here": f"{here}_".startswith(f"{one['name']}_")} for one in navigation()],
        "staff_here": settings.ZONE == "all",  # else this address leads staff nowhere
        "elder": request.COOKIES.get(ELDER_COOKIE) == "yes",
        "this_page": request.get_full_path() if request.method == "GET" else request.path,
    }
    shown = {**frame, **(context or {})}
    if "centre" not in shown:
        shown["centre"] = public_centre()
    answer = render(request, template, shown, status=status)
    answer["Cache-Control"] = "no-store, private" if personal else "no-cache, private"
    answer["Content-Security-Policy"] = POLICY
    answer["Permissions-Policy"] = _PERMISSIONS
    # what holds a secret of somebody's is not packed, its length could betray it
    if not personal:
        _packed.process_response(request, answer)
    return answer


@cache
def navigation() -> tuple[dict[str, str], ...]:
    """The pages that there are: `name`, `address`, `label`, `about`."""
    found = []
    for name, label, about in NAVIGATION:
        try:
            found.append({"name": name, "address": reverse(name), "label": label, "about": about})
        except NoReverseMatch:
            continue
    return tuple(found)


View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """A page without an account; what it refuses is shown as a page of its own."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponseBase:
        try:
            return view(request, **address)
        except Refused as refused:
            return public_refused(request, refused)

    return wrapped


def public_refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    """A page that says why not, and where to go from there."""
    return public_page(request, "public/refused.html", {"refused": refused}, _STATUS.get(refused.code, 422))


def open_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page without the residents' frame (kiosk, walls), under the same policy; kept by nobody."""
    answer = render(request, template, context, status=status)
    answer["Cache-Control"] = "no-store, private"
    answer["Content-Security-Policy"] = POLICY
    return answer


def unchanged() -> HttpResponse:
    """For an open page that asks whether it is still as it was."""
    answer = HttpResponse(status=204)
    answer["Cache-Control"] = "no-store"
    return answer
