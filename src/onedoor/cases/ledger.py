"""What the ledger proves: the digest of every governed row, and the keyed chain of a case's events.

A row is governed by naming its columns here. Columns left out are plumbing (`head`) or follow from others.
New columns go to the end of their list: a digest begins with the number of columns it covers, so that rows
written before a column came are still checked by what they had.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings

from onedoor.config.suites import STANDARD, Suite, named

GENESIS = bytes(32)

GOVERNED: dict[str, tuple[str, ...]] = {
    "case": (
        "id", "number", "county", "recorded_at", "registered_at", "version", "stage", "stage_since", "title",
        "kind", "purpose", "category_id", "channel", "scheme", "urgent", "someone_hurt", "anonymous",
        "confidentiality", "named", "accused_units", "division_id", "division_path", "address", "lon", "lat",
        "occurred_at", "amount", "people_involved", "receiving_centre_id", "receiving_path",
        "present_centre_id", "present_path", "sent_down_from_id", "lead_unit_id", "creator_id", "outcome",
        "bar", "settled_on_spot", "merged_into_id", "pending", "accepted_at", "concluded_at", "concluded_by",
        "closed_at", "served_at", "followed_up_at", "archived_at", "withdrawn_at", "paused_at", "sampled",
        "satisfied", "warn_at", "due_at", "track", "scheme_version", "paused_until", "red_at", "mediation",
    ),
    "party": (
        "id", "case_id", "place", "part", "kind", "name", "unit_id", "id_number", "id_number_index", "phone",
        "phone_index", "address", "safe_contact", "settled_amount", "confirmed_at", "salt", "erased_at", "contact",
    ),
    "assignment": (
        "id", "case_id", "unit_id", "lead", "stage", "designated", "assigned_at", "object_until", "signed_at",
        "signed_by", "accepted", "approved", "end_reason",
    ),
    "statement": (
        "id", "case_id", "seq", "assignment", "kind", "text", "author", "at", "salt", "erased_at",
    ),
    "clock": (
        "id", "case_id", "assignment", "kind", "scheme", "scheme_version", "started_at", "warn_at", "due_at",
        "paused_at", "extended", "stopped_at", "light", "rung", "look_at", "given_back", "calendar", "red_at",
    ),
    "external_number": ("id", "case_id", "system", "number"),
    "supervision": (
        "id", "case_id", "number", "unit_id", "clock", "level", "cause", "state", "issued_by", "issued_at",
        "reply_by", "replied_by", "replied_at", "closed_at", "asked_at", "reply_days", "promised_on", "chased_at",
    ),
    "attachment": (
        "id", "case_id", "sha256", "name", "type", "size", "purpose", "uploader", "at", "erased_at",
    ),
    # --- tables of the room `mediation`
    "mediation": (
        "id", "case_id", "number", "kind", "source", "entrusted_by", "entrusted_number", "unit_id", "mediators",
        "chosen", "disclosure", "state", "opened_at", "opened_by", "materials_at", "returned_at", "ended_at", "ending",
        "ending_text", "routes", "salt", "erased_at", "mediators_since", "apart",
    ),
    "mediation_consent": (
        "id", "case_id", "mediation_id", "party", "purpose", "agrees", "way", "note", "at", "by", "salt", "erased_at",
    ),
    "mediation_session": (
        "id", "case_id", "mediation_id", "kind", "side", "room_id", "place", "starts_at", "ends_at", "state",
        "booked_by", "cancelled_why", "present", "others", "rights_told", "read_back", "recorded", "text", "sealed",
        "held_by", "salt", "erased_at", "heard_by", "breaks",
    ),
    "session_signature": (
        "id", "case_id", "session_id", "party", "way", "digest", "drawing", "attachment", "note", "at", "by", "salt",
        "erased_at",
    ),
    "session_recording": (
        "id", "case_id", "session_id", "sha256", "name", "type", "size", "at", "by", "salt", "erased_at",
    ),
    "agreement": (
        "id", "case_id", "mediation_id", "number", "form", "facts", "disputed", "terms", "place", "way", "currency",
        "digest", "state", "drafted_at", "drafted_by", "effective_at", "copies", "salt", "erased_at", "liabilities",
        "handed_at", "handed_how",
    ),
    "agreement_item": (
        "id", "case_id", "agreement_id", "place", "kind", "who", "to_whom", "what", "amount", "due_on", "paid",
        "state", "salt", "erased_at",
    ),
    "agreement_signature": (
        "id", "case_id", "agreement_id", "signer", "way", "digest", "drawing", "attachment", "at", "by", "salt",
        "erased_at",
    ),
    "performance_entry": (
        "id", "case_id", "item_id", "kind", "on_day", "amount", "text", "attachment", "at", "by", "salt", "erased_at",
    ),
    "agreement_visit": (
        "id", "case_id", "agreement_id", "due_on", "state", "done_on", "kept", "satisfied", "sued", "hazards",
        "measures", "by", "salt", "erased_at",
    ),
    "judicial_confirmation": (
        "id", "case_id", "agreement_id", "court", "checks", "state", "applied_at", "accepted_at", "decided_at",
        "number", "reason", "by", "salt", "erased_at",
    ),
    # --- of the room `papers`
    "paper": (
        "id", "case_id", "form", "number", "version", "content", "sha256", "made_at", "made_by", "withdrawn_at",
        "withdrawn_why", "salt", "erased_at", "piece", "docx_sha256",
    ),
}  # fmt: skip

# As they stood in the first release: no digest covers fewer.
FIRST_WIDTHS = {
    "case": 53, "party": 17, "assignment": 13, "statement": 10, "clock": 12, "external_number": 4, "attachment": 10,
    "supervision": 14, "mediation": 22, "mediation_consent": 12, "mediation_session": 22, "agreement": 19,
    "agreement_item": 14, "agreement_signature": 12, "performance_entry": 12, "judicial_confirmation": 14,
    "paper": 13, "session_signature": 13, "session_recording": 11, "agreement_visit": 14,
}  # fmt: skip

JSON_COLUMNS = frozenset(
    {"named", "accused_units", "division_path", "receiving_path", "present_path", "pending"}
    | {"mediation", "mediators", "routes", "present", "heard_by", "checks", "content"}
)


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"cannot digest {type(value)}")


def canonical(value: object) -> bytes:
    """One byte string for one value: sorted keys, UTC instants, bytes in hex."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def row_digest(table: str, row: Mapping[str, Any], width: int | None = None, suite: Suite | None = None) -> str:
    """`53:` and 160 bits of SHA-256 in hex, or `53:sm3:` and as many of SM3, over the first `width` governed columns
    (all, if not told) in their order; by the suite of the settings if not told. Instants must be in UTC."""
    suite = suite or settings.SUITE
    columns = GOVERNED[table][:width]
    digest = suite.digest(canonical([table, *[row[column] for column in columns]])).hex()
    return f"{len(columns)}:{suite.word and suite.word + ':'}{digest[:40]}"


