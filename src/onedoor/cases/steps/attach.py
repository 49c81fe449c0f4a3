"""上传附件: a file becomes part of the record."""

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from onedoor.cases import files
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import case_for, not_found
from onedoor.cases.sql import rows
from onedoor.cases.steps import _once
from onedoor.cases.steps._record import add_event, flush
from onedoor.cases.steps._state import CaseState, Row, load
from onedoor.rules.access import Actor, Role, Viewer
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, Refused, invalid

PURPOSES = {
    "": "一般材料",
    "identity": "身份证明",
    "evidence": "证据",
    "property": "财产权利证明",
    "service": "送达凭证",
    "withdrawal": "撤回材料",
}
READS_ONLY = frozenset({Role.AUDITOR, Role.ADMIN})


def attach(
    *,
    viewer: Viewer,
    actors: tuple[Actor, ...],
    number: str,
    at: datetime,
    name: str,
    file: IO[bytes],
    chunks: Iterable[bytes],
    purpose: str = "",
    key: str | None = None,
) -> dict[str, Any]:
    """Stores the bytes, then adds the row and its event. Who may see the case and works on cases may attach.

    With `key` a repeated upload adds nothing and returns the earlier attachment, `again`.
    """
    actor = next((one for one in actors if one.role not in READS_ONLY), None)
    if actor is None:
        raise Refused(NOT_ALLOWED, "您的岗位不能上传附件。")
    if purpose not in PURPOSES:
        named = "、".join(f"{code}（{name}）" for code, name in PURPOSES.items() if code)
        raise invalid("purpose", f"附件用途只能是{named}或留空。")
    case_for(viewer, number)
    name = files.safe_name(name)
    media = files.sniff(file, name)
    file.seek(0)
    sha256, size = files.store(chunks)
    at = utc(at)
    with transaction.atomic(durable=True):
        state = load(case_for(viewer, number, lock=True))
        if not state.seen_by(viewer):  # access ended while this request waited for the lock
            raise not_found()
        if key is not None:
            number = state.case["number"]
            content = _once.digest([number, name, sha256.hex(), purpose])
            if _once.seen_before(account=actor.account, key=key, content=content, number=number) is not None:
                return _earlier(state.case["id"], name, sha256)
        row = {
            "id": new_id(),
            "case_id": state.case["id"],
            "sha256": sha256,
            "name": name,
            "type": media,
            "size": size,
            "purpose": purpose,
            "uploader": actor.account,
            "at": at,
            "erased_at": None,
        }
        add_attachment(state, row, actor)
    return {"id": row["id"], "name": name, "type": media, "size": size, "at": at, "again": False}


def add_attachment(state: CaseState, row: Row, actor: Actor) -> None:
    """Writes the row of a stored file, with its event."""
    state.add("attachment", row)
    state.change("case", state.case, {"version": state.case["version"] + 1})
    touched = {("attachment", row["id"]): row, ("case", state.case["id"]): state.case}
    add_event(state, "attach", touched, {}, actor=actor, at=row["at"], recorded_at=row["at"])
    flush([state])


def _earlier(case_id: UUID, name: str, sha256: bytes) -> dict[str, Any]:
    found = rows(
        "SELECT id, name, type, size, at FROM attachment"
        " WHERE case_id = %s AND name = %s AND sha256 = %s ORDER BY at LIMIT 1",
        [case_id, name, sha256],
    )
    if not found:
        raise Refused(CONFLICT, "这个附件已依法清除，请换一个 Idempotency-Key 重新上传。")
    return {**found[0], "again": True}
