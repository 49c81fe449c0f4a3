"""文书格式: a centre's own heading and words on every form, with a preview."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.papers.facts import PaperFacts
from onedoor.papers.forms import FORMS
from onedoor.papers.model import Document, body
from onedoor.papers.models import PaperWording
from onedoor.papers.steps.keep_wording import keep_wording, read_wording
from onedoor.papers.wording import PLACEHOLDERS, Wording, fill, wording_of
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.access import administrator, attempt, not_there
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.page import page

NAMES = ("heading", "title", "word", "opening", "closing")


@administrator
def form_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    own = {one.form: one for one in PaperWording.objects.all()}
    items = [
        {
            "code": form.code,
            "name": form.name,
            "own": form.code in own and any(getattr(own[form.code], name) for name in NAMES),
            "word": (own[form.code].word if form.code in own else "") or form.word,
        }
        for form in FORMS.values()
    ]
    return page(request, signed, "admin/papers.html", {"items": items})


@require_http_methods(["GET", "POST"])
@administrator
def one_form(request: HttpRequest, signed: SignedIn, by: By, form: str) -> HttpResponse:
    if form not in FORMS:
        raise not_there("文书")
    refused: Refused | None = None
    preview: dict[str, Any] | None = None
    given = request.POST.dict() if request.method == "POST" else _there(form)
    if request.method == "POST" and "preview" in request.POST:
        try:
            preview = _sample(form, read_wording(given))
        except Refused as error:
            refused = error
    elif request.method == "POST":
        refused = attempt(lambda: keep_wording(by=by, form=form, given=given))
        if refused is None:
            messages.success(request, f"《{FORMS[form].name}》的格式已保存；已经制作的文书不变。")
            return HttpResponseRedirect(reverse("desk:admin_papers"))
    fields = Fields(given, refused)
    context = {
        "name": FORMS[form].name,
        "fields": [
            fields.text("heading", "发文单位", required=False, help="空着：用中心、承办单位或者调解组织的全称。"),
            fields.text("title", "标题", required=False, help=f"空着：{FORMS[form].name}。"),
            fields.text("word", "文号字", required=False, help=f"空着：{FORMS[form].word or '不编文号'}。"),
            fields.long("opening", "正文前加的话", required=False, rows=4),
            fields.long("closing", "正文后加的话", required=False, rows=4),
        ],
        "placeholders": PLACEHOLDERS,
        "refused": refused,
        "preview": preview,
    }
    return page(request, signed, "admin/paper.html", context, 422 if refused else 200)


def _there(form: str) -> dict[str, str]:
    own = wording_of(form)
    return {name: getattr(own, name) for name in NAMES}


def _sample(form: str, wording: Wording) -> dict[str, Any]:
    """Heading, title and own words around the form's own body, which depends on a case."""
    facts = _SAMPLE
    document = Document(
        fill(wording.heading, facts) or facts.centre,
        wording.title or FORMS[form].name,
        f"{wording.word or FORMS[form].word}〔2026〕1号" if wording.word or FORMS[form].word else "",
        (
            *body(fill(wording.opening, facts)),
            *body("（这里是本文书的正文，按事项的记录填写。）"),
            *body(fill(wording.closing, facts)),
        ),
    )
    return document.to_json()


_NOW = timezone.now() - timedelta(days=1)
_SAMPLE = PaperFacts(
    number="99010126030200001L", title="示例事项", narrative="示例内容。", kind="dispute", purpose="", category="邻里",
    division="某镇", address="", channel="窗口", anonymous=False, confidential=False,
    centre="某县社会治理综合服务中心", unit="某县人民调解委员会", handler="某某", today=_NOW.date(),
    registered_at=_NOW, accepted_at=_NOW, concluded_at=None, closed_at=None, outcome="", amount=None, people=(),
    external=(), )  # fmt: skip
