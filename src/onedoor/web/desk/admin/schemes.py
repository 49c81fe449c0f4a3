"""限时方案: the list, one scheme with its versions, and writing the next one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.schemes import versions_of
from onedoor.cases.schemes import book, scheme_of
from onedoor.cases.steps.schemes import write_scheme
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import ROLE_NAMES
from onedoor.rules.explanations import threshold_words
from onedoor.rules.intake import PARTS
from onedoor.rules.refusal import CONFLICT, Refused, invalid
from onedoor.rules.schemes import (
    BINDS,
    CLOCK_NAMES,
    FALLBACK,
    LEVELS,
    PAUSE_NAMES,
    RUNG_TELLS,
    Period,
    Scheme,
    SchemeItem,
)
from onedoor.web.desk.admin.access import administrator, not_there
from onedoor.web.desk.admin.fields import Fields, whole
from onedoor.web.desk.admin.scheme_form import fields_of, read_content, typed_of
from onedoor.web.desk.page import page


@administrator
def scheme_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    now = book(newest=True)
    used = {rule.scheme for rule in now.rules} | {FALLBACK}
    items = [
        {
            "scheme": scheme,
            "handle": _amount(scheme.items["handle"]),
            "local": sum(item.local for item in scheme.items.values()),
            "used": scheme.code in used,
        }
        for scheme in now.schemes.values()
    ]
    return page(request, signed, "admin/schemes.html", {"items": items})


@administrator
def one_scheme(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    """All limits in words; an earlier version by its number in the address."""
    newest = _newest(code)
    wanted = request.GET.get("version", "")
    scheme = newest
    if wanted:
        version = whole(wanted, 1, newest.version)
        if version is None:
            raise not_there("版本")
        scheme = scheme_of(code, version)
    rungs = [
        {
            "after": f"超期满{rung.after}" if rung.after.amount else "超期后立即",
            "level": LEVELS[rung.level],
            "tell": RUNG_TELLS[rung.tell],
        }
        for rung in scheme.ladder
    ]
    context = {
        "scheme": scheme,
        "newest": newest.version,
        "limits": [_in_words(item) for item in scheme.items.values()],
        "rungs": rungs,
        "versions": versions_of(code),
    }
    return page(request, signed, "admin/scheme.html", context)


def _in_words(item: SchemeItem) -> dict[str, Any]:
    extension = item.extension
    warn = f"{threshold_words(item.warn)}变黄"
    if item.red is not None:
        warn += f"，{threshold_words(item.red)}变红"
    lines = [
        f"{BINDS[item.binds]}遵守，{warn}，{'遇休息日顺延' if item.roll else '遇休息日不顺延'}。",
        f"{item.follows}。" if item.follows else "",
    ]
    if item.kind == "handle":
        pauses = "、".join(PAUSE_NAMES[one] for one in item.pauses)
        lines.append(f"{pauses}的时间不计入。" if pauses else "任何暂停的时间都计入。")
    if extension is not None:
        told = "、".join(PARTS[one] for one in extension.told)
        lines.append(
            f"可以延期一次，最多{Period(extension.most, extension.unit)}，由{ROLE_NAMES[extension.by]}审批，"
            f"{'须当事人同意，' if extension.consent else ''}告知{told}（{extension.basis}）。"
        )
    return {"item": item, "name": CLOCK_NAMES[item.kind], "limit": _amount(item), "words": "".join(lines)}


def _amount(item: SchemeItem) -> str:
    return str(Period(item.amount, item.unit)) if item.amount else "当日"


@require_http_methods(["GET", "POST"])
@administrator
def new_version(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    return _write(request, signed, by, _newest(code), own=False)


@require_http_methods(["GET", "POST"])
@administrator
def new_scheme(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """A scheme of the deployer's own, made after one that is there."""
    return _write(request, signed, by, _newest(request.GET.get("like", "") or FALLBACK), own=True)


def _write(request: HttpRequest, signed: SignedIn, by: By, scheme: Scheme, *, own: bool) -> HttpResponse:
    refused: Refused | None = None
    typed: dict[str, Any] = typed_of(scheme) | ({"name": f"{scheme.name}（另定）"} if own else {})
    if request.method == "POST":
        typed = request.POST.dict()
        try:
            written = _written(by, scheme, typed, own=own)
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"“{written.name}”第{written.version}版已保存，从现在起登记的事项按它计时。")
            return HttpResponseRedirect(reverse("desk:admin_scheme", args=[written.code]))
    code = Fields(typed, refused).text("code", "代码", help="小写字母、数字和短横线；定下后不能改。") if own else None
    context = {"scheme": scheme, "own": own, "code": code, "refused": refused, **fields_of(scheme, typed, refused)}
    return page(request, signed, "admin/scheme_write.html", context, 422 if refused else 200)


def _written(by: By, scheme: Scheme, typed: dict[str, str], *, own: bool) -> Scheme:
    code = typed.get("code", "").strip() if own else scheme.code
    if own and code in book(newest=True).schemes:
        raise invalid("code", "已有这个代码的方案，请另起一个。")
    if not own and typed.get("version") != str(scheme.version):
        raise Refused(CONFLICT, f"这个方案刚有了第{scheme.version}版，请重新打开本页再改。")
    content = read_content(scheme, typed)
    return write_scheme(by=by, code=code, content=content, reason=typed.get("reason", ""))


def _newest(code: str) -> Scheme:
    scheme = book(newest=True).schemes.get(code)
    if scheme is None:
        raise not_there("方案")
    return scheme
