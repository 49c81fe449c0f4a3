"""转接单: slips to and from partner offices."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries.days import today
from onedoor.cases.queries.gate import case_for
from onedoor.hall.queries.handover import handover_file, list_handovers, partners
from onedoor.hall.queries.hotline import note_for
from onedoor.hall.queries.visits import visit_for
from onedoor.hall.steps.handover import SOURCES, hand_out, move_handover, take_in
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import acting, must_act
from onedoor.rules.handover import DIRECTIONS, HANDOVER_STATES, HANDS_OVER, OPEN, is_late
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page

LISTS = {"open": "等待答复", "late": "超期", "all": "全部"}
FIELDS = ("direction", "partner", "what", "due_day", "their_number", *SOURCES)
_SAID = {"received": "已记为接收。", "answered": "已记下答复。", "returned": "已退回。"}


@staff
def list_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Slips of my centre with their counts; what waits first."""
    which = request.GET.get("which", "open")
    direction = request.GET.get("direction", "")
    found = list_handovers(
        signed.viewer(), signed.actors, today(), which=which, direction=direction,
        cursor=request.GET.get("cursor") or None,
    )  # fmt: skip
    counts = {"open": found.open, "late": found.late, "all": sum(found.ways.values())}
    context = {
        "items": [_shown(one) for one in found.items],
        "which": which,
        "direction": direction,
        "lists": [(code, name, counts[code]) for code, name in LISTS.items()],
        "ways": [(code, name, found.ways[code]) for code, name in DIRECTIONS.items()],
        "late": found.late,
        "hands_over": acting(signed.actors, HANDS_OVER) is not None,
        "next_cursor": found.next_cursor,
    }
    return page(request, signed, "handovers.html", context)


@require_http_methods(["GET", "POST"])
@staff
def new_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """A slip out, from a visit, a call or a matter where the address says so; or one that came in on paper."""
    actor = must_act(signed.actors, HANDS_OVER, "办理转接")
    given, refused = QueryDict(mutable=True), None
    if request.method == "POST":
        given = request.POST.copy()
        raw = {name: given.get(name, "").strip() for name in FIELDS}
        key = given.get("key") or None
        try:
            if raw["direction"] == "in":
                number, _ = take_in(actor=actor, at=timezone.now(), raw=raw, key=key)
            else:
                number, _ = hand_out(viewer=signed.viewer(), actor=actor, at=timezone.now(), raw=raw, key=key)
        except Refused as error:
            if error.code == NOT_FOUND:
                raise
            refused = error
        else:
            messages.success(request, f"转接单 {number} 已登记。")
            return HttpResponseRedirect(reverse("desk:handover", args=[number]))
    else:
        given.update(_of_source(request.GET, signed))
    offered = partners(actor.unit)
    context = {
        "given": {name: given.get(name, "") for name in FIELDS} | {"direction": given.get("direction") or "out"},
        "source": next((name for name in SOURCES if given.get(name)), ""),
        "key": given.get("key") or str(uuid4()),
        "partners": offered,
        "directions": DIRECTIONS,
        "refused": refused,
        "faults": refused.fields if refused else {},
    }
    return page(request, signed, "handover_new.html", context, 422 if refused else 200)


def _of_source(asked: QueryDict, signed: SignedIn) -> dict[str, str]:
    """What the address says the slip comes from; of a visit and a call its note goes along, to be cut to what is
    needed, of a matter nothing does. What the reader may not see is not found."""
    if number := asked.get("visit", ""):
        visit = visit_for(signed.viewer(), signed.actors, number)
        return {"visit": visit["number"], "what": visit["asked"][:1000]}
    if number := asked.get("call", ""):
        note = note_for(signed.viewer(), signed.actors, number)
        return {"call": note["number"], "what": note["asked"][:1000]}
    if number := asked.get("case", ""):
        return {"case": case_for(signed.viewer(), number)["number"]}
    return {"direction": asked.get("direction", "")}


@staff
def one_page(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    return _show(request, signed, number)


@staff
def print_page(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    """The slip on paper, for the person to take along: nothing of who he is, nothing of what is behind it."""
    one = handover_file(signed.viewer(), signed.actors, number)
    return page(request, signed, "handover_print.html", {"one": _shown(one), "printed_at": timezone.now()})


@require_POST
@staff
def act(request: HttpRequest, signed: SignedIn, number: str, to: str) -> HttpResponse:
    """Received, answered or returned; a fault is told at its field."""
    raw = {"answer": request.POST.get("answer", "")}
    actor = must_act(signed.actors, HANDS_OVER, "办理转接")
    try:
        move_handover(viewer=signed.viewer(), actor=actor, at=timezone.now(), number=number, to=to, raw=raw)
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        return _show(request, signed, number, refused)
    messages.success(request, _SAID[to])
    return HttpResponseRedirect(reverse("desk:handover", args=[number]))


def _show(request: HttpRequest, signed: SignedIn, number: str, refused: Refused | None = None) -> HttpResponse:
    one = handover_file(signed.viewer(), signed.actors, number)
    context = {
        "one": _shown(one),
        "hands_over": acting(signed.actors, HANDS_OVER) is not None,
        "is_open": one["state"] in OPEN,
        "leaves": one["direction"] == "out" and one["case_number"] is not None,
        "refused": refused,
        "faults": refused.fields if refused else {},
        "given": request.POST,
    }
    return page(request, signed, "handover.html", context, 422 if refused else 200)


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "state_name": HANDOVER_STATES[one["state"]],
        "direction_name": DIRECTIONS[one["direction"]],
        "late": is_late(one["state"], one["due_day"], today()),
    }
