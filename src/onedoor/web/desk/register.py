"""登记: one form that the keyboard alone can fill."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.cases.queries import choices
from onedoor.cases.queries.days import ZONE
from onedoor.cases.queries.same_matter import same_matters
from onedoor.cases.steps.draft import draft_of, drop_draft, keep_draft
from onedoor.cases.steps.register import Registered
from onedoor.hall.steps.register_from_visit import register_from_visit
from onedoor.people.queries import colleagues
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import REGISTERS, Actor, Role
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.harm import MAY_BE_DUE, ages_of, may_be_due
from onedoor.rules.intake import CHANNELS, HELPS, KINDS, LETTERS, PARTS, PARTY_KINDS, PURPOSES
from onedoor.rules.mediation import COURT_TRACKS
from onedoor.rules.refusal import NOT_ALLOWED, Refused
from onedoor.rules.schemes import TRACKS
from onedoor.rules.telling import CONTACTS
from onedoor.voices.steps.question import register_from_question
from onedoor.web.desk.access import staff
from onedoor.web.desk.letters import MOST_SCANS, POST, TOO_LARGE, attach_scans
from onedoor.web.desk.origins import begun_of, id_in, ticket_in
from onedoor.web.desk.page import page

TEXTS = (
    "channel",
    "category",
    "kind",
    "purpose",
    "title",
    "narrative",
    "division",
    "address",
    "help",
    "help_by",
    "letter_day",
    "track",
)
FLAGS = ("urgent", "anonymous", "someone_hurt", "confidential", "read_back", "help_consent", "proxy_seen")
PARTY_TEXTS = ("part", "kind", "name", "phone", "id_number", "address", "safe_contact", "contact")
SETTLES = ("outcome", "answer", "route")
MOST_PARTIES = 30
_PARTY = re.compile(r"parties\.(\d{1,3})\.part")
RECEIPT_SALT = "receipt"
# What a window ends by itself; a written opinion is a unit's.
_ON_THE_SPOT = ("answered", "served", "agreement_oral", "agreement_written", "put_right", "guided", "unfounded")


@require_http_methods(["GET", "POST"])
@staff
def register_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The form; POST registers, and the receipt's address holds for its own day only."""
    actor = next((one for one in signed.actors if one.role in REGISTERS), None)
    if actor is None:
        raise Refused(NOT_ALLOWED, "您的岗位不能登记事项。")
    now = timezone.now()
    given, saved_at, refused = QueryDict(mutable=True), None, None
    if request.method == "POST":
        given = request.POST.copy()  # whether the files are too large is known once the form is read
        if request.META.get("onedoor.too_large"):
            messages.error(request, TOO_LARGE)  # nothing of it is there, but its draft may be
            return HttpResponseRedirect(reverse("desk:register"))
        try:
            done = _register(signed, actor, now, given)
        except Refused as error:
            refused = error
        else:
            drop_draft(account=signed.account)
            messages.success(request, f"{'这件事项已登记过' if done.again else '已登记'}，编号 {done.number}。")
            if _may_be_about_a_child(given, now):
                messages.error(request, MAY_BE_DUE)
            for lost in attach_scans(request, signed, done.number):
                messages.error(request, lost)
            return HttpResponseRedirect(_next(done.number, signed, receipt="receipt" in given))
    elif (begun := begun_of(request.GET, signed)) is not None:
        given = begun
    elif (kept := draft_of(signed.account, now)) is not None:
        typed, saved_at = kept
        for name, values in typed.items():
            if name != "ticket":  # who had that number is not at the window any more
                given.setlist(name, values)
    context = {
        "given": _shown(given),
        "parties": _rows(given, refused),
        "faults": refused.fields if refused else {},
        "refused": refused,
        "saved_at": saved_at,
        "key": given.get("key") or str(uuid4()),
        "kinds": KINDS,
        "channels": CHANNELS,
        "purposes": PURPOSES,
        "party_kinds": PARTY_KINDS,
        "parts": PARTS,
        "helps": HELPS,
        "court_tracks": {code: name for code, name in TRACKS.items() if code in COURT_TRACKS},
        "colleagues": colleagues(actor.unit),
        "most_scans": MOST_SCANS,
        "scans_again": refused is not None and bool(request.FILES),
        "contacts": {code: words for code, words in CONTACTS.items() if code},
        "outcomes": {code: OUTCOME_NAMES[code] for code in _ON_THE_SPOT},
        "categories": choices.categories(),
        "divisions": choices.divisions(
            also=[given.get("division", "")], own=[actor.division] if actor.role == Role.GRID_WORKER else []
        ),
    }
    return page(request, signed, "register.html", context, 422 if refused else 200)


