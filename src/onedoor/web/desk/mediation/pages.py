"""调解: one case's mediation on one page, the form of every verb, and the mediator's own list."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.days import today
from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import CaseState, load
from onedoor.mediation.queries.file import MediationFile, mediation_file
from onedoor.mediation.queries.lists import coming, falling_due, running, visits_due
from onedoor.mediation.queries.recordings import recording_of
from onedoor.mediation.steps._act import Who
from onedoor.people.tokens import SignedIn
from onedoor.rules.flow import check_move
from onedoor.rules.mediation_flow import MEDIATION_FLOW, REPLY
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.sessions import NO_EVIDENCE, NOT_BINDING
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.case import download
from onedoor.web.desk.mediation.context import Context
from onedoor.web.desk.mediation.forms import VERBS
from onedoor.web.desk.page import page


@staff
def my_mediations(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """What runs, what is arranged, what falls due: mine and my unit's."""
    viewer, now = signed.viewer(), timezone.now()
    context = {
        "running": running(viewer),
        "coming": coming(viewer, now),
        "due": falling_due(viewer, today()),
        "visits": visits_due(viewer, today()),
        "now": now,
    }
    return page(request, signed, "mediation/mine.html", context)


@staff
def mediation_page(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    viewer, now = signed.viewer(), timezone.now()
    state = load(case_for(viewer, number))
    file = mediation_file(viewer, state, now)
    context = {
        "number": state.case["number"],
        "title": state.case["title"] if viewer.sees_names else "",
        "stage": state.case["stage"],
        "mediations": file.mediations,
        "may": allowed(state, signed, now),
        "no_evidence": NO_EVIDENCE,
        "not_binding": NOT_BINDING,
    }
    return page(request, signed, "mediation/one.html", context)


def allowed(state: CaseState, signed: SignedIn, now: datetime) -> dict[str, bool]:
    """Which moves one of my posts may make now, as the flow says; the rules may still find something missing."""
    facts, found = state.facts(), {}
    for name, move in {**MEDIATION_FLOW, REPLY.name: REPLY}.items():
        found[name] = False
        for actor in signed.actors:
            try:
                check_move(move, facts, actor, now)
            except Refused:
                continue
            found[name] = True
            break
    return found


@require_http_methods(["GET", "POST"])
@staff
def verb_page(request: HttpRequest, signed: SignedIn, number: str, verb: str, key: str = "") -> HttpResponse:
    """The form of one verb; POST does it."""
    if verb not in VERBS or bool(VERBS[verb].about) != bool(key):
        raise Refused(NOT_FOUND, "没有这个操作。")
    asked, viewer, now = VERBS[verb], signed.viewer(), timezone.now()
    state = load(case_for(viewer, number))
    file = mediation_file(viewer, state, now)
    sent = request.FILES.get("file")
    ctx = Context(state, file, key, request.POST, sent if isinstance(sent, UploadedFile) else None)
    if asked.about:
        ctx.one(asked.about)
    refused = None
    if request.method == "POST":
        try:
            asked.act(ctx, who_of(request, signed, number))
        except Refused as error:
            if error.code == NOT_FOUND:
                raise
            refused = error
        else:
            messages.success(request, f"已完成“{asked.label}”。")
            return HttpResponseRedirect(reverse("desk:mediation", args=[state.case["number"]]))
    context = {
        "number": state.case["number"],
        "label": asked.label,
        "note": asked.note,
        "sends": asked.sends,
        "about": about(file, asked.about, key),
        "fields": asked.fields(ctx, Fields(request.POST, refused)),
        "refused": refused,
    }
    return page(request, signed, "mediation/form.html", context, 422 if refused else 200)


@staff
def recording(request: HttpRequest, signed: SignedIn, number: str, key: str) -> HttpResponseBase:
    """The recording of a session, always saved and never shown as a page of ours."""
    path, name, kind = recording_of(signed.viewer(), number, key)
    return download(path, name, kind)


def who_of(request: HttpRequest, signed: SignedIn, number: str) -> Who:
    posted: QueryDict = request.POST
    return Who(signed.viewer(), signed.actors, number, timezone.now(), posted.get("key") or None)


def about(file: MediationFile, table: str, key: str) -> dict[str, Any]:
    """The row that the form is about, in words for its head."""
    for mediation in file.mediations:
        for one in mediation["sessions"]:
            if table == "session" and one["key"] == key:
                return {"session": one}
        for agreement in mediation["agreements"]:
            if table == "agreement" and agreement["key"] == key:
                return {"agreement": agreement}
            for item in agreement["items"]:
                if table == "item" and item["key"] == key:
                    return {"item": item, "agreement": agreement}
    return {}
