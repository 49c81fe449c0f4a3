"""Slips with partner offices over HTTP: for the program of a partner, which sees its own slips and nothing else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from onedoor.api import schemas
from onedoor.api.cases import answer, body_of, key_of
from onedoor.api.session import who
from onedoor.hall.queries.handover import handover_of_partner, partner_of
from onedoor.hall.steps.handover import come_in, partner_moves
from onedoor.rules.handover import HANDOVER_STATES

router = Router()


@router.post("", summary="转来一张转接单", response={201: None, 200: None}, openapi_extra=schemas.HANDOVER)
def hand_in(request: HttpRequest) -> HttpResponse:
    """A slip to the centre. Answers 201, or 200 when the same Idempotency-Key has brought it already."""
    signed, body = who(request), body_of(request)
    number, again = come_in(account=signed.account, at=timezone.now(), raw=body, key=key_of(request))
    return answer(request, _shown(signed.account, number), 200 if again else 201)


@router.get("/{number}", summary="一张转接单")
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Where it stands, and the answer once there is one."""
    return answer(request, _shown(who(request).account, number))


@router.post("/{number}/answer", summary="接收、答复或退回", openapi_extra=schemas.HANDOVER_ANSWER)
def move(request: HttpRequest, number: str) -> HttpResponse:
    """The partner receives, answers or returns what was sent to it; `answered` unless `state` says otherwise."""
    signed, body = who(request), body_of(request)
    to = str(body.get("state", "answered"))
    partner_moves(account=signed.account, at=timezone.now(), number=number, to=to, raw=body, key=key_of(request))
    return answer(request, _shown(signed.account, number))


def _shown(account: int, number: str) -> dict[str, Any]:
    found = handover_of_partner(partner_of(account)["id"], number)
    return {
        **{name: value for name, value in found.items() if name != "id"},
        "their_number": found["their_number"] or None,
        "answer": found["answer"] or None,
        "state_name": HANDOVER_STATES[found["state"]],
    }
