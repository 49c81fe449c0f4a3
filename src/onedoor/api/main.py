"""The API object and the calls that are not about one case."""

from datetime import datetime
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import Swagger

from onedoor.api import attachments, cases, figures, handovers, papers, schemas, sync, visits
from onedoor.api.answers import Documented
from onedoor.api.problems import broken, problem, refused
from onedoor.api.render import JsonRenderer
from onedoor.api.session import Bearer, address_of, who
from onedoor.cases.queries.catalogue import catalogue
from onedoor.cases.queries.trial import calendar_for, trial
from onedoor.cases.schemes import book
from onedoor.hall.queries.services import service_names
from onedoor.people.sign_in import sign_in, sign_out
from onedoor.rules.devices import device_of, way_of_call
from onedoor.rules.refusal import Refused, invalid

api = Documented(
    title="一扇门 OneDoor",
    version="1",
    description="县级社会治理综合服务中心业务接口。",
    auth=Bearer(),
    renderer=JsonRenderer(),
    openapi_url="/openapi.json",
    docs_url="/docs",
    docs=Swagger({"validatorUrl": None}),  # its default shows the document to a site on the Internet
    urls_namespace="api",
)
api.add_router("/figures", figures.router, tags=["统计"])
api.add_router("/cases", cases.router, tags=["事项"])
api.add_router("/cases", attachments.router, tags=["附件"])
api.add_router("/cases", papers.router, tags=["文书"])
api.add_router("/visits", visits.router, tags=["接待"])
api.add_router("/handovers", handovers.router, tags=["转接"])
api.add_router("/sync", sync.router, tags=["网格"])
api.add_exception_handler(Refused, refused)
api.add_exception_handler(Exception, broken)


@api.exception_handler(ValidationError)
def _unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if request.META.get("onedoor.too_large"):
        return problem("too_large", "文件太大。", {"file": "文件太大，请压缩或分开上传。"})
    fields = {str(one["loc"][-1]): "这一项没有填或格式不对。" for one in error.errors}
    return problem("invalid", next(iter(fields.values()), "请求内容不对。"), fields)


@api.exception_handler(Http404)
def _missing(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem("not_found", "没有这个地址。")


@api.exception_handler(HttpError)
def _http(_request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 401:
        return problem("not_signed_in", "请先登录。")
    return problem("invalid", "请求内容不对。", status=error.status_code)


@api.exception_handler(RequestDataTooBig)
def _too_big(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem("too_large", "请求内容太大。")


@api.exception_handler(SuspiciousOperation)  # a thousand fields, a hundred files
@api.exception_handler(MultiPartParserError)
def _garbled(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem("invalid", "请求内容不对。", {"body": "请求内容的格式不对。"})


@api.post("/sessions", auth=None, summary="登录", tags=["人员"], response={201: None}, openapi_extra=schemas.SIGN_IN)
def open_session(request: HttpRequest) -> HttpResponse:
    body = cases.body_of(request)
    username, password, otp = body.get("username"), body.get("password"), body.get("otp")
    for name, value in (("username", username), ("password", password)):
        if not isinstance(value, str) or not value or "\0" in value or len(value) > 1000:
            raise invalid(name, "请填写用户名和密码。")
    if otp is not None and not isinstance(otp, str):
        raise invalid("otp", "动态码应为文字。")
    assert isinstance(username, str) and isinstance(password, str)
    agent = request.headers.get("User-Agent", "")
    token, expires_at = sign_in(
        username=username,
        password=password,
        otp=otp,
        at=timezone.now(),
        address=address_of(request),
        way=way_of_call(agent),
        device=device_of(agent),
    )
    return cases.answer(request, {"token": token, "expires_at": expires_at}, 201)


@api.delete("/sessions", summary="退出登录", tags=["人员"], response={204: None})
def close_session(request: HttpRequest) -> HttpResponse:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    sign_out(token.strip() if scheme else "", address=address_of(request))
    return HttpResponse(status=204)


@api.get("/me", summary="我", tags=["人员"])
def me(request: HttpRequest) -> dict[str, Any]:
    signed = who(request)
    return {
        "username": signed.username,
        "name": signed.name,
        "posts": [
            {
                "id": post.actor.post,
                "role": post.actor.role,
                "unit": {"code": post.unit_code, "name": post.unit_name},
                "division": {"code": post.division_code, "name": post.division_name},
            }
            for post in signed.posts
        ],
    }


@api.get("/catalogue", summary="目录", tags=["目录"])
def whole_catalogue(request: HttpRequest) -> dict[str, Any]:
    who(request)
    return {**catalogue(), "services": service_names()}


@api.post("/deadlines/preview", summary="时限试算", tags=["时限"], openapi_extra=schemas.PREVIEW)
def preview(request: HttpRequest) -> HttpResponse:
    body = cases.body_of(request)
    schemes = book().schemes
    scheme = schemes.get(str(body.get("scheme", "")))
    if scheme is None:
        raise invalid("scheme", f"没有这个方案，可选：{'、'.join(schemes)}。")
    try:
        start = datetime.fromisoformat(str(body.get("started_at", "")))
    except ValueError as error:
        raise invalid("started_at", "起算时间应为带时区的时间。") from error
    if start.tzinfo is None:
        raise invalid("started_at", "起算时间应带时区，如 2026-03-01T09:00:00+08:00。")
    if not 1950 <= start.year <= 2150:
        raise invalid("started_at", "起算时间应在1950年到2150年之间。")
    given = body.get("calendar", "national")
    if not isinstance(given, str | None):
        raise invalid("calendar", "日历应为“national”或区划代码。")
    clocks = [
        {
            "kind": limit.item.kind,
            "due_at": limit.times.due_at,
            "warn_at": limit.times.warn_at,
            **({"red_at": limit.times.red_at} if limit.times.red_at else {}),
            "basis": limit.item.basis,
            "explanation": limit.explanation,
        }
        for limit in trial(scheme, start, calendar_for(given or "national"))
    ]
    return cases.answer(request, {"clocks": clocks})
