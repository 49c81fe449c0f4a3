"""类别: the whole catalogue on one page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries.catalogue import whole_tree
from onedoor.cases.steps.categories import add_category, rename_category, switch_category
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.access import administrator, attempt, done_or_told, not_there
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.page import page


@require_http_methods(["GET", "POST"])
@administrator
def tree(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """The tree; POST adds to it. The parent may be given in the address, by the link beside it."""
    refused = None
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("parent", "code", "name")}
        refused = attempt(lambda: add_category(by=by, **given))
        if refused is None:
            messages.success(request, f"已新增“{given['name'].strip()}”。")
            return HttpResponseRedirect(reverse("desk:admin_categories"))
    parent = request.GET.get("below", "")[:40]
    typed = request.POST if request.method == "POST" else {"parent": parent, "code": f"{parent}." if parent else ""}
    categories = whole_tree()
    form = Fields(typed, refused)
    above = {one["code"]: "　" * one["depth"] + one["name"] for one in categories if one["active"]}
    context = {
        "categories": categories,
        "refused": refused,
        "fields": [
            form.one("parent", "上级", above, required=False),
            form.text("code", "代码", help="上级的代码加一个点，再加小写字母，如 dispute.loan。"),
            form.text("name", "名称"),
        ],
    }
    return page(request, signed, "admin/categories.html", context, 422 if refused else 200)


@require_http_methods(["GET", "POST"])
@administrator
def one_category(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    """A new name."""
    there = next((one for one in whole_tree() if one["code"] == code), None)
    if there is None:
        raise not_there("类别")
    refused: Refused | None = None
    typed = {"name": request.POST.get("name", "") if request.method == "POST" else there["name"]}
    if request.method == "POST":
        refused = attempt(lambda: rename_category(by=by, code=code, name=typed["name"]))
        if refused is None:
            messages.success(request, "名称已保存。")
            return HttpResponseRedirect(reverse("desk:admin_categories"))
    context = {"category": there, "refused": refused, "fields": [Fields(typed, refused).text("name", "名称")]}
    return page(request, signed, "admin/category.html", context, 422 if refused else 200)


@require_POST
@administrator
def switch(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    active = bool(request.POST.get("active"))
    said = "已启用。" if active else "已停用，登记时不再出现。"
    back = reverse("desk:admin_categories")
    return done_or_told(request, lambda: switch_category(by=by, code=code, active=active), said, back)
