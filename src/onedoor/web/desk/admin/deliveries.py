"""消息发送: what has not gone out, and why. Nothing of a matter is in it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from onedoor.notices.queries.deliveries import count_stuck, list_unsent, stuck_to_applicants
from onedoor.notices.steps.deliver import drop_delivery, retry_delivery
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.notices import DELIVERY_STATES
from onedoor.web.desk.admin.access import administrator, done_or_told, not_there
from onedoor.web.desk.admin.paging import address_with, kept
from onedoor.web.desk.page import page

_STEPS = {
    "retry": (retry_delivery, "已排到最前，一分钟内再发一次。"),
    "drop": (drop_delivery, "已放弃。通知仍在收件人的“通知”里。"),
}


@administrator
def unsent(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    values = kept(request, ("state", "after"))
    stuck, to_applicants = stuck_to_applicants()
    found = list_unsent(state=values["state"], after=_id(values["after"]))
    context = {
        "values": values,
        "states": {code: DELIVERY_STATES[code] for code in ("stuck", "waiting")},
        "items": found.items,
        "stuck": count_stuck(),
        "applicants_stuck": stuck,
        "to_applicants": to_applicants,
        "next": address_with("desk:admin_deliveries", values, found.following) if found.following else "",
    }
    return page(request, signed, "admin/deliveries.html", context)


@require_POST
@administrator
def decide(request: HttpRequest, signed: SignedIn, by: By, delivery: UUID, what: str) -> HttpResponse:
    """Tries once more, or gives up."""
    if what not in _STEPS:
        raise not_there("操作")
    step, said = _STEPS[what]
    return done_or_told(request, lambda: step(by=by, delivery=delivery), said, reverse("desk:admin_deliveries"))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
