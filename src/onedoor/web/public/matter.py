"""我的事项: all of a matter, for the applicant who has shown that it is his. The way in is kept in the session for
half an hour; no address names the matter."""

from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.cases.queries.applicant import applicants_file, matter, own_file, who_looked
from onedoor.cases.queries.days import today
from onedoor.cases.queries.doors import open_by_rating_code
from onedoor.cases.steps.applicant import applicants_move, attach_by_applicant, choose_contact
from onedoor.mediation.queries.resident import invited, promises
from onedoor.mediation.steps.sessions import reply_by_applicant
from onedoor.papers.queries.resident import paper_for_applicant, papers_for_applicant
from onedoor.people.tokens import signed_in
from onedoor.rules.follow_up import MARKS, MOST_MARK
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, NOT_READY, TOO_MANY, Refused
from onedoor.rules.telling import CONTACTS
from onedoor.web.desk.access import address_of, token_of
from onedoor.web.public.page import View, public, public_page

OPEN_FOR = timedelta(minutes=30)
_MARKS = {5: _("很满意"), 4: _("满意"), 3: _("一般"), 2: _("不满意"), 1: _("很不满意")}


def keep_open(request: HttpRequest, case: UUID, door: str = "matter") -> None:
    """From now on this browser may read the matter ("matter"), or only rate it ("rating")."""
    request.session.cycle_key()
    request.session[door] = {"case": str(case), "until": (timezone.now() + OPEN_FOR).timestamp()}


def open_case(request: HttpRequest, door: str = "matter") -> UUID | None:
    """The matter that is open in this browser; each look keeps it open for another half hour."""
    kept = request.session.get(door)
    if not isinstance(kept, dict) or kept.get("until", 0) < timezone.now().timestamp():
        return None
    request.session[door] = {**kept, "until": (timezone.now() + OPEN_FOR).timestamp()}
    return UUID(str(kept["case"]))


def opened(view: View) -> View:
    """A page of the open matter; who has none open is sent to the door."""

    @public
    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponseBase:
        case = open_case(request)
        if case is None:
            return HttpResponseRedirect(reverse("track"))
        return view(request, case=case, **address)

    return wrapped


@opened
def my_matter(request: HttpRequest, case: UUID) -> HttpResponse:
    return _show(request, case)


def _show(request: HttpRequest, case: UUID, faults: dict[str, str] | None = None, sentence: str = "") -> HttpResponse:
    state = matter(case)
    context = {
        "file": applicants_file(state, timezone.now()),
        "marks": MARKS,
        "grades": _MARKS,
        "contacts": {code: words for code, words in CONTACTS.items() if code},
        "faults": faults or {},
        "fault": sentence,
        "given": request.POST,
        "key": str(uuid4()),
        "sessions": invited(case, timezone.now()),
        "promises": promises(case, today()),
        "papers": papers_for_applicant(state),
    }
    return public_page(request, "public/matter.html", context, 422 if faults or sentence else 200)


_INPUTS = {
    "supplement": ("text",),
    "contest": ("reason",),
    "withdraw": ("code", "reason"),
    "rate": ("satisfied", *MARKS, "text"),
}


@require_POST
@opened
def my_move(request: HttpRequest, case: UUID, move: str) -> HttpResponse:
    """Supplement, rate, contest, withdraw; what is refused is told on the page itself."""
    if move not in _INPUTS:
        raise Refused("not_found", "没有这个页面。")
    if move == "rate":
        refuse_staff(request)
    try:
        if move == "supplement":
            _attach(request, case)
        applicants_move(
            case=case,
            move=move,
            at=timezone.now(),
            raw=_given(request, move),
            key=f"my:{request.POST.get('key', '')[:60]}",
        )
    except Refused as refused:
        if refused.code not in (INVALID, NOT_READY, "wrong_stage"):
            raise
        fields = refused.fields or {}
        return _show(request, case, {f"{move}.{name}": text for name, text in fields.items()}, refused.sentence)
    return HttpResponseRedirect(f"{reverse('matter')}#done")


