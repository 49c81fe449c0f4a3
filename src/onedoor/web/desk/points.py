"""积分考核: rankings, the entries behind each point, one's own, appeals, and what the centre does with a month."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from onedoor.cases import references
from onedoor.cases.queries.choices import divisions
from onedoor.figures.points_file import entries_file, ranking_file
from onedoor.figures.queries import points as queries
from onedoor.figures.queries.appeals import appeals_waiting, exemptions
from onedoor.figures.queries.point_entries import entries, entries_of
from onedoor.figures.sets import set_of
from onedoor.figures.steps.corrections import appeal_entry, correct_entry, decide_appeal
from onedoor.figures.steps.exemptions import exempt_days, exempt_matter, withdraw_exemption
from onedoor.figures.steps.points import close_month, compute_month
from onedoor.figures.subjects import of_centre, root_path
from onedoor.people.access_log import log_access
from onedoor.people.tokens import SignedIn
from onedoor.rules import points as rules
from onedoor.rules.months import month_of
from onedoor.rules.points import PERSONAL, RANKED_BY, SUBJECTS, Subject
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid
from onedoor.web.desk.access import safe_next, staff
from onedoor.web.desk.figures import XLSX
from onedoor.web.desk.page import page
from onedoor.web.templatetags.desk import moment

_SPACE = UUID("0f2d3c4b-5a69-5788-9ab0-c1d2e3f40516")


@require_safe
@staff
def board_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The ranking of one kind in one month; with `as=xlsx` the same as a workbook. Who reads none gets his own."""
    kinds = queries.kinds_read_by(signed)
    if not kinds:
        return HttpResponseRedirect(reverse("desk:my_points"))
    there = queries.months()
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else kinds[0]
    faults: dict[str, str] = {}
    month, lines = None, list[queries.Line]()
    if there:
        month = there[0]
        try:
            if asked := request.GET.get("month", ""):
                month = queries.month_for(month_of(asked))
            lines = queries.board(signed, month.month, kind)
        except Refused as refused:
            faults = refused.fields or {"month": refused.sentence}
    held = set_of(month.version) if month is not None else None
    if month is not None and request.GET.get("as") == "xlsx" and not faults:
        title = f"{month.month:%Y年%-m月}{SUBJECTS[kind]}积分　{_state(month, timezone.now())}"
        log_access(
            action="points", account=signed.account, subject=f"{month.month:%Y-%m} {kind}", reason="导出积分",
            rows=len(lines),
        )  # fmt: skip
        return _file(ranking_file(title, kind, lines), f"points-{kind}-{month.month:%Y%m}")
    context = {
        "kinds": {one: SUBJECTS[one] for one in kinds},
        "kind": kind,
        "kind_name": SUBJECTS[kind],
        "personal": kind in PERSONAL,
        "months": there,
        "month": month,
        "state": _state(month, timezone.now()) if month is not None else "",
        "held": held,
        "ranked_by": RANKED_BY[held.rank_by] if held is not None else "",
        "lines": lines,
        "none_ranked": bool(lines) and all(one.ranked.rank is None for one in lines),
        "faults": faults,
        "decides": of_centre(signed.actors, root_path(signed)) is not None,
        "now": timezone.now(),
    }
    return page(request, signed, "points/board.html", context, 422 if faults else 200)


