"""A refusal becomes `application/problem+json`, here and nowhere else."""

import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from onedoor.cases import space
from onedoor.config.logs import route_of
from onedoor.rules.refusal import UNAVAILABLE, Refused

STATUS = {
    "not_found": 404,
    "not_allowed": 403,
    "wrong_stage": 409,
    "not_your_move": 403,
    "not_ready": 422,
    "stale_version": 409,
    "invalid": 422,
    "conflict": 409,
    "too_many": 429,
    "mfa_required": 422,
    "password_due": 422,
    "not_signed_in": 401,
    "account_closed": 401,
    "too_large": 413,
    "wrong_method": 405,
    "no_space": 503,
    "unavailable": 503,
    "internal": 500,
}
TITLES = {
    "not_found": "没有找到",
    "not_allowed": "没有权限",
    "wrong_stage": "阶段不符",
    "not_your_move": "不由您办理",
    "not_ready": "条件未满足",
    "stale_version": "内容已更新",
    "invalid": "填写有误",
    "conflict": "冲突",
    "too_many": "次数过多",
    "mfa_required": "需要两步验证",
    "password_due": "须先改密码",
    "not_signed_in": "请先登录",
    "account_closed": "账号已停用",
    "too_large": "文件太大",
    "wrong_method": "请求方式不对",
    "no_space": "存储空间不足",
    "unavailable": "暂时不能办理",
    "internal": "系统故障",
}
RETRY_AFTER = "5"  # seconds, with a 503
log = logging.getLogger(__name__)


def problem(code: str, detail: str, fields: dict[str, str] | None = None, status: int | None = None) -> HttpResponse:
    """The answer to a refusal; `detail` is the sentence for the person."""
    body: dict[str, object] = {"code": code, "title": TITLES.get(code, "无法办理"), "detail": detail}
    if fields:
        body["fields"] = fields
    answer = JsonResponse(
        body,
        status=status or STATUS.get(code, 422),
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
    if answer.status_code == 503:
        answer["Retry-After"] = RETRY_AFTER
    return answer


def refused(_request: HttpRequest, error: Refused | type[Refused]) -> HttpResponse:
    assert isinstance(error, Refused)
    return problem(error.code, error.sentence, error.fields)


def broken(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """A fault of ours: logged with its trace, told without it. What will pass says that it will."""
    if isinstance(error, Exception) and (passing := passing_fault(error)):
        log.warning("%s %s: %s", request.method, route_of(request), type(error).__name__)
        return refused(request, passing)
    log.error(
        "%s %s failed", request.method, route_of(request), exc_info=error if isinstance(error, Exception) else True
    )
    return problem("internal", "系统出现故障，您的操作没有保存，请稍后重试。", status=500)


def passing_fault(error: BaseException | None) -> Refused | None:
    """What to tell of a fault that is not in the request and not in the code: no room, no database. None of others."""
    if error is None:
        return None
    if space.is_lack_of_room(error):
        return space.no_room()
    if isinstance(error, OperationalError | InterfaceError):
        # it may have died between the change and its answer; who repeats a request with its key gets that answer
        return Refused(UNAVAILABLE, "数据库暂时没有应答，您的操作可能没有保存。请过一分钟看一看，没有的话再办一次。")
    return None
