"""The doors to a matter: by what an applicant shows that it is his.

The number and the last four digits of the telephone open nothing here (`tracking.py`): the matter itself opens with
the code on the receipt, or with a one-time code sent to the telephone on record. Each wrong try counts against the
address that it came from, and where a code could be guessed (`tracking.py::guarded`) against the number too.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from onedoor.cases import secrets
from onedoor.cases.queries.tracking import Door, guarded
from onedoor.cases.sql import rows
from onedoor.rules.telling import ONE_TIME_CODE, TAKES_CODES

CODE_LIFE = timedelta(minutes=10)


def open_by_code(number: str, code: str, address: str, at: datetime) -> UUID:
    """The id of the matter whose receipt code this is; refuses in one sentence whatever is wrong."""
    return _open(number, code, address, at, None, _receipt_holds)


def open_by_one_time_code(number: str, code: str, address: str, at: datetime) -> UUID:
    """The same with the code that was sent to the telephone within the last ten minutes."""
    return _open(number, code, address, at, "one_time", _one_time_holds)


def open_by_rating_code(number: str, code: str, address: str, at: datetime) -> UUID:
    """The same with the code of the rating's address; it opens the rating alone."""
    return _open(number, code, address, at, None, lambda case, given, _: secrets.rating_code_holds(str(case), given))


def _open(
    number: str,
    code: str,
    address: str,
    at: datetime,
    door: Door,
    holds: Callable[[UUID, str, datetime], bool],
) -> UUID:
    def find(wanted: str) -> dict[str, Any] | None:
        found = rows('SELECT id FROM "case" WHERE number = %s', [wanted])
        return found[0] if found and holds(found[0]["id"], code, at) else None

    case: UUID = guarded(number, address, at, find, door=door)["id"]
    return case


def _receipt_holds(case: UUID, code: str, at: datetime) -> bool:
    return secrets.receipt_code_holds(str(case), code)


def _one_time_holds(case: UUID, code: str, at: datetime) -> bool:
    # a code that was never sent, for the telephone is not safe, opens nothing either
    sent = rows(
        "SELECT m.id FROM applicant_message m JOIN party p ON p.id = m.party_id AND p.contact = ANY(%s)"
        " WHERE m.case_id = %s AND m.kind = %s AND m.created_at > %s ORDER BY m.created_at DESC LIMIT 1",
        [sorted(TAKES_CODES), case, ONE_TIME_CODE, at - CODE_LIFE],
    )
    return bool(sent) and secrets.one_time_code_holds(str(sent[0]["id"]), code)
