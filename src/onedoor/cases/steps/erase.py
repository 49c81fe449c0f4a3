"""依法清除: what somebody said, who he was and what he handed in goes, row by row; that it went stays."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app

from onedoor.cases.ledger import GOVERNED, JSON_COLUMNS, utc
from onedoor.cases.queries.gate import COLUMNS
from onedoor.cases.sql import rows
from onedoor.cases.steps._record import add_event, flush
from onedoor.cases.steps._state import Row, load
from onedoor.rules.access import Actor
from onedoor.rules.flow import FINISHED
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused, invalid

REASONS = {"retention": "保存期满", "request": "依本人申请", "order": "依有权机关决定"}
# What an erased row holds instead. The salt goes too, so that earlier digests say nothing of the content.
ERASED: dict[str, dict[str, object]] = {
    "party": {
        "name": "",
        "id_number": None,
        "id_number_index": None,
        "phone": None,
        "phone_index": None,
        "address": None,
        "safe_contact": "",
        "salt": b"",
    },
    "statement": {"text": "", "salt": b""},
    "attachment": {"name": "", "sha256": b""},
    # of the rooms
    "mediation": {"disclosure": "", "ending_text": "", "routes": [], "salt": b""},
    "mediation_consent": {"note": "", "salt": b""},
    "mediation_session": {
        "cancelled_why": "",
        "others": "",
        "breaks": "",
        "place": "",
        "text": "",
        "sealed": None,
        "salt": b"",
    },
    "session_signature": {"drawing": None, "note": "", "salt": b""},
    "session_recording": {"name": "", "sha256": b"", "salt": b""},
    "agreement": {
        "facts": "",
        "disputed": "",
        "terms": "",
        "place": "",
        "way": "",
        "liabilities": "",
        "handed_how": "",
        "salt": b"",
    },
    "agreement_visit": {"sued": "", "hazards": "", "measures": "", "salt": b""},
    "agreement_item": {"what": "", "salt": b""},
    "agreement_signature": {"drawing": None, "salt": b""},
    "performance_entry": {"text": "", "salt": b""},
    "judicial_confirmation": {"reason": "", "salt": b""},
    "paper": {"content": {}, "withdrawn_why": "", "salt": b""},
}
OF_ROOMS = tuple(table for table in ERASED if table not in ("party", "statement", "attachment"))
# Whose rows refer to bytes in the store of files.
KEEPS_FILES = ("attachment", "session_recording", "grid_fieldfile")
ERASED_TITLE = "（内容已依法清除）"
# A file is removed only when no upload of the same bytes can still be under way.
REMOVE_FILE, REMOVE_AFTER = "onedoor.remove_file", timedelta(hours=1)


def erase(
    *,
    actor: Actor | None,
    case_id: UUID,
    at: datetime,
    reason: str,
    parties: Sequence[UUID] = (),
    statements: Sequence[UUID] = (),
    attachments: Sequence[UUID] = (),
    rooms: bool = False,
) -> int:
    """Erases these rows of one case in one transaction with its event; returns how many were not yet erased.

    Nobody is asked here whether he may: the caller is the retention job (`actor` None) or has checked it.
    `rooms`: with them all that was written in mediation and on papers. `reason` is a key of REASONS; for the end of
    retention the case must be finished. With a narrative go the case's title, address and place. Search forgets the
    case at once and learns what is left; files go an hour later, when nothing refers to their bytes any more.
    """
    if reason not in REASONS:
        raise invalid(
            "reason", f"清除事由只能是：{'、'.join(f'{code}（{name}）' for code, name in REASONS.items())}。"
        )
    at = utc(at)
    with transaction.atomic(durable=True):
        found = rows(f'SELECT {COLUMNS} FROM "case" c WHERE id = %s FOR NO KEY UPDATE', [case_id])
        if not found:
            raise Refused(NOT_FOUND, "没有找到这件事项。")
        state = load(found[0])
        case = state.case
        if reason == "retention" and case["stage"] not in FINISHED:
            raise Refused(NOT_READY, "事项尚未办结，不能以保存期满为由清除。")
        state.papers = [
            *_rows_of("statement", case_id, statements),
            *_rows_of("attachment", case_id, attachments),
        ]
        wanted: dict[str, Sequence[UUID]] = {"party": parties, "statement": statements, "attachment": attachments}
        touched: dict[tuple[str, UUID], Row] = {}
        files: set[bytes] = set()
        if rooms:
            of_rooms = {table: _all_of(table, case_id) for table in OF_ROOMS}
            state.beside = [row for found in of_rooms.values() for row in found]
            wanted |= {table: [row["id"] for row in found] for table, found in of_rooms.items()}
        by_id = {row["id"]: row for row in (*state.parties, *state.papers, *state.beside)}
        for table, keys in wanted.items():
            for key in keys:
                if key not in by_id:
                    raise Refused(NOT_FOUND, "要清除的内容不在这件事项里。")
                row = by_id[key]
                if row["erased_at"] is not None:
                    continue
                if table in KEEPS_FILES:
                    files.add(bytes(row["sha256"]))
                if table == "paper":
                    files |= {bytes.fromhex(row[name]) for name in ("sha256", "docx_sha256") if row[name]}
                if table == "statement" and row["kind"] == "narrative":
                    state.change("case", case, {"title": ERASED_TITLE, "address": "", "lon": None, "lat": None})
                state.change(table, row, {**ERASED[table], "erased_at": at})
                touched[table, key] = row
        if not touched:
            return 0
        state.change("case", case, {"version": case["version"] + 1})
        touched["case", case_id] = case
        add_event(state, "erase", touched, {"reason": reason}, actor=actor, at=at, recorded_at=at)
        state.text_changed = True
        flush([state])
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM case_text WHERE case_id = %s", [case_id])
        remove_later(sorted(files))
    return len(touched) - 1


def remove_later(digests: Iterable[bytes]) -> None:
    """Bytes that nothing refers to any more go in an hour; the job looks once more."""
    for sha256 in digests:
        app.configure_task(REMOVE_FILE, schedule_in={"seconds": int(REMOVE_AFTER.total_seconds())}).defer(
            sha256=sha256.hex()
        )


def _all_of(table: str, case_id: UUID) -> list[Row]:
    columns = ", ".join(f"{name}::json" if name in JSON_COLUMNS else name for name in GOVERNED[table])
    return rows(f"SELECT {columns} FROM {table} WHERE case_id = %s ORDER BY id", [case_id])


def _rows_of(table: str, case_id: UUID, keys: Sequence[UUID]) -> list[Row]:
    if not keys:
        return []
    columns = ", ".join(GOVERNED[table])
    return rows(f"SELECT {columns} FROM {table} WHERE case_id = %s AND id = ANY(%s)", [case_id, list(keys)])
