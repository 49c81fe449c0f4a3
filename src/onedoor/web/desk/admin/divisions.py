"""区划: the tree, level by level."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.people.queries import Level, division_level
from onedoor.people.steps.administering import By
from onedoor.people.steps.divisions import add_division, remove_division, rename_division
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.access import administrator, attempt, not_there
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.page import page


@require_http_methods(["GET", "POST"])
@administrator
def level(request: HttpRequest, signed: SignedIn, by: By, code: str = "") -> HttpResponse:
    """One division and those directly below it; POST adds one below."""
    here = _level(code, request.GET.get("after", ""))
    if request.method == "GET":
        return _shown(request, signed, here)
    given = {name: request.POST.get(name, "") for name in ("code", "name")}
    refused = attempt(lambda: add_division(by=by, parent=here.division.code, **given))
    if refused is not None:
        return _shown(request, signed, here, adding=refused)
    messages.success(request, f"已在“{here.division}”下新增“{given['name'].strip()}”。")
    return HttpResponseRedirect(_address(here.division.code))


@require_POST
@administrator
def rename(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    here = _level(code)
    refused = attempt(lambda: rename_division(by=by, division=here.division.pk, name=request.POST.get("new_name", "")))
    if refused is not None:
        return _shown(request, signed, here, renaming=refused)
    messages.success(request, "名称已保存。")
    return HttpResponseRedirect(_address(code))


@require_POST
@administrator
def remove(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    here = _level(code)
    refused = attempt(lambda: remove_division(by=by, division=here.division.pk))
    if refused is not None:
        messages.error(request, refused.sentence)
        return HttpResponseRedirect(_address(code))
    messages.success(request, f"“{here.division}”已删除。")
    return HttpResponseRedirect(_address(here.trail[-1].code))


def _level(code: str, after: str = "") -> Level:
    found = division_level(code.replace("\0", "\ufffd"), after.replace("\0", "\ufffd"))
    if found is None:
        raise not_there("区划")
    return found


def _address(code: str) -> str:
    return reverse("desk:admin_division", args=[code])


def _shown(
    request: HttpRequest,
    signed: SignedIn,
    here: Level,
    *,
    adding: Refused | None = None,
    renaming: Refused | None = None,
) -> HttpResponse:
    below = Fields(request.POST if adding else {}, adding)
    name = request.POST.get("new_name", "") if renaming else here.division.name
    context = {
        "level": here,
        "refused": adding or renaming,
        "adding": [
            below.text("code", "代码", help="全国统一的代码；网格、开发区等可自定，用小写字母和数字。"),
            below.text("name", "名称"),
        ],
        "new_name": name,
        "name_fault": renaming.fields.get("name", "") if renaming else "",
    }
    return page(request, signed, "admin/divisions.html", context, 422 if context["refused"] else 200)
