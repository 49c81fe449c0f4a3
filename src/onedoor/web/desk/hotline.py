"""热线来电 on one screen, like visits: note a call, answer it at once or go on to register a matter."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries.days import today
from onedoor.hall.queries.hotline import hotlines, note_file, notes_of_day, open_notes, sees_notes
from onedoor.hall.steps.call_note import answer_note, drop_note, take_note
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import acting, must_act
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.hotline import CALL_ENDINGS, TAKES_CALLS
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused, invalid
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page

LINE_COOKIE = "onedoor_line"
FIELDS = ("hotline", "asked", "answer", "accusation")


@require_http_methods(["GET", "POST"])
@staff
def hotline_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The form, the calls that are not over, and those of a day."""
    if not sees_notes(signed.actors):
        raise Refused(NOT_ALLOWED, "您的岗位不能查看来电记录。")
    given, refused = QueryDict(mutable=True), None
    if request.method == "POST":
        given = request.POST.copy()
        try:
            return _take(given, signed)
        except Refused as error:
            refused = error
    day = _day(request.GET.get("day", ""))
    found = notes_of_day(signed.viewer(), signed.actors, day, cursor=request.GET.get("cursor") or None)
    shown, taker = {name: given.get(name, "") for name in FIELDS}, acting(signed.actors, TAKES_CALLS)
    context = {
        "given": {**shown, "hotline": shown["hotline"] or request.COOKIES.get(LINE_COOKIE, "")},
        "key": given.get("key") or str(uuid4()),
        "refused": refused,
        "faults": refused.fields if refused else {},
        "lines": hotlines(taker.unit) if taker else [],
        "takes": taker is not None,
        "open": [_shown(note) for note in open_notes(signed.viewer(), signed.actors)],
        "items": [_shown(note) for note in found.items],
        "day": day,
        "is_today": day == today(),
        "day_before": day - timedelta(days=1),
        "day_after": day + timedelta(days=1),
        "calls": found.calls,
        "endings": [(CALL_ENDINGS.get(code, "还没有结束"), count) for code, count in sorted(found.endings.items())],
        "next_cursor": found.next_cursor,
    }
    return page(request, signed, "hotline.html", context, 422 if refused else 200)


def _take(given: QueryDict, signed: SignedIn) -> HttpResponse:
    """Notes the call; where to go on depends on the button."""
    wanted = given.get("do", "open")
    if wanted == "answer" and not given.get("answer", "").strip():
        raise invalid("answer", "请填写答复，或选择其他办法。")
    raw: dict[str, Any] = {name: given.get(name, "") for name in ("hotline", "asked", "answer")}
    raw |= {"accusation": bool(given.get("accusation")), "dropped": wanted == "drop"}
    number, _ = take_note(
        actor=must_act(signed.actors, TAKES_CALLS, "登记来电"),
        at=timezone.now(),
        raw=raw,
        key=given.get("key") or None,
    )
    ahead = reverse("desk:hotline")
    if wanted == "register" or raw["accusation"]:
        ahead = f"{reverse('desk:register')}?call={number}"
    answer = HttpResponseRedirect(ahead)
    answer.set_cookie(LINE_COOKIE, raw["hotline"].strip(), max_age=10**7, samesite="Lax", httponly=True)
    return answer


@staff
def note_page(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    return _show(request, signed, number)


@require_POST
@staff
def note_step(request: HttpRequest, signed: SignedIn, number: str, step: str) -> HttpResponse:
    """Answers, or marks as dropped; a fault is told at its field."""
    if step not in ("answer", "drop"):
        raise Refused(NOT_FOUND, "没有这个办理动作。")
    actor, at = must_act(signed.actors, TAKES_CALLS, "登记来电"), timezone.now()
    try:
        if step == "answer":
            text = request.POST.get("answer", "")
            answer_note(viewer=signed.viewer(), actor=actor, at=at, number=number, answer=text)
        else:
            drop_note(viewer=signed.viewer(), actor=actor, at=at, number=number)
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        return _show(request, signed, number, refused)
    messages.success(request, "已答复，来电结束。" if step == "answer" else "已记为断线或误拨。")
    return HttpResponseRedirect(reverse("desk:call_note", args=[number]))


def _show(request: HttpRequest, signed: SignedIn, number: str, refused: Refused | None = None) -> HttpResponse:
    note = note_file(signed.viewer(), signed.actors, number)
    context = {
        "note": _shown(note),
        "cases": [{**case, "stage_name": STAGE_NAMES[case["stage"]]} for case in note["cases"]],
        "takes": acting(signed.actors, TAKES_CALLS) is not None,
        "refused": refused,
        "faults": refused.fields if refused else {},
        "given": request.POST,
        "names": signed.viewer().sees_names,
    }
    return page(request, signed, "call_note.html", context, 422 if refused else 200)


def _shown(note: dict[str, Any]) -> dict[str, Any]:
    return {**note, "ending_name": CALL_ENDINGS.get(note["ending"], "还没有结束")}


def _day(text: str) -> date:
    """The day asked for; today for anything that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today()
