"""接待: one screen takes a visit, answers it, or goes on to register a matter."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries.days import today
from onedoor.hall.queries.handover import handover_for
from onedoor.hall.queries.outreach import recent
from onedoor.hall.queries.visits import list_visits, open_visits, sees_visits, visit_file
from onedoor.hall.steps import visit as steps
from onedoor.hall.steps.handover import lead_to_visit
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import acting, must_act
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.outreach import TRADES
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused, invalid
from onedoor.rules.residence import HALVES
from onedoor.rules.visits import ENDINGS, JOINT, PURPOSES, RECEIVES, hint
from onedoor.web.desk.access import staff
from onedoor.web.desk.origins import ticket_in
from onedoor.web.desk.page import page

WINDOW_COOKIE = "onedoor_window"
# step: what it does, the field it takes, what is said when it is done
STEPS: dict[str, tuple[Callable[..., None], str, str]] = {
    "answer": (steps.answer_visit, "answer", "已答复，接待结束。"),
    "end": (steps.end_visit, "reason", "接待已结束。"),
    "remark": (steps.remark_visit, "text", "已补记。"),
}
FIELDS = ("purpose", "persons", "asked", "answer", "window")


@require_http_methods(["GET", "POST"])
@staff
def visits_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The form, what is not over yet, and the visits of a day."""
    if not sees_visits(signed.actors):
        raise Refused(NOT_ALLOWED, "您的岗位不能查看接待记录。")
    given, refused = QueryDict(mutable=True), None
    if request.method == "POST":
        given = request.POST.copy()
        try:
            return _take(given, signed)
        except Refused as error:
            refused = error
    elif handed := request.GET.get("handover", ""):
        one = handover_for(signed.viewer(), signed.actors, handed)
        given["handover"], given["asked"], given["purpose"] = one["number"], one["what"], "service"
    day = _day(request.GET.get("day", ""))
    found = list_visits(signed.viewer(), signed.actors, since=day, until=day, cursor=request.GET.get("cursor") or None)
    shown = {name: given.get(name, "") for name in FIELDS}
    context = {
        "given": {**shown, "window": shown["window"] or unquote(request.COOKIES.get(WINDOW_COOKIE, ""))},
        "handover": given.get("handover", ""),
        "outreaches": [
            one | {"trade_name": TRADES[one["trade"]], "half_name": HALVES[one["half"]]}
            for one in recent([actor.unit for actor in signed.actors if actor.role in RECEIVES], today())
        ],
        "outreach": given.get("outreach", ""),
        "ticket": given.get("ticket") or str(ticket_in(request.GET) or ""),
        "key": given.get("key") or str(uuid4()),
        "refused": refused,
        "faults": refused.fields if refused else {},
        "purposes": PURPOSES,
        "joint": JOINT,
        "receives": acting(signed.actors, RECEIVES) is not None,
        "open": [_shown(visit) for visit in open_visits(signed.viewer(), signed.actors)],
        "items": [_shown(visit) for visit in found.items],
        "day": day,
        "is_today": day == today(),
        "day_before": day - timedelta(days=1),
        "day_after": day + timedelta(days=1),
        "batches": found.batches,
        "persons": found.persons,
        "next_cursor": found.next_cursor,
    }
    return page(request, signed, "visits.html", context, 422 if refused else 200)


def _take(given: QueryDict, signed: SignedIn) -> HttpResponse:
    """Takes the visit down; where to go on depends on the button."""
    wanted = given.get("do", "open")
    if wanted == "answer" and not given.get("answer", "").strip():
        raise invalid("answer", "请填写答复，或选择其他办法。")
    raw = {name: given.get(name, "") for name in FIELDS}
    actor = must_act(signed.actors, RECEIVES, "登记接待")
    at, handed = timezone.now(), given.get("handover", "")
    number, _ = steps.take_visit(
        actor=actor,
        at=at,
        raw=raw,
        key=given.get("key") or None,
        ticket=ticket_in(given),
        outreach=_outreach(given.get("outreach", "")),
        beside=(partial(lead_to_visit, viewer=signed.viewer(), actor=actor, at=at, number=handed) if handed else None),
    )
    ahead = reverse("desk:caller" if given.get("ticket") else "desk:visits")
    if wanted == "register":
        ahead = f"{reverse('desk:register')}?visit={number}"
    answer = HttpResponseRedirect(ahead)
    answer.set_cookie(WINDOW_COOKIE, quote(raw["window"].strip()), max_age=10**7, samesite="Lax", httponly=True)
    return answer


@staff
def visit_page(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    return _show(request, signed, number)


@require_POST
@staff
def visit_step(request: HttpRequest, signed: SignedIn, number: str, step: str) -> HttpResponse:
    """Answers, ends or adds a remark; a fault is told at its field."""
    if step not in STEPS:
        raise Refused(NOT_FOUND, "没有这个办理动作。")
    verb, field, said = STEPS[step]
    actor = must_act(signed.actors, RECEIVES, "登记接待")
    try:
        verb(
            viewer=signed.viewer(),
            actor=actor,
            at=timezone.now(),
            number=number,
            **{field: request.POST.get(field, "")},
        )
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        return _show(request, signed, number, refused)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("desk:visit", args=[number]))


def _show(request: HttpRequest, signed: SignedIn, number: str, refused: Refused | None = None) -> HttpResponse:
    visit = visit_file(signed.viewer(), signed.actors, number)
    cases = [{**case, "stage_name": STAGE_NAMES[case["stage"]]} for case in visit["cases"]]
    context = {
        "visit": _shown(visit),
        "cases": cases,
        "receives": acting(signed.actors, RECEIVES) is not None,
        "refused": refused,
        "faults": refused.fields if refused else {},
        "given": request.POST,
        "names": signed.viewer().sees_names,
    }
    return page(request, signed, "visit.html", context, 422 if refused else 200)


def _shown(visit: dict[str, Any]) -> dict[str, Any]:
    return {
        **visit,
        "purpose_name": PURPOSES[visit["purpose"]],
        "ending_name": ENDINGS.get(visit["ending"], "接待中"),
        "hint": hint(visit["persons"]),
    }


def _outreach(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise invalid("outreach", "没有这次下沉，或已取消。")
    return int(text)


def _day(text: str) -> date:
    """The day asked for; today for anything that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today()
