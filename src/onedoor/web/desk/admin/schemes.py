"""限时方案: the list, one scheme with its versions, and writing the next one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.schemes import versions_of
from onedoor.cases.schemes import book, scheme_of
from onedoor.cases.steps.schemes import write_scheme
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.explanations import amount_words, limit_words, rung_words
from onedoor.rules.refusal import CONFLICT, Refused, invalid
from onedoor.rules.scheme_book import SCHEMES
from onedoor.rules.schemes import CLOCK_NAMES, FALLBACK, Scheme
from onedoor.web.desk.admin.access import administrator, not_there
from onedoor.web.desk.admin.fields import Fields, whole
from onedoor.web.desk.admin.scheme_form import fields_of, pressed, read_content, typed_of
from onedoor.web.desk.page import page


@administrator
def scheme_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    now = book(newest=True)
    used = {rule.scheme for rule in now.rules} | {FALLBACK}
    items = [
        {
            "scheme": scheme,
            "handle": amount_words(scheme.items["handle"]),
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
    limits = [
        {"item": item, "name": CLOCK_NAMES[kind], "limit": amount_words(item), "words": limit_words(item)}
        for kind, item in scheme.items.items()
    ]
    context = {
        "scheme": scheme,
        "newest": newest.version,
        "limits": limits,
        "without": [CLOCK_NAMES[kind] for kind in SCHEMES[FALLBACK].items if kind not in scheme.items],
        "rungs": [rung_words(rung) for rung in scheme.ladder],
        "versions": versions_of(code),
    }
    return page(request, signed, "admin/scheme.html", context)


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
    typed = typed_of(scheme) | ({"name": f"{scheme.name}（另定）"} if own else {})
    if request.method == "POST":
        typed = request.POST.dict()
        try:
            if (after := pressed(scheme, typed)) is not None:
                typed = after
            else:
                written = _written(by, scheme, typed, own=own)
                messages.success(request, f"“{written.name}”第{written.version}版已保存，从现在起登记的事项按它计时。")
                return HttpResponseRedirect(reverse("desk:admin_scheme", args=[written.code]))
        except Refused as error:
            refused = error
    code = Fields(typed, refused).text("code", "代码", help="小写字母、数字和短横线；定下后不能改。") if own else None
    context = {
        "scheme": scheme,
        "own": own,
        "code": code,
        "refused": refused,
        "unsaved": request.method == "POST",
        **fields_of(typed, refused),
    }
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
