"""文书: which papers a case has and may have, preview, issue, download, and what is bound of them."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.counting import ZONE
from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import CaseState, load
from onedoor.papers.facts import PaperFacts, facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.forms._form import Ask
from onedoor.papers.handing_out import sent
from onedoor.papers.model import Document
from onedoor.papers.queries.bundles import BUNDLES, bundles_of
from onedoor.papers.queries.bundles import bundle as bound
from onedoor.papers.queries.papers import (
    MEDIA,
    document_of,
    forms_for,
    log_look,
    paper_state,
    papers_of,
    read_paper,
)
from onedoor.papers.steps.issue import MAKES, check_choices, issue, read_answers, withdraw_paper
from onedoor.papers.wording import make, wording_of
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.move_form import Field
from onedoor.web.desk.page import page


@staff
def papers_page(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    viewer, now = signed.viewer(), timezone.now()
    state = load(case_for(viewer, number))
    makes = viewer.unmasks and any(actor.role in MAKES for actor in signed.actors)
    facts = facts_of(viewer, state, now, full=False)
    context = {
        "number": state.case["number"],
        "papers": papers_of(state.case["id"]),
        "forms": forms_for(viewer, signed.actors, state, now) if makes else [],
        "makes": makes,
        "mediated": facts.mediation is not None,
        "bundles": bundles_of(state, facts) if viewer.unmasks else [],
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
    why = FORMS[form].refusal(facts)
    replaces = request.POST.get("replaces", request.GET.get("replaces", ""))
    others = [row for row in papers_of(state.case["id"]) if row["form"] == form and row["state"] == "valid"]
    if request.method == "POST":
        try:
            if "preview" in request.POST and why:
                refused = Refused(NOT_READY, why)
            elif "preview" in request.POST:
                given = read_answers(form, request.POST.dict())
                check_choices(FORMS[form], facts, given)
                preview = make(FORMS[form], facts, given, wording_of(FORMS[form], facts))
            else:
                made = issue(
                    viewer=viewer, actors=signed.actors, number=number, form=form, raw=request.POST.dict(), at=now,
                    key=request.POST.get("key") or None, replaces=replaces,
                )  # fmt: skip
                messages.success(request, f"《{FORMS[form].name}》已制作。")
                return HttpResponseRedirect(reverse("desk:paper", args=[state.case["number"], made]))
        except Refused as error:
            if error.code == NOT_FOUND:
                raise
            refused = error
    fields = Fields(request.POST if request.method == "POST" else {"replaces": replaces}, refused)
    asked = [_field(fields, ask, facts) for ask in FORMS[form].asks]
    if FORMS[form].many and others:
        offered = {
            row["key"]: f"替换第{row['piece']}份（{row['maker']}，{row['made_at'].astimezone(ZONE):%m-%d %H:%M}）"
            for row in others
        }
        help_ = "空着：另做一份；选一份：作为它的新版。"
        asked.append(replace(fields.one("replaces", "新的一份还是新版", offered, required=False), help=help_))
    context = {
        "number": state.case["number"],
        "name": FORMS[form].title(facts),
        "why_not": why,
        "fields": asked,
        "refused": refused,
        "preview": shown(preview) if preview else None,
    }
    return page(request, signed, "papers/make.html", context, 422 if refused else 200)


def _field(fields: Fields, ask: Ask, facts: PaperFacts) -> Field:
    if ask.options:
        made = fields.one(ask.name, ask.label, dict(ask.options(facts)), required=ask.required)
    elif ask.long:
        made = fields.long(ask.name, ask.label, required=ask.required, rows=2 if ask.help else 6)
    else:
        made = fields.text(ask.name, ask.label, required=ask.required)
    return replace(made, help=ask.help)


def shown(document: Document) -> dict[str, Any]:
    """The document as the template walks it."""
    return document.to_json()


@staff
def paper_page(request: HttpRequest, signed: SignedIn, number: str, paper: str) -> HttpResponse:
    """One issued paper as it stands; to read it in full is logged."""
    state, row, document = _found(signed, number, paper)
    context = {
        "number": state.case["number"],
        "paper": {**row, "key": paper, "name": document.title, "many": FORMS[row["form"]].many},
        "preview": shown(document),
        "makes": any(actor.role in MAKES for actor in signed.actors),
    }
    return page(request, signed, "papers/one.html", context)


def _found(signed: SignedIn, number: str, paper: str) -> tuple[CaseState, dict[str, Any], Document]:
    """Papers bear full names and numbers: whoever may not see those does not see them."""
    state = paper_state(signed.viewer(), number)
    row, document = document_of(state, paper)
    log_look(signed.viewer(), state, document.title)
    return state, row, document


@staff
def download(request: HttpRequest, signed: SignedIn, number: str, paper: str, kind: str) -> HttpResponse:
    if kind not in MEDIA:
        raise Refused(NOT_FOUND, "没有这种格式。")
    return sent(read_paper(signed.viewer(), number, paper, kind), kind)


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
def bundle_pdf(request: HttpRequest, signed: SignedIn, number: str, bundle: str) -> HttpResponse:
    """卷宗, or what a court gets, as one PDF; or back to the page that says what is missing."""
    state = paper_state(signed.viewer(), number)
    try:
        made = bound(signed.viewer(), state, timezone.now(), bundle)
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        messages.error(request, refused.sentence)
        return HttpResponseRedirect(reverse("desk:papers", args=[number]))
    log_look(signed.viewer(), state, BUNDLES[bundle].name)
    return sent(made, "pdf")