def _register(signed: SignedIn, actor: Actor, now: datetime, given: QueryDict) -> Registered:
    """What came from a question, a visit, a call or a slip notes there what it led to."""
    raw, key, settle = _body(given), f"desk:{given.get('key', '')[:60]}", _settle(given)
    if question := id_in(given, "question"):
        return register_from_question(actors=signed.actors, at=now, raw=raw, question=question, key=key, settle=settle)
    return register_from_visit(
        viewer=signed.viewer(),
        actor=actor,
        at=now,
        raw=raw,
        visit=given.get("visit", ""),
        call=given.get("call", ""),
        handover=given.get("handover", ""),
        ticket=ticket_in(given),
        key=key,
        settle=settle,
    )


def _may_be_about_a_child(given: QueryDict, now: datetime) -> bool:
    """Whether to ask the clerk about a compulsory report; from what was typed just now, and kept nowhere."""
    ids = [given.get(f"parties.{place}.id_number", "") for place in _kept_places(given)]
    ages = ages_of(ids, now.astimezone(ZONE).date())
    return may_be_due(given.get("narrative", ""), ages, someone_hurt=bool(given.get("someone_hurt")))


def _next(number: str, signed: SignedIn, *, receipt: bool) -> str:
    if not receipt:
        return reverse("desk:case", args=[number])
    return f"{reverse('desk:receipt', args=[number])}?pass={receipt_pass(number, signed.account)}"


def receipt_pass(number: str, account: int) -> str:
    """Lets the one who has registered print the receipt with its code, and nobody else, for an hour: the code is
    the applicant's, not the centre's."""
    return signing.dumps([number, account], salt=RECEIPT_SALT)


def _shown(given: QueryDict) -> dict[str, str]:
    names = (
        *TEXTS,
        *FLAGS,
        *SETTLES,
        "occurred_at",
        "amount",
        "people_involved",
        "system",
        "external",
        "post_number",
        "visit",
        "call",
        "handover",
        "ticket",
        "question",
        "court",
        "court_number",
    )
    shown = {name: given.get(name, "") for name in names}
    return {**shown, "channel": shown["channel"] or "window", "kind": shown["kind"] or "dispute"}


def _rows(given: QueryDict, refused: Refused | None) -> list[dict[str, Any]]:
    """The party rows as typed; a fresh form has an applicant and a respondent."""
    places = sorted({int(found[1]) for name in given if (found := _PARTY.fullmatch(name))})[:MOST_PARTIES]
    faults = refused.fields if refused else {}
    kept = _kept_places(given)
    shown = []
    for place in places or (0, 1):
        row: dict[str, Any] = {name: given.get(f"parties.{place}.{name}", "") for name in PARTY_TEXTS}
        sent = kept.index(place) if place in kept else -1
        row["place"] = place
        row["part"] = row["part"] or ("respondent" if place else "applicant")
        row["part_name"] = PARTS.get(row["part"], "当事人")
        row["faults"] = {name: faults.get(f"parties.{sent}.{name}", "") for name in PARTY_TEXTS}
        shown.append(row)
    return shown


def _kept_places(given: QueryDict) -> list[int]:
    """The rows in which something was typed; an empty row is no party."""
    places = sorted({int(found[1]) for name in given if (found := _PARTY.fullmatch(name))})[:MOST_PARTIES]
    typed = ("name", "phone", "id_number", "address")
    return [place for place in places if any(given.get(f"parties.{place}.{name}", "").strip() for name in typed)]


