"""Visits over HTTP: take, list, read, answer, end, add a remark."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from onedoor.api import schemas
from onedoor.api.cases import answer, body_of, key_of
from onedoor.api.session import actors_of, who
from onedoor.cases.queries.days import today
from onedoor.hall.queries.visits import list_visits, visit_file
from onedoor.hall.steps import visit as steps
from onedoor.rules.access import must_act
from onedoor.rules.refusal import invalid
from onedoor.rules.visits import ENDINGS, PURPOSES, RECEIVES, hint

router = Router()


@router.post("", summary="登记接待", response={201: None, 200: None}, openapi_extra=schemas.VISIT)
def take(request: HttpRequest) -> HttpResponse:
    """One batch of visitors. With `answer` it is over at once. An accusation's content does not belong here."""
    signed, body = who(request), body_of(request)
    actor = must_act(actors_of(signed, body), RECEIVES, "登记接待")
    number, again = steps.take_visit(actor=actor, at=timezone.now(), raw=body, key=key_of(request))
    return answer(request, shown(visit_file(signed.viewer(), signed.actors, number)), 200 if again else 201)


class VisitQuery(Schema):
    since: str = ""
    until: str = ""
    limit: int = 50
    cursor: str = ""


@router.get("", summary="接待列表")
def visits(request: HttpRequest, query: Query[VisitQuery]) -> HttpResponse:
    """Visits of my centre, newest first; today's unless days are named. `batches` and `persons` are of the span."""
    signed = who(request)
    since, until = _day("since", query.since), _day("until", query.until)
    page = list_visits(
        signed.viewer(), signed.actors, since=since, until=until, limit=query.limit, cursor=query.cursor or None
    )
    items = [shown(item) for item in page.items]
    count = {"batches": page.batches, "persons": page.persons}
    return answer(request, {"items": items, "next_cursor": page.next_cursor, "count": count})


@router.get("/{number}", summary="一次接待")
def visit(request: HttpRequest, number: str) -> HttpResponse:
    signed = who(request)
    return answer(request, shown(visit_file(signed.viewer(), signed.actors, number)))


@router.post("/{number}/answer", summary="当场答复", openapi_extra=schemas.VISIT_ANSWER)
def answer_visit(request: HttpRequest, number: str) -> HttpResponse:
    signed, body = who(request), body_of(request)
    actor = must_act(actors_of(signed, body), RECEIVES, "登记接待")
    steps.answer_visit(
        viewer=signed.viewer(), actor=actor, at=timezone.now(), number=number, answer=_text(body, "answer")
    )
    return visit(request, number)


@router.post("/{number}/end", summary="未办结离开", openapi_extra=schemas.VISIT_END)
def end_visit(request: HttpRequest, number: str) -> HttpResponse:
    signed, body = who(request), body_of(request)
    actor = must_act(actors_of(signed, body), RECEIVES, "登记接待")
    steps.end_visit(
        viewer=signed.viewer(), actor=actor, at=timezone.now(), number=number, reason=_text(body, "reason")
    )
    return visit(request, number)


@router.post("/{number}/remarks", summary="补记", openapi_extra=schemas.VISIT_REMARK)
def remark(request: HttpRequest, number: str) -> HttpResponse:
    signed, body = who(request), body_of(request)
    actor = must_act(actors_of(signed, body), RECEIVES, "登记接待")
    steps.remark_visit(viewer=signed.viewer(), actor=actor, at=timezone.now(), number=number, text=_text(body, "text"))
    return visit(request, number)


def shown(visit: dict[str, Any]) -> dict[str, Any]:
    """A visit as the API tells it."""
    inner = ("id", "centre_id")
    return {
        **{name: value for name, value in visit.items() if name not in inner},
        "purpose_name": PURPOSES[visit["purpose"]],
        "ending": visit["ending"] or None,
        "ending_name": ENDINGS.get(visit["ending"], "接待中"),
        "hint": hint(visit["persons"]),
    }


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise invalid(name, "这一项应为文字。")
    return value


def _day(name: str, text: str) -> date:
    if not text:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid(name, "日期应为“2026-03-01”的样子。") from None
