"""服务目录: the list in the order of the guide, one service, and the groups."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries import choices
from onedoor.cases.schemes import book
from onedoor.hall.models import Service
from onedoor.hall.queries.services import list_groups, list_services
from onedoor.hall.steps import services as steps
from onedoor.people.models import Unit
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.intake import KINDS, PURPOSES
from onedoor.rules.refusal import Refused
from onedoor.rules.services import WINDOW_KINDS, how_long, window_name
from onedoor.web.desk.admin.access import administrator, attempt, done_or_told, not_there
from onedoor.web.desk.admin.fields import Fields, units
from onedoor.web.desk.admin.paging import address_with, kept
from onedoor.web.desk.page import page

STATES = {"active": "在用", "off": "已停用", "unconfirmed": "在用，有待核"}
_HELP = {
    "what": "一两句话，说给不懂法的人听。",
    "bring": "一行一样。",
    "basis": "一行一条，写法律名称和条文；没有核对过原文的写“待核”。",
    "unconfirmed": "还有哪几项没有核定，如“所带材料、收费”，会写在页面上；都核定了就清空。",
    "handled_by": "哪一类机构，如“农村土地承包仲裁委员会”。",
    "unit": "本地是哪个单位，页面显示它的名称和公开电话。",
    "line": "取号时排哪个窗口的队，填窗口种类或自定的代码。",
}


@administrator
def service_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    values = kept(request, ("q", "group", "state", "after"))
    found = list_services(**values)
    context = {
        "values": values,
        "items": [
            {"service": one, "window": window_name(one.line), "unit": found.units.get(one.unit, one.unit)}
            for one in found.items
        ],
        "groups": {one.code: one.name for one in list_groups()},
        "states": STATES,
        "next": address_with("desk:admin_services", values, found.following) if found.following else "",
        "filtered": any(values[name] for name in ("q", "group", "state")),
    }
    return page(request, signed, "admin/services.html", context)


@require_http_methods(["GET", "POST"])
@administrator
def new_service(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    typed = _typed(request) if request.method == "POST" else {"fee": "不收费", "group": request.GET.get("group", "")}
    refused = None
    if request.method == "POST":
        code = typed["code"]
        refused = attempt(lambda: steps.add_service(by=by, code=code, raw=typed))
        if refused is None:
            messages.success(request, f"已新增服务“{typed['name'].strip()}”。")
            return HttpResponseRedirect(reverse("desk:admin_service", args=[code.strip()]))
    return _form(request, signed, typed, refused, None)


@require_http_methods(["GET", "POST"])
@administrator
def one_service(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    there = Service.objects.select_related("group").filter(code=code.replace("\0", "\ufffd")).first()
    if there is None:
        raise not_there("服务")
    refused = None
    typed = _typed(request) if request.method == "POST" else _now(there)
    if request.method == "POST":
        refused = attempt(lambda: steps.change_service(by=by, code=code, raw=typed))
        if refused is None:
            messages.success(request, "已保存，办事指南上马上就变。")
            return HttpResponseRedirect(reverse("desk:admin_service", args=[code]))
    return _form(request, signed, typed, refused, there)


@require_POST
@administrator
def change(request: HttpRequest, signed: SignedIn, by: By, code: str, what: str) -> HttpResponse:
    """A button of the list: one place up or down, on or off. Back to the same filters."""
    said, step = {
        "up": ("已上移。", lambda: steps.move_service(by=by, code=code, up=True)),
        "down": ("已下移。", lambda: steps.move_service(by=by, code=code, up=False)),
        "on": ("已启用，办事指南上可以看到了。", lambda: steps.switch_service(by=by, code=code, active=True)),
        "off": ("已停用，办事指南上不再显示。", lambda: steps.switch_service(by=by, code=code, active=False)),
    }.get(what, ("", None))
    if step is None:
        raise not_there("操作")
    return done_or_told(request, step, said, address_with("desk:admin_services", *_filters(request)))


@require_http_methods(["GET", "POST"])
@administrator
def groups(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """The headings of the guide; POST adds one."""
    refused = None
    given = {name: request.POST.get(name, "") for name in ("code", "name")}
    if request.method == "POST":
        refused = attempt(lambda: steps.add_group(by=by, **given))
        if refused is None:
            messages.success(request, f"已新增类别“{given['name'].strip()}”。")
            return HttpResponseRedirect(reverse("desk:admin_service_groups"))
    form = Fields(given, refused)
    fields = [form.text("code", "代码", help="小写字母，如 water。"), form.text("name", "名称")]
    context = {"groups": list_groups(), "fields": fields, "refused": refused}
    return page(request, signed, "admin/service_groups.html", context, 422 if refused else 200)


@require_POST
@administrator
def change_group(request: HttpRequest, signed: SignedIn, by: By, code: str, what: str) -> HttpResponse:
    """A button of a group: a new name, one place up or down, on or off."""
    said, step = {
        "name": ("名称已保存。", lambda: steps.rename_group(by=by, code=code, name=request.POST.get("name", ""))),
        "up": ("已上移。", lambda: steps.move_group(by=by, code=code, up=True)),
        "down": ("已下移。", lambda: steps.move_group(by=by, code=code, up=False)),
        "on": ("已启用。", lambda: steps.switch_group(by=by, code=code, active=True)),
        "off": ("已停用，这一类都不再显示。", lambda: steps.switch_group(by=by, code=code, active=False)),
    }.get(what, ("", None))
    if step is None:
        raise not_there("操作")
    return done_or_told(request, step, said, reverse("desk:admin_service_groups"))


def _filters(request: HttpRequest) -> tuple[dict[str, str], str]:
    names = ("q", "group", "state", "after")
    values = {name: request.POST.get(name, "").replace("\0", "\ufffd")[:100] for name in names}
    return values, values.pop("after")


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("code", *steps.NAMES)}


def _now(service: Service) -> dict[str, str]:
    """What the service's form says now; a unit out of use by its code, so that saving tells of it."""
    unit = next((one for one in units() if one.endswith(f"（{service.unit}）")), service.unit) if service.unit else ""
    texts = {name: getattr(service, name) for name in steps.NAMES if name not in ("group", "unit", "line")}
    return texts | {"group": service.group.code, "unit": unit, "line": window_name(service.line)}


