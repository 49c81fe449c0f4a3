"""轮值表: a week of a hall on one page."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.calendars import calendar_of
from onedoor.cases.queries.days import today
from onedoor.hall.queries.centres import Centre, centre_named
from onedoor.hall.queries.residence import mark_of, residences, week_of
from onedoor.hall.steps.rota import copy_week, save_week
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import Refused
from onedoor.rules.residence import HALVES, monday
from onedoor.web.desk.admin.access import administrator, attempt
from onedoor.web.desk.admin.hall import hall_page
from onedoor.web.desk.month import WEEKDAYS

WEEK = timedelta(days=7)


@require_http_methods(["GET", "POST"])
@administrator
def rota_page(request: HttpRequest, signed: SignedIn, by: By, centre: str) -> HttpResponse:
    """The week of a day; POST saves all of it."""
    there, week = centre_named(centre), _week(request.GET.get("week", ""))
    there_now = week_of(there.id, week)
    refused, given = None, _as_form(there_now)
    if request.method == "POST":
        given = {name: str(value) for name, value in request.POST.items()}
        mark = given.get("mark", "")
        refused = attempt(lambda: save_week(by=by, centre=there.id, week=week, mark=mark, given=given))
        if refused is None:
            messages.success(request, "轮值表已保存。")
            return HttpResponseRedirect(_address(centre, week))
    mark = given.get("mark", "") if refused else mark_of(there_now)
    return _shown(request, signed, there, week, given, mark, refused)


@require_POST
@administrator
def copy(request: HttpRequest, signed: SignedIn, by: By, centre: str) -> HttpResponse:
    """The shown week to the next, and on to that one."""
    there, week = centre_named(centre), _week(request.GET.get("week", ""))
    over = bool(request.POST.get("over"))
    refused = attempt(lambda: copy_week(by=by, centre=there.id, week=week, over=over))
    if refused is None:
        messages.success(request, "已复制到下一周，现在看到的就是下一周。")
        return HttpResponseRedirect(_address(centre, week + WEEK))
    there_now = week_of(there.id, week)
    return _shown(request, signed, there, week, _as_form(there_now), mark_of(there_now), refused)


def _shown(
    request: HttpRequest,
    signed: SignedIn,
    centre: Centre,
    week: date,
    given: dict[str, str],
    mark: str,
    refused: Refused | None,
) -> HttpResponse:
    rotating = [one for one in residences(centre.id) if one["mode"] == "rota" and one["active"]]
    calendar, faults = calendar_of(centre.path), refused.fields if refused else {}
    days = []
    for number in range(7):
        day = week + timedelta(days=number)
        halves = []
        for half, name in HALVES.items():
            slot = f"{day.isoformat()}.{half}"
            halves.append(
                {
                    "slot": slot,
                    "name": name,
                    "leader": given.get(f"n.{slot}", ""),
                    "office": given.get(f"o.{slot}", ""),
                    "fault": faults.get(f"n.{slot}", "") or faults.get(f"o.{slot}", ""),
                    "units": [one | {"on": bool(given.get(f"u.{one['id']}.{slot}"))} for one in rotating],
                }
            )
        days.append(
            {
                "day": day,
                "weekday": f"星期{WEEKDAYS[number]}",
                "halves": halves,
                "rest": not calendar.is_working_day(day),
            }
        )
    context: dict[str, Any] = {
        "week": week,
        "last": week + timedelta(days=6),
        "before": week - WEEK,
        "after": week + WEEK,
        "this_week": week == monday(today()),
        "days": days,
        "rotating": rotating,
        "mark": mark,
        "refused": refused,
    }
    return hall_page(request, signed, centre, "admin/rota.html", context, 422 if refused else 200)


def _as_form(week: list[dict[str, Any]]) -> dict[str, str]:
    """What is there, under the names of the form."""
    given: dict[str, str] = {}
    for duty in week:
        slot = f"{duty['day'].isoformat()}.{duty['half']}"
        if duty["residence_id"] is not None:
            given[f"u.{duty['residence_id']}.{slot}"] = "yes"
        else:
            given |= {f"n.{slot}": duty["leader"], f"o.{slot}": duty["office"]}
    return given


def _week(text: str) -> date:
    """The Monday of the day asked for; of today for anything that is none."""
    try:
        return monday(date.fromisoformat(text))
    except (ValueError, OverflowError):
        return monday(today())


def _address(centre: str, week: date) -> str:
    return f"{reverse('desk:admin_rota', args=[centre])}?week={week.isoformat()}"
