"""问卷: answer while it is open; read the results where they are published."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.days import today
from onedoor.rules.refusal import INVALID, Refused
from onedoor.rules.surveys import SCALE, Question, from_data
from onedoor.voices.queries.surveys import results_of, shown_survey
from onedoor.voices.steps.survey import answer_survey
from onedoor.web.desk.access import address_of
from onedoor.web.public.page import public, public_page


@require_http_methods(["GET", "POST"])
@public
def survey_page(request: HttpRequest, survey: UUID) -> HttpResponse:
    """The form; POST answers. After the end, the results if they are published."""
    there, state = shown_survey(survey, today())
    if state == "closed" and request.method != "POST":
        answers, results = results_of(there) if there.results_published_at else (0, [])
        # what was written is for the centre: it may name somebody
        counted = [one for one in results if one.question.kind != "text"]
        context = {"survey": there, "answers": answers, "results": counted}
        return public_page(request, "public/survey_closed.html", context, personal=False)
    refused: Refused | None = None
    given: Mapping[str, list[str]] = {}
    if request.method == "POST":
        given = {name: request.POST.getlist(name) for name in request.POST if name.startswith("a.")}
        version = request.POST.get("version", "")
        try:
            answer_survey(
                survey=survey, version=int(version) if version.isdecimal() and len(version) < 9 else 0, raw=given,
                at=timezone.now(), address=address_of(request), key=request.POST.get("key", "")[:60],
            )  # fmt: skip
        except Refused as error:
            if error.code != INVALID:
                raise
            refused = error
        else:
            return public_page(request, "public/survey_sent.html", {"survey": there})
    context = {
        "survey": there,
        "questions": asked_on(from_data(there.questions), given, refused.fields if refused else {}),
        "refused": refused,
        "key": request.POST.get("key", "")[:60] or str(uuid4()),
    }
    return public_page(request, "public/survey.html", context, 422 if refused else 200)


def asked_on(
    questions: tuple[Question, ...], given: Mapping[str, list[str]], faults: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The questions as a form draws them, with what was answered and what is wrong with it."""
    return [
        {
            "name": f"a.{n}",
            "number": n + 1,
            "asked": one,
            "options": [(str(mark), str(mark)) for mark in SCALE]
            if one.kind == "scale"
            else [(str(place), name) for place, name in enumerate(one.options)],
            "given": given.get(f"a.{n}", []),
            "fault": faults.get(f"a.{n}", ""),
        }
        for n, one in enumerate(questions)
    ]
