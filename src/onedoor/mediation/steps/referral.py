"""转介: put somebody in touch with a service, note what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import case_for
from onedoor.cases.secrets import encrypt
from onedoor.cases.sql import execute, rows
from onedoor.mediation.queries.harm import confidential_centre
from onedoor.mediation.queries.referral import SEALED, opened, referral_for
from onedoor.mediation.steps._act import words
from onedoor.people.access_log import log_access
from onedoor.rules import referrals as rules
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid

_LABELS = {"who": "是谁", "reached": "安全联系方式", "consent": "本人同意", "told": "告诉对方的内容"}


def make_referral(
    *, viewer: Viewer, actors: tuple[Actor, ...], raw: Mapping[str, str], at: datetime, key: UUID | None = None
) -> UUID:
    """转介; its id. `raw`: service, who, reached, consent, told, number (of the matter, or empty). The form makes the
    `key`, so that it is one however often it is sent. The matter itself says nothing of it."""
    actor = next((one for one in actors if one.role in rules.MAKES), None)
    if actor is None:
        raise Refused(NOT_ALLOWED, "您的岗位不能办理转介。")
    texts = {name: words(raw.get(name, ""), most=500, field=name, label=label) for name, label in _LABELS.items()}
    rules.check_referral(rules.Asked(raw.get("service", ""), **texts))
    case = None
    if raw.get("number", "").strip():
        try:
            case = case_for(viewer, raw["number"])["id"]
        except Refused as refused:
            raise invalid("number", "没有找到这件事项，或您无权查看。") from refused
    key = key or new_id()
    sealed = orjson.dumps({**texts, "answers": []}).decode()
    with transaction.atomic(durable=True):
        made = execute(
            "INSERT INTO care_referral (id, centre_id, case_id, service, state, sealed, by, at)"
            " VALUES (%s, %s, %s, %s, 'made', %s, %s, %s) ON CONFLICT (id) DO NOTHING",
            [
                key, confidential_centre(actor), case, raw["service"], encrypt(sealed, about=f"{SEALED}.{key}"),
                actor.account, utc(at),
            ],
        )  # fmt: skip
        if made:
            log_access(action="referral", account=actor.account, subject=str(key), reason="办理转介")
    return key


def answer_referral(*, viewer: Viewer, referral: str, to: str, text: str, at: datetime) -> None:
    """What the service has said: it has taken the person on, or it is over."""
    text = words(text, most=500, field="text", label="答复")
    with transaction.atomic(durable=True):
        found = referral_for(viewer, referral, lock=True)
        rules.check_answer(found["state"], to, text)
        kept: dict[str, Any] = opened(found)
        kept["answers"].append({"to": to, "text": text, "at": utc(at).isoformat()})
        execute(
            "UPDATE care_referral SET state = %s, sealed = %s, closed_at = %s WHERE id = %s",
            [
                to, encrypt(orjson.dumps(kept).decode(), about=f"{SEALED}.{found['id']}"),
                utc(at) if to == "closed" else None, found["id"],
            ],
        )  # fmt: skip


def end_left_referrals(*, at: datetime) -> int:
    """Ends those of which nothing more was heard for a year; how many."""
    at = utc(at)
    with transaction.atomic(durable=True):
        return execute(
            "UPDATE care_referral SET state = 'closed', closed_at = %s WHERE state <> 'closed' AND at < %s",
            [at, at - rules.LEFT_FOR],
        )


def erase_referrals(*, before: datetime, most: int = 500) -> int:
    """Removes those that were closed before that; how many."""
    with transaction.atomic(durable=True):
        found = rows(
            "SELECT id FROM care_referral WHERE closed_at < %s LIMIT %s FOR UPDATE SKIP LOCKED", [before, most]
        )
        return execute("DELETE FROM care_referral WHERE id = ANY(%s)", [[row["id"] for row in found]])
