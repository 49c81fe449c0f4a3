"""单位: the list, one unit, switching it on and off."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.steps.switch_unit_off import switch_unit_off
from onedoor.notices.queries.channels import channels_of
from onedoor.notices.steps.channels import change_unit_channel, set_unit_channel
from onedoor.people.find import find_division, written
from onedoor.people.models import Unit
from onedoor.people.queries import list_units
from onedoor.people.steps.administering import By
from onedoor.people.steps.units import KINDS, add_unit, change_unit, switch_unit
from onedoor.people.tokens import SignedIn
from onedoor.rules.channels import OF_UNIT
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.web.desk.admin.access import administrator, attempt, done_or_told, not_there
from onedoor.web.desk.admin.fields import Fields, divisions
from onedoor.web.desk.admin.paging import address_with, kept
from onedoor.web.desk.channels import CHANNEL_SAID, channel_forms
from onedoor.web.desk.page import page

STATES = {"active": "在用", "off": "已停用", "unstaffed": "在用但没有人"}
_TEXTS = ("name", "short_name", "kind", "division", "phone")


@administrator
def unit_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """Units by code, filtered; a division that is not there is told beside its field."""
    values = kept(request, ("q", "kind", "division", "state", "after"))
    fault, found = "", None
    try:
        division = find_division(values["division"]) if values["division"] else None
        found = list_units(
            q=values["q"], kind=values["kind"], division=division, state=values["state"], after=values["after"]
        )
    except Refused as refused:
        fault = refused.sentence
    context = {
        "values": values,
        "fault": fault,
        "items": found.items if found else [],
        "kinds": KINDS,
        "states": STATES,
        "next": address_with("desk:admin_units", values, found.following) if found and found.following else "",
        "filtered": any(values[name] for name in ("q", "kind", "division", "state")),
    }
    return page(request, signed, "admin/units.html", context, 422 if fault else 200)


@require_http_methods(["GET", "POST"])
@administrator
def new_unit(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    refused = None
    typed = {name: request.POST.get(name, "") for name in ("code", *_TEXTS)}
    if request.method == "POST":
        try:
            unit = add_unit(by=by, **typed)
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"已新增单位“{unit}”。")
            return HttpResponseRedirect(reverse("desk:admin_unit", args=[unit.code]))
    context = {"fields": _fields(typed, refused, new=True), "refused": refused}
    return page(request, signed, "admin/unit.html", context, 422 if refused else 200)


@require_http_methods(["GET", "POST"])
@administrator
def one_unit(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    unit = _unit(code)
    refused = None
    typed = {name: request.POST.get(name, "") for name in _TEXTS}
    if request.method == "POST":
        refused = attempt(lambda: change_unit(by=by, unit=unit.pk, **typed))
        if refused is None:
            messages.success(request, f"“{typed['name'].strip()}”已保存。")
            return HttpResponseRedirect(reverse("desk:admin_unit", args=[code]))
    else:
        typed = _now(unit)
    return _show(request, signed, unit, _fields(typed, refused, new=False), refused)


@require_POST
@administrator
def unit_channel(request: HttpRequest, signed: SignedIn, by: By, code: str, kind: str) -> HttpResponse:
    """The robot of the unit's group: saved, switched on or off, or taken away."""
    unit, wanted = _unit(code), request.POST.get("do", "save")
    try:
        if wanted == "save":
            typed = {name: request.POST.get(name, "") for name in ("address", "secret")}
            set_unit_channel(by=by, unit=unit.pk, kind=kind, **typed)
        else:
            change_unit_channel(by=by, unit=unit.pk, kind=kind, wanted=wanted)
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        return _show(request, signed, unit, _fields(_now(unit), None, new=False), refused, kind)
    messages.success(request, CHANNEL_SAID[wanted])
    return HttpResponseRedirect(reverse("desk:admin_unit", args=[code]) + "#channels")


def _show(
    request: HttpRequest, signed: SignedIn, unit: Unit, fields: list[Any], refused: Refused | None, channel: str = ""
) -> HttpResponse:
    """The unit's page; where a channel was refused, the fault stands at its form."""
    there = channels_of(unit=unit.pk)
    context = {
        "unit": unit,
        "fields": fields,
        "refused": refused,
        "posts": unit.posts.filter(active=True, account__is_active=True).select_related("account", "division"),
        "channels": channel_forms(
            OF_UNIT, there, request.POST, (channel, refused) if channel and refused is not None else None
        ),
    }
    return page(request, signed, "admin/unit.html", context, 422 if refused else 200)


def _now(unit: Unit) -> dict[str, str]:
    """What the unit's form says now."""
    return {name: getattr(unit, name) for name in _TEXTS} | {
        "division": written(unit.division.name, unit.division.code)
    }


@require_POST
@administrator
def switch(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    unit, back = _unit(code), reverse("desk:admin_unit", args=[code])
    if request.POST.get("active"):
        return done_or_told(request, lambda: switch_unit(by=by, unit=unit.pk, active=True), "已启用。", back)
    return done_or_told(request, lambda: switch_unit_off(by=by, unit=unit.pk), "已停用。", back)


def _unit(code: str) -> Unit:
    unit = Unit.objects.select_related("division").filter(code=code).first() if "\0" not in code else None
    if unit is None:
        raise not_there("单位")
    return unit


def _fields(given: dict[str, Any], refused: Refused | None, *, new: bool) -> list[Any]:
    form = Fields(given, refused)
    code = [form.text("code", "代码", help="小写字母、数字和短横线，如 rsj、centre-qinghe；定下后不能改。")]
    return [
        *(code if new else []),
        form.text("name", "全称"),
        form.text("short_name", "简称", required=False, help="列表和按钮上显示，20 个字以内；不填则取全称开头。"),
        form.one("kind", "类别", KINDS),
        form.place("division", "所属区划", divisions(), help="填写区划的名称或代码。"),
        form.text("phone", "公开电话", required=False),
    ]
