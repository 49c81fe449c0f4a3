"""今日条目: what came in from the grids of my area."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.cases.queries.days import today
from onedoor.grid.queries.area import grids_of
from onedoor.grid.queries.entries import LISTED, EntryFilters, entry_for, entry_numbers, list_entries
from onedoor.grid.queries.tasks import task_named
from onedoor.grid.steps.waiting import settle
from onedoor.people.tokens import SignedIn
from onedoor.rules.field import DECISIONS, STATES
from onedoor.rules.field_opinions import READS
from onedoor.rules.fieldwork import LEADS, LOOKS, areas, at
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.grid.context import chosen, field_page, kept, must_be_of_field, onward

READ_HERE = frozenset({"task_sign", "task_done", "inspect", "more"})
SHOWN = {code: name for code, name in STATES.items() if code != "refused"}


@require_safe
@staff
def front(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Where one's work in the field begins."""
    must_be_of_field(signed)
    if areas(signed.actors, LOOKS):
        name = "desk:field_entries"
    else:
        name = "desk:field_heard" if areas(signed.actors, READS) else "desk:field_tasks"
    return HttpResponseRedirect(reverse(name))


@require_safe
@staff
def entries_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Today's, or those of another day; what asks and what waits too long goes over all days."""
    now = timezone.now()
    values = kept(request, "grid", "kind", "state", "day")
    grids = grids_of(signed, LOOKS)
    state = chosen(values, "state", {**SHOWN, "late": ""})
    over_days = state in ("asks", "late", "waiting")
    day = None if over_days else _day(values["day"])
    values["day"] = day.isoformat() if day and day != today() else ""
    filters = EntryFilters(
        grid=values["grid"],
        kind=chosen(values, "kind", LISTED),
        state=state,
        day=day,
    )
    found = list_entries(signed, filters, now, cursor=request.GET.get("cursor", ""))
    context = {
        "values": values,
        "day": day or today(),
        "over_days": over_days,
        "is_today": day == today(),
        "items": found.items,
        "count": found.count,
        "capped": found.capped,
        "next": onward(values, found.next_cursor),
        "numbers": entry_numbers(signed, now),
        "grids": grids,
        "kinds": LISTED,
        "states": SHOWN,
        "filtered": any(values[name] for name in ("grid", "kind", "state")),
        "names": signed.viewer().sees_names,
    }
    return field_page(request, signed, "field_entries", "entries.html", context)


@require_http_methods(["GET", "POST"])
@staff
def entry_page(request: HttpRequest, signed: SignedIn, entry: UUID) -> HttpResponse:
    """One that has not become a matter; POST decides what is asked."""
    refused: Refused | None = None
    if request.method == "POST":
        entry_for(signed, entry, timezone.now())
        try:
            settle(
                actors=signed.actors, entry=str(entry), decision=request.POST.get("decision", ""),
                text=request.POST.get("text", ""), at=timezone.now(),
            )  # fmt: skip
        except Refused as error:
            if error.code in (NOT_FOUND, NOT_ALLOWED):
                raise
            refused = error
        else:
            messages.success(request, "已处理，报送人在手机上看得到。")
            return HttpResponseRedirect(reverse("desk:field_entries"))
    one = entry_for(signed, entry, timezone.now())
    path = tuple(one["path"])
    open_to = one["state"] == "asks" or one["late"]
    content = one["content"]
    context = {
        "one": one,
        "shows": open_to,
        # what a report or a visit says is not for a list: it waits for its file, and then is a matter or erased
        "text": str(content.get("text") or "") if open_to and one["kind"] in READ_HERE else "",
        "task": task_named(signed, content.get("task"), today()),
        "settles": open_to and at(signed.actors, LEADS, path) is not None,
        "orders": at(signed.actors, LEADS, path) is not None,
        "decisions": DECISIONS,
        "given": request.POST,
        "refused": refused,
        "faults": refused.fields if refused else {},
    }
    return field_page(request, signed, "field_entries", "entry.html", context, 422 if refused else 200)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return today()
