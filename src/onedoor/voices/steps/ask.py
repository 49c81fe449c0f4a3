"""提问: anybody asks, without an account and without a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from onedoor.cases import secrets
from onedoor.cases.calendars import calendar_of
from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.people.limits import spend
from onedoor.people.models import Unit
from onedoor.rules import questions as rules
from onedoor.voices.forms import code_index, question_code

MOST_FROM_ADDRESS = 20  # a day: a village's shared machine asks for many
MOST_FROM_PHONE = 5  # a day
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """The code is shown to whoever asked and stored nowhere."""

    code: str
    due_on: date
    by_message: bool


def ask(*, centre: Unit, raw: Mapping[str, str], at: datetime, address: str | None, key: str) -> Taken:
    """Takes a question down for that centre. `raw` as `check_question` reads it; the same `key` with the same words is
    the same question. `address` None: nothing is counted. Refuses beyond the limits of an address or a telephone."""
    asked, at = rules.check_question(raw), utc(at)
    code = question_code(key, str(centre.pk), asked.topic, asked.text)
    index = code_index(code)
    there = rows("SELECT due_on FROM voices_question WHERE code_index = %s", [index])
    if there:
        return Taken(code, there[0]["due_on"], bool(asked.phone))
    if address is not None:
        with transaction.atomic(durable=True):
            spend(f"question-from:{address}", most=MOST_FROM_ADDRESS, within=DAY, at=at)
        if asked.phone:
            with transaction.atomic(durable=True):  # what is refused here has cost the address all the same
                spend(f"question-phone:{asked.phone}", most=MOST_FROM_PHONE, within=DAY, at=at)
    due = rules.due_on(at.astimezone(ZONE).date(), settings.QUESTION_DAYS, calendar_of(centre.division.path))
    with transaction.atomic(durable=True):
        # of two that are sent at the same moment the second finds the first
        execute(
            "INSERT INTO voices_question (id, centre_id, code_index, topic, text, state, asked_at, due_on, answer,"
            " reason, phone, tries, last_error) VALUES (%s, %s, %s, %s, %s, 'waiting', %s, %s, '', '', %s, 0, '')"
            " ON CONFLICT (code_index) DO NOTHING",
            [
                new_id(), centre.pk, index, asked.topic, asked.text, at, due,
                secrets.encrypt(asked.phone, about="question.phone"),
            ],
        )  # fmt: skip
    return Taken(code, due, bool(asked.phone))
