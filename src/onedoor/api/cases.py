"""Cases over HTTP: register, list, read, move."""

from datetime import datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from onedoor.api import schemas
from onedoor.api.render import JsonRenderer
from onedoor.api.session import actors_of, who
from onedoor.cases.queries import case_file
from onedoor.cases.queries.cases import Filters, list_cases
from onedoor.cases.queries.days import day_of, number_of
from onedoor.cases.queries.gate import case_for
from onedoor.cases.references import places, units_by_code
from onedoor.cases.steps._state import load
from onedoor.cases.steps.make_move import make_move
from onedoor.hall.steps.register_from_visit import register_from_visit
from onedoor.rules.access import REGISTERS
from onedoor.rules.deadlines import light
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.refusal import Refused, invalid

router = Router()


DEEPEST = 20  # no body of ours is half as deep; what would exhaust the stack ends here


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object. Read by hand, so that every fault gets its Chinese sentence at its field."""
    try:
        body = orjson.loads(request.body or b"{}")
    except orjson.JSONDecodeError as error:
        raise invalid("body", "请求内容不是有效的 JSON（UTF-8）。") from error
    if not isinstance(body, dict):
        raise invalid("body", "请求内容应为 JSON 对象。")
    if is_deeper(body, DEEPEST):
        raise invalid("body", "请求内容嵌套太深。")
    return body


def is_deeper(value: object, levels: int) -> bool:
    """Whether lists and objects lie in each other deeper than so many levels."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels == 0 or any(is_deeper(one, levels - 1) for one in inner)


def key_of(request: HttpRequest) -> str | None:
    return request.headers.get("Idempotency-Key")


@router.post("", summary="登记事项", response={200: None, 201: None}, openapi_extra=schemas.REGISTER)
def register_case(request: HttpRequest) -> HttpResponse:
    """Registers a matter. `amount` is in 分. Answers 201 with the case and, this once, the receipt's code."""
    signed, body, now = who(request), body_of(request), timezone.now()
    actors = actors_of(signed, body)
    if not actors:
        raise Refused("not_allowed", "您没有在任的岗位。")
    actor = next((one for one in actors if one.role in REGISTERS), actors[0])
    done = register_from_visit(
        viewer=signed.viewer(), actor=actor, at=now, raw=body, visit=body.pop("visit", None), key=key_of(request)
    )
    if done.again:
        state = load(case_for(signed.viewer(), done.number))
        return answer(request, case_file.case_file(signed.viewer(), state, now), 200)
    assert done.state is not None
    file = case_file.case_file(signed.viewer(), done.state, now)
    return answer(request, {**file, "receipt_code": done.receipt_code}, 201)


class ListQuery(Schema):
    stage: str = ""
    category: str = ""
    unit: str = ""
    division: str = ""
    light: str = ""
    mine: bool = False
    condition: str = ""
    place: str = ""
    lead: str = ""
    ending: str = ""
    weekday: str = ""
    hour: str = ""
    level: str = ""
    exact: bool = False
    channel: str = ""
    since: str = ""
    until: str = ""
    q: str = ""
    order: str = "newest"
    limit: int = 50
    cursor: str = ""


@router.get("", summary="事项列表")
def list_of_cases(request: HttpRequest, query: Query[ListQuery]) -> HttpResponse:
    signed, now = who(request), timezone.now()
    for name, value in query.dict().items():
        if isinstance(value, str) and "\0" in value:
            raise invalid(name, "查询条件中有不能使用的字符。")
    page = list_cases(
        signed.viewer(),
        _filters(query, signed.root, tuple((a.role, a.unit) for a in signed.actors), now),
        limit=query.limit,
        cursor=query.cursor or None,
    )
    names = signed.viewer().sees_names
    items = [
        {
            "number": item["number"],
            "title": item["title"] if names else "",
            "stage": item["stage"],
            "stage_name": STAGE_NAMES[item["stage"]],
            "kind": item["kind"],
            "purpose": item["purpose"],
            "category": item["category"],
            "category_name": item["category_name"],
            "channel": item["channel"],
            "division": item["division"],
            "division_name": item["division_name"],
            "lead_unit": {"code": item["lead_unit"], "name": item["lead_unit_name"]} if item["lead_unit"] else None,
            "urgent": item["urgent"],
            "confidentiality": item["confidentiality"],
            "light": light(now, item["warn_at"], item["due_at"], item["red_at"]),
            "due_at": item["due_at"],
            "outcome": item["outcome"],
            "version": item["version"],
            "registered_at": item["registered_at"],
        }
        for item in page.items
    ]
    count = {"value": page.count, "capped": page.capped}
    return answer(request, {"items": items, "next_cursor": page.next_cursor, "count": count})


