"""业务队列和取号机 of a hall."""

from datetime import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.hall.queries.centres import Centre, centre_named
from onedoor.hall.queries.lines import kinds_of_window, kiosks, lines
from onedoor.hall.queries.residence import places
from onedoor.hall.steps import lines as steps
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import Refused
from onedoor.rules.residence import CALLS_NUMBERS
from onedoor.web.desk.admin.access import administrator, attempt, done_or_told
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.admin.hall import hall_page

_USUAL = {"opens": "09:00", "closes": "17:00", "usual_minutes": "10"}


@require_http_methods(["GET", "POST"])
@administrator
def line_list(request: HttpRequest, signed: SignedIn, by: By, centre: str) -> HttpResponse:
    """The lines and the devices; POST adds a line."""
    there, refused = centre_named(centre), None
    given: dict[str, str] = dict(_USUAL)
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("code", *steps.FIELDS)}
        refused = attempt(
            lambda: steps.add_line(
                by=by,
                centre=there.id,
                code=given["code"],
                given=given,
                windows=request.POST.getlist("windows"),
                kinds=request.POST.getlist("kinds"),
            )
        )
        if refused is None:
            messages.success(request, f"已新增“{given['name'].strip()}”。")
            return HttpResponseRedirect(reverse("desk:admin_lines", args=[centre]))
    context = {
        "items": lines(there.id),
        "kiosks": kiosks(there.id),
        "refused": refused,
        "fields": [
            Fields(given, refused).text("code", "代码", help="小写字母，如 general；定下后不能改。"),
            *_fields(given, refused),
        ],
        **_windows(there, request.POST.getlist("windows"), refused),
        **_kinds(request.POST.getlist("kinds"), refused),
    }
    return hall_page(request, signed, there, "admin/lines.html", context, 422 if refused else 200)


@require_http_methods(["GET", "POST"])
@administrator
def one_line(request: HttpRequest, signed: SignedIn, by: By, centre: str, code: str) -> HttpResponse:
    there = centre_named(centre)
    line = steps.find_line(there.id, code)
    chosen, kinds, refused = request.POST.getlist("windows"), request.POST.getlist("kinds"), None
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in steps.FIELDS}
        refused = attempt(
            lambda: steps.change_line(by=by, centre=there.id, code=code, given=given, windows=chosen, kinds=kinds)
        )
        if refused is None:
            messages.success(request, f"“{given['name'].strip()}”已保存。")
            return HttpResponseRedirect(reverse("desk:admin_lines", args=[centre]))
    else:
        given = {name: _typed(getattr(line, name)) for name in steps.FIELDS}
        chosen, kinds = list(line.windows.values_list("code", flat=True)), line.kinds
    context = {
        "title": f"{line.name}（{line.code}）",
        "refused": refused,
        "fields": _fields(given, refused),
        **_windows(there, chosen, refused),
        **_kinds(kinds, refused),
    }
    return hall_page(request, signed, there, "admin/line.html", context, 422 if refused else 200)


@require_POST
@administrator
def switch_line(request: HttpRequest, signed: SignedIn, by: By, centre: str, code: str) -> HttpResponse:
    there, active = centre_named(centre), bool(request.POST.get("active"))
    return done_or_told(
        request,
        lambda: steps.switch_line(by=by, centre=there.id, code=code, active=active),
        "已启用。" if active else "已停用，不再取号；已经取的号照常叫。",
        reverse("desk:admin_lines", args=[centre]),
    )


@require_POST
@administrator
def switch_kiosk(request: HttpRequest, signed: SignedIn, by: By, centre: str, kiosk: int) -> HttpResponse:
    there, active = centre_named(centre), bool(request.POST.get("active"))
    return done_or_told(
        request,
        lambda: steps.switch_kiosk(by=by, centre=there.id, kiosk=kiosk, active=active),
        "已启用。" if active else "已停用，这台设备不能再取号。",
        reverse("desk:admin_lines", args=[centre]),
    )


def _typed(value: Any) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value)


def _fields(given: dict[str, str], refused: Refused | None) -> list[Any]:
    form = Fields(given, refused)
    return [
        form.text("name", "名称", help="取号机上的大字，如 综合受理。"),
        form.text("purpose", "办什么", required=False),
        form.text("prefix", "号码字母", help="A 的第十二个号是 A012，每天从 1 开始。"),
        form.text("opens", "开始取号"),
        form.text("closes", "停止取号"),
        form.number("usual_minutes", "平常一个号办几分钟", help="刚开始用时靠它估计等候时间。"),
        form.tick("every_day", "休息日也取号"),
        form.tick("guide", "导办台（不知道办什么的取这个号）"),
    ]


def _windows(centre: Centre, chosen: list[str], refused: Refused | None) -> dict[str, Any]:
    there = [one for one in places(centre.id) if one["kind"] in CALLS_NUMBERS and one["active"]]
    return {
        "windows": [one | {"on": one["code"] in chosen} for one in there],
        "windows_fault": refused.fields.get("windows", "") if refused else "",
    }


def _kinds(chosen: list[str], refused: Refused | None) -> dict[str, Any]:
    return {
        "kinds": [{"code": code, "name": name, "on": code in chosen} for code, name in kinds_of_window().items()],
        "kinds_fault": refused.fields.get("kinds", "") if refused else "",
    }
