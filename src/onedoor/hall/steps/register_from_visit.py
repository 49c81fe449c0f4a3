"""登记: a matter that a visit has led to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from onedoor.cases.steps._state import CaseState
from onedoor.cases.steps.register import Beside, Registered, register
from onedoor.hall.queries.visits import visit_for
from onedoor.hall.steps.become import become_case
from onedoor.hall.steps.visit import lead_to_case
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.refusal import Refused, invalid
from onedoor.rules.visits import RECEIVES


def register_from_visit(
    *,
    viewer: Viewer,
    actor: Actor,
    at: datetime,
    raw: Mapping[str, Any],
    visit: object = None,
    ticket: UUID | None = None,
    key: str | None = None,
    settle: Mapping[str, Any] | None = None,
) -> Registered:
    """Registers one matter and, where it came from a `visit` (its number) or a number of the hall (`ticket`), notes
    there what it led to; all or nothing. `settle` as in `register`."""
    if visit in (None, "") and ticket is None:
        return register(actor=actor, at=at, raw=raw, key=key, settle=settle)
    number = "" if visit in (None, "") else _checked(viewer, actor, visit)

    def note(state: CaseState) -> None:
        if number:
            lead_to_case(viewer=viewer, actor=actor, at=at, number=number, case=state.case["id"])
        if ticket is not None:
            become_case(actor=actor, at=at, ticket=ticket, case=state.case["number"])

    asked = ({"visit": number} if number else {}) | ({"ticket": str(ticket)} if ticket is not None else {})
    return register(actor=actor, at=at, raw=raw, key=key, beside=Beside(asked, note), settle=settle)


def _checked(viewer: Viewer, actor: Actor, visit: object) -> str:
    try:
        if isinstance(visit, str) and actor.role in RECEIVES:
            return str(visit_for(viewer, (actor,), visit)["number"])
    except Refused:
        pass
    raise invalid("visit", "没有这次接待，或您无权登记。")
