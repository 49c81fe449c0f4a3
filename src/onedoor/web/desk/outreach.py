"""专业人员下沉: the week, the month, one half day and what came of it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries.days import today
from onedoor.hall.queries import outreach as queries
from onedoor.hall.queries.centres import Centre, centre_of
from onedoor.hall.steps import outreach as steps
from onedoor.people.find import written
from onedoor.people.models import Unit
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Actor
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.outreach import OUTREACH_STATES, PLANS, TRADES, is_unreported
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.rules.residence import HALVES, monday
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.fields import Fields, divisions, units
from onedoor.web.desk.month import WEEKDAYS
from onedoor.web.desk.page import page

WEEK = timedelta(days=7)
# step: what it does, what is said when it is done
STEPS: dict[str, tuple[Callable[..., None], str]] = {
    "change": (steps.change_outreach, "已保存。"),
    "report": (steps.report_outreach, "已登记完成。"),
    "cancel": (steps.cancel_outreach, "已取消。"),
    "case": (steps.name_case, "已记下这件事项。"),
}


@require_http_methods(["GET", "POST"])
@staff
def week_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """A week of my centre with what is still open; POST plans."""
    centre = _centre(signed)
    week = _week(request.GET.get("week", ""))
    given, refused = {name: request.POST.get(name, "") for name in steps.FIELDS}, None
    if request.method == "POST":
        try:
            steps.plan_outreach(actor=_must_plan(signed, centre), at=timezone.now(), given=given)
        except Refused as error:
            if error.code == NOT_ALLOWED:
                raise
            refused = error
        else:
            messages.success(request, "已安排，群众在“今日在岗”页上看得到。")
            ahead = _week(given["day"])
            return HttpResponseRedirect(f"{reverse('desk:outreach')}?week={ahead.isoformat()}")
    found = queries.between(signed.viewer(), centre.id, week, week + timedelta(days=6))
    days = [
        {
            "day": week + timedelta(days=number),
            "weekday": f"星期{WEEKDAYS[number]}",
            "items": [_shown(one) for one in found if one["day"] == week + timedelta(days=number)],
        }
        for number in range(7)
    ]
    plans = _planner(signed, centre) is not None
    context = {
        "centre": centre,
        "days": days,
        "open": [_shown(one) for one in queries.unreported(centre.id, today())],
        "week": week,
        "last": week + timedelta(days=6),
        "before": week - WEEK,
        "after": week + WEEK,
        "this_week": week == monday(today()),
        "plans": plans,
        "fields": _fields(given, refused) if plans else [],
        "refused": refused,
    }
    return page(request, signed, "outreach.html", context, 422 if refused else 200)


@staff
def month_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """A month in a list, with its sums."""
    centre = _centre(signed)
    first = _month(request.GET.get("month", ""))
    month = queries.month_of(signed.viewer(), centre.id, first)
    context = {
        "centre": centre,
        "first": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": (first + timedelta(days=32)).replace(day=1),
        "month": month,
        "states": [(name, month.states.get(code, 0)) for code, name in OUTREACH_STATES.items()],
        "items": [_shown(one) for one in month.items],
    }
    return page(request, signed, "outreach_month.html", context)


@staff
def one_page(request: HttpRequest, signed: SignedIn, outreach: int) -> HttpResponse:
    return _show(request, signed, outreach)


@require_POST
@staff
def act(request: HttpRequest, signed: SignedIn, outreach: int, step: str) -> HttpResponse:
    """Changes, reports, cancels or names a matter; a fault is told at its field."""
    if step not in STEPS:
        raise Refused(NOT_FOUND, "没有这个办理动作。")
    verb, said = STEPS[step]
    actor = _must_plan(signed, _centre(signed))
    given = {name: str(value) for name, value in request.POST.items()}
    try:
        verb(viewer=signed.viewer(), actor=actor, at=timezone.now(), outreach=outreach, given=given)
    except Refused as refused:
        if refused.code in (NOT_FOUND, NOT_ALLOWED):
            raise
        return _show(request, signed, outreach, refused, step)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("desk:outreach_one", args=[outreach]))


def _show(
    request: HttpRequest, signed: SignedIn, outreach: int, refused: Refused | None = None, step: str = ""
) -> HttpResponse:
    centre = _centre(signed)
    one = queries.outreach_for(signed.viewer(), centre.id, outreach)
    given = {name: request.POST.get(name, "") for name in steps.FIELDS} if step == "change" else _as_form(one)
    context = {
        "one": _shown(one),
        "cases": [
            {**case, "stage_name": STAGE_NAMES[case["stage"]]} for case in queries.came_of(signed.viewer(), outreach)
        ],
        "plans": _planner(signed, centre) is not None,
        "fields": _fields(given, refused if step == "change" else None),
        "changing": step == "change",
        "been": one["day"] <= today(),
        "refused": refused,
        "faults": refused.fields if refused and step != "change" else {},
        "given": request.POST if step != "change" else {},
        "names": signed.viewer().sees_names,
    }
    return page(request, signed, "outreach_one.html", context, 422 if refused else 200)


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "trade_name": TRADES[one["trade"]],
        "half_name": HALVES[one["half"]],
        "state_name": OUTREACH_STATES[one["state"]],
        "unreported": is_unreported(one["state"], one["day"], today()),
    }


def _as_form(one: dict[str, Any]) -> dict[str, str]:
    """What is there, under the names of the form."""
    unit = Unit.objects.filter(pk=one["unit_id"]).first() if one["unit_id"] else None
    return {
        "unit": written(unit.name, unit.code) if unit else "",
        "division": written(one["village"], one["village_code"]),
        "day": one["day"].isoformat(),
        **{name: one[name] for name in ("name", "trade", "half", "place", "purpose")},
    }


def _fields(given: dict[str, str], refused: Refused | None) -> list[Any]:
    form = Fields(given, refused)
    return [
        form.one("trade", "专业", TRADES),
        form.place("unit", "单位", units(), required=False, help="律所、公证处等不在本系统里的，填下面的名称。"),
        form.text("name", "名称（不在本系统里的）", required=False),
        form.place("division", "到哪个村居乡镇", divisions()),
        form.day("day", "日期"),
        form.either("half", "半天", HALVES),
        form.text("place", "地点", help="如 村党群服务中心一楼。"),
        form.text("purpose", "做什么", help="群众看得到，如 婚姻家庭、继承咨询。"),
    ]


def _centre(signed: SignedIn) -> Centre:
    centre = centre_of(signed.actors)
    if not queries.sees_outreach(signed.actors, centre.id):
        raise Refused(NOT_ALLOWED, "下沉安排只对本中心的窗口受理员、分流专员、督办员和中心主任开放。")
    return centre


def _planner(signed: SignedIn, centre: Centre) -> Actor | None:
    return next((one for one in signed.actors if one.role in PLANS and one.unit == centre.id), None)


def _must_plan(signed: SignedIn, centre: Centre) -> Actor:
    actor = _planner(signed, centre)
    if actor is None:
        raise Refused(NOT_ALLOWED, "您的岗位不能安排下沉。")
    return actor


def _week(text: str) -> date:
    """The Monday of the day asked for; of today for anything that is none."""
    try:
        return monday(date.fromisoformat(text))
    except (ValueError, OverflowError):
        return monday(today())


def _month(text: str) -> date:
    """The first of the month asked for (2026-03); of this one for anything that is none."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today().replace(day=1)
    return found if 2000 <= found.year <= 2200 else today().replace(day=1)
