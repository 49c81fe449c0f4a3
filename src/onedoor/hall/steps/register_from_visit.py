"""登记: a matter that a visit, a call, a number of the hall or a partner's slip has led to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from onedoor.cases.steps._state import CaseState
from onedoor.cases.steps.register import Beside, Registered, register
from onedoor.hall.queries.handover import handover_for
from onedoor.hall.queries.hotline import note_for
from onedoor.hall.queries.visits import visit_for
from onedoor.hall.steps.become import become_case
from onedoor.hall.steps.call_note import lead_note_to_case
from onedoor.hall.steps.handover import lead_to_case as lead_handover_to_case
from onedoor.hall.steps.visit import lead_to_case
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.refusal import Refused, invalid
from onedoor.rules.visits import RECEIVES

_NONE = {
    "visit": "没有这次接待，或您无权登记。",
    "call": "没有这个来电，或您无权登记。",
    "handover": "没有这张转接单，或您无权登记。",
}


def register_from_visit(
    *,
    viewer: Viewer,
    actor: Actor,
    at: datetime,
    raw: Mapping[str, Any],
    visit: object = None,
    call: object = None,
    handover: object = None,
    ticket: UUID | None = None,
    key: str | None = None,
    settle: Mapping[str, Any] | None = None,
) -> Registered:
    """Registers one matter and notes what it came from: a `visit`, a `call`, a partner's slip (`handover`; all
    three by number), a number of the hall (`ticket`). All or nothing. From a slip the matter bears the partner's
    number under the partner's code. `settle` as in `register`."""
    numbers = {"visit": visit, "call": call, "handover": handover}
    given = {name: number for name, number in numbers.items() if number not in (None, "")}
    if not given and ticket is None:
        return register(actor=actor, at=at, raw=raw, key=key, settle=settle)
    found = {name: _checked(viewer, actor, name, number) for name, number in given.items()}
    if "handover" in found:
        theirs = {"system": found["handover"]["partner_code"], "number": found["handover"]["their_number"]}
        there = raw.get("external_numbers")
        raw = {**raw, "external_numbers": [theirs, *(there if isinstance(there, list) else [])]}

    def note(state: CaseState) -> None:
        case = state.case["id"]
        if "visit" in found:
            lead_to_case(viewer=viewer, actor=actor, at=at, number=found["visit"]["number"], case=case)
        if "call" in found:
            lead_note_to_case(
                viewer=viewer, actor=actor, at=at, number=found["call"]["number"], case=case,
                channel=raw.get("channel"), read_back=raw.get("read_back"),
            )  # fmt: skip
        if "handover" in found:
            lead_handover_to_case(
                viewer=viewer, actor=actor, at=at, number=found["handover"]["number"], case=case,
                channel=raw.get("channel"),
            )  # fmt: skip
        if ticket is not None:
            become_case(actor=actor, at=at, ticket=ticket, case=state.case["number"])

    asked = {name: str(one["number"]) for name, one in found.items()}
    asked |= {"ticket": str(ticket)} if ticket is not None else {}
    return register(actor=actor, at=at, raw=raw, key=key, beside=Beside(asked, note), settle=settle)


def _checked(viewer: Viewer, actor: Actor, name: str, number: object) -> dict[str, Any]:
    find = {"visit": visit_for, "call": note_for, "handover": handover_for}[name]
    try:
        if isinstance(number, str) and actor.role in RECEIVES:
            return find(viewer, (actor,), number)
    except Refused:
        pass
    raise invalid(name, _NONE[name])
