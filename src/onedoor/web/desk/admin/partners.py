"""外部单位 of a centre, to which slips go and from which they come."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.hall.queries.centres import centre_named
from onedoor.hall.queries.handover import partners
from onedoor.hall.steps import partners as steps
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.handover import USUAL_DAYS
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.access import administrator, attempt, done_or_told
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.admin.hall import hall_page


@require_http_methods(["GET", "POST"])
@administrator
def partner_list(request: HttpRequest, signed: SignedIn, by: By, centre: str) -> HttpResponse:
    """The offices beside the tree; POST adds."""
    there, refused = centre_named(centre), None
    given: dict[str, str] = {"days": str(USUAL_DAYS)}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("code", *steps.FIELDS)}
        refused = attempt(lambda: steps.add_partner(by=by, centre=there.id, code=given["code"], given=given))
        if refused is None:
            messages.success(request, f"已新增“{given['name'].strip()}”。")
            return HttpResponseRedirect(reverse("desk:admin_partners", args=[centre]))
    help_ = "小写字母和数字，如 zwzx；定下后不能改。转来的事项用它作对方编号的平台名。"
    context = {
        "items": partners(there.id, all_of_them=True),
        "fields": [Fields(given, refused).text("code", "代码", help=help_), *_fields(given, refused)],
        "refused": refused,
    }
    return hall_page(request, signed, there, "admin/partners.html", context, 422 if refused else 200)


@require_http_methods(["GET", "POST"])
@administrator
def one_partner(request: HttpRequest, signed: SignedIn, by: By, centre: str, code: str) -> HttpResponse:
    there = centre_named(centre)
    one = steps.find_partner(there.id, code)
    given, refused = {name: request.POST.get(name, "") for name in steps.FIELDS}, None
    if request.method == "POST":
        refused = attempt(lambda: steps.change_partner(by=by, centre=there.id, code=code, given=given))
        if refused is None:
            messages.success(request, f"“{given['name'].strip()}”已保存。")
            return HttpResponseRedirect(reverse("desk:admin_partners", args=[centre]))
    else:
        given = {name: str(getattr(one, name) or "") for name in steps.FIELDS}
        given["account"] = one.account.username if one.account else ""
    context = {
        "title": f"{one.name}（{one.code}）",
        "back": reverse("desk:admin_partners", args=[centre]),
        "fields": _fields(given, refused),
        "refused": refused,
    }
    return hall_page(request, signed, there, "admin/hall_one.html", context, 422 if refused else 200)


@require_POST
@administrator
def switch_partner(request: HttpRequest, signed: SignedIn, by: By, centre: str, code: str) -> HttpResponse:
    there, active = centre_named(centre), bool(request.POST.get("active"))
    return done_or_told(
        request,
        lambda: steps.switch_partner(by=by, centre=there.id, code=code, active=active),
        "已启用。" if active else "已停用，不能再转接；已有的转接单照常办完。",
        reverse("desk:admin_partners", args=[centre]),
    )


def _fields(given: dict[str, str], refused: Refused | None) -> list[Any]:
    form = Fields(given, refused)
    return [
        form.text("name", "名称", help="如 市民中心、政务服务中心。"),
        form.text("purpose", "办什么", required=False),
        form.text("address", "地址", required=False, help="印在转接单上。"),
        form.text("phone", "公开电话", required=False),
        form.number("days", "几个工作日内答复"),
        form.text(
            "account",
            "程序账号（用户名）",
            required=False,
            help="对方的系统通过接口转接时用；先建一个没有岗位的账号。",
        ),
    ]
