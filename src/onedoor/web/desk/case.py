"""事项: the case file on one page, and the form of every move."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries import case_file
from onedoor.cases.queries.attachments import attachment_of
from onedoor.cases.queries.gate import case_for
from onedoor.cases.queries.supervision import supervisions_of
from onedoor.cases.schemes import scheme_of
from onedoor.cases.steps._state import CaseState, load
from onedoor.cases.steps.attach import PURPOSES, READS_ONLY, attach
from onedoor.cases.steps.make_move import make_moves
from onedoor.grid.queries.tasks import tasks_of_case
from onedoor.hall.queries.origins import origins_of_case
from onedoor.hall.queries.tickets import number_of_case
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import RESIDENT, Confidentiality, acting
from onedoor.rules.flow import CHAINS, FLOW
from onedoor.rules.handover import HANDS_OVER, goes_out
from onedoor.rules.intake import PARTS
from onedoor.rules.looks import REASONS, reason_of
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.rules.schemes import CLOCK_NAMES
from onedoor.rules.tasks import orders
from onedoor.rules.work import UNSIGNED
from onedoor.web.desk.access import is_htmx, staff
from onedoor.web.desk.cases import light_words
from onedoor.web.desk.move_form import fields_of, read_form
from onedoor.web.desk.page import page

# What a desk does most is a button, and first what somebody waits for; the rest is kept under "more".
_USUAL = (
    "reply_supervision", "decide_appeal", "accept_reply", "decide_due", "tell", "decide_contest", "confirm_guidance",
    "decide_extension", "suspend", "designate", "supplement", "accept",
    "dispatch", "sign", "resume", "submit_opinion", "conclude", "approve", "serve", "report_progress", "close",
    "record_performance", "follow_up", "archive", "settle_on_spot", "decide_acceptance",
)  # fmt: skip
# pending: the move that asked for it
_ASKS = {
    "guidance": "guide",
    "extension": "request_extension",
    "suspension": "request_suspension",
    "contest": "contest",
}
# what has been decided and the parties have not been told yet
TO_TELL = {"extension": "延期已批准", "suspension": "已批准中止"}
_FINAL = frozenset({"archive", "merge", "transfer_out", "lapse", "serve", "restrict", "confirm_guidance"})


@staff
def case_page(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    state = load(case_for(signed.viewer(), number))
    return _show(request, signed, state)


@require_POST
@staff
def unmask(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    """The same page with names and numbers in full, for a reason that is logged. By POST, so that the reason
    stands in no address and no history."""
    state = load(case_for(signed.viewer(), number))
    try:
        return _show(request, signed, state, unmask=_reason(request) or " ")
    except Refused as refused:
        if refused.code == NOT_ALLOWED:
            raise
        return _show(request, signed, state, unmask_fault=refused.sentence)


def _reason(request: HttpRequest) -> str:
    return reason_of(request.POST.get("kind", ""), request.POST.get("reason", "").strip())


def _show(
    request: HttpRequest, signed: SignedIn, state: CaseState, *, unmask: str = "", unmask_fault: str = ""
) -> HttpResponse:
    now, viewer, pending = timezone.now(), signed.viewer(), state.facts().pending
    file = case_file.case_file(viewer, state, now, unmask=unmask)
    timeline = case_file.events_of(viewer, state.case)[::-1]
    moves = case_file.moves_of(state, signed.actors, now)
    open_moves = [move for move in moves if move["allowed"]]
    usual = sorted((move for move in open_moves if move["move"] in _USUAL), key=lambda one: _USUAL.index(one["move"]))
    context = {
        "file": file,
        "light_name": light_words(file["light"], now, file["due_at"]),
        "timeline": timeline,
        "asked": _asked(state, timeline),
        # 首问责任: who took it down answers for it until a unit has signed
        "first_asked": timeline[-1] if file["stage"] in UNSIGNED and timeline and state.case["creator_id"] else None,
        "clocks": [_clock(clock, state, now) for clock in case_file.clocks_of(state, now)],
        # what waits for a decision is decided first
        "to_tell": _to_tell(pending),
        "chains": [] if pending else case_file.chains_of(state, signed.actors, now),
        "usual": [_button(move) for move in usual],
        "rare": [_button(move) for move in open_moves if move["move"] not in _USUAL],
        # what only the applicant does is no button that is missing here
        "closed_moves": [
            move for move in moves if not move["allowed"] and FLOW[move["move"]].who.keys() != {RESIDENT}
        ],
        "unmask_kinds": REASONS,
        "unmasked": bool(unmask),
        "unmask_fault": unmask_fault,
        "may_unmask": viewer.unmasks,
        "attachment_purposes": PURPOSES,
        "may_attach": any(actor.role not in READS_ONLY for actor in signed.actors),
        "reads": viewer.sees_names,
        "supervisions": supervisions_of(state),
        "field_tasks": tasks_of_case(state.case["id"]),
        "orders_field": _orders_field(signed, state),
        "now": now,
        "ticket": number_of_case(state.case["number"]),
        "origins": origins_of_case(viewer, signed.actors, state.case["id"]),
        "hands_over": goes_out(file["confidentiality"]) and acting(signed.actors, HANDS_OVER) is not None,
    }
    return page(request, signed, "case.html", context, 422 if unmask_fault else 200)


def _orders_field(signed: SignedIn, state: CaseState) -> bool:
    """Whether I may order a task of the grid about it: an ordinary matter, in my area."""
    facts = state.facts()
    return facts.confidentiality == Confidentiality.ORDINARY and orders(signed.actors, facts.place_path) is not None


def _asked(state: CaseState, timeline: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What somebody has asked for and another must decide: the newest event of its kind, with the days asked for."""
    pending = state.facts().pending
    wanted = {_ASKS[name]: given.get("days") for name, given in pending.items() if name in _ASKS}
    if any(part["stage"] == "objected" for part in state.assignments):
        wanted["object"] = None
    found: dict[str, dict[str, Any]] = {}
    for event in timeline:  # newest first
        if event["kind"] in wanted:
            found.setdefault(event["kind"], {**event, "days": wanted[event["kind"]]})
    return list(found.values())


