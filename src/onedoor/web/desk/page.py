"""How every staff page is put together: frame, security headers, refusals."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from onedoor.people.tokens import SignedIn
from onedoor.rules.access import REGISTERS, ROLE_NAMES, Role
from onedoor.rules.articles import may_publish
from onedoor.rules.bulletins import READS as BULLETINS_FOR
from onedoor.rules.centre_papers import OVERSEES
from onedoor.rules.fieldwork import FIELD
from onedoor.rules.figures import READS as FIGURES_FOR
from onedoor.rules.findings import READS as READS_FINDINGS
from onedoor.rules.grids import SEES_MAP
from onedoor.rules.looks import READS_LOOKS
from onedoor.rules.opinions import READS as READS_OPINIONS
from onedoor.rules.points import CENTRE, LEADS, MEASURED
from onedoor.rules.points import READS as READS_RANKINGS
from onedoor.rules.questions import ANSWERS
from onedoor.rules.refusal import Refused
from onedoor.rules.supervision import SEES_SUPERVISION
from onedoor.rules.tickets import CALLS
from onedoor.rules.visits import READS_VISIT_FIGURES, SEES_VISITS

# The pages under 接待, by the names of their addresses.
FRONT_DESK = frozenset({
    "visits", "visit", "hotline", "call_note", "handovers", "handover", "handover_new", "outreach", "outreach_month",
    "outreach_one", "bookings", "booking_new", "questions", "question",
})  # fmt: skip
READS_POINTS = READS_RANKINGS | LEADS
_STATUS = {"not_found": 404, "not_allowed": 403, "not_your_move": 403, "no_space": 503, "unavailable": 503}
SIZE_COOKIE = "onedoor_size"
# Nothing from elsewhere, no inline script: a text that slips through unescaped still runs nothing.
POLICY = (
    "default-src 'self'; img-src 'self' data:; media-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)


def page(
    request: HttpRequest, signed: SignedIn | None, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The template within the frame. Nothing of a staff page is kept by a browser or a proxy."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    roles = {post.actor.role for post in signed.posts} if signed else set()
    frame = {
        "signed": signed,
        "post_names": [f"{post.unit_name} {ROLE_NAMES[post.actor.role]}" for post in signed.posts] if signed else [],
        "large": request.COOKIES.get(SIZE_COOKIE) == "large",
        "registers": bool(roles & REGISTERS),
        "sees_visits": bool(roles & SEES_VISITS),
        "mediates": Role.MEDIATOR in roles,
        "calls_numbers": bool(roles & CALLS),
        "administers": Role.ADMIN in roles,
        "publishes": any(may_publish(post.actor) for post in signed.posts) if signed else False,
        "hears": bool(roles & ANSWERS),
        "reads_opinions": bool(roles & READS_OPINIONS),
        "of_field": bool(roles & FIELD),
        "sees_map": bool(roles & SEES_MAP),
        "supervision": bool(roles & SEES_SUPERVISION),
        "reads_figures": bool(roles & FIGURES_FOR),
        "reads_visit_figures": bool(roles & READS_VISIT_FIGURES),
        "measured": bool(roles & MEASURED),
        "reads_points": bool(roles & READS_POINTS),
        "decides_points": bool(roles & CENTRE),
        "reads_findings": bool(roles & READS_FINDINGS),
        "reads_reports": bool(roles & OVERSEES),
        "reads_bulletins": bool(roles & (BULLETINS_FOR | OVERSEES)),
        "reads_looks": bool(roles & READS_LOOKS),
        "here": here,
        "at_front": here in FRONT_DESK,
    }
    answer = render(request, f"desk/{template}", {**frame, **context}, status=status)
    answer["Cache-Control"] = "no-store, private"
    answer["Content-Security-Policy"] = POLICY
    return answer


def refused_page(request: HttpRequest, signed: SignedIn | None, refused: Refused) -> HttpResponse:
    """A page that says why not, and where to go from there."""
    return page(request, signed, "refused.html", {"refused": refused}, _STATUS.get(refused.code, 422))
