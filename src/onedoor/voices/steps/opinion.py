"""意见箱: hand in, mark, publish with a reply, take away, erase."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.people.access_log import log_access
from onedoor.people.limits import spend
from onedoor.people.models import Unit
from onedoor.rules import opinions as rules
from onedoor.rules.access import Actor
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.voices.forms import form_index

MOST_FROM_ADDRESS = 10  # a day


def hand_in_opinion(*, centre: Unit, raw: Mapping[str, str], at: datetime, address: str | None, key: str) -> None:
    """Takes an opinion; nothing of whoever wrote it is kept. The same `key` with the same words is the same opinion.
    Refuses beyond the limit of an address; `address` None: nothing is counted."""
    opinion, at = rules.check_opinion(raw), utc(at)
    index = form_index(key, str(centre.pk), opinion.topic, opinion.text, about="opinion.form")
    if rows("SELECT 1 AS one FROM voices_opinion WHERE form_index = %s", [index]):
        return
    if address is not None:
        with transaction.atomic(durable=True):
            spend(f"opinion-from:{address}", most=MOST_FROM_ADDRESS, within=timedelta(days=1), at=at)
    with transaction.atomic(durable=True):
        execute(
            "INSERT INTO voices_opinion (id, centre_id, form_index, topic, text, received_on, state, shown_text,"
            " reply) VALUES (%s, %s, %s, %s, %s, %s, 'new', '', '') ON CONFLICT (form_index) DO NOTHING",
            [uuid4(), centre.pk, index, opinion.topic, opinion.text, at.astimezone(ZONE).date()],
        )


def mark_opinion(*, actors: tuple[Actor, ...], opinion: UUID, state: str) -> None:
    """已阅 or 采纳."""
    with transaction.atomic(durable=True):
        found, actor = _locked(actors, opinion)
        rules.check_mark(found["state"], state)
        execute("UPDATE voices_opinion SET state = %s WHERE id = %s", [state, opinion])
        log_access(action="opinion", account=actor.account, subject=str(opinion), reason=f"标为{rules.STATES[state]}")


def publish_opinion(*, actors: tuple[Actor, ...], opinion: UUID, raw: Mapping[str, str], today: date) -> None:
    """Shows the edited text with the reply to everybody; published again, the words are changed and the day stays."""
    with transaction.atomic(durable=True):
        found, actor = _locked(actors, opinion)
        shown = rules.check_shown(found["state"], raw)
        execute(
            "UPDATE voices_opinion SET shown_text = %s, reply = %s, published_on = coalesce(published_on, %s)"
            " WHERE id = %s",
            [shown.text, shown.reply, today, opinion],
        )
        log_access(action="opinion", account=actor.account, subject=str(opinion), reason="公开意见和回复")


def withdraw_opinion(*, actors: tuple[Actor, ...], opinion: UUID) -> None:
    """Takes away what everybody could read of it; the words stay for who edits them again."""
    with transaction.atomic(durable=True):
        _, actor = _locked(actors, opinion)
        execute("UPDATE voices_opinion SET published_on = NULL WHERE id = %s", [opinion])
        log_access(action="opinion", account=actor.account, subject=str(opinion), reason="撤下公开的意见")


def _locked(actors: tuple[Actor, ...], opinion: UUID) -> tuple[dict[str, Any], Actor]:
    readers = {actor.unit: actor for actor in actors if actor.role in rules.READS}
    found = rows(
        "SELECT state, centre_id FROM voices_opinion WHERE id = %s AND centre_id = ANY(%s) AND erased_at IS NULL"
        " FOR NO KEY UPDATE",
        [opinion, sorted(readers)],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到这条意见，或您无权查看。")
    return found[0], readers[found[0]["centre_id"]]


def erase_opinions(*, before: date, at: datetime, most: int = 1000) -> int:
    """Empties opinions that came before that day, published ones too; how many. The counts stay."""
    with transaction.atomic(durable=True):
        return execute(
            "UPDATE voices_opinion SET text = '', shown_text = '', reply = '', published_on = NULL, form_index = NULL,"
            " erased_at = %s WHERE id IN (SELECT id FROM voices_opinion WHERE received_on < %s AND erased_at IS NULL"
            " ORDER BY received_on LIMIT %s FOR UPDATE SKIP LOCKED)",
            [utc(at), before, most],
        )
