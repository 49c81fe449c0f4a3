"""文书格式: the words that a unit has on every form, with a preview of the whole paper."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries import choices
from onedoor.papers.forms import FORMS
from onedoor.papers.models import PaperWording
from onedoor.papers.sample import sample
from onedoor.papers.steps.keep_wording import FIXED, keep_wording, read_wording
from onedoor.papers.wording import PLACEHOLDERS, Wording, make
from onedoor.people.models import Unit
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.access import administrator, attempt, not_there
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.page import page

NAMES = ("heading", "title", "word", "opening", "closing")
FOR_ALL = "各单位通用"


@administrator
def form_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    unit = _unit(request)
    own = {one.form: one for one in PaperWording.objects.filter(unit=unit)}
    items = [
        {
            "code": form.code,
            "name": form.name,
            "own": form.code in own,
            "word": (own[form.code].word if form.code in own else "") or form.word,
        }
        for form in FORMS.values()
    ]
    context = {"items": items, "groups": choices.units(), **_whose(unit)}
    return page(request, signed, "admin/papers.html", context)


@require_http_methods(["GET", "POST"])
@administrator
def one_form(request: HttpRequest, signed: SignedIn, by: By, form: str) -> HttpResponse:
    if form not in FORMS:
        raise not_there("文书")
    unit = _unit(request)
    refused: Refused | None = None
    preview: dict[str, Any] | None = None
    given = request.POST.dict() if request.method == "POST" else _there(form, unit)
    if request.method == "POST" and "preview" in request.POST:
        try:
            preview = _sample(form, read_wording(form, given), unit)
        except Refused as error:
            refused = error
    elif request.method == "POST":
        refused = attempt(lambda: keep_wording(by=by, form=form, unit=unit.code if unit else "", given=given))
        if refused is None:
            messages.success(request, f"《{FORMS[form].name}》的格式已保存；已经制作的文书不变。")
            return HttpResponseRedirect(f"{reverse('desk:admin_papers')}?unit={unit.code if unit else ''}")
    fields = Fields(given, refused)
    context = {
        "name": FORMS[form].name,
        "fields": [
            fields.text("heading", "发文单位", required=False, help="空着：用中心、承办单位或者调解组织的全称。"),
            fields.text("title", "标题", required=False, help=f"空着：{FORMS[form].name}。"),
            fields.text("word", "文号字", required=False, help=f"空着：{FORMS[form].word or '不编文号'}。"),
            fields.long("opening", "正文前加的话", required=False, rows=4),
            *(
                fields.long(
                    f"{FIXED}{one.name}", f"固定段落：{one.label}", required=False, rows=4, help=f"空着：{one.text}"
                )
                for one in FORMS[form].fixed
            ),
            fields.long("closing", "正文后加的话", required=False, rows=4),
        ],
        "placeholders": PLACEHOLDERS,
        "refused": refused,
        "preview": preview,
        **_whose(unit),
    }
    return page(request, signed, "admin/paper.html", context, 422 if refused else 200)


def _unit(request: HttpRequest) -> Unit | None:
    """Whose wording it is about; None: that of all who have none of their own."""
    code = request.GET.get("unit", "")
    if not code:
        return None
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise not_there("单位")
    return found


def _whose(unit: Unit | None) -> dict[str, str]:
    return {"unit": unit.code if unit else "", "whose": unit.name if unit else FOR_ALL}


def _there(form: str, unit: Unit | None) -> dict[str, str]:
    own = PaperWording.objects.filter(form=form, unit=unit).first()
    if own is None:
        return {}
    return {name: getattr(own, name) for name in NAMES} | {f"{FIXED}{name}": text for name, text in own.fixed.items()}


def _sample(form: str, wording: Wording, unit: Unit | None) -> dict[str, Any]:
    """The whole paper, of an invented matter."""
    now, name = timezone.now(), unit.name if unit else "某县社会治理综合服务中心"
    facts, given = sample(FORMS[form], now, name, name)
    word = wording.word or FORMS[form].word
    short = unit.short_name if unit else ""
    return make(
        FORMS[form], facts, given, wording, f"{short}{word}〔{facts.today.year}〕1号" if word else ""
    ).to_json()
