"""受害线索报告: a page of its own, linked from no matter."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.mediation.queries.harm import read_report, reports
from onedoor.mediation.steps import harm
from onedoor.people.tokens import SignedIn
from onedoor.rules import harm as rules
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.page import page


@require_http_methods(["GET", "POST"])
@staff
def harm_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Mine and, for a confidential post, the centre's; and the form for a new one."""
    refused = None
    if request.method == "POST":
        try:
            made = harm.write_harm(
                viewer=signed.viewer(), actors=signed.actors, raw=request.POST.dict(), at=timezone.now(),
                key=key_of(request),
            )  # fmt: skip
        except Refused as error:
            refused = error
        else:
            messages.success(request, "已记下。须报告的，请立即报告并在这里登记。")
            return HttpResponseRedirect(reverse("desk:harm_one", args=[made]))
    fields = Fields(request.POST, refused)
    context = {
        "items": reports(signed.viewer()),
        "writes": any(actor.role in rules.WRITES for actor in signed.actors),
        "fields": [
            fields.one("ground", "情形", rules.GROUNDS),
            fields.text("who", "是谁"),
            fields.long("signs", "看到、听到了什么", rows=5, help="写事实，不作判断；不要追问细节。"),
            fields.text("safe_contact", "安全的联系方式", required=False, help="用这种方式联系不会被施害人知道。"),
            fields.one(
                "wish",
                "本人的意愿（单独询问）",
                {one: name for one, name in rules.WISHES.items() if one},
                required=False,
            ),
            fields.text("number", "在哪件事项里发现的", required=False, help="填编号；那件事项里不会出现这份报告。"),
        ],
        "told_anyway": rules.TOLD_ANYWAY,
        "refused": refused,
    }
    return page(request, signed, "mediation/harm.html", context, 422 if refused else 200)


def key_of(request: HttpRequest) -> UUID | None:
    """The id that the form has made."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


@staff
def one_report(request: HttpRequest, signed: SignedIn, report: str) -> HttpResponse:
    context = {
        "report": read_report(signed.viewer(), report),
        "told_to": rules.TOLD_TO,
        "referrals": rules.REFERRALS,
        "grounds": rules.GROUNDS,
        "wishes": rules.WISHES,
        "told_anyway": rules.TOLD_ANYWAY,
    }
    return page(request, signed, "mediation/harm_one.html", context)


@require_POST
@staff
def act(request: HttpRequest, signed: SignedIn, report: str, verb: str) -> HttpResponse:
    given, viewer, now = request.POST, signed.viewer(), timezone.now()
    try:
        if verb == "tell":
            harm.tell(
                viewer=viewer,
                report=report,
                to=given.get("to", ""),
                receipt=given.get("receipt", ""),
                at=now,
                key=key_of(request),
            )
        elif verb == "refer":
            harm.refer(
                viewer=viewer,
                report=report,
                to=given.get("to", ""),
                text=given.get("text", ""),
                at=now,
                key=key_of(request),
            )
        elif verb == "restate":
            harm.restate(
                viewer=viewer, report=report, ground=given.get("ground", ""), wish=given.get("wish", ""),
                text=given.get("text", ""), at=now,
            )  # fmt: skip
        elif verb == "close":
            harm.close_harm(viewer=viewer, report=report, text=given.get("text", ""), at=now)
        else:
            raise Refused(NOT_FOUND, "没有这个操作。")  # noqa: TRY301  answered like all others
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "已登记。")
    return HttpResponseRedirect(reverse("desk:harm_one", args=[report]))
