"""首次设置: one page, filled in from the top; each "下一步" shows the next choice, so it needs no script."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.people.divisions import offered, top
from onedoor.people.steps import first_run
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.web.desk.access import address_of
from onedoor.web.desk.page import page, refused_page

FIELDS = ("setup_code", "province", "city", "county", "centre", "phone", "name", "username")
_LEVELS = (("province", "省（自治区、直辖市）"), ("city", "市（州、盟）"), ("county", "县（市、区）"))
_NAME = "社会治理综合服务中心"  # what is proposed after the division's name
HERE = "here"  # the centre is that of the division above, not of one below


@require_http_methods(["GET", "POST"])
def first_run_page(request: HttpRequest) -> HttpResponse:
    """Only in an empty database; afterwards it is not found. Every step asks for the set-up code again, since
    nothing is kept between them."""
    if not first_run.is_due():
        return refused_page(request, None, first_run.over())
    given = {name: request.POST.get(name, "").strip() for name in FIELDS}
    refused = None
    try:
        levels, division, place = _places(given)
        if request.method == "POST":
            first_run.check_code(given["setup_code"])
            if "finish" in request.POST and division:
                _set_up(request, given, division)
                messages.success(request, "设置完成，请用刚才设的用户名和密码登录。")
                return HttpResponseRedirect(reverse("desk:sign_in"))
    except Refused as error:
        if error.code == NOT_FOUND:
            return refused_page(request, None, error)
        refused = error
        levels, division, place = _places(given) if error.fields else ([], "", "")
    if place and (not given["centre"] or ("next" in request.POST and given["centre"].endswith(_NAME))):
        given["centre"] = place + _NAME
    context = {
        "given": given,
        "levels": levels,
        "division": division,
        "place": place,
        "refused": refused,
        "faults": refused.fields if refused else {},
        "password_length": settings.PASSWORD_LENGTH,
    }
    return page(request, None, "first_run.html", context, 422 if refused else 200)


def _set_up(request: HttpRequest, given: dict[str, str], division: str) -> None:
    first_run.set_up(
        setup_code=given["setup_code"],
        division=division,
        centre=given["centre"],
        phone=given["phone"],
        name=given["name"],
        username=given["username"],
        password=request.POST.get("password", ""),
        again=request.POST.get("again", ""),
        at=timezone.now(),
        address=address_of(request),
    )


def _places(given: dict[str, str]) -> tuple[list[dict[str, Any]], str, str]:
    """The select boxes that are due, from the province down, and the code and name of the division once it is
    chosen. A choice that does not fit the one above it counts as none."""
    if (there := top()) is not None:
        return [], there.code, there.name
    levels: list[dict[str, Any]] = []
    code = name = ""
    for field, label in _LEVELS:
        choices = offered(code)
        if not choices:
            break
        chosen = dict(choices).get(given[field])
        stays = bool(code) and given[field] == HERE
        if chosen is None and not stays:
            given[field] = ""
        levels.append({"field": field, "label": label, "choices": choices, "value": given[field], "above": name})
        if stays:
            return levels, code, name
        if chosen is None:
            return levels, "", ""
        code, name = given[field], chosen
    return levels, code, name
