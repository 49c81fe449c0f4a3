"""问卷 at the desk: write, preview, open, withdraw, results, and the results as a workbook."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.cases.ids import new_id
from onedoor.cases.queries.days import today
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused
from onedoor.rules.surveys import FEWEST, KINDS, MOST_QUESTIONS, STATES, check_survey, from_data, places_in
from onedoor.voices.models import Survey
from onedoor.voices.queries.surveys import list_surveys, results_of, survey_for
from onedoor.voices.result_file import workbook
from onedoor.voices.steps import survey as steps
from onedoor.web.desk.admin.access import attempt, done_or_told
from onedoor.web.desk.admin.fields import Fields, whole
from onedoor.web.desk.articles import publisher
from onedoor.web.desk.page import page
from onedoor.web.public.survey import asked_on

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AT_FIRST, _MORE = 4, 3  # rows for questions on an empty form, and those that are added at a time


@require_safe
@publisher
def surveys_page(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    found = list_surveys(request.GET.get("cursor", ""))
    day = today()
    context = {
        "items": [
            {"survey": one, "state": steps.state_of(one, day), "state_name": STATES[steps.state_of(one, day)]}
            for one in found.items
        ],
        "next": f"?cursor={found.next_cursor}" if found.next_cursor else "",
        "tab": "surveys",
    }
    return page(request, signed, "voices/surveys.html", context)


@require_http_methods(["GET", "POST"])
@publisher
def new_survey(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """The form makes the id, so that it is one survey however often it is sent."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = new_id()
    return _written(request, signed, by, key, None, 0)


@require_http_methods(["GET", "POST"])
@publisher
def one_survey(request: HttpRequest, signed: SignedIn, by: By, survey: UUID) -> HttpResponse:
    there, answers = survey_for(survey)
    return _written(request, signed, by, survey, there, answers)


def _written(
    request: HttpRequest, signed: SignedIn, by: By, key: UUID, there: Survey | None, answers: int
) -> HttpResponse:
    """The form; POST adds rows, previews what was typed, or saves it."""
    refused, preview, more = None, [], 0
    seen = there.version if there else 0
    typed: Mapping[str, str] = _now(there)
    if request.method == "POST":
        typed = request.POST.dict()
        seen = whole(typed.get("version", ""), 0, 10**9) or 0
        wanted = typed.get("do", "")
        if wanted == "more":
            more = _MORE
        elif wanted == "preview":
            refused = attempt(lambda: preview.extend(asked_on(check_survey(typed).questions, {}, {})))
        else:
            refused = attempt(lambda: steps.write_survey(by=by, survey=key, version=seen, raw=typed))
            if refused is None:
                messages.success(request, "已保存。")
                return HttpResponseRedirect(reverse("desk:survey", args=[key]))
    return _form(
        request, signed, key=key, there=there, answers=answers, typed=typed, seen=seen, refused=refused,
        preview=preview, more=more,
    )  # fmt: skip


def _now(there: Survey | None) -> dict[str, str]:
    if there is None:
        return {}
    typed = {
        "title": there.title,
        "introduction": there.introduction,
        "opens_on": there.opens_on.isoformat(),
        "closes_on": there.closes_on.isoformat(),
    }
    for n, one in enumerate(from_data(there.questions)):
        typed |= {
            f"q.{n}.text": one.text,
            f"q.{n}.kind": one.kind,
            f"q.{n}.required": "yes" if one.required else "",
            f"q.{n}.options": "\n".join(one.options),
            f"q.{n}.place": str(n + 1),
        }
    return typed