def digest_holds(said: object, table: str, row: Mapping[str, Any]) -> bool:
    """Whether the row is as the digest in an event says; a digest that is none does not hold."""
    width, _, rest = str(said).partition(":")
    word, sign, _ = rest.partition(":")
    suite = named(word) if sign else STANDARD
    if suite is None or not width.isdecimal() or not FIRST_WIDTHS[table] <= int(width) <= len(GOVERNED[table]):
        return False
    return said == row_digest(table, row, int(width), suite)


def event_hash(key: bytes, event: Mapping[str, Any]) -> bytes:
    """HMAC over the event and the hash before it, by the suite that its payload names: SHA-256 where it names none.
    The key lies outside the database. Empty for a suite that nobody knows: no event has that hash."""
    payload = event["payload"]
    suite = named(payload.get("suite", "")) if isinstance(payload, Mapping) else STANDARD
    if suite is None:
        return b""
    return suite.mac(
        key,
        canonical(
            [
                event["county"],
                event["recorded_at"],
                event["id"],
                event["case_id"],
                event["seq"],
                event["kind"],
                event["occurred_at"],
                event["actor_id"],
                event["post_id"],
                event["payload"],
                event["previous"],
            ]
        ),
    )


def utc(at: datetime) -> datetime:
    """The instant in UTC; a naive time is our own fault."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC)
