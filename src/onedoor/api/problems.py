"""A refusal becomes `application/problem+json`, here and nowhere else."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse

from onedoor.rules.refusal import Refused

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
    "not_signed_in": 401,
    "account_closed": 401,
    "too_large": 413,
    "wrong_method": 405,
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
    "not_signed_in": "请先登录",
    "account_closed": "账号已停用",
    "too_large": "文件太大",
    "wrong_method": "请求方式不对",
    "internal": "系统故障",
}
log = logging.getLogger(__name__)


def problem(code: str, detail: str, fields: dict[str, str] | None = None, status: int | None = None) -> HttpResponse:
    """The answer to a refusal; `detail` is the sentence for the person."""
    body: dict[str, object] = {"code": code, "title": TITLES.get(code, "无法办理"), "detail": detail}
    if fields:
        body["fields"] = fields
    return JsonResponse(
        body,
        status=status or STATUS.get(code, 422),
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def refused(_request: HttpRequest, error: Refused | type[Refused]) -> HttpResponse:
    assert isinstance(error, Refused)
    return problem(error.code, error.sentence, error.fields)


def broken(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """A fault of ours: logged with its trace, told without it."""
    log.error("%s %s failed", request.method, request.path, exc_info=error if isinstance(error, Exception) else True)
    return problem("internal", "系统出现故障，您的操作没有保存，请稍后重试。", status=500)