def _filters(query: ListQuery, root: int, posts: tuple[tuple[str, int], ...], now: datetime) -> Filters:
    stages = tuple(stage for stage in query.stage.split(",") if stage)
    unit = division = None
    if query.unit:
        found = units_by_code([query.unit]).get(query.unit)
        if found is None:
            raise invalid("unit", "没有这个单位。")
        unit = found.id
    if query.division:
        _, divisions = places([], [query.division])
        if query.division not in divisions:
            raise invalid("division", "没有这个区划。")
        division = divisions[query.division].id
    place = lead = None
    if query.place:
        found_place = places([], [query.place])[1].get(query.place)
        if found_place is None:
            raise invalid("place", "没有这个区划。")
        place = found_place.id
    if query.lead:
        leads = units_by_code([query.lead]).get(query.lead)
        if leads is None:
            raise invalid("lead", "没有这个单位。")
        lead = leads.id
    return Filters(
        condition=query.condition,
        place=place,
        lead=lead,
        ending=query.ending,
        weekday=number_of(query.weekday, "weekday"),
        hour=number_of(query.hour, "hour"),
        level=number_of(query.level, "level"),
        stages=stages,
        category=query.category,
        category_alone=query.exact,
        unit=unit,
        division=division,
        root=root,
        light=query.light,
        channel=query.channel,
        since=day_of(query.since, "since"),
        until=day_of(query.until, "until", end=True),
        text=query.q,
        mine=query.mine,
        posts=posts,
        now=now,
        order=query.order,
    )


@router.get("/{number}", summary="事项")
def one_case(request: HttpRequest, number: str, unmask: str = "") -> HttpResponse:
    signed = who(request)
    state = load(case_for(signed.viewer(), number))
    return answer(request, case_file.case_file(signed.viewer(), state, timezone.now(), unmask=unmask))


@router.get("/{number}/events", summary="办理过程")
def events(request: HttpRequest, number: str) -> HttpResponse:
    viewer = who(request).viewer()
    return answer(request, {"items": case_file.events_of(viewer, case_for(viewer, number))})


@router.get("/{number}/clocks", summary="时限")
def clocks(request: HttpRequest, number: str) -> HttpResponse:
    state = load(case_for(who(request).viewer(), number))
    return answer(request, {"items": case_file.clocks_of(state, timezone.now())})


@router.get("/{number}/moves", summary="可办理的动作")
def moves(request: HttpRequest, number: str) -> HttpResponse:
    signed = who(request)
    state = load(case_for(signed.viewer(), number))
    return answer(request, {"items": case_file.moves_of(state, signed.actors, timezone.now())})


@router.post("/{number}/moves/{move}", summary="办理动作", openapi_extra=schemas.MOVE)
def move_case(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Makes one move; `version` guards against a change by somebody else."""
    signed, body, now = who(request), body_of(request), timezone.now()
    actors = actors_of(signed, body)
    version = body.pop("version", None)
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise invalid("version", "version 应为整数。")
    viewer = signed.viewer()
    state = make_move(
        viewer=viewer,
        actors=actors,
        number=number,
        move=move,
        at=now,
        raw=body,
        key=key_of(request),
        version=version,
    )
    if not state.seen_by(viewer):
        # the move itself ended this person's access
        return answer(request, {"number": state.case["number"], "version": state.case["version"]})
    return answer(request, case_file.case_file(viewer, state, now))


def answer(request: HttpRequest, data: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(
        JsonRenderer().render(request, data, response_status=status),
        status=status,
        content_type="application/json; charset=utf-8",
    )
