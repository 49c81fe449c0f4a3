"""人员: accounts with their posts."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.people.queries import Person, list_people, person
from onedoor.people.steps import accounts
from onedoor.people.steps.administering import By
from onedoor.people.steps.posts import add_post, end_post
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import ROLE_NAMES
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.access import administrator, attempt, done_or_told, not_there
from onedoor.web.desk.admin.fields import Fields, divisions, units
from onedoor.web.desk.admin.paging import address_with, kept
from onedoor.web.desk.page import page

STATES = {"active": "启用", "off": "已停用", "idle": "启用但没有岗位", "unused": "九十天没有登录"}


@administrator
def people_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    values = kept(request, ("q", "role", "state", "after"))
    found = list_people(q=values["q"], role=values["role"], state=values["state"], after=values["after"])
    context = {
        "values": values,
        "items": found.items,
        "roles": ROLE_NAMES,
        "states": STATES,
        "next": address_with("desk:admin_people", values, found.following) if found.following else "",
        "filtered": any(values[name] for name in ("q", "role", "state")),
    }
    return page(request, signed, "admin/people.html", context)


@require_http_methods(["GET", "POST"])
@administrator
def new_person(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """The first password stands on the answer to this form and nowhere else."""
    refused = None
    typed = {name: request.POST.get(name, "") for name in ("username", "name", "password", "must_use_totp")}
    if request.method == "POST":
        try:
            account, password = accounts.add_account(
                by=by,
                username=typed["username"],
                name=typed["name"],
                password=typed["password"],
                must_use_totp=bool(typed["must_use_totp"]),
            )
        except Refused as error:
            refused = error
        else:
            return _shown(request, signed, _person(account.pk), password=password)
    form = Fields(typed, refused)
    fields = [
        form.text("username", "用户名", help="登录时用：小写字母和数字，定下后不能改。"),
        form.text("name", "姓名"),
        form.text(
            "password",
            "初始密码",
            required=False,
            help="不填则自动生成，保存后只显示一次。本人第一次登录时须换成自己的。",
        ),
        form.tick("must_use_totp", "必须两步验证"),
    ]
    context = {"fields": fields, "refused": refused}
    return page(request, signed, "admin/person_new.html", context, 422 if refused else 200)


@require_http_methods(["GET", "POST"])
@administrator
def one_person(request: HttpRequest, signed: SignedIn, by: By, account: int) -> HttpResponse:
    """POST saves name and settings."""
    found = _person(account)
    if request.method == "GET":
        return _shown(request, signed, found)
    refused = attempt(
        lambda: accounts.change_account(
            by=by,
            account=account,
            name=request.POST.get("name", ""),
            must_use_totp="must_use_totp" in request.POST,
            is_operator="is_operator" in request.POST,
        )
    )
    if refused is not None:
        return _shown(request, signed, found, basics=refused)
    messages.success(request, "已保存。")
    return _back(account)


@require_POST
@administrator
def new_post(request: HttpRequest, signed: SignedIn, by: By, account: int) -> HttpResponse:
    found = _person(account)
    given = {name: request.POST.get(name, "") for name in ("role", "unit", "division")}
    refused = attempt(lambda: add_post(by=by, account=account, confidential="confidential" in request.POST, **given))
    if refused is not None:
        return _shown(request, signed, found, post=refused)
    messages.success(request, "岗位已生效。")
    return _back(account)


@require_POST
@administrator
def finish_post(request: HttpRequest, signed: SignedIn, by: By, account: int, post: int) -> HttpResponse:
    found = _person(account)
    if not any(held.pk == post for held in found.posts):
        raise not_there("岗位")
    return done_or_told(request, lambda: end_post(by=by, post=post), "岗位已免去。", _address(account))


@require_POST
@administrator
def new_password(request: HttpRequest, signed: SignedIn, by: By, account: int) -> HttpResponse:
    """The new password stands on the answer to this form and nowhere else."""
    found = _person(account)
    try:
        password = accounts.reset_password(by=by, account=account, password=request.POST.get("password", ""))
    except Refused as refused:
        return _shown(request, signed, found, reset=refused)
    return _shown(request, signed, _person(account), password=password)


_BUTTONS: dict[str, tuple[Callable[[By, int], object], str]] = {
    "on": (lambda by, one: accounts.switch_account(by=by, account=one, active=True), "账号已启用。"),
    "off": (lambda by, one: accounts.switch_account(by=by, account=one, active=False), "账号已停用，已从各处退出。"),
    "sign-out": (lambda by, one: accounts.sign_out_account(by=by, account=one), "已从所有设备上退出。"),
    "no-second-factor": (
        lambda by, one: accounts.remove_second_factor(by=by, account=one),
        "原来的验证器已取消，已从各处退出。",
    ),
    "unlock": (lambda by, one: accounts.unlock_account(by=by, account=one), "锁定已解除。"),
}


@require_POST
@administrator
def button(request: HttpRequest, signed: SignedIn, by: By, account: int, name: str) -> HttpResponse:
    """What takes no input: switching on and off, signing out, unlocking."""
    if name not in _BUTTONS:
        raise not_there("操作")
    _person(account)
    step, said = _BUTTONS[name]
    return done_or_told(request, lambda: step(by, account), said, _address(account))


def _person(account: int) -> Person:
    found = person(account)
    if found is None:
        raise not_there("账号")
    return found


def _address(account: int) -> str:
    return reverse("desk:admin_person", args=[account])


def _back(account: int) -> HttpResponse:
    return HttpResponseRedirect(_address(account))


def _shown(
    request: HttpRequest,
    signed: SignedIn,
    found: Person,
    *,
    password: str = "",
    basics: Refused | None = None,
    post: Refused | None = None,
    reset: Refused | None = None,
) -> HttpResponse:
    """One person's page; at most one of its forms has been refused and keeps what was typed."""
    account = found.account
    now: dict[str, Any] = {
        "name": account.name,
        "must_use_totp": account.must_use_totp,
        "is_operator": account.is_operator,
    }
    one = Fields(request.POST if basics else now, basics)
    two = Fields(request.POST if post else {}, post)
    context = {
        "person": found,
        "account": account,
        "oneself": account.pk == signed.account,
        "password": password,
        "refused": basics or post or reset,
        "basics": [
            one.text("name", "姓名"),
            one.tick("must_use_totp", "必须两步验证（由运维在服务器上为本人设置验证器，见手册）"),
            one.tick("is_operator", "可进入只读后台（看不到事项内容和保密事项）"),
        ],
        "post_fields": [
            two.one("role", "岗位", ROLE_NAMES),
            two.place("unit", "单位", units(), help="填写单位的名称或代码。"),
            two.place("division", "区划", divisions(), required=False, help="看哪个区划的事项；不填则与单位相同。"),
            two.tick("confidential", "涉密岗：所在中心的保密事项从登记起就列为知悉人"),
        ],
        "reset": Fields(request.POST if reset else {}, reset).text(
            "password", "新密码", required=False, help="不填则自动生成。本人登录时须换成自己的。"
        ),
    }
    return page(request, signed, "admin/person.html", context, 422 if context["refused"] else 200)
