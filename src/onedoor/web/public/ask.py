"""在线咨询: ask, read the answer with a code, read what others have asked."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.cases.queries.days import today
from onedoor.people.models import Unit
from onedoor.rules.questions import TOPICS
from onedoor.rules.refusal import INVALID, NOT_READY, Refused
from onedoor.voices.queries.questions import centres, published_answer, published_answers, question_by_code
from onedoor.voices.queries.surveys import open_surveys, published_results
from onedoor.voices.steps.ask import ask
from onedoor.web.desk.access import address_of
from onedoor.web.public.limits import guarded
from onedoor.web.public.page import public, public_page

FIELDS = ("centre", "topic", "text", "phone", "only_asking")


@require_http_methods(["GET", "POST"])
@public
def ask_page(request: HttpRequest) -> HttpResponse:
    """What others have asked, found by words and topic in the address; and the form, which goes by POST."""
    asked = centres()
    refused: Refused | None = None
    if request.method == "POST":
        raw = {name: request.POST.get(name, "") for name in FIELDS}
        try:
            done = ask(
                centre=centre_in(asked, raw["centre"]), raw=raw, at=timezone.now(), address=address_of(request),
                key=request.POST.get("key", "")[:60],
            )  # fmt: skip
        except Refused as error:
            if error.code != INVALID:
                raise
            refused = error
        else:
            address = f"{settings.PUBLIC_URL}/ask/{done.code}"
            context = {
                "done": done, "address": address,
                "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
            }  # fmt: skip
            return public_page(request, "public/asked.html", context)
    return public_page(request, "public/ask.html", _choices(request, asked, refused), 422 if refused else 200)


def centre_in(asked: list[Unit], code: str) -> Unit:
    """The centre of that code, the top one for none; refuses where there is none at all."""
    found = next((one for one in asked if one.code == code), asked[0] if asked and not code else None)
    if found is None:
        raise Refused(NOT_READY, "现在不能在网上提交，请到窗口或打电话。")
    return found


def _choices(request: HttpRequest, asked: list[Unit], refused: Refused | None) -> dict[str, Any]:
    q, topic = request.GET.get("q", "").strip()[:60], request.GET.get("topic", "")
    topic = topic if topic in TOPICS else ""
    found = published_answers(q, topic, request.GET.get("cursor", ""))
    wanted = {"q": q, "topic": topic, "cursor": found.next_cursor}
    query = urlencode({name: text for name, text in wanted.items() if text})
    day = today()
    return {
        "centres": asked,
        "topics": TOPICS,
        "days": settings.QUESTION_DAYS,
        "given": request.POST,
        "refused": refused,
        "faults": refused.fields if refused else {},
        "key": request.POST.get("key", "")[:60] or str(uuid4()),
        "q": q,
        "topic": topic,
        "entries": found.items,
        "next": f"{reverse('ask')}?{query}" if found.next_cursor else "",
        "surveys": open_surveys(day),
        "results": published_results(day),
        "years": settings.QUESTION_YEARS,
    }


@require_safe
@public
def answered(request: HttpRequest, entry: UUID) -> HttpResponse:
    """One of those that everybody may read."""
    return public_page(request, "public/answered.html", {"entry": published_answer(entry)}, personal=False)


@require_safe
@public
def one_question(request: HttpRequest, code: str) -> HttpResponse:
    """Shows a question to whoever holds its code."""
    found = guarded(request, "ask", lambda: question_by_code(code))
    return public_page(request, "public/question.html", {"found": found})
