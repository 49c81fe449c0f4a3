"""预约事项: what can be booked, and when."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from onedoor.hall.queries.booking import Offer, offer_of, offers, resources
from onedoor.hall.queries.centres import all_centres, centre_named
from onedoor.hall.queries.residence import places
from onedoor.hall.steps.bookables import keep_bookable, keep_resource
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.residence import CALLS_NUMBERS
from onedoor.web.desk.admin.access import administrator, attempt
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.move_form import Field
from onedoor.web.desk.page import page


@administrator
def bookable_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    return page(request, signed, "admin/bookables.html", {"items": offers(all_of_them=True), "resources": resources()})


@require_http_methods(["GET", "POST"])
@administrator
def one_resource(request: HttpRequest, signed: SignedIn, by: By, resource: int | None = None) -> HttpResponse:
    """Who or what receives: a new one, or the one that is there."""
    there = next((one for one in resources() if one["id"] == resource), None)
    if resource is not None and there is None:
        raise Refused(NOT_FOUND, "没有这个接待席。")
    refused: Refused | None = None
    typed: dict[str, Any] = request.POST.dict() if request.method == "POST" else dict(there or {"seats": "1"})
    if request.method == "POST":
        refused = attempt(lambda: keep_resource(by=by, given=typed, resource=resource))
        if refused is None:
            more = "" if "window" in typed else "到场后要叫号的，请再打开它选窗口。"
            messages.success(request, f"“{typed['name'].strip()}”已保存。{more}")
            return HttpResponseRedirect(reverse("desk:admin_bookables"))
    context = {"there": there, "refused": refused, "fields": _resource_fields(typed, there, refused)}
    return page(request, signed, "admin/book_resource.html", context, 422 if refused else 200)


def _resource_fields(typed: dict[str, Any], there: dict[str, Any] | None, refused: Refused | None) -> list[Field]:
    form = Fields(typed, refused)
    centres = {one["code"]: one["name"] for one in all_centres()}
    # codes are each hall's own: windows are offered once it is known whose
    centre = there["centre_code"] if there else next(iter(centres)) if len(centres) == 1 else ""
    windows = {
        one["code"]: one["name"]
        for one in (places(centre_named(centre).id) if centre else ())
        if one["active"] and one["kind"] in CALLS_NUMBERS
    }
    return [
        *([] if there else [form.one("centre", "哪个中心", centres)]),
        form.text("name", "名称", help="群众看得到，如 5号窗口、值班律师、首席调解员何为贵。"),
        form.number("seats", "同时接待几人", help="几项预约共用一个接待席的，合起来不超过这个数。"),
        form.text(
            "username",
            "本人的用户名",
            required=False,
            help="有账号的人填写，和调解会的时间互不重叠。",
        ),
        *([form.one("window", "到场后在哪个窗口叫号", windows, required=False)] if centre else []),
    ]


@require_http_methods(["GET", "POST"])
@administrator
def one_bookable(request: HttpRequest, signed: SignedIn, by: By, bookable: int | None = None) -> HttpResponse:
    """A new one, or the one that is there."""
    there = offer_of(str(bookable)) if bookable is not None else None
    refused: Refused | None = None
    typed: dict[str, Any] = request.POST.dict() if request.method == "POST" else _typed(there)
    if request.method == "POST":
        refused = attempt(lambda: keep_bookable(by=by, given=typed, bookable=bookable))
        if refused is None:
            messages.success(request, f"“{typed['name'].strip()}”已保存。")
            return HttpResponseRedirect(reverse("desk:admin_bookables"))
    context = {"there": there, "refused": refused, "fields": _fields(typed, refused)}
    return page(request, signed, "admin/bookable.html", context, 422 if refused else 200)


def _typed(there: Offer | None) -> dict[str, Any]:
    if there is None:
        return {"minutes": "30", "position": "0", "active": "yes"}
    return {
        "name": there.name, "about": there.about, "place": there.place, "minutes": str(there.minutes),
        "resource": str(there.resource), "service": there.service,
        "position": str(there.position), "active": "yes" if there.active else "",
        "hours": "\n".join(map(str, there.hours)),
        "closed": "\n".join(sorted(day.isoformat() for day in there.closed)),
    }  # fmt: skip


def _receiver(one: dict[str, Any]) -> str:
    return f"{one['name']}（{one['centre_name']}，同时{one['seats']}人）"


def _fields(typed: dict[str, Any], refused: Refused | None) -> list[Field]:
    form = Fields(typed, refused)
    faults = refused.fields if refused else {}

    def lines(name: str, label: str, help: str, *, required: bool) -> Field:  # noqa: A002
        return Field(
            name=name, label=label, widget="long", required=required, value=typed.get(name, ""),
            error=faults.get(name, ""), help=help, rows=5,
        )  # fmt: skip

    return [
        form.text("name", "名称", help="如 法律援助咨询、公证、首席调解员王某某。"),
        form.text("about", "说明", required=False),
        form.text("place", "地点", required=False, help="几楼几号窗口。"),
        form.number("minutes", "每次分钟数"),
        form.one("resource", "由谁接待", {str(one["id"]): _receiver(one) for one in resources()}),
        form.text(
            "service",
            "办事指南的代码",
            required=False,
            help="如 legal-aid.apply，指南里的“预约办理”就到这里。",
        ),
        lines("hours", "开放时间", "一行一段，如 周一 09:00-11:30。休息日按工作日历自动不开放。", required=True),
        lines("closed", "停办日期", "一行一天，如 2026-03-01。", required=False),
        form.number("position", "次序"),
        form.tick("active", "可以预约"),
    ]
