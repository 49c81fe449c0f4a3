"""登记: a matter that a visit has led to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from onedoor.cases.sql import rows
from onedoor.cases.steps.register import Registered, register
from onedoor.hall.queries.visits import visit_for
from onedoor.hall.steps.visit import lead_to_case
from onedoor.rules.access import Actor
from onedoor.rules.refusal import Refused, invalid
from onedoor.rules.visits import RECEIVES


def register_from_visit(
    *, actor: Actor, at: datetime, raw: Mapping[str, Any], visit: object = None, key: str | None = None
) -> Registered:
    """Registers one matter and, where it came from a `visit` (its number), notes there what it led to.

    Two transactions: broken off between them, the matter stands without the note, and a repeated request of the
    same key makes up for it.
    """
    if visit in (None, ""):
        return register(actor=actor, at=at, raw=raw, key=key)
    _check_visit(actor, visit)
    done = register(actor=actor, at=at, raw=raw, key=key)
    found = rows('SELECT id FROM "case" WHERE number = %s', [done.number])
    lead_to_case(actor=actor, at=at, number=str(visit), case=found[0]["id"])
    return done


def _check_visit(actor: Actor, visit: object) -> None:
    if not isinstance(visit, str) or actor.role not in RECEIVES:
        raise invalid("visit", "没有这次接待，或您无权登记。")
    try:
        visit_for((actor,), visit)
    except Refused:
        raise invalid("visit", "没有这次接待，或您无权登记。") from None
