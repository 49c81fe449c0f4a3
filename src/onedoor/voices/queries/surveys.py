"""Surveys: what is open, one of them, and its results in counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.secrets import sha256
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.surveys import FEWEST, SCALE, Question, from_data, mean, share
from onedoor.voices.models import Survey, SurveyAnswer
from onedoor.voices.steps.survey import state_of

PAGE = 20
MOST_SHOWN = 10  # a centre asks two or three things at a time


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """Each survey has `answer_count`."""

    items: Sequence[Survey]
    next_cursor: str


def open_surveys(today: date) -> list[Survey]:
    """For residents, ending soonest first; without their questions."""
    found = Survey.objects.filter(
        released_at__isnull=False, withdrawn_at=None, opens_on__lte=today, closes_on__gte=today
    )
    return list(found.defer("questions", "introduction").order_by("closes_on", "id")[:MOST_SHOWN])


def published_results(today: date) -> list[Survey]:
    """The newest closed ones whose results everybody may read."""
    found = Survey.objects.filter(results_published_at__isnull=False, withdrawn_at=None, closes_on__lt=today)
    return list(found.defer("questions", "introduction").order_by("-closes_on", "-id")[:MOST_SHOWN])


def shown_survey(survey: UUID, today: date) -> tuple[Survey, str]:
    """For residents: the survey and whether it is `open` or `closed`; refuses as not found what is neither."""
    there = Survey.objects.filter(pk=survey).first()
    state = state_of(there, today) if there is not None else ""
    if there is None or state not in ("open", "closed"):
        raise Refused(NOT_FOUND, "没有这份问卷，可能还没有开始或已经撤下。")
    return there, state


def list_surveys(cursor: str = "") -> SurveyPage:
    """For who publishes: all of them, beginning last first. One statement."""
    found = Survey.objects.annotate(answer_count=Count("answers")).defer("questions", "introduction")
    if cursor:
        at, last = read_cursor(cursor, "opens_on")
        found = found.filter(Q(opens_on__lt=at.date()) | Q(opens_on=at.date(), id__lt=last))
    items = list(found.order_by("-opens_on", "-id")[: PAGE + 1])
    if len(items) <= PAGE:
        return SurveyPage(items, "")
    at = datetime.combine(items[PAGE - 1].opens_on, time(), UTC)
    return SurveyPage(items[:PAGE], make_cursor(at, items[PAGE - 1].pk, "opens_on"))


def survey_for(survey: UUID) -> tuple[Survey, int]:
    """For who publishes: the survey and how many have answered."""
    there = Survey.objects.filter(pk=survey).annotate(answer_count=Count("answers")).first()
    if there is None:
        raise Refused(NOT_FOUND, "没有这份问卷。")
    return there, int(there.answer_count)


@dataclass(frozen=True, slots=True)
class Line:
    """One option, or one mark of the scale."""

    name: str
    count: int
    share: str
    percent: int  # whole, for a bar


@dataclass(frozen=True, slots=True)
class Result:
    """Of one question: how many answered it, a line for each option, the mean of a scale, what was written."""

    question: Question
    answered: int
    lines: list[Line]
    mean: str
    texts: list[str]


def results_of(survey: Survey) -> tuple[int, list[Result]]:
    """How many have answered and, from FEWEST on, the results; none before. Shares are of those who answered the
    question. What was written comes in an order that has nothing to do with who wrote it or when, another one for each
    question, so that no two lines can be told to be one person's."""
    answers = list(SurveyAnswer.objects.filter(survey=survey).values_list("id", "choices", "texts"))
    if len(answers) < FEWEST:
        return len(answers), []
    return len(answers), [_result(n, one, answers) for n, one in enumerate(from_data(survey.questions))]


def _result(n: int, question: Question, answers: list[tuple[UUID, dict[str, Any], dict[str, Any]]]) -> Result:
    place = str(n)
    chosen = [choices[place] for _, choices, _ in answers if place in choices]
    texts = sorted((sha256(one.bytes + place.encode()), texts[place]) for one, _, texts in answers if place in texts)
    offered = {mark: f"{mark}分" for mark in SCALE} if question.kind == "scale" else dict(enumerate(question.options))
    counts = {code: sum(code in one for one in chosen) for code in offered}
    lines = [
        Line(name, counts[code], share(counts[code], len(chosen)), 100 * counts[code] // max(1, len(chosen)))
        for code, name in offered.items()
    ]
    if question.kind == "text":
        return Result(question, len(texts), [], "", [text for _, text in texts])
    return Result(question, len(chosen), lines, mean(counts) if question.kind == "scale" else "", [])
