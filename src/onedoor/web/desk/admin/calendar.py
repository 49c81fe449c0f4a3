"""工作日历: the national calendar of a year with a division's own days over it, and what was changed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from onedoor.cases.calendars import calendar_of, national_calendar
from onedoor.cases.queries.calendar import changes, own_days
from onedoor.cases.queries.days import today
from onedoor.cases.steps.calendar import MOST_DAYS, change_days
from onedoor.people.find import find_division, written
from onedoor.people.models import Division
from onedoor.people.steps.administering import By
from onedoor.people.steps.form import Form
from onedoor.people.tokens import SignedIn
from onedoor.rules.deadlines import Calendar
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.access import administrator
from onedoor.web.desk.admin.fields import Fields, divisions, whole
from onedoor.web.desk.month import WEEKDAYS, months
from onedoor.web.desk.page import page

DO = {"off": "放假（不上班）", "work": "上班（调休补班）", "withdraw": "撤回本区划自定的，恢复为上级的安排"}
FIRST, LAST = 2000, 2100


@require_http_methods(["GET", "POST"])
@administrator
def year_page(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """A year of a division; POST changes days of it. The change is recomputed by a job, the page shows how far."""
    given = {name: request.POST.get(name, "") for name in ("do", "first", "last", "name", "reason")}
    refused, fault = None, ""
    division = Division.objects.filter(parent=None).first()
    try:
        if typed := (request.GET.get("division", "").strip()[:100]):
            division = find_division(typed)
    except Refused as error:
        fault = error.sentence
    year = _year(request.GET.get("year", ""))
    if request.method == "POST" and division is not None and not fault:
        try:
            days = _days(given)
            change_days(by=by, division=division.code, days=days, reason=given["reason"])
        except Refused as error:
            refused = _at_fields(error)
        else:
            messages.success(request, f"“{division}”的日历已修改，在办事项的时限稍后自动重算。")
            query = urlencode({"division": division.code, "year": min(days).year})
            return HttpResponseRedirect(f"{reverse('desk:admin_calendar')}?{query}")
    past, following = changes(whole(request.GET.get("before", ""), 1, 2**60))
    context = {
        "division": division,
        "division_typed": typed if fault else written(division.name, division.code) if division else "",
        "fault": fault,
        "year": year,
        "year_before": year - 1 if year > FIRST else None,
        "year_after": year + 1 if year < LAST else None,
        "expected": national_calendar().is_expected(date(year, 6, 15)),
        "weekdays": WEEKDAYS,
        **_shown(division, year),
        "changes": [one | {"span": _span(one["days"])} for one in past],
        "following": following,
        "refused": refused,
        "fields": _fields(given if request.method == "POST" else {"do": "off"}, refused),
        "places": divisions(),
    }
    return page(request, signed, "admin/calendar.html", context, 422 if refused or fault else 200)


def _shown(division: Division | None, year: int) -> dict[str, Any]:
    path = division.path if division is not None else []
    calendar = calendar_of(path)
    own = own_days(path, date(year, 1, 1), date(year, 12, 31)) if path else {}
    places = [(year, month) for month in range(1, 13)]
    return {"months": months(places, lambda day: _cell(day, calendar, own)), "own": own}


def _cell(day: date, calendar: Calendar, own: Mapping[date, dict[str, Any]]) -> dict[str, Any]:
    """What stands at a day: nothing at an ordinary working day, else a word."""
    working, name = calendar.is_working_day(day), calendar.name_of(day)
    if day in own:
        return {"state": "own", "word": "自定班" if working else "自定休", "title": name}
    if working:
        return (
            {"state": "counted", "word": "补班", "title": name} if day.weekday() >= 5 else {"state": "out", "word": ""}
        )
    return {"state": "skipped", "word": name.removesuffix("节")[:2] or "休", "title": name}


def _days(given: dict[str, str]) -> dict[date, tuple[bool, str] | None]:
    """The days from first to last, each with its word. Refuses with every fault at its field."""
    form = Form()
    do = form.choice("do", given["do"], "做什么", DO)
    first = _date(form, "first", given["first"], "开始日期")
    last = _date(form, "last", given["last"], "结束日期") if given["last"].strip() else first
    name = form.text("name", given["name"], "名称", 40, required=do != "withdraw")
    form.text("reason", given["reason"], "理由", 500)
    if first and last and last < first:
        form.fault("last", "结束日期不能早于开始日期。")
    elif first and last and (last - first).days >= MOST_DAYS:
        form.fault("last", f"一次最多{MOST_DAYS}天。")
    form.check()
    assert first is not None and last is not None
    word = None if do == "withdraw" else (do == "work", name)
    return {first + timedelta(days=number): word for number in range((last - first).days + 1)}


def _date(form: Form, field: str, typed: str, label: str) -> date | None:
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        form.fault(field, f"请填写{label}，如 2026-10-01。")
        return None
    if not FIRST <= day.year <= LAST:
        form.fault(field, f"{label}应在{FIRST}年到{LAST}年之间。")
        return None
    return day


def _at_fields(error: Refused) -> Refused:
    """The step speaks of days, the form has a first and a last one."""
    return Refused(
        error.code, error.sentence, {"first" if key == "days" else key: said for key, said in error.fields.items()}
    )


def _year(typed: str) -> int:
    return whole(typed, FIRST, LAST) or today().year


def _span(days: list[date]) -> str:
    first, last = days[0], days[-1]
    return f"{first}" if first == last else f"{first} 至 {last}，{len(days)}天"


def _fields(given: Mapping[str, Any], refused: Refused | None) -> list[Any]:
    form = Fields(given, refused)
    return [
        form.one("do", "做什么", DO),
        form.day("first", "开始日期"),
        form.day("last", "结束日期", required=False, help="只有一天的不填。"),
        form.text("name", "名称", required=False, help="如 县庆、古尔邦节；撤回的不填。"),
        form.text("reason", "理由", help="写明文件或通知，会记入变更记录和重算过的事项。"),
    ]