def _form(
    request: HttpRequest, signed: SignedIn, typed: dict[str, str], refused: Refused | None, there: Service | None
) -> HttpResponse:
    form, names = Fields(typed, refused), steps.NAMES
    schemes = book(newest=True).schemes
    chosen = schemes.get(typed.get("scheme", ""))
    code = (
        [] if there else [form.text("code", "代码", help="类别、一个点、再加小写字母，如 water.bill。定下后不能改。")]
    )

    def line(name: str) -> Any:
        return form.text(name, names[name], required=False, help=_HELP.get(name, ""))

    context = {
        "service": there,
        "refused": refused,
        "limits": how_long(chosen) if chosen else (),
        "told": [
            *code,
            form.text("name", names["name"]),
            form.one("group", names["group"], {one.code: one.name for one in list_groups()}),
            form.long("what", names["what"], help=_HELP["what"]),
            form.long("for_whom", names["for_whom"], required=False, rows=2),
            form.long("bring", names["bring"], required=False, rows=5, help=_HELP["bring"]),
            line("form"),
            line("fee"),
            line("handled_by"),
            form.long("basis", names["basis"], required=False, help=_HELP["basis"]),
            line("unconfirmed"),
        ],
        "used": [
            form.place("unit", names["unit"], units(), required=False, help=_HELP["unit"]),
            form.one("scheme", names["scheme"], {one.code: one.name for one in schemes.values()}, required=False),
            form.place("line", names["line"], list(WINDOW_KINDS.values()), required=False, help=_HELP["line"]),
            form.grouped("category", names["category"], choices.categories(), required=False),
            form.one("kind", names["kind"], KINDS, required=False),
            form.one("purpose", names["purpose"], PURPOSES, required=False),
        ],
        "unit_there": not there or not there.unit or Unit.objects.filter(code=there.unit, active=True).exists(),
    }
    return page(request, signed, "admin/service.html", context, 422 if refused else 200)