@require_safe
@staff
def my_points(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """我的积分: one's own place and entries, and those of the unit, window or grid that one answers for."""
    there = queries.months()
    month = there[0] if there else None
    if month is not None and (asked := request.GET.get("month", "")):
        month = queries.month_for(month_of(asked))
    found = []
    if month is not None:
        for line in queries.mine(signed, month.month):
            shown = entries_of(signed, month, line, timezone.now())
            found.append({"line": line, "entries": shown, "kind_name": SUBJECTS[line.whose.subject.kind]})
    context = {
        "months": there, "month": month, "found": found,
        "state": _state(month, timezone.now()) if month is not None else "",
        "held": set_of(month.version) if month is not None else None,
    }  # fmt: skip
    return page(request, signed, "points/mine.html", context)


@require_safe
@staff
def subject_page(request: HttpRequest, signed: SignedIn, kind: str, subject: int) -> HttpResponse:
    if kind not in SUBJECTS:
        raise Refused(NOT_FOUND, "没有这类考核对象。")
    whose = Subject(kind, subject, request.GET.get("part", ""))
    month = queries.month_for(month_of(request.GET.get("month", "")))
    line, shown = entries(signed, month.month, whose, timezone.now())
    if request.GET.get("as") == "xlsx":
        title = (
            f"{month.month:%Y年%-m月} {line.whose.name} 积分明细　总分{line.total}　{_state(month, timezone.now())}"
        )
        log_access(
            action="points",
            account=signed.account,
            subject=f"{month.month:%Y-%m} {kind} {subject}",
            reason="导出积分",
            rows=len(shown),
        )
        return _file(entries_file(title, shown, [moment(one.at) for one in shown]), f"points-{month.month:%Y%m}")
    context = {
        "line": line, "entries": shown, "month": month, "kind": kind, "kind_name": SUBJECTS[kind],
        "state": _state(month, timezone.now()), "personal": kind in PERSONAL, "months": queries.months(),
        "corrects": of_centre(signed.actors, line.whose.path) is not None,
        "held": set_of(month.version),
    }  # fmt: skip
    return page(request, signed, "points/subject.html", context)


@require_safe
@staff
def centre_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """What the centre has to decide and may do: appeals, months, exemptions."""
    if not any(actor.role in rules.CENTRE for actor in signed.actors):
        raise Refused("not_allowed", "申诉和免计由中心的督办员、主任办理。")
    decides = of_centre(signed.actors, root_path(signed)) is not None
    months = [{"month": one, "state": _state(one, timezone.now())} for one in queries.months()]
    context = {
        "appeals": appeals_waiting(signed), "months": months, "exemptions": exemptions(signed),
        "divisions": divisions(), "decides": decides, "now": timezone.now(), "kinds": SUBJECTS,
    }  # fmt: skip
    return page(request, signed, "points/centre.html", context)


# --- what people do


@require_POST
@staff
def appeal(request: HttpRequest, signed: SignedIn, entry: UUID) -> HttpResponse:
    return _done(
        request, "已提交申诉，中心裁定后在这里看到结果。",
        lambda: appeal_entry(
            signed=signed, entry=entry, reason=request.POST.get("reason", ""), at=timezone.now()
        ),
    )  # fmt: skip


@require_POST
@staff
def decide(request: HttpRequest, signed: SignedIn, appeal: UUID) -> HttpResponse:
    upheld = request.POST.get("upheld", "")

    def step() -> None:
        if upheld not in ("yes", "no"):
            raise invalid("upheld", "请选择申诉是否成立。")
        decide_appeal(
            signed=signed, appeal=appeal, upheld=upheld == "yes", reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )  # fmt: skip

    return _done(request, "已裁定。", step)


@require_POST
@staff
def correct(request: HttpRequest, signed: SignedIn, entry: UUID) -> HttpResponse:
    def step() -> None:
        correct_entry(
            signed=signed, entry=entry, points=_hundredths(request.POST.get("points", "")),
            reason=request.POST.get("reason", ""), at=timezone.now(), key=_key(request, entry),
        )  # fmt: skip

    return _done(request, "已记入更正。", step)


@require_POST
@staff
def act(request: HttpRequest, signed: SignedIn, what: str) -> HttpResponse:
    """A button or a form of the centre's page."""
    posted, now = request.POST, timezone.now()

    def month() -> date:
        return month_of(posted.get("month", ""))

    verbs: dict[str, tuple[str, Callable[[], object]]] = {
        "compute": ("已重新计算。", lambda: compute_month(month=month(), at=now, signed=signed)),
        "close": ("已定稿，以后只能逐笔更正。", lambda: close_month(signed=signed, month=month(), at=now)),
        "exempt-matter": (
            "已登记，重新计算以后生效。",
            lambda: exempt_matter(
                signed=signed, number=posted.get("number", ""), reason=posted.get("reason", ""), at=now
            ),
        ),
        "exempt-days": ("已登记，重新计算以后生效。", lambda: _exempt_days(request, signed)),
        "withdraw": (
            "已撤销，重新计算以后生效。",
            lambda: withdraw_exemption(signed=signed, exemption=_whole(posted.get("exemption", "")), at=now),
        ),
    }
    if what not in verbs:
        raise Refused(NOT_FOUND, "没有这个操作。")
    said, verb = verbs[what]
    return _done(request, said, verb)


def _exempt_days(request: HttpRequest, signed: SignedIn) -> None:
    posted = request.POST
    code = posted.get("division", "")
    _, places = references.places([], [code] if code and "\0" not in code else [])
    if code not in places:
        raise invalid("division", "请选择区划。")
    try:
        since, until = date.fromisoformat(posted.get("since", "")), date.fromisoformat(posted.get("until", ""))
    except ValueError:
        raise invalid("since", "请填写起止日期。") from None
    exempt_days(
        signed=signed, division=places[code].id, since=since, until=until, reason=posted.get("reason", ""),
        at=timezone.now(),
    )  # fmt: skip


def _done(request: HttpRequest, said: str, step: Callable[[], object]) -> HttpResponse:
    """Back to where one was, with what came of it."""
    try:
        step()
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        messages.error(request, refused.sentence)
    else:
        messages.success(request, said)
    return HttpResponseRedirect(safe_next(request, request.POST.get("next", "")))


def _hundredths(typed: str) -> int:
    try:
        exact = Decimal(typed.strip().replace("−", "-")) * 100
        if exact.is_finite() and exact == int(exact):
            return int(exact)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise invalid("points", "更正的分值应是数字，最多两位小数，如 1 或 -0.5。")


def _whole(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def _key(request: HttpRequest, entry: UUID) -> UUID:
    """The form's own, so that it counts once however often it is sent; without one a second correction would be taken
    for the first."""
    key = request.POST.get("key", "")
    if not key:
        raise invalid("key", "表单不完整，请刷新页面再填。")
    return uuid5(_SPACE, f"{entry} {key}")


def _state(month: Any, now: Any) -> str:
    if month.closed_at is not None:
        return "已定稿"
    until = timezone.localtime(month.appeal_until)
    return f"公示中，{until.month}月{until.day}日前可以申诉" if now <= month.appeal_until else "申诉期已过，待定稿"


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


def address_of(line: queries.Line, month: date) -> str:
    subject = line.whose.subject
    query = {"month": f"{month:%Y-%m}", **({"part": subject.part} if subject.part else {})}
    return f"{reverse('desk:points_subject', args=[subject.kind, subject.id])}?{urlencode(query)}"
