"""A row of a ledger, read: each cell clean in itself, or every fault of the row named by its field."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from onedoor.cases.counting import ZONE
from onedoor.cases.steps._reading import Asked, read_matter
from onedoor.exchange.ledger_file import BadRow, LedgerRow
from onedoor.exchange.mapping import ColumnMap
from onedoor.rules import identity
from onedoor.rules.refusal import Refused

T = TypeVar("T")
MOST_NUMBER = 60
_SHARED = ("channel", "kind", "purpose", "division", "anonymous")
# how the reader of a matter calls what a ledger has in a column
_OURS = {
    "parties.0.name": "applicant",
    "parties.0.phone": "phone",
    "parties.0.id_number": "id_number",
    "external_numbers.0.number": "external_number",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What a row tells. `answered_at` is there if and only if `answer` is not empty; `unit` is the code of
    the unit that answered, or the ledger's own name for it."""

    place: int
    number: str
    asked: Asked
    at: datetime
    answer: str
    answered_at: datetime | None
    unit: str
    outcome: str


def number_of(row: LedgerRow) -> str:
    """The external number as the record keeps it: what a second import finds it by."""
    text = row.text("external_number")
    if not text:
        raise BadRow({"external_number": "没有编号，无法判断是否重复。"})
    try:
        return identity.check_text(text, most=MOST_NUMBER, field="external_number", label="编号")
    except Refused as refused:
        raise BadRow(refused.fields) from refused


def message_of(row: LedgerRow, number: str, columns: ColumnMap, now: datetime) -> Message:
    """The message of a row, or BadRow with all its faults at once."""
    faults: dict[str, str] = {}

    def checked(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except BadRow as bad:
            faults.update(bad.faults)
        except Refused as refused:
            faults.update(faults_of(refused))
        return None

    at = checked(lambda: _registered_at(row, now))
    asked = checked(lambda: read_matter(_matter(row, number, columns), today=now.astimezone(ZONE).date()))
    answer, answered_at = "", None
    if row.text("answer"):
        answer = checked(lambda: _answer(row)) or ""
        answered_at = checked(lambda: _answered_at(row, at, now))
    if faults or at is None or asked is None:
        raise BadRow(faults)
    word = row.text("unit")
    return Message(
        place=row.place,
        number=number,
        asked=asked,
        at=at,
        answer=answer,
        answered_at=answered_at,
        unit=columns.units.get(word, word) or columns.defaults.get("unit", ""),
        outcome=columns.defaults.get("outcome", "answered"),
    )


def faults_of(refused: Refused) -> dict[str, str]:
    """Our field → sentence; "" where the refusal is about the matter as a whole."""
    return {_OURS.get(name, name): sentence for name, sentence in refused.fields.items()} or {"": refused.sentence}


def _registered_at(row: LedgerRow, now: datetime) -> datetime:
    at = row.instant("registered_at")
    if at is None:
        raise BadRow({"registered_at": "没有登记时间。"})
    if at > now:
        raise BadRow({"registered_at": "登记时间在将来。"})
    return at


def _answer(row: LedgerRow) -> str:
    return identity.check_text(row.text("answer"), most=identity.MOST_NARRATIVE, field="answer", label="答复意见")


def _answered_at(row: LedgerRow, at: datetime | None, now: datetime) -> datetime:
    answered_at = row.instant("concluded_at", latest=now)
    if answered_at is None:
        raise BadRow({"concluded_at": "有答复但没有答复时间。"})
    if at is not None and answered_at < at:
        raise BadRow({"concluded_at": "答复时间早于登记时间。"})
    if answered_at > now:
        raise BadRow({"concluded_at": "答复时间在将来。"})
    return answered_at


def _matter(row: LedgerRow, number: str, columns: ColumnMap) -> dict[str, Any]:
    """The row as the body of a registration."""
    defaults = columns.defaults
    raw: dict[str, Any] = {name: defaults[name] for name in _SHARED if name in defaults}
    name, word = row.text("applicant"), row.text("category")
    party = {"part": "applicant", "kind": "person", "name": name}
    party |= {key: text for key in ("phone", "id_number") if (text := row.text(key))}
    if not name:
        raw["anonymous"] = True
    return raw | {
        "category": columns.categories.get(word, word) or defaults.get("category", ""),
        "title": row.text("title"),
        "narrative": row.text("narrative"),
        "address": row.text("address"),
        "parties": [party] if name else [],
        "external_numbers": [{"system": columns.system, "number": number}],
    }
