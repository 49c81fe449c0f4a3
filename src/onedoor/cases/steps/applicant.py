"""What an applicant does in his own matter, having shown that it is his (`queries/doors.py`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from onedoor.cases import files, secrets
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.queries.applicant import matter
from onedoor.cases.queries.tracking import applicant_with_phone
from onedoor.cases.sql import execute, rows
from onedoor.cases.steps import _once
from onedoor.cases.steps._record import add_event, flush
from onedoor.cases.steps._state import CaseState
from onedoor.cases.steps.attach import add_attachment
from onedoor.cases.steps.make_move import move_in_memory
from onedoor.cases.steps.register import register
from onedoor.people.limits import spend
from onedoor.people.models import Division
from onedoor.rules.access import Actor, applicant
from onedoor.rules.refusal import TOO_MANY, Refused, invalid
from onedoor.rules.telling import CONTACTS, ONE_TIME_CODE

MOST_FILES = 20  # that an applicant may attach to one matter
MOST_CODES = 3  # sent in an hour for one matter
MOST_CODES_TO_PHONE = 10  # asked for in a day, whatever the matter: nobody's telephone is to be flooded
# Matters handed in within a day; a village's shared machine needs more than a telephone.
MOST_FROM_ADDRESS, MOST_BY_PHONE = 60, 10
_HOUR = timedelta(hours=1)
_CODES = "验证码发送次数过多，请过一段时间再试，或使用回执上的回执码。"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What the applicant keeps: the number, and the code that opens his matter."""

    case: UUID
    number: str
    receipt_code: str


def hand_in(*, raw: Mapping[str, Any], notice: str, key: str, address: str, at: datetime) -> HandedIn:
    """网上提交: registers a matter at the centre of the whole tree. The same `key` again gives the same matter.
    `notice`: the version of the statement of use that he agreed to."""
    for name, most in ((f"apply-from:{address}", MOST_FROM_ADDRESS), *_phones(raw)):
        with transaction.atomic(durable=True):
            spend(name, most=most, within=timedelta(days=1), at=at)
    root = Division.objects.get(parent__isnull=True).pk
    done = register(actor=applicant(root), at=at, raw={**raw, "channel": "web"}, key=f"web:{key}", notice=notice)
    case: UUID = rows('SELECT id FROM "case" WHERE number = %s', [done.number])[0]["id"]
    return HandedIn(case, done.number, secrets.receipt_code(str(case)))


def _phones(raw: Mapping[str, Any]) -> list[tuple[str, int]]:
    phones = {str(party["phone"]) for party in raw.get("parties", ()) if party.get("phone")}
    return [(f"apply-by:{phone}", MOST_BY_PHONE) for phone in sorted(phones)]


def applicants_move(*, case: UUID, move: str, at: datetime, raw: Mapping[str, Any], key: str) -> CaseState:
    """One move of FLOW by the applicant himself; see `make_moves`. To withdraw he types the code of the receipt."""
    at = utc(at)
    given = {name: value for name, value in raw.items() if value is not None}
    with transaction.atomic(durable=True):
        state = matter(case, lock=True)
        number = state.case["number"]
        if _once.seen_before(account=0, key=key, content=_once.digest([number, move, given]), number=number):
            return state
        move_in_memory(state, move, given, None, (_me(state),), at=at, recorded_at=at)
        flush([state])
    return state


def attach_by_applicant(
    *, case: UUID, at: datetime, name: str, file: IO[bytes], chunks: Iterable[bytes], key: str
) -> None:
    """A picture or paper of the applicant's own, as evidence."""
    name = files.safe_name(name)
    media = files.sniff(file, name)
    file.seek(0)
    sha256, size = files.store(chunks)
    at = utc(at)
    with transaction.atomic(durable=True):
        state = matter(case, lock=True)
        number = state.case["number"]
        if _once.seen_before(account=0, key=key, content=_once.digest([number, name, sha256.hex()]), number=number):
            return
        if sum(one["uploader"] is None for one in state.files) >= MOST_FILES:
            raise invalid("files", f"一件事项最多上传{MOST_FILES}个文件，其余请带到窗口。")
        row = {
            "id": new_id(),
            "case_id": state.case["id"],
            "sha256": sha256,
            "name": name,
            "type": media,
            "size": size,
            "purpose": "evidence",
            "uploader": None,
            "at": at,
            "erased_at": None,
        }
        add_attachment(state, row, _me(state))


def choose_contact(*, case: UUID, party: UUID, contact: str, at: datetime) -> None:
    """How the applicant wants to be reached, or that he does not."""
    if contact not in CONTACTS:
        raise invalid("contact", "请选择一种联系方式。")
    at = utc(at)
    with transaction.atomic(durable=True):
        state = matter(case, lock=True)
        row = next((one for one in state.parties if one["id"] == party and one["part"] == "applicant"), None)
        if row is None:
            raise invalid("contact", "没有这名申请人。")
        if contact in ("sms", "phone") and not row["phone"]:
            raise invalid("contact", "登记时没有留电话，请到窗口补登。")
        state.change("party", row, {"contact": contact})
        state.change("case", state.case, {"version": state.case["version"] + 1})
        touched = {("party", row["id"]): row, ("case", state.case["id"]): state.case}
        add_event(state, "choose_contact", touched, {}, actor=_me(state), at=at, recorded_at=at)
        flush([state])


def send_one_time_code(*, number: str, last_four: str, address: str, at: datetime) -> None:
    """Sends a code to the applicant's telephone; whoever does not know its last digits is refused in the sentence that
    says nothing. A telephone that the applicant has called unsafe is sent none when its turn comes (`notices`), and
    nothing here shows it: the answer and the limits are the same."""
    at = utc(at)
    case, party, phone = applicant_with_phone(number, last_four, address, at)
    with transaction.atomic(durable=True):
        spend(f"code-to:{phone}", most=MOST_CODES_TO_PHONE, within=timedelta(days=1), at=at, sentence=_CODES)
    with transaction.atomic(durable=True):
        # whoever presses twice at once: the second waits here and counts the first
        rows("SELECT 1 AS one FROM party WHERE id = %s FOR NO KEY UPDATE", [party])
        sent = rows(
            "SELECT count(*) AS n FROM applicant_message WHERE case_id = %s AND kind = %s AND created_at > %s",
            [case, ONE_TIME_CODE, at - _HOUR],
        )
        if int(sent[0]["n"]) >= MOST_CODES:
            raise Refused(TOO_MANY, _CODES)
        execute(
            "INSERT INTO applicant_message (id, case_id, party_id, kind, created_at, next_try_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [new_id(), case, party, ONE_TIME_CODE, at, at],
        )


def _me(state: CaseState) -> Actor:
    return applicant(state.case["division_path"][0])
