"""大厅: places and residences of a centre. An administrator keeps the halls of all centres; the address names one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries.days import today
from onedoor.hall.queries.centres import Centre, all_centres, centre_named
from onedoor.hall.queries.residence import places, residences
from onedoor.hall.steps import places as place_steps
from onedoor.hall.steps import residence as residence_steps
from onedoor.people.find import written
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import Refused
from onedoor.rules.residence import MODES, MOST_MINUTES, PLACE_KINDS, is_open
from onedoor.web.desk.admin.access import administrator, attempt, done_or_told
from onedoor.web.desk.admin.fields import Fields, units
from onedoor.web.desk.page import page


@administrator
def hall(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """Goes on to the hall chosen, without a choice to the highest centre's."""
    centre = centre_named(request.GET.get("centre", ""))
    return HttpResponseRedirect(reverse("desk:admin_residences", args=[centre.code]))


def hall_page(
    request: HttpRequest, signed: SignedIn, centre: Centre, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of one hall, with the choice of another."""
    return page(request, signed, template, {"hall": centre, "halls": all_centres(), **context}, status)


@require_http_methods(["GET", "POST"])
@administrator
def residence_list(request: HttpRequest, signed: SignedIn, by: By, centre: str) -> HttpResponse:
    """Who is at this hall and how; POST adds."""
    there = centre_named(centre)
    given, refused = _typed(request, residence_steps.FIELDS), None
    if request.method == "POST":
        refused = attempt(lambda: residence_steps.add_residence(by=by, centre=there.id, given=given))
        if refused is None:
            messages.success(request, "已新增入驻单位。")
            return HttpResponseRedirect(reverse("desk:admin_residences", args=[centre]))
    context = {
        "items": [one | {"mode_name": MODES[one["mode"]]} for one in residences(there.id)],
        "fields": _residence_fields(there, given, refused),
        "refused": refused,
    }
    return hall_page(request, signed, there, "admin/residences.html", context, 422 if refused else 200)


@require_http_methods(["GET", "POST"])
@administrator
def one_residence(request: HttpRequest, signed: SignedIn, by: By, centre: str, residence: int) -> HttpResponse:
    there = centre_named(centre)
    one = residence_steps.find_residence(there.id, residence)
    given, refused = _typed(request, residence_steps.FIELDS), None
    if request.method == "POST":
        refused = attempt(
            lambda: residence_steps.change_residence(by=by, centre=there.id, residence=residence, given=given)
        )
        if refused is None:
            messages.success(request, "入驻已保存。")
            return HttpResponseRedirect(reverse("desk:admin_residences", args=[centre]))
    else:
        given = {
            name: str(getattr(one, name) or "") for name in ("mode", "name", "purpose", "phone", "address", "minutes")
        }
        given |= {
            "unit": written(one.unit.name, one.unit.code) if one.unit else "",
            "place": one.place.code if one.place else "",
        }
    context = {
        "title": one.name or str(one.unit),
        "back": reverse("desk:admin_residences", args=[centre]),
        "fields": _residence_fields(there, given, refused),
        "refused": refused,
    }
    return hall_page(request, signed, there, "admin/hall_one.html", context, 422 if refused else 200)


@require_POST
@administrator
def switch_residence(request: HttpRequest, signed: SignedIn, by: By, centre: str, residence: int) -> HttpResponse:
    there, active = centre_named(centre), bool(request.POST.get("active"))
    return done_or_told(
        request,
        lambda: residence_steps.switch_residence(by=by, centre=there.id, residence=residence, active=active),
        "已启用。" if active else "已停用，不再出现在“今日在岗”里。",
        reverse("desk:admin_residences", args=[centre]),
    )


@require_http_methods(["GET", "POST"])
@administrator
def place_list(request: HttpRequest, signed: SignedIn, by: By, centre: str) -> HttpResponse:
    """Windows, rooms and studios; POST adds."""
    there = centre_named(centre)
    given, refused = _typed(request, ("code", *place_steps.FIELDS)), None
    if request.method == "POST":
        refused = attempt(lambda: place_steps.add_place(by=by, centre=there.id, code=given["code"], given=given))
        if refused is None:
            messages.success(request, f"已新增“{given['name'].strip()}”。")
            return HttpResponseRedirect(reverse("desk:admin_places", args=[centre]))
    items = [
        one | {"kind_name": PLACE_KINDS[one["kind"]], "open": is_open(one["kind"], today(), one["first"], one["last"])}
        for one in places(there.id)
    ]
    fields = [
        Fields(given, refused).text("code", "代码", help="小写字母和数字，如 w3；定下后不能改。"),
        *_place_fields(given, refused),
    ]
    context = {"items": items, "fields": fields, "refused": refused}
    return hall_page(request, signed, there, "admin/places.html", context, 422 if refused else 200)


@require_http_methods(["GET", "POST"])
@administrator
def one_place(request: HttpRequest, signed: SignedIn, by: By, centre: str, code: str) -> HttpResponse:
    there = centre_named(centre)
    one = place_steps.find_place(there.id, code)
    given, refused = _typed(request, place_steps.FIELDS), None
    if request.method == "POST":
        refused = attempt(lambda: place_steps.change_place(by=by, centre=there.id, code=code, given=given))
        if refused is None:
            messages.success(request, f"“{given['name'].strip()}”已保存。")
            return HttpResponseRedirect(reverse("desk:admin_places", args=[centre]))
    else:
        given = {name: str(getattr(one, name) or "") for name in place_steps.FIELDS}
        given["unit"] = written(one.unit.name, one.unit.code) if one.unit else ""
    context = {
        "title": f"{one.name}（{one.code}）",
        "back": reverse("desk:admin_places", args=[centre]),
        "fields": _place_fields(given, refused),
        "refused": refused,
    }
    return hall_page(request, signed, there, "admin/hall_one.html", context, 422 if refused else 200)


@require_POST
@administrator
def switch_place(request: HttpRequest, signed: SignedIn, by: By, centre: str, code: str) -> HttpResponse:
    there, active = centre_named(centre), bool(request.POST.get("active"))
    return done_or_told(
        request,
        lambda: place_steps.switch_place(by=by, centre=there.id, code=code, active=active),
        "已启用。" if active else "已停用。",
        reverse("desk:admin_places", args=[centre]),
    )


def _typed(request: HttpRequest, names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in names}


def _residence_fields(centre: Centre, given: dict[str, str], refused: Refused | None) -> list[Any]:
    form = Fields(given, refused)
    offered = {one["code"]: one["name"] for one in places(centre.id) if one["active"]}
    return [
        form.one("mode", "入驻方式", MODES),
        form.place(
            "unit", "单位", units(), required=False, help="律所、公证处等只登记联系方式的，不填单位，填下面的名称。"
        ),
        form.text("name", "名称（信息入驻）", required=False),
        form.text("purpose", "办什么", required=False),
        form.one("place", "窗口或场所", offered, required=False),
        form.number(
            "minutes", "几分钟内到岗（随叫随驻）", required=False, help=f"从呼叫起算，1到{MOST_MINUTES}分钟。"
        ),
        form.text("phone", "公开电话", required=False, help="不填则用单位的公开电话；信息入驻必填。"),
        form.text("address", "地址", required=False),
    ]


def _place_fields(given: dict[str, str], refused: Refused | None) -> list[Any]:
    form = Fields(given, refused)
    return [
        form.text("name", "名称", help="显示在大屏和叫号里，如 3号窗口。"),
        form.one("kind", "类别", PLACE_KINDS),
        form.text("purpose", "办什么", required=False),
        form.text("location", "位置", required=False, help="如 一楼东侧。"),
        form.place("unit", "由哪个单位使用", units(), required=False, help="不填为中心自用。"),
        form.text("mediator", "首席调解员（工作室）", required=False),
        form.day("first", "开始日期（临时窗口）", required=False),
        form.day("last", "结束日期（临时窗口）", required=False),
    ]