def _given(request: HttpRequest, move: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _INPUTS[move]:
        typed = request.POST.get(name, "").strip()
        if not typed:
            continue
        if name == "satisfied":
            found[name] = typed == "yes"
        elif name in MARKS:
            found[name] = int(typed) if typed in "12345" else 0
        else:
            found[name] = typed
    if move == "withdraw":
        found["proof"] = "code"
    return found


def _attach(request: HttpRequest, case: UUID) -> None:
    if request.META.get("onedoor.too_large"):
        raise Refused(INVALID, "文件太大，没有收到。", {"files": "文件太大，没有收到。请少选几张照片，或带到窗口。"})
    for place, file in enumerate(request.FILES.getlist("files")):
        key = f"my:{request.POST.get('key', '')[:60]}:{place}"
        attach_by_applicant(
            case=case, at=timezone.now(), name=file.name or "", file=file, chunks=file.chunks(), key=key
        )


def refuse_staff(request: HttpRequest) -> None:
    """A rating is the applicant's: who is signed in as staff in this browser gives none."""
    token = token_of(request)
    if token and signed_in(token) is not None:
        raise Refused(
            NOT_ALLOWED,
            "这个浏览器里登录着工作人员账号，不能评价。请先退出登录；工作人员评价自己的私事，请用另外的设备。",
        )


@require_POST
@opened
def my_contact(request: HttpRequest, case: UUID) -> HttpResponse:
    """How I want to be reached."""
    try:
        party = UUID(request.POST.get("party", ""))
    except ValueError:
        raise Refused("not_found", "没有这名申请人。") from None
    try:
        choose_contact(case=case, party=party, contact=request.POST.get("contact", ""), at=timezone.now())
    except Refused as refused:
        return _show(request, case, {"contact": refused.sentence})
    return HttpResponseRedirect(f"{reverse('matter')}#contact")


@require_POST
@opened
def my_session(request: HttpRequest, case: UUID) -> HttpResponse:
    """Whether I come to the session I am asked to."""
    given = request.POST
    reply_by_applicant(
        case=case, session=given.get("session", ""), party=given.get("party", ""), comes=given.get("comes") == "yes",
        at=timezone.now(),
    )  # fmt: skip
    return HttpResponseRedirect(f"{reverse('matter')}#sessions")


@require_safe
@opened
def my_paper(request: HttpRequest, case: UUID, paper: UUID) -> HttpResponseBase:
    """A paper that is meant for me, as a PDF."""
    made = paper_for_applicant(matter(case), paper)
    return _handed_out(HttpResponse(made.content, content_type="application/pdf"), made.name)


@require_safe
@opened
def my_file(request: HttpRequest, case: UUID, file: UUID) -> HttpResponseBase:
    """What I have handed in myself."""
    path, name, kind = own_file(case, file)
    return _handed_out(FileResponse(path.open("rb"), content_type=kind), name)


def _handed_out(answer: HttpResponse | FileResponse, name: str) -> HttpResponseBase:
    """Saved rather than opened, kept by nobody on the way, and run as nothing but what it is."""
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "no-store, private"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@opened
def looked(request: HttpRequest, case: UUID) -> HttpResponse:
    """Who has looked at my data."""
    state = matter(case)
    return public_page(request, "public/looked.html", {"number": state.case["number"], "looks": who_looked(state)})


@require_POST
@public
def leave(request: HttpRequest) -> HttpResponse:
    """Closes the matter in this browser, for whoever uses a shared machine."""
    request.session.flush()
    return HttpResponseRedirect(reverse("track"))


@require_http_methods(["GET", "POST"])
@public
def rate_page(request: HttpRequest, code: str) -> HttpResponse:
    """评价 by the address on the receipt and in the message. It opens nothing but the rating."""
    number, _, end = code.rpartition("-")
    case = open_by_rating_code(number, end, address_of(request), timezone.now())
    file = applicants_file(matter(case), timezone.now())
    refused: Refused | None = None
    if request.method == "POST":
        refuse_staff(request)
        try:
            applicants_move(
                case=case, move="rate", at=timezone.now(), raw=_given(request, "rate"),
                key=f"rate:{request.POST.get('key', '')[:60]}",
            )  # fmt: skip
        except Refused as error:
            if error.code == TOO_MANY:
                raise
            refused = error
        else:
            return public_page(request, "public/rated.html", {"satisfied": request.POST.get("satisfied") == "yes"})
    context = {
        "file": {"number": file["number"], "stage_name": file["stage_name"], "may": file["may"]},
        "code": code,
        "marks": MARKS,
        "grades": _MARKS,
        "most": MOST_MARK,
        "key": str(uuid4()),
        "given": request.POST,
        "refused": refused,
        "faults": (refused.fields or {}) if refused else {},
    }
    return public_page(request, "public/rate.html", context, 422 if refused else 200)
