"""意见箱 at the desk: for supervisor and director of the centre."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from onedoor.cases.queries.days import today
from onedoor.people.tokens import SignedIn
from onedoor.rules.opinions import STATES
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.voices.queries.opinions import list_opinions, opinion_for
from onedoor.voices.steps import opinion as steps
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page


@require_safe
@staff
def opinions_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    found = list_opinions(signed.actors, state=state, cursor=request.GET.get("cursor", ""))
    context = {
        "state": state,
        "states": STATES,
        "items": found.items,
        "next": f"?state={state}&cursor={found.next_cursor}" if found.next_cursor else "",
        "tab": "opinions",
    }
    return page(request, signed, "voices/opinions.html", context)


@require_safe
@staff
def opinion_page(request: HttpRequest, signed: SignedIn, opinion: UUID) -> HttpResponse:
    return _show(request, signed, opinion, None)


@require_POST
@staff
def opinion_step(request: HttpRequest, signed: SignedIn, opinion: UUID, step: str) -> HttpResponse:
    """Marks, publishes with a reply, or takes away; a fault is told at its field."""
    given, actors = request.POST, signed.actors
    state = given.get("state", "")
    verbs: dict[str, tuple[str, Callable[[], None]]] = {
        "mark": (
            f"已标为“{STATES.get(state, '')}”。",
            lambda: steps.mark_opinion(actors=actors, opinion=opinion, state=state),
        ),
        "publish": (
            "意见和回复已公开。",
            lambda: steps.publish_opinion(actors=actors, opinion=opinion, raw=given.dict(), today=today()),
        ),
        "withdraw": ("已撤下。", lambda: steps.withdraw_opinion(actors=actors, opinion=opinion)),
    }
    if step not in verbs:
        raise Refused(NOT_FOUND, "没有这个操作。")
    said, verb = verbs[step]
    try:
        verb()
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        return _show(request, signed, opinion, refused)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("desk:opinion", args=[opinion]))


def _show(request: HttpRequest, signed: SignedIn, opinion: UUID, refused: Refused | None) -> HttpResponse:
    one = opinion_for(signed.actors, opinion)
    typed = request.method == "POST" and "reply" in request.POST
    context = {
        "one": one,
        "shown_text": request.POST.get("text", "") if typed else one["shown_text"] or one["text"],
        "reply": request.POST.get("reply", "") if typed else one["reply"],
        "refused": refused,
        "faults": refused.fields if refused else {},
        "tab": "opinions",
    }
    return page(request, signed, "voices/opinion.html", context, 422 if refused else 200)
