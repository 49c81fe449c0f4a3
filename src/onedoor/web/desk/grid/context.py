"""What every page of the field has: its tabs, a period, a task's version."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from onedoor.cases.queries.days import today
from onedoor.people.tokens import SignedIn
from onedoor.rules.care import MAKES, VISITS
from onedoor.rules.field_opinions import READS
from onedoor.rules.fieldwork import FIELD, LOOKS, WORKS, areas
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.web.desk.page import page

# address, name, for whom
TABS = (
    ("field_entries", "今日条目", LOOKS),
    ("field_tasks", "任务", FIELD),
    ("field_places", "场所巡查", LOOKS | WORKS),
    ("field_visits", "入户走访", LOOKS | WORKS),
    ("field_care", "帮扶计划", MAKES | VISITS),
    ("field_workload", "工作量", LOOKS),
    ("field_surges", "异常增多", LOOKS),
    ("field_heard", "社情民意", READS),
)
LONGEST = timedelta(days=366)


def field_page(
    request: HttpRequest, signed: SignedIn, tab: str, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The template with the tabs that my posts open; `tab` is the one that it stands under."""
    tabs = [
        (reverse(f"desk:{name}"), label, name == tab) for name, label, roles in TABS if areas(signed.actors, roles)
    ]
    return page(request, signed, f"field/{template}", {"tabs": tabs, **context}, status)


def must_be_of_field(signed: SignedIn) -> None:
    if not areas(signed.actors, FIELD | READS):
        raise Refused(NOT_ALLOWED, "网格工作只对网格长、网格员和中心开放。")


def kept(request: HttpRequest, *names: str) -> dict[str, str]:
    """Filters as typed; PostgreSQL takes no NUL in a text."""
    return {name: request.GET.get(name, "").replace("\0", "\ufffd").strip()[:60] for name in names}


def chosen(values: dict[str, str], name: str, offered: Mapping[str, Any]) -> str:
    """The value if it is one that is offered; an address that was typed wrong filters nothing."""
    if values[name] not in offered:
        values[name] = ""
    return values[name]


def onward(values: Mapping[str, str], cursor: str) -> str:
    """The next page under the same filters; empty at the end."""
    query = {name: value for name, value in values.items() if value}
    return f"?{urlencode({**query, 'cursor': cursor})}" if cursor else ""


def period(request: HttpRequest) -> tuple[date, date]:
    """The days from `since` to `until` of the address; the last thirty for anything that is no period."""
    last = today()
    try:
        first, last = (date.fromisoformat(request.GET.get(name, "")) for name in ("since", "until"))
    except ValueError:
        first = last - timedelta(days=29)
    return (first, last) if timedelta(0) <= last - first <= LONGEST else (today() - timedelta(days=29), today())


def seen_in(request: HttpRequest) -> int | None:
    """The version that the form was made from."""
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


def form_id(request: HttpRequest, field: str = "id") -> UUID:
    """The id that the form was given, so that sent twice it is one."""
    try:
        return UUID(request.POST.get(field, ""))
    except ValueError:
        raise Refused(NOT_FOUND, "表单已失效，请重新打开。") from None
