"""通报: what I have to read, what the centre writes, who has read it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.ids import new_id
from onedoor.cases.queries import choices
from onedoor.cases.queries.days import today
from onedoor.figures.models import Bulletin
from onedoor.figures.queries.bulletins import (
    bulletin_file,
    bulletin_for,
    list_bulletins,
    oversees,
    receipts_of,
    said_of,
)
from onedoor.figures.steps import bulletins as steps
from onedoor.papers.handing_out import sent
from onedoor.papers.queries.papers import MEDIA, Rendered
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import acting
from onedoor.rules.bulletins import BULLETIN, BULLETIN_STATES, offered_figures, reading_units
from onedoor.rules.centre_papers import WRITES
from onedoor.rules.figures import period
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.access import attempt, done_or_told
from onedoor.web.desk.admin.fields import whole
from onedoor.web.desk.centres import centre_chosen
from onedoor.web.desk.page import page
from onedoor.web.desk.said import shown_said


@staff
def bulletins_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    to_read = bool(request.GET.get("to_read"))
    at = whole(request.GET.get("page", ""), 0, 10_000) or 0
    found = list_bulletins(signed.actors, to_read=to_read, page=at)
    context = {
        "items": [
            {"one": one, "state_name": BULLETIN_STATES[one.state], "overseen": one.centre_id in found.overseen}
            for one in found.items
        ],
        "next": at + 1 if found.more else 0,
        "to_read": to_read,
        "writes": acting(signed.actors, WRITES) is not None,
    }
    return page(request, signed, "bulletins/list.html", context)


@require_http_methods(["GET", "POST"])
@staff
def new_bulletin(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The form makes the id, so that it is one bulletin however often it is sent."""
    BULLETIN.writer(signed.actors)
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = new_id()
    last = period("last_month", today())
    given: dict[str, Any] = {"since": last.since.isoformat(), "until": last.until.isoformat()}
    return _written(request, signed, key, None, given)


@require_http_methods(["GET", "POST"])
@staff
def write_bulletin(request: HttpRequest, signed: SignedIn, bulletin: UUID) -> HttpResponse:
    row = bulletin_for(signed.actors, bulletin)
    BULLETIN.writer(signed.actors, row.centre_id)
    last = period("last_month", today())
    given = {
        "title": row.title, "text": row.text,
        "since": row.figures.get("since", last.since.isoformat()),
        "until": row.figures.get("until", last.until.isoformat()),
        "by_unit": "yes" if row.figures.get("by_unit") else "",
        "units": [one.unit.code for one in row.units.select_related("unit")],
        "figures": list(row.figures.get("figures", [])),
    }  # fmt: skip
    return _written(request, signed, bulletin, row, given)


def _written(
    request: HttpRequest, signed: SignedIn, key: UUID, row: Bulletin | None, given: dict[str, Any]
) -> HttpResponse:
    refused, seen = None, row.version if row else 0
    centres, centre = centre_chosen(request, signed)
    if request.method == "POST":
        names = ("title", "text", "since", "until", "by_unit")
        raw = {name: request.POST.get(name, "") for name in names}
        units, figures = request.POST.getlist("units"), request.POST.getlist("figures")
        given = {**raw, "units": units, "figures": figures}
        seen = whole(request.POST.get("version", ""), 0, 10**9) or 0
        refused = attempt(
            lambda: steps.write_bulletin(
                actors=signed.actors,
                at=timezone.now(),
                bulletin=key,
                version=seen,
                raw=raw,
                units=units,
                figures=figures,
                centre=centre,
            )
        )
        if refused is None:
            messages.success(request, "草稿已保存，数字已按现在的情况统计。看过没有问题再发布。")
            return HttpResponseRedirect(reverse("desk:bulletin", args=[key]))
    context = {
        "key": key, "row": row, "seen": seen, "given": given, "refused": refused,
        "faults": refused.fields if refused else {}, "units": choices.units(), "figures": offered_figures(),
        "centres": centres, "centre": centre,
    }  # fmt: skip
    return page(request, signed, "bulletins/write.html", context, 422 if refused else 200)


@staff
def bulletin_page(request: HttpRequest, signed: SignedIn, bulletin: UUID) -> HttpResponse:
    """The text; for the units addressed the button to say that it was read; for the centre who has."""
    row = bulletin_for(signed.actors, bulletin)
    overseen = oversees(signed.actors, row)
    receipts = receipts_of(row)
    mine = [one for one in receipts if one.unit.pk in reading_units(signed.actors)]
    context = {
        "row": row,
        "state_name": BULLETIN_STATES[row.state],
        "blocks": shown_said(said_of(row), signed.viewer() if overseen else None),
        "receipts": receipts if overseen else mine,
        "names": [one.unit.short_name or one.unit.name for one in sorted(receipts, key=lambda one: one.unit.code)],
        "overseen": overseen,
        "waiting": sum(1 for one in receipts if not one.readings),
        "mine": mine,
        "mine_read": bool(mine)
        and all(any(reading.account_id == signed.account for reading in one.readings) for one in mine),
        "writes": any(actor.role in WRITES and actor.unit == row.centre_id for actor in signed.actors),
    }
    return page(request, signed, "bulletins/one.html", context)


@require_http_methods(["GET", "POST"])
@staff
def bulletin_step(request: HttpRequest, signed: SignedIn, bulletin: UUID, step: str) -> HttpResponse:
    """A button. Publishing asks once more: it goes to every unit at once."""
    row = bulletin_for(signed.actors, bulletin)
    seen = whole(request.POST.get("version", ""), 1, 10**9) or 0
    by: dict[str, Any] = {"actors": signed.actors, "at": timezone.now(), "bulletin": bulletin}
    here = reverse("desk:bulletin", args=[bulletin])
    if step == "publish" and request.method == "GET":
        BULLETIN.writer(signed.actors, row.centre_id)
        names = [
            one.unit.short_name or one.unit.name for one in row.units.select_related("unit").order_by("unit__code")
        ]
        return page(request, signed, "bulletins/publish.html", {"row": row, "names": names, "back": here})
    if request.method == "GET":
        return HttpResponseRedirect(here)
    match step:
        case "publish":
            said = "已发布，并通知各单位签阅。"
            return done_or_told(request, lambda: steps.publish_bulletin(**by, version=seen), said, here)
        case "read":
            return done_or_told(request, lambda: steps.read_bulletin(**by), "已签阅。", here)
        case "remind":
            return done_or_told(request, lambda: steps.remind_readers(**by), "已提醒还没有签阅的单位。", here)
        case "withdraw":
            reason = request.POST.get("reason", "")
            said = "已撤回，并通知各单位。"
            return done_or_told(request, lambda: steps.withdraw_bulletin(**by, reason=reason), said, here)
        case "drop":
            refused = attempt(lambda: steps.drop_bulletin(**by))
            if refused is None:
                messages.success(request, "草稿已删除。")
                return HttpResponseRedirect(reverse("desk:bulletins"))
            messages.error(request, refused.sentence)
            return HttpResponseRedirect(here)
    raise Refused(NOT_FOUND, "没有这个操作。")


@staff
def bulletin_download(request: HttpRequest, signed: SignedIn, bulletin: UUID, kind: str) -> HttpResponse:
    if kind not in MEDIA:
        raise Refused(NOT_FOUND, "没有这种格式。")
    row = bulletin_for(signed.actors, bulletin)
    name = f"{row.title}.{kind}"
    return sent(Rendered(name, bulletin_file(row, kind, today()), name), kind)
