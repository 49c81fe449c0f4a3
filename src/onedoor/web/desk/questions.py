"""在线咨询 at the desk: what waits, one question with its answer, and what is published of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from onedoor.cases.queries.days import today
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import REGISTERS
from onedoor.rules.questions import ANSWERS, PUBLISHES, STATES
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.voices.queries.questions import count_waiting, list_questions, question_for
from onedoor.voices.steps import question as steps
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page


@require_safe
@staff
def questions_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Those of one state; what waits first, and of it what is due soonest."""
    state = request.GET.get("state", "")
    state = state if state in STATES else "waiting"
    found = list_questions(signed.viewer(), signed.actors, today(), state=state, cursor=request.GET.get("cursor", ""))
    waiting, late = count_waiting(signed.actors, today())
    context = {
        "state": state,
        "states": STATES,
        "items": found.items,
        "next": f"?state={state}&cursor={found.next_cursor}" if found.next_cursor else "",
        "waiting": waiting,
        "late": late,
        "tab": "questions",
    }
    return page(request, signed, "voices/questions.html", context)


@require_safe
@staff
def question_page(request: HttpRequest, signed: SignedIn, question: UUID) -> HttpResponse:
    return _show(request, signed, question, None)


@require_POST
@staff
def question_step(request: HttpRequest, signed: SignedIn, question: UUID, step: str) -> HttpResponse:
    """Answers, closes, publishes or takes away; a fault is told at its field."""
    given, at, actors = request.POST, timezone.now(), signed.actors
    verbs: dict[str, tuple[str, Callable[[], None]]] = {
        "answer": (
            "已答复。",
            lambda: steps.answer_question(
                actors=actors, at=at, question=question, answer=given.get("answer", ""), plain=bool(given.get("plain"))
            ),
        ),
        "close": (
            "已关闭，提问人看得到原因。",
            lambda: steps.close_question(actors=actors, at=at, question=question, reason=given.get("reason", "")),
        ),
        "publish": (
            "已公开，列在“大家常问”。",
            lambda: steps.publish_answer(
                actors=actors, at=at, question=question, raw=given.dict(), seen=_instant(given.get("seen", ""))
            ),
        ),
        "withdraw": (
            "已撤下，公开页面上不再显示。",
            lambda: steps.withdraw_answer(actors=actors, at=at, question=question),
        ),
    }
    if step not in verbs:
        raise Refused(NOT_FOUND, "没有这个操作。")
    said, verb = verbs[step]
    try:
        verb()
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        return _show(request, signed, question, refused)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("desk:question", args=[question]))


def _instant(typed: str) -> datetime | None:
    try:
        return datetime.fromisoformat(typed) if typed else None
    except ValueError:
        return None


def _show(request: HttpRequest, signed: SignedIn, question: UUID, refused: Refused | None) -> HttpResponse:
    found = question_for(signed.viewer(), signed.actors, question, today())
    roles = {actor.role for actor in signed.actors if actor.unit == found["centre_id"]}
    there: dict[str, Any] = {
        "title": found["title"] or "",
        "question": found["shown_text"] or found["text"],
        "published_answer": found["shown_answer"] or found["answer"],
    }
    if request.method == "POST" and "title" in request.POST:
        there = {
            "title": request.POST.get("title", ""),
            "question": request.POST.get("question", ""),
            "published_answer": request.POST.get("answer", ""),
        }
    context = {
        "one": found,
        "shown": found["published_at"] is not None and found["withdrawn_at"] is None,
        "seen": found["published_at"].isoformat() if found["published_at"] else "",
        "there": there,
        "given": request.POST,
        "publishing": "title" in request.POST,
        "refused": refused,
        "faults": refused.fields if refused else {},
        "may_register": bool(roles & REGISTERS & ANSWERS),
        "may_publish": bool(roles & PUBLISHES) and found["state"] == "answered",
        "tab": "questions",
    }
    return page(request, signed, "voices/question.html", context, 422 if refused else 200)
