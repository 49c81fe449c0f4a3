"""治安形势分析: the list, a draft with what the analyst writes, issuing, and the centre's own sentences."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.days import today
from onedoor.figures.models import SituationReport
from onedoor.figures.queries.reports import (
    composed,
    list_reports,
    number_of,
    report_file,
    report_for,
    said_of,
    title_of,
    wording_of,
)
from onedoor.figures.queries.scope import scope_of
from onedoor.figures.report import TITLE
from onedoor.figures.steps import reports as steps
from onedoor.papers.handing_out import sent
from onedoor.papers.queries.papers import MEDIA, Rendered
from onedoor.people.access_log import log_access
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import acting
from onedoor.rules.centre_papers import WRITES
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.report_wording import WORDINGS, check_wordings
from onedoor.rules.reports import PLACES, REPORT, REPORT_KINDS, REPORT_STATES
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.access import attempt, done_or_told
from onedoor.web.desk.admin.fields import Fields, whole
from onedoor.web.desk.centres import centre_chosen
from onedoor.web.desk.page import page
from onedoor.web.desk.said import shown_said

# which number of a period is meant: kind and number, as one choice
NUMBERS = {
    **{f"month-{one}": f"{one}月" for one in range(1, 13)},
    **{f"quarter-{one}": f"第{'一二三四'[one - 1]}季度" for one in range(1, 5)},
    "half-1": "上半年", "half-2": "下半年", "year-1": "全年",
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff
def reports_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """POST drafts one."""
    refused, given = None, {**_last_month(), **request.POST.dict()}
    centres, centre = centre_chosen(request, signed)
    if request.method == "POST":
        kind, _, number = given["number"].partition("-")
        try:
            made = steps.draft_report(
                actors=signed.actors, at=timezone.now(), kind=kind,
                year=whole(given["year"], 0, 9999) or 0, number=whole(number, 1, 12) or 0, centre=centre,
            )  # fmt: skip
            messages.success(request, "已统计并存为草稿。请填写需要判断的地方，再签发。")
            return HttpResponseRedirect(reverse("desk:report", args=[made]))
        except Refused as error:
            refused = error
    at = whole(request.GET.get("page", ""), 0, 10_000) or 0
    found = list_reports(signed.actors, at)
    context = {
        "items": [
            {
                "report": one, "number": number_of(one), "state_name": REPORT_STATES[one.state],
                "kind_name": REPORT_KINDS[one.kind],
            }
            for one in found.items
        ],
        "next": at + 1 if found.more else 0,
        "writes": acting(signed.actors, WRITES) is not None,
        "years": [str(today().year - back) for back in range(4)],
        "numbers": NUMBERS, "given": given, "refused": refused, "centres": centres, "centre": centre,
    }  # fmt: skip
    return page(request, signed, "reports/list.html", context, 422 if refused else 200)


def _last_month() -> dict[str, str]:
    month = today().month
    return {"year": str(today().year - (month == 1)), "number": f"month-{month - 1 or 12}"}


@require_http_methods(["GET", "POST"])
@staff
def report_page(request: HttpRequest, signed: SignedIn, report: UUID) -> HttpResponse:
    """The report with its numbers as links; POST keeps what the analyst has written."""
    row = report_for(signed.actors, report)
    refused, texts = None, dict(row.texts)
    seen = row.version
    if request.method == "POST":
        texts = {name: request.POST.get(name, "") for name in PLACES}
        seen = whole(request.POST.get("version", ""), 1, 10**9) or 0
        refused = attempt(
            lambda: steps.write_texts(actors=signed.actors, at=timezone.now(), report=report, version=seen, raw=texts)
        )
        if refused is None:
            messages.success(request, "已保存。")
            return HttpResponseRedirect(reverse("desk:report", args=[report]))
    return _shown(request, signed, row, texts, seen, refused)


def _shown(
    request: HttpRequest, signed: SignedIn, row: SituationReport, texts: dict[str, str], seen: int,
    refused: Refused | None,
) -> HttpResponse:  # fmt: skip
    blocks = shown_said(said_of(row, texts), signed.viewer())
    for block in blocks:
        if block["block"] == "place":
            block["error"] = refused.fields.get(block["name"], "") if refused else ""
            block["typed"] = texts.get(block["name"], "")
    context = {
        "report": row, "title": title_of(row), "number": number_of(row), "blocks": blocks, "seen": seen,
        "state_name": REPORT_STATES[row.state], "writes": _writes(signed, row), "refused": refused, "mark": TITLE,
        "missing": [PLACES[name].label for name in PLACES if not texts.get(name)],
        "editing": row.state == "draft" and _writes(signed, row),
    }  # fmt: skip
    return page(request, signed, "reports/one.html", context, 422 if refused else 200)


def _writes(signed: SignedIn, row: SituationReport) -> bool:
    return any(actor.role in WRITES and actor.unit == row.centre_id for actor in signed.actors)


@require_http_methods(["GET", "POST"])
@staff
def report_step(request: HttpRequest, signed: SignedIn, report: UUID, step: str) -> HttpResponse:
    """A button. Issuing asks once more: it cannot be taken back without leaving a mark."""
    row = report_for(signed.actors, report)
    seen = whole(request.POST.get("version", ""), 1, 10**9) or 0
    by: dict[str, Any] = {"actors": signed.actors, "at": timezone.now(), "report": report}
    here = reverse("desk:report", args=[report])
    if step == "issue" and request.method == "GET":
        REPORT.writer(signed.actors, row.centre_id)
        context = {"report": row, "title": title_of(row), "back": here}
        return page(request, signed, "reports/issue.html", context)
    if request.method == "GET":
        return HttpResponseRedirect(here)
    if step == "issue":
        return done_or_told(
            request, lambda: steps.issue_report(**by, version=seen), "已签发，编号已定，不能再改。", here
        )
    if step == "recount":
        said = "已按现在的情况重新统计；您写的文字没有变。"
        return done_or_told(request, lambda: steps.recount_report(**by, version=seen), said, here)
    if step == "withdraw":
        reason = request.POST.get("reason", "")
        said = "已撤回。需要更正的，请再起草同一时段，作为新的一版。"
        return done_or_told(request, lambda: steps.withdraw_report(**by, reason=reason), said, here)
    if step == "drop":
        refused = attempt(lambda: steps.drop_report(**by))
        if refused is not None:
            messages.error(request, refused.sentence)
            return HttpResponseRedirect(here)
        messages.success(request, "草稿已删除。")
        return HttpResponseRedirect(reverse("desk:reports"))
    raise Refused(NOT_FOUND, "没有这个操作。")


@staff
def report_download(request: HttpRequest, signed: SignedIn, report: UUID, kind: str) -> HttpResponse:
    if kind not in MEDIA:
        raise Refused(NOT_FOUND, "没有这种格式。")
    row = report_for(signed.actors, report)
    log_access(action="report", account=signed.account, subject=str(report), reason=f"下载{kind}")
    name = f"{title_of(row)}.{kind}"
    return sent(Rendered(name, report_file(row, kind, today()), name), kind)


@require_http_methods(["GET", "POST"])
@staff
def wording_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The centre's own sentences, with a preview on the newest report."""
    centres, centre = centre_chosen(request, signed)
    scope = scope_of(REPORT.writer(signed.actors, centre).unit)
    given, refused, blocks = wording_of(scope.centre), None, None
    newest = next((one for one in list_reports(signed.actors).items if one.centre_id == scope.centre), None)
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in WORDINGS}
        if request.POST.get("do") == "preview":
            refused = attempt(lambda: check_wordings(given))
            if refused is None and newest is not None:
                newest.wording = check_wordings(given)
                blocks = shown_said(composed(newest).said, signed.viewer())
        else:
            refused = attempt(
                lambda: steps.keep_report_wording(
                    actors=signed.actors, at=timezone.now(), raw=given, centre=scope.centre
                )
            )
            if refused is None:
                messages.success(request, "措辞已保存。草稿重新统计时使用；已签发的不变。")
                return HttpResponseRedirect(f"{reverse('desk:report_wording')}?centre={scope.centre}")
    fields = Fields(given, refused)
    context = {
        "fields": [
            {
                "field": fields.long(name, one.label, required=False, rows=3, help=f"空着：{one.text}"),
                "holes": [f"{{{hole}}}" for hole in one.holes],
            }
            for name, one in WORDINGS.items()
        ],
        "refused": refused, "blocks": blocks, "newest": newest, "whose": scope.centre_name,
        "centres": centres, "centre": scope.centre,
    }  # fmt: skip
    return page(request, signed, "reports/wording.html", context, 422 if refused else 200)
