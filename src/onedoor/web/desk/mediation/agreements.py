"""调解协议: the draft with its plan of performance, and the page on which it is signed."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import CaseState, load
from onedoor.mediation.queries.file import MediationFile, mediation_file
from onedoor.mediation.steps import agree
from onedoor.people.tokens import SignedIn
from onedoor.rules.agreements import ITEM_KINDS, MOST_ITEMS, SIGN_WAYS
from onedoor.rules.mediation import SIDES
from onedoor.rules.performance_plan import split
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.fields import Fields, whole
from onedoor.web.desk.mediation.pages import allowed, who_of
from onedoor.web.desk.mediation.reading import cents, day
from onedoor.web.desk.page import page

COLUMNS = ("kind", "who", "to", "what", "amount", "due_on")
TEXTS = ("facts", "disputed", "terms", "liabilities", "place", "way")
BLANK = 2


@require_http_methods(["GET", "POST"])
@staff
def draft_page(request: HttpRequest, signed: SignedIn, number: str, key: str, form: str) -> HttpResponse:
    """The text and the plan. Two more buttons work without scripts: another row, and equal instalments."""
    if form not in ("written", "oral"):
        raise Refused(NOT_FOUND, "没有这个页面。")
    viewer = signed.viewer()
    state = load(case_for(viewer, number))
    file = mediation_file(viewer, state, timezone.now())
    mediation = next((one for one in file.mediations if one["key"] == key), None)
    if mediation is None:
        raise Refused(NOT_FOUND, "没有找到这次调解。")
    refused: Refused | None = None
    given: dict[str, str] = request.POST.dict() if request.method == "POST" else _earlier(mediation)
    rows = typed_rows(request.POST) if request.method == "POST" else _earlier_rows(mediation)
    if request.method == "POST":
        try:
            if "split" in given:
                rows = [*(row for row in rows if any(row.values())), *instalments(given)]
            elif "more" in given:
                rows = [*rows, *({} for _ in range(BLANK))]
            else:
                return _draft(request, signed, state, key, form, given, rows)
        except Refused as error:
            if error.code == NOT_FOUND:
                raise
            refused = error
    rows = rows if len(rows) > 1 else [*rows, *({} for _ in range(BLANK))]
    fields = Fields(given, refused)
    faults = refused.fields if refused else {}
    context = {
        "number": state.case["number"],
        "mediation": mediation,
        "form": form,
        "label": "拟定调解协议" if form == "written" else "达成口头协议",
        "texts": [
            fields.long("facts", "纠纷的主要事实", rows=5),
            fields.long("disputed", "争议事项", rows=3),
            fields.long("liabilities", "各方责任", required=False, rows=3),
            fields.long("terms", "协议内容", rows=6),
        ],
        "more": [
            fields.text("way", "履行方式", required=False, help="如银行转账、当面给付。"),
            fields.text("place", "履行地点", required=False),
        ],
        "rows": [
            {
                **row,
                "at": at,
                "faults": [faults[f"items.{at}.{name}"] for name in COLUMNS if f"items.{at}.{name}" in faults],
            }
            for at, row in enumerate(rows)
        ],
        "kinds": ITEM_KINDS,
        "parties": _parties(state, file),
        "plan": {name: given.get(name, "") for name in PLAN},
        "refused": refused,
    }
    return page(request, signed, "mediation/draft.html", context, 422 if refused else 200)


def _parties(state: CaseState, file: MediationFile) -> dict[str, str]:
    return {str(party["id"]): file.parties[str(party["id"])] for party in state.parties if party["part"] in SIDES}


def _earlier(mediation: dict[str, Any]) -> dict[str, str]:
    """The last draft, to go on from."""
    last = next(iter(mediation["agreements"]), None)
    return {name: last[name] for name in TEXTS} if last and last["form"] == "written" else {}


def _earlier_rows(mediation: dict[str, Any]) -> list[dict[str, str]]:
    last = next(iter(mediation["agreements"]), None)
    return [
        {
            "kind": one["kind"],
            "who": str(one["who"]),
            "to": str(one["to_whom"] or ""),
            "what": one["what"],
            "amount": f"{one['amount'] / 100:.2f}" if one["amount"] is not None else "",
            "due_on": one["due_on"].isoformat(),
        }
        for one in (last["items"] if last else ())
    ]


def typed_rows(posted: QueryDict) -> list[dict[str, str]]:
    """Row by row what was typed into the plan; blank rows in between are left out."""
    columns = {name: posted.getlist(f"item_{name}") for name in COLUMNS}
    count = min(max((len(column) for column in columns.values()), default=0), MOST_ITEMS + 1)
    rows = [
        {name: column[at].strip() if at < len(column) else "" for name, column in columns.items()}
        for at in range(count)
    ]
    return [row for row in rows if any(value for name, value in row.items() if name != "kind")]


PLAN = ("plan_total", "plan_parts", "plan_first", "plan_who", "plan_to")


def instalments(given: dict[str, str]) -> list[dict[str, str]]:
    """Equal parts, a month apart, that together are the whole to the 分."""
    total, parts, first = (
        cents(given.get("plan_total", "")),
        whole(given.get("plan_parts", ""), 1, 60),
        day(given.get("plan_first", "")),
    )
    if total is None or total <= 0 or parts is None or first is None or total < parts:
        raise invalid("plan", "分期请填写总金额、期数（1至60）和首期日期。")
    return [
        {
            "kind": "payment",
            "who": given.get("plan_who", ""),
            "to": given.get("plan_to", ""),
            "what": f"第{place + 1}期，共{parts}期",
            "amount": f"{part / 100:.2f}",
            "due_on": _months_on(first, place).isoformat(),
        }
        for place, part in enumerate(split(total, parts))
    ]


def _months_on(first: date, months: int) -> date:
    """The same day so many months later; the last day of a shorter month."""
    year, month = divmod(first.month - 1 + months, 12)
    for last in (first.day, 30, 29, 28):
        try:
            return date(first.year + year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _draft(
    request: HttpRequest,
    signed: SignedIn,
    state: CaseState,
    key: str,
    form: str,
    given: dict[str, str],
    rows: list[dict[str, str]],
) -> HttpResponse:
    items = [{**row, "amount": cents(row["amount"]), "due_on": day(row["due_on"])} for row in rows]
    raw: dict[str, Any] = {**{name: given.get(name, "") for name in TEXTS}, "items": items}
    who = who_of(request, signed, state.case["number"])
    if form == "oral":
        agree.agree_orally(who=who, mediation=key, raw=raw)
        messages.success(request, "口头协议已记录，自达成之日起生效。")
        return HttpResponseRedirect(reverse("desk:mediation", args=[state.case["number"]]))
    made = agree.draft_agreement(who=who, mediation=key, raw=raw)
    messages.success(request, "协议文本已定稿，请各方阅看后签署。")
    return HttpResponseRedirect(reverse("desk:sign_agreement", args=[state.case["number"], made]))


@require_http_methods(["GET", "POST"])
@staff
def sign_page(request: HttpRequest, signed: SignedIn, number: str, key: str) -> HttpResponse:
    """The whole text, and one signature after the other on the same screen."""
    viewer = signed.viewer()
    state = load(case_for(viewer, number))
    file = mediation_file(viewer, state, timezone.now())
    agreement = _agreement(file, key)
    refused = None
    if request.method == "POST":
        given = request.POST
        try:
            missing = agree.sign_agreement(
                who=who_of(request, signed, number),
                agreement=key,
                signer=given.get("signer", ""),
                way=given.get("way", ""),
                digest=given.get("digest", ""),
                drawing=given.get("drawing", ""),
                attachment=given.get("attachment", ""),
            )
        except Refused as error:
            if error.code == NOT_FOUND:
                raise
            refused = error
        else:
            rest = f"还有{len(missing)}人未签。" if missing else "各方都已签署，请加盖调解组织印章。"
            messages.success(request, f"签署已记录。{rest}")
            return HttpResponseRedirect(reverse("desk:sign_agreement", args=[state.case["number"], key]))
    context = {
        "number": state.case["number"],
        "agreement": agreement,
        "ways": SIGN_WAYS,
        "files": [{"id": key, "name": name} for key, name in file.files.items()],
        "refused": refused,
        "given": request.POST,
        "may_seal": allowed(state, signed, timezone.now())["seal_agreement"],
    }
    return page(request, signed, "mediation/sign.html", context, 422 if refused else 200)


def _agreement(file: MediationFile, key: str) -> dict[str, Any]:
    for mediation in file.mediations:
        for one in mediation["agreements"]:
            if one["key"] == key:
                return {**one, "mediation": mediation}
    raise Refused(NOT_FOUND, "没有找到这份协议。")


@require_POST
@staff
def seal(request: HttpRequest, signed: SignedIn, number: str, key: str) -> HttpResponse:
    try:
        agree.seal_agreement(who=who_of(request, signed, number), agreement=key)
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "协议已生效。请给每位当事人一份；三十日内可以共同申请司法确认。")
    return HttpResponseRedirect(reverse("desk:mediation", args=[number]))
