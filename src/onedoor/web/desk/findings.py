"""疑点: a list of questions with their evidence, a sample for call-back, and what each came to."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from onedoor.figures.queries import findings as queries
from onedoor.figures.steps import findings as steps
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import acting
from onedoor.rules.figures import percent
from onedoor.rules.findings import DECIDED, DECIDES, MOST_DRAWN, STATES
from onedoor.rules.gaming import KINDS
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page


@require_safe
@staff
def findings_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    given = {name: request.GET.get(name, "") for name in ("kind", "state")}
    items, next_cursor = queries.list_findings(signed, **given, cursor=request.GET.get("cursor", ""))
    rates = queries.rates(signed)
    not_so, decided = sum(one.not_confirmed for one in rates), sum(one.decided for one in rates)
    context = {
        "items": items, "next_cursor": next_cursor, "given": given, "kinds": KINDS, "states": STATES, "rates": rates,
        "kept": "&".join(f"{name}={value}" for name, value in given.items() if value),
        "not_so": not_so, "decided": decided, "wrong": percent(not_so, decided), "most": MOST_DRAWN,
        "waiting": sum(one.open for one in rates),
        "decides": acting(signed.actors, DECIDES) is not None,
    }  # fmt: skip
    return page(request, signed, "points/findings.html", context)


@require_safe
@staff
def finding_page(request: HttpRequest, signed: SignedIn, finding: UUID) -> HttpResponse:
    found = queries.finding_for(signed, finding)
    context = {
        "finding": found,
        "cases": queries.evidence_of(signed, found),
        "call_back": queries.call_back_of(signed, found),
        "decided": found["state"] in DECIDED,
        "decides": acting(signed.actors, DECIDES) is not None,
        "reads": signed.viewer().sees_names,
    }
    return page(request, signed, "points/finding.html", context)


@require_POST
@staff
def draw(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    typed = request.POST.get("count", "")
    count = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else 0
    try:
        drawn = steps.draw_sample(signed=signed, kind=request.POST.get("kind", ""), count=count, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        if drawn:
            messages.success(request, f"抽取了{len(drawn)}条，已办结未回访的列入待回访。")
        else:
            messages.error(request, "没有待核实的疑点可以抽取。")
    return HttpResponseRedirect(f"{reverse('desk:findings')}?state=drawn")


@require_POST
@staff
def decide(request: HttpRequest, signed: SignedIn, finding: UUID) -> HttpResponse:
    try:
        steps.decide_finding(
            signed=signed, finding=finding, wanted=request.POST.get("wanted", ""),
            reason=request.POST.get("reason", ""), at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "已记录核实结果。")
    return HttpResponseRedirect(reverse("desk:finding", args=[finding]))
