"""热线 of a centre."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.hall.queries.centres import centre_named
from onedoor.hall.queries.hotline import hotlines
from onedoor.hall.steps import hotlines as steps
from onedoor.people.find import written
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.access import administrator, attempt, done_or_told
from onedoor.web.desk.admin.fields import Fields, units
from onedoor.web.desk.admin.hall import hall_page


@require_http_methods(["GET", "POST"])
@administrator
def hotline_list(request: HttpRequest, signed: SignedIn, by: By, centre: str) -> HttpResponse:
    """The lines of this centre; POST adds."""
    there, given, refused = centre_named(centre), _typed(request), None
    if request.method == "POST":
        refused = attempt(lambda: steps.add_hotline(by=by, centre=there.id, given=given))
        if refused is None:
            messages.success(request, f"已新增“{given['name'].strip()}”。")
            return HttpResponseRedirect(reverse("desk:admin_hotlines", args=[centre]))
    context = {
        "items": hotlines(there.id, all_of_them=True),
        "fields": _fields(given, refused),
        "refused": refused,
    }
    return hall_page(request, signed, there, "admin/hotlines.html", context, 422 if refused else 200)


@require_http_methods(["GET", "POST"])
@administrator
def one_hotline(request: HttpRequest, signed: SignedIn, by: By, centre: str, hotline: int) -> HttpResponse:
    there = centre_named(centre)
    line = steps.find_hotline(there.id, hotline)
    given, refused = _typed(request), None
    if request.method == "POST":
        refused = attempt(lambda: steps.change_hotline(by=by, centre=there.id, hotline=hotline, given=given))
        if refused is None:
            messages.success(request, f"“{given['name'].strip()}”已保存。")
            return HttpResponseRedirect(reverse("desk:admin_hotlines", args=[centre]))
    else:
        given = {name: str(getattr(line, name)) for name in ("name", "number", "hours")}
        given["unit"] = written(line.unit.name, line.unit.code) if line.unit else ""
    context = {
        "title": line.name,
        "back": reverse("desk:admin_hotlines", args=[centre]),
        "fields": _fields(given, refused),
        "refused": refused,
    }
    return hall_page(request, signed, there, "admin/hall_one.html", context, 422 if refused else 200)


@require_POST
@administrator
def switch_hotline(request: HttpRequest, signed: SignedIn, by: By, centre: str, hotline: int) -> HttpResponse:
    there, active = centre_named(centre), bool(request.POST.get("active"))
    return done_or_told(
        request,
        lambda: steps.switch_hotline(by=by, centre=there.id, hotline=hotline, active=active),
        "已启用。" if active else "已停用，不再公布，也不再登记这条热线的来电。",
        reverse("desk:admin_hotlines", args=[centre]),
    )


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in steps.FIELDS}


def _fields(given: dict[str, str], refused: Refused | None) -> list[Any]:
    form = Fields(given, refused)
    return [
        form.text("name", "名称", help="群众看得到，如 妇女儿童维权热线。"),
        form.text("number", "号码"),
        form.place("unit", "由哪个单位接听", units(), required=False, help="不填为中心接听。"),
        form.text("hours", "接听时间", required=False, help="如 工作日 9:00–17:00。"),
    ]
