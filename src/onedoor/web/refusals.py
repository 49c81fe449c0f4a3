"""What is refused before any view is asked: a form that is not ours, an address that is none."""

from django.http import HttpRequest, HttpResponse

from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.web.desk.page import refused_page
from onedoor.web.public.page import public_refused


def foreign_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that does not come from a page of ours, or from one that was opened too long ago (403); or one whose
    files are so large that nothing of it was read."""
    refused = Refused(NOT_ALLOWED, "页面已过期，您的操作没有保存。请返回上一页，刷新后再试。")
    if request.META.get("onedoor.too_large"):
        refused = Refused(NOT_ALLOWED, "文件合计太大，没有收到，您的操作没有保存。请返回上一页，少选几份文件再提交。")
    if is_staff_page(request):
        return refused_page(request, None, refused)
    return public_refused(request, refused)


def no_page(request: HttpRequest) -> HttpResponse:
    """No such address. For residents with the way to go on; for others and for files in one line."""
    if is_staff_page(request) or request.path.startswith("/static/"):
        return HttpResponse("没有这个页面。", status=404, content_type="text/plain; charset=utf-8")
    return public_refused(request, Refused(NOT_FOUND, "没有这个页面，可能已经撤下，也可能网址写错了。"))


def is_staff_page(request: HttpRequest) -> bool:
    return request.path.startswith(("/desk", "/admin", "/field", "/wall"))
