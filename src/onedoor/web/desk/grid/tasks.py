"""网格任务 at the desk: the list, a new one, and one with all that may be done with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.cases.queries.days import today
from onedoor.grid.queries.area import grids_of, workers_of
from onedoor.grid.queries.entries import entry_for
from onedoor.grid.queries.places import place_for
from onedoor.grid.queries.tasks import list_tasks, task_for, task_numbers
from onedoor.grid.steps import tasks as steps
from onedoor.people.find import written
from onedoor.people.tokens import SignedIn
from onedoor.rules.fieldwork import FIELD, LEADS, TAKES, areas
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.rules.tasks import STATES
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.grid.context import chosen, field_page, form_id, kept, onward, seen_in
from onedoor.web.desk.move_form import Field

TAB = "field_tasks"
# step: what it does, what is said when it is done
STEPS: dict[str, tuple[Callable[..., Any], str]] = {
    "sign": (steps.sign_task, "已签收。"),
    "done": (steps.finish_task, "已完成，结果已送布置的人。"),
    "change": (steps.change_task, "已保存。"),
    "assign": (steps.assign_task, "已改派。"),
    "return": (steps.return_task, "已退回。"),
    "cancel": (steps.cancel_task, "已取消。"),
}


@require_safe
@staff
def tasks_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    values = kept(request, "state", "grid", "late")
    state = chosen(values, "state", STATES) or "running"
    grids = grids_of(signed, FIELD)
    found = list_tasks(
        signed, today(), state=state, late=bool(values["late"]), cursor=request.GET.get("cursor", ""),
        grid=values["grid"],
    )  # fmt: skip
    context = {
        "values": values,
        "state": state,
        "items": found.items,
        "count": found.count,
        "capped": found.capped,
        "next": onward(values, found.next_cursor),
        "numbers": task_numbers(signed, today()),
        "states": STATES,
        "grids": grids,
        "orders": bool(areas(signed.actors, LEADS)),
    }
    return field_page(request, signed, TAB, "tasks.html", context)


@require_http_methods(["GET", "POST"])
@staff
def new_task(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """A task of its own, or about what the address names: a case, a place, an entry."""
    if not areas(signed.actors, LEADS):
        raise Refused(NOT_ALLOWED, "网格任务由网格长和上级中心的分流专员、主任布置。")
    refused: Refused | None = None
    given: dict[str, Any] = request.POST.dict() if request.method == "POST" else _asked(request, signed)
    if request.method == "POST":
        try:
            task = steps.order_task(signed=signed, at=timezone.now(), task=form_id(request), raw=given)
        except Refused as error:
            if not error.fields:
                raise
            refused = error
        else:
            messages.success(request, "任务已布置，网格员的手机下次联网时收到。")
            return HttpResponseRedirect(reverse("desk:field_task", args=[task]))
    context = {
        "id": given.get("id") or str(uuid4()),
        "fields": _fields(given, refused, signed),
        "given": given,
        "refused": refused,
        "faults": refused.fields if refused else {},
    }
    return field_page(request, signed, TAB, "task_new.html", context, 422 if refused else 200)


@require_safe
@staff
def task_page(request: HttpRequest, signed: SignedIn, task: UUID) -> HttpResponse:
    return _show(request, signed, task)


@require_POST
@staff
def task_step(request: HttpRequest, signed: SignedIn, task: UUID, step: str) -> HttpResponse:
    """Signs, does, changes, gives to another, sends back, cancels; a fault is told at its field."""
    if step not in STEPS:
        raise Refused(NOT_FOUND, "没有这个操作。")
    verb, said = STEPS[step]
    given: dict[str, Any] = {} if step == "sign" else {"raw": request.POST.dict()}
    try:
        verb(signed=signed, at=timezone.now(), task=task, seen=seen_in(request), **given)
    except Refused as refused:
        if refused.code in (NOT_FOUND, NOT_ALLOWED):
            raise
        return _show(request, signed, task, refused, step)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("desk:field_task", args=[task]))


def _show(
    request: HttpRequest, signed: SignedIn, task: UUID, refused: Refused | None = None, step: str = ""
) -> HttpResponse:
    one = task_for(signed, task, today())
    given = request.POST if step else {}
    words: dict[str, Any] = {
        "title": one["title"], "text": one["text"], "guests": one["guests"],
        "due_on": one["due_on"].isoformat() if one["due_on"] else "",
    }  # fmt: skip
    changing = Fields(given if step == "change" else words, refused if step == "change" else None)
    context = {
        "one": one,
        "step": step,
        "given": given,
        "refused": refused,
        "faults": refused.fields if refused else {},
        "change_fields": _words(changing) if one["orders"] and one["runs"] else [],
        "workers": _workers(signed) if one["orders"] and one["runs"] else {},
    }
    return field_page(request, signed, TAB, "task.html", context, 422 if refused else 200)


def _asked(request: HttpRequest, signed: SignedIn) -> dict[str, Any]:
    """What the address names, as far as I may see it; an address that was typed wrong names nothing."""
    given: dict[str, Any] = {"case": request.GET.get("case", "")[:40]}
    try:
        if place := request.GET.get("place", ""):
            one = place_for(signed, UUID(place), today())
            given |= {
                "place": str(one["id"]), "place_name": one["name"], "title": f"巡查：{one['name']}"[:80],
                "grid": written(one["grid_name"], one["grid"]),
            }  # fmt: skip
        if entry := request.GET.get("entry", ""):
            found = entry_for(signed, UUID(entry), timezone.now())
            given |= {"entry": str(found["id"]), "grid": written(found["grid_name"] or "", found["grid"] or "")}
    except ValueError:
        pass
    return given


def _fields(given: dict[str, Any], refused: Refused | None, signed: SignedIn) -> list[Field]:
    form = Fields(given, refused)
    grids = [written(one["name"], one["code"]) for one in grids_of(signed, LEADS)]
    return [
        *_words(form)[:2],
        form.place("grid", "哪个网格", grids, help="填名称或代码。"),
        form.one("worker", "给谁", _workers(signed), required=False),
        *_words(form)[2:],
        form.text("case", "关于哪件事项", required=False, help="事项编号。结果显示在那件事项旁边。"),
    ]


def _words(form: Fields) -> list[Field]:
    return [
        form.text("title", "任务", help="一句话说清做什么。"),
        form.long("text", "要求", required=False, help="不写身份证号、手机号。"),
        form.day("due_on", "完成期限", required=False),
        form.tick("guests", "群防群治队员也可以领"),
    ]


def _workers(signed: SignedIn) -> dict[str, str]:
    return {
        one["username"]: f"{one['name']}（{one['place']}）"
        for one in workers_of(signed, LEADS, sorted(map(str, TAKES)))
    }