def _to_tell(pending: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """What the parties must be told, and which of them."""
    found = []
    for what, name in TO_TELL.items():
        if (asked := pending.get(f"to_tell.{what}")) is not None:
            whom = "、".join(PARTS[part] for part in str(asked.get("parts", "")).split() if part in PARTS)
            found.append({"name": name, "whom": whom or "申请人"})
    return found


def _button(move: dict[str, Any]) -> dict[str, Any]:
    """One click is enough where nothing has to be filled in and the way back is open."""
    asks = any(take["required"] for take in move["takes"])
    takes = {take["name"] for take in move["takes"]}
    return {
        **move,
        "one_click": not asks and takes <= {"reason", "assignment"} and move["move"] not in _FINAL,
    }


def _clock(clock: dict[str, Any], state: CaseState, now: datetime) -> dict[str, Any]:
    scheme = scheme_of(clock["scheme"], clock["scheme_version"])
    unit = next((part["unit_name"] for part in state.assignments if part["id"] == clock["assignment"]), "")
    stood_still = clock["paused_at"] or clock["stopped_at"]
    return {
        **clock,
        "name": CLOCK_NAMES[clock["kind"]],
        "unit": unit,
        "scheme_name": scheme.name,
        "done_at": stood_still,
        "light_name": light_words(clock["light"], stood_still or now, clock["due_at"]),
    }


@require_http_methods(["GET", "POST"])
@staff
def move_page(request: HttpRequest, signed: SignedIn, number: str, move: str) -> HttpResponse:
    """The form of a move, or of two that follow each other (`accept+dispatch`); POST makes them."""
    names = tuple(move.split("+"))
    if any(name not in FLOW for name in names) or (len(names) > 1 and names not in CHAINS.values()):
        raise Refused(NOT_FOUND, "没有这个办理动作。")
    label = next((label for label, chain in CHAINS.items() if chain == names), FLOW[names[0]].label)
    viewer = signed.viewer()
    refused = None
    if request.method == "POST":
        try:
            state = make_moves(
                viewer=viewer,
                actors=signed.actors,
                number=number,
                moves=[(name, read_form(FLOW[name], request.POST)) for name in names],
                at=timezone.now(),
                key=request.POST.get("key") or None,
                version=int(seen) if (seen := request.POST.get("version", "")).isdecimal() else None,
            )
        except Refused as error:
            if error.code == NOT_FOUND:
                raise
            refused = error
        else:
            messages.success(request, f"{state.case['number']} 已完成“{label}”。")
            ahead = reverse("desk:case", args=[number]) if state.seen_by(viewer) else reverse("desk:work")
            return HttpResponseRedirect(ahead)
    state = load(case_for(viewer, number))
    context = {
        "number": state.case["number"],
        "title": state.case["title"] if viewer.sees_names else "",
        "version": state.case["version"],
        "move": move,
        "label": label,
        "fields": fields_of([FLOW[name] for name in names], state, signed, request.POST, refused),
        "refused": refused,
        "final": bool(set(names) & _FINAL),
    }
    template = "_move.html" if is_htmx(request) and request.method == "GET" else "move.html"
    return page(request, signed, template, context, 422 if refused else 200)


@require_POST
@staff
def attach_file(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        limit = request.META.get("onedoor.too_large")
        messages.error(request, "文件太大，请压缩或分开上传。" if limit else "请先选择文件。")
        return HttpResponseRedirect(reverse("desk:case", args=[number]))
    try:
        attach(
            viewer=signed.viewer(),
            actors=signed.actors,
            number=number,
            at=timezone.now(),
            name=file.name or "",
            file=file,
            chunks=file.chunks(),
            purpose=request.POST.get("purpose", ""),
        )
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "附件已上传。")
    return HttpResponseRedirect(reverse("desk:case", args=[number]))


@staff
def attachment(request: HttpRequest, signed: SignedIn, number: str, attachment: str) -> HttpResponseBase:
    """The file, always saved and never shown as a page of ours."""
    return download(*attachment_of(signed.viewer(), signed.account, number, attachment))


def download(path: Path, name: str, kind: str) -> HttpResponseBase:
    """A file that somebody has handed in: no browser runs or shows it as ours."""
    sent = FileResponse(path.open("rb"), content_type=kind)
    sent["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    sent["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return sent
