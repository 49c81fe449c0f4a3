"""文书: which papers a case has and may have, preview, issue, download, and the whole file."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import CaseState, load
from onedoor.papers.facts import facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.model import Document
from onedoor.papers.queries.papers import Rendered, document_of, forms_for, missing_of, papers_of, rendered, whole_file
from onedoor.papers.steps.issue import MAKES, issue, read_answers, withdraw_paper
from onedoor.papers.wording import make, wording_of
from onedoor.people.access_log import log_access
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.page import page

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@staff
def papers_page(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    viewer, now = signed.viewer(), timezone.now()
    state = load(case_for(viewer, number))
    makes = viewer.unmasks and any(actor.role in MAKES for actor in signed.actors)
    facts = facts_of(viewer, state, now, full=False)
    context = {
        "number": state.case["number"],
        "papers": papers_of(state),
        "forms": forms_for(viewer, state, now) if makes else [],
        "makes": makes,
        "mediated": facts.mediation is not None,
        "missing": missing_of(state, facts) if facts.mediation is not None else [],
    }
    return page(request, signed, "papers/list.html", context)


@require_http_methods(["GET", "POST"])
@staff
def make_page(request: HttpRequest, signed: SignedIn, number: str, form: str) -> HttpResponse:
    """What the record does not hold is filled in; a preview, masked as on the screen; then it is issued."""
    if form not in FORMS:
        raise Refused(NOT_FOUND, "没有这种文书。")
    viewer, now, refused, preview = signed.viewer(), timezone.now(), None, None
    state = load(case_for(viewer, number))
    facts = facts_of(viewer, state, now, full=False)
    why = FORMS[form].why_not(facts)
    if request.method == "POST":
        try:
            if "preview" in request.POST and why:
                refused = Refused(NOT_READY, why)
            elif "preview" in request.POST:
                given = read_answers(form, request.POST.dict())
                preview = make(FORMS[form], facts, given, wording_of(form))
            else:
                made = issue(
                    viewer=viewer, actors=signed.actors, number=number, form=form, raw=request.POST.dict(), at=now,
                    key=request.POST.get("key") or None,
                )  # fmt: skip
                messages.success(request, f"《{FORMS[form].name}》已制作。")
                return HttpResponseRedirect(reverse("desk:paper", args=[state.case["number"], made]))
        except Refused as error:
            if error.code == NOT_FOUND:
                raise
            refused = error
    fields = Fields(request.POST, refused)
    context = {
        "number": state.case["number"],
        "name": FORMS[form].name,
        "why_not": why,
        "fields": [
            fields.long(ask.name, ask.label, required=ask.required, rows=6)
            if ask.long
            else fields.text(ask.name, ask.label, required=ask.required)
            for ask in FORMS[form].asks
        ],
        "refused": refused,
        "preview": shown(preview) if preview else None,
    }
    return page(request, signed, "papers/make.html", context, 422 if refused else 200)


def shown(document: Document) -> dict[str, Any]:
    """The document as the template walks it."""
    return document.to_json()


@staff
def paper_page(request: HttpRequest, signed: SignedIn, number: str, paper: str) -> HttpResponse:
    """One issued paper as it stands; to read it in full is logged."""
    state, row, document = _found(signed, number, paper)
    context = {
        "number": state.case["number"],
        "paper": {**row, "key": paper, "name": FORMS[row["form"]].name},
        "preview": shown(document),
        "makes": any(actor.role in MAKES for actor in signed.actors),
    }
    return page(request, signed, "papers/one.html", context)


def _found(signed: SignedIn, number: str, paper: str) -> tuple[CaseState, dict[str, Any], Document]:
    """Papers bear full names and numbers: whoever may not see those does not see them."""
    viewer = signed.viewer()
    state = load(case_for(viewer, number))
    if not viewer.unmasks:
        raise Refused("not_allowed", "文书含完整的个人信息，您的岗位不能查看。")
    row, document = document_of(state, paper)
    log_access(
        action="unmask", account=viewer.account, subject=state.case["number"],
        reason=f"查看文书：{FORMS[row['form']].name}", county=state.case["county"],
    )  # fmt: skip
    return state, row, document


@staff
def download(request: HttpRequest, signed: SignedIn, number: str, paper: str, kind: str) -> HttpResponse:
    if kind not in MEDIA:
        raise Refused(NOT_FOUND, "没有这种格式。")
    state, _, _ = _found(signed, number, paper)
    made = rendered(state, paper, kind)
    if not made.same:
        raise Refused(
            NOT_READY, "重新生成的文书与制作时的摘要不一致（程序或字体已更换）。请下载 Word 版，或者重新制作。"
        )
    return _sent(made, kind)


def _sent(made: Rendered, kind: str) -> HttpResponse:
    sent = HttpResponse(made.content, content_type=MEDIA[kind])
    sent["Content-Disposition"] = content_disposition_header(True, made.name) or "attachment"
    sent["Content-Security-Policy"] = "sandbox; default-src 'none'"
    sent["Cache-Control"] = "no-store"
    return sent


@require_POST
@staff
def withdraw(request: HttpRequest, signed: SignedIn, number: str, paper: str) -> HttpResponse:
    try:
        withdraw_paper(
            viewer=signed.viewer(), actors=signed.actors, number=number, paper=paper,
            reason=request.POST.get("reason", ""), at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "已作废；文号不再使用。")
    return HttpResponseRedirect(reverse("desk:papers", args=[number]))


@staff
def file_pdf(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    """卷宗 as one PDF, or the page that says what is missing."""
    viewer, now = signed.viewer(), timezone.now()
    state = load(case_for(viewer, number))
    if not viewer.unmasks:
        raise Refused("not_allowed", "卷宗含完整的个人信息，您的岗位不能下载。")
    try:
        made = whole_file(viewer, state, now)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return HttpResponseRedirect(reverse("desk:papers", args=[number]))
    log_access(
        action="unmask", account=viewer.account, subject=state.case["number"], reason="下载卷宗",
        county=state.case["county"],
    )  # fmt: skip
    return _sent(made, "pdf")
