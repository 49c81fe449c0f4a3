"""帮扶计划 at the desk: one's own, a new one, one with its visits, its sheet."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.cases import secrets
from onedoor.cases.queries.days import today
from onedoor.grid.queries.area import grids_of, workers_of
from onedoor.grid.queries.care import list_plans, plan_for
from onedoor.grid.steps import care as steps
from onedoor.people.find import written
from onedoor.people.tokens import SignedIn
from onedoor.people.units import public_centre
from onedoor.rules.care import BASES, ENDS, MAKES, VISITS
from onedoor.rules.fieldwork import areas
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.grid.context import field_page, form_id
from onedoor.web.desk.move_form import Field
from onedoor.web.desk.page import page

TAB = "field_care"
STEPS: dict[str, tuple[Callable[..., None], str]] = {
    "worker": (steps.change_worker, "已更换负责人。"),
    "end": (steps.end_plan, "计划已终止。"),
}


@require_safe
@staff
def plans_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    over = bool(request.GET.get("over"))
    context = {
        "items": list_plans(signed, today(), over=over),
        "over": over,
        "makes": bool(areas(signed.actors, MAKES)),
    }
    return field_page(request, signed, TAB, "plans.html", context)


@require_http_methods(["GET", "POST"])
@staff
def new_plan(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    if not areas(signed.actors, MAKES):
        raise Refused(NOT_ALLOWED, "帮扶计划由网格长和分流专员建立。")
    refused: Refused | None = None
    given: dict[str, Any] = request.POST.dict() if request.method == "POST" else _first()
    if request.method == "POST":
        try:
            plan = steps.make_plan(signed=signed, at=timezone.now(), plan=form_id(request), raw=given)
        except Refused as error:
            if not error.fields:
                raise
            refused = error
        else:
            messages.success(request, "计划已建立，请打印告知单交给本人。")
            return HttpResponseRedirect(reverse("desk:field_plan", args=[plan]))
    form = Fields(given, refused)
    grids = [written(one["name"], one["code"]) for one in grids_of(signed, MAKES)]
    fields = [
        form.text("name", "姓名"),
        form.text("phone", "电话", required=False),
        form.text("address", "住址"),
        form.place("grid", "哪个网格", grids, help="填名称或代码。"),
        form.one("worker", "由谁负责", _workers(signed)),
        *_terms(form),
    ]
    context = {"id": given.get("id") or str(uuid4()), "fields": fields, "refused": refused}
    return field_page(request, signed, TAB, "plan_new.html", context, 422 if refused else 200)


@require_safe
@staff
def plan_page(request: HttpRequest, signed: SignedIn, plan: UUID) -> HttpResponse:
    return _show(request, signed, plan)


@require_http_methods(["GET", "POST"])
@staff
def renew_plan(request: HttpRequest, signed: SignedIn, plan: UUID) -> HttpResponse:
    """A new decision with a basis and an end of its own."""
    there = plan_for(signed, plan, today())
    if not there["made_by_me"]:
        raise Refused(NOT_ALLOWED, "只有建立计划的人可以续期。")
    refused: Refused | None = None
    given: dict[str, Any] = request.POST.dict()
    if request.method == "POST":
        try:
            new = steps.renew_plan(signed=signed, at=timezone.now(), plan=plan, new=form_id(request), raw=given)
        except Refused as error:
            if error.code in (NOT_FOUND, NOT_ALLOWED):
                raise
            refused = error
        else:
            messages.success(request, "已另立新计划，请打印新的告知单交给本人；原来的帮扶码不再显示新的内容。")
            return HttpResponseRedirect(reverse("desk:field_plan", args=[new]))
    else:
        given = {
            **_first(),
            **{name: there[name] for name in ("purpose", "help", "basis")},
            "every_days": str(there["every_days"]),
        }
        steps.log_looked(account=signed.account, plan=plan, why="为续期查看帮扶计划")
    context = {
        "one": there,
        "id": given.get("id") or str(uuid4()),
        "fields": _terms(Fields(given, refused)),
        "refused": refused,
    }
    return field_page(request, signed, TAB, "plan_renew.html", context, 422 if refused else 200)


@require_POST
@staff
def plan_step(request: HttpRequest, signed: SignedIn, plan: UUID, step: str) -> HttpResponse:
    if step not in STEPS:
        raise Refused(NOT_FOUND, "没有这个操作。")
    verb, said = STEPS[step]
    try:
        verb(signed=signed, at=timezone.now(), plan=plan, raw=request.POST.dict())
    except Refused as refused:
        if refused.code in (NOT_FOUND, NOT_ALLOWED):
            raise
        return _show(request, signed, plan, refused)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("desk:field_care"))


@require_safe
@staff
def plan_sheet(request: HttpRequest, signed: SignedIn, plan: UUID) -> HttpResponse:
    """帮扶告知单, for the person: what, why, by whom, until when, his code, and how he ends it."""
    one = plan_for(signed, plan, today())
    if not one["lives"]:
        raise Refused(NOT_FOUND, "这份帮扶计划已经结束，不再打印告知单。")
    steps.log_looked(account=signed.account, plan=plan, why="打印帮扶告知单")
    code = secrets.care_code(str(plan))
    address = f"{settings.PUBLIC_URL}/care"
    context = {
        "one": one,
        "code": f"{code[:5]}-{code[5:]}",
        "address": address,
        "centre": public_centre(),
        "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
        "days": settings.CARE_PLAN_DAYS,
        "printed_at": timezone.now(),
    }
    return page(request, signed, "field/plan_sheet.html", context)


def _show(request: HttpRequest, signed: SignedIn, plan: UUID, refused: Refused | None = None) -> HttpResponse:
    one = plan_for(signed, plan, today())
    steps.log_looked(account=signed.account, plan=plan, why="查看帮扶计划")
    context = {
        "one": one,
        "refused": refused,
        "faults": refused.fields if refused else {},
        "workers": _workers(signed) if one["made_by_me"] and one["lives"] else {},
        "ends": {code: name for code, name in ENDS.items() if code != "renewed"},
    }
    return field_page(request, signed, TAB, "plan.html", context, 422 if refused else 200)


def _first() -> dict[str, Any]:
    return {"basis": "consent", "every_days": "7", "ends_on": (today() + timedelta(days=180)).isoformat()}


def _terms(form: Fields) -> list[Field]:
    return [
        form.either("basis", "依据", BASES),
        form.text("basis_text", "依据说明", help="同意的写明怎样同意的，如“本人签字”；法定职责写明哪部法律第几条。"),
        form.day("consented_on", "同意日期", required=False, help="依据为同意的填写。"),
        form.text("purpose", "目的", help="为什么帮，一句话。"),
        form.long("help", "帮扶内容", help="做什么，如 每周上门看望、代取药、陪同就医。"),
        form.number("every_days", "每隔几天看望"),
        form.day("ends_on", "结束日期", help="最长一年；到期还需要的，另作决定。"),
    ]


def _workers(signed: SignedIn) -> dict[str, str]:
    return {
        one["username"]: f"{one['name']}（{one['place']}）"
        for one in workers_of(signed, MAKES, sorted(map(str, VISITS)))
    }