def _rows(typed: Mapping[str, str], faults: Mapping[str, str], more: int) -> list[dict[str, Any]]:
    """The questions as typed, then empty rows for others."""
    places = places_in(typed)
    after = max(places, default=-1) + 1
    empty = _AT_FIRST if not places else more
    places = [*places, *range(after, after + empty)][:MOST_QUESTIONS]
    parts = ("text", "kind", "required", "options", "place")
    return [
        {
            "n": n,
            "number": number,
            **{part: typed.get(f"q.{n}.{part}", "") for part in parts},
            "place": typed.get(f"q.{n}.place", "") or str(number),
            "faults": {part: faults.get(f"q.{n}.{part}", "") for part in parts},
        }
        for number, n in enumerate(places, start=1)
    ]


def _form(
    request: HttpRequest,
    signed: SignedIn,
    *,
    key: UUID,
    there: Survey | None,
    answers: int,
    typed: Mapping[str, str],
    seen: int,
    refused: Refused | None,
    preview: list[dict[str, Any]],
    more: int,
) -> HttpResponse:
    form, faults = Fields(typed, refused), refused.fields if refused else {}
    state = steps.state_of(there, today()) if there else ""
    context = {
        "key": key,
        "survey": there,
        "answers": answers,
        "fewest": FEWEST,
        "seen": seen,
        "state": state,
        "state_name": STATES.get(state, ""),
        "refused": refused,
        "typed": typed,
        "preview": preview,
        "kinds": KINDS,
        "rows": _rows(typed, faults, more),
        "q_fault": faults.get("q", ""),
        "fields": [
            form.text("title", "标题"),
            form.long("introduction", "说明", required=False, help="为什么问、结果怎么用。"),
            form.day("opens_on", "开始日期", help="从这一天起可以答。"),
            form.day("closes_on", "结束日期", help="这一天还可以答。"),
        ],
        "tab": "surveys",
    }
    return page(request, signed, "voices/survey.html", context, 422 if refused else 200)


@require_POST
@publisher
def change(request: HttpRequest, signed: SignedIn, by: By, survey: UUID, what: str) -> HttpResponse:
    """A button: open, withdraw, publish the results or take them away."""
    seen = whole(request.POST.get("version", ""), 1, 10**9) or 0
    verbs: dict[str, tuple[str, Callable[[], None]]] = {
        "release": (
            "已定下：到开始日期自动出现在公开页面。",
            lambda: steps.release_survey(by=by, survey=survey, version=seen),
        ),
        "withdraw": ("已撤下，群众看不到了。", lambda: steps.withdraw_survey(by=by, survey=survey)),
        "publish": ("结果已公开。", lambda: steps.publish_results(by=by, survey=survey, shown=True)),
        "hide": ("结果不再公开。", lambda: steps.publish_results(by=by, survey=survey, shown=False)),
    }
    if what not in verbs:
        raise Refused(NOT_FOUND, "没有这个操作。")
    survey_for(survey)  # or it is not found
    said, verb = verbs[what]
    return done_or_told(request, verb, said, reverse("desk:survey", args=[survey]))


@require_safe
@publisher
def results_page(request: HttpRequest, signed: SignedIn, by: By, survey: UUID) -> HttpResponse:
    there, _ = survey_for(survey)
    answers, results = results_of(there)
    state = steps.state_of(there, today())
    context = {
        "survey": there,
        "state": state,
        "state_name": STATES[state],
        "answers": answers,
        "fewest": FEWEST,
        "results": results,
        "tab": "surveys",
    }
    return page(request, signed, "voices/results.html", context)


@require_safe
@publisher
def results_file(request: HttpRequest, signed: SignedIn, by: By, survey: UUID) -> HttpResponse:
    there, _ = survey_for(survey)
    answers, results = results_of(there)
    if not results:
        raise Refused(NOT_READY, f"只有{answers}份答卷，不足{FEWEST}份，不显示结果。")
    by.log("survey", str(survey), "下载问卷结果")
    answer = HttpResponse(workbook(there, answers, results), content_type=_WORKBOOK)
    answer["Content-Disposition"] = 'attachment; filename="results.xlsx"'
    answer["Cache-Control"] = "no-store, private"
    return answer