def _body(given: QueryDict) -> dict[str, Any]:
    """The form as the body of a registration; what is no number goes on as text, to be refused at its field."""
    body: dict[str, Any] = {name: text for name in TEXTS if (text := given.get(name, "").strip())}
    body |= {name: True for name in FLAGS if given.get(name)}
    if occurred := given.get("occurred_at", "").strip():
        body["occurred_at"] = _local(occurred)
    if amount := given.get("amount", "").strip():
        body["amount"] = _cents(amount)
    if people := given.get("people_involved", "").strip():
        body["people_involved"] = (
            int(people) if people.isascii() and people.isdecimal() and len(people) < 8 else people
        )
    numbers = []
    if external := given.get("external", "").strip():
        numbers.append({"system": given.get("system", "").strip() or "12345热线", "number": external})
    if (posted := given.get("post_number", "").strip()) and given.get("channel") in LETTERS:
        numbers.append({"system": POST, "number": posted})
    if (of_court := given.get("court_number", "").strip()) and given.get("track") in COURT_TRACKS:
        numbers.append({"system": given.get("court", "").strip() or "人民法院", "number": of_court})
    if numbers:
        body["external_numbers"] = numbers
    body["parties"] = [
        {name: text for name in PARTY_TEXTS if (text := given.get(f"parties.{place}.{name}", "").strip())}
        for place in _kept_places(given)
    ]
    return body


def _settle(given: QueryDict) -> dict[str, Any] | None:
    """What settles it on the spot, if an outcome was chosen."""
    if not given.get("outcome", "").strip():
        return None
    chosen: dict[str, Any] = {name: text for name in SETTLES if (text := given.get(name, "").strip())}
    return {**chosen, "confirmed": True} if given.get("confirmed") else chosen


def _local(text: str) -> str:
    """A browser's date and time without a zone, which are the deployment's."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    return read.replace(tzinfo=ZONE).isoformat() if read.tzinfo is None else text


def _cents(text: str) -> object:
    try:
        cents = Decimal(text.replace(",", "").replace("，", "")) * 100
        return int(cents) if cents == int(cents) and abs(cents) < 10**17 else text
    except (InvalidOperation, ValueError, OverflowError):
        return text


@require_POST
@staff
def same_matter(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """A hint while the form is filled in; never in the way. Nothing is asked when nothing alike is found."""
    given = request.POST
    applicants = [place for place in _kept_places(given) if given.get(f"parties.{place}.part") == "applicant"]
    found: list[dict[str, Any]] = []
    if applicants and not any("\0" in value for value in given.values()):
        applicant = applicants[0]
        found = same_matters(
            signed.viewer(),
            name=given.get(f"parties.{applicant}.name", ""),
            phone=given.get(f"parties.{applicant}.phone", ""),
            id_number=given.get(f"parties.{applicant}.id_number", ""),
            text=given.get("narrative", ""),
            now=timezone.now(),
        )
    return page(request, signed, "_same.html", {"found": found})


@require_POST
@staff
def draft(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Keeps what has been typed so far, or throws it away."""
    now = timezone.now()
    if "discard" in request.POST:
        drop_draft(account=signed.account)
        return HttpResponseRedirect(reverse("desk:register"))
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in ("csrfmiddlewaretoken", "key")}
    words = any(value.strip() for name, values in typed.items() if _is_typed(name) for value in values)
    try:
        keep_draft(account=signed.account, typed=typed if words else {}, at=now)
    except Refused as refused:
        return HttpResponse(refused.sentence, status=422, content_type="text/plain; charset=utf-8")
    said = f"草稿已保存 {now.astimezone(ZONE):%H:%M:%S}" if words else ""
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


def _is_typed(name: str) -> bool:
    """Whether the field is one that people type in, and not a choice with a value from the start."""
    return name in ("narrative", "title", "address", "amount", "external") or (
        name.startswith("parties.") and not name.endswith((".part", ".kind"))
    )
