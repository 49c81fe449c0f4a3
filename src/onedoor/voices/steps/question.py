"""在线咨询 at the desk: answer, close, lead to a case, publish, tell whoever asked, erase."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import transaction

from onedoor.cases import secrets
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.cases.steps._state import CaseState
from onedoor.cases.steps.register import Beside, Registered, register
from onedoor.people.access_log import log_access
from onedoor.rules import questions as rules
from onedoor.rules.access import REGISTERS, Actor, Role
from onedoor.rules.refusal import NOT_FOUND, Refused

REGISTRARS = rules.ANSWERS & REGISTERS
LEASE = timedelta(minutes=3)
MOST_TRIES = 3


def answer_question(*, actors: tuple[Actor, ...], at: datetime, question: UUID, answer: str, plain: bool) -> None:
    """Answers once; `plain` as in `check_answer`. Whoever left a telephone is told by the job."""
    with transaction.atomic(durable=True):
        found, actor = _locked(actors, question, rules.ANSWERS)
        rules.check_move(found["state"], "answered")
        _end(found, "answered", actor, at, answer=rules.check_answer(answer, plain=plain))


def close_question(*, actors: tuple[Actor, ...], at: datetime, question: UUID, reason: str) -> None:
    """Ends it without an answer; whoever asked reads why."""
    with transaction.atomic(durable=True):
        found, actor = _locked(actors, question, rules.ANSWERS)
        rules.check_move(found["state"], "closed")
        _end(found, "closed", actor, at, reason=rules.check_reason(reason))


def register_from_question(
    *,
    actors: tuple[Actor, ...],
    at: datetime,
    raw: Mapping[str, Any],
    question: UUID,
    key: str | None = None,
    settle: Mapping[str, Any] | None = None,
) -> Registered:
    """Registers one matter from a question, whose own texts go: the case holds them behind its gate. What was
    published of it is taken away. All or nothing; `key` and `settle` as in `register`."""
    actor = rules.of_centre(actors, REGISTRARS, _find(actors, question)["centre_id"])

    def note(state: CaseState) -> None:
        found = _find(actors, question, lock=True)
        rules.check_move(found["state"], "became_case")
        _end(found, "became_case", actor, at, case=state.case["id"])
        execute(
            "UPDATE voices_publishedanswer SET withdrawn_at = %s WHERE question_id = %s AND withdrawn_at IS NULL",
            [utc(at), question],
        )

    return register(
        actor=actor, at=at, raw=raw, key=key, beside=Beside({"question": str(question)}, note), settle=settle
    )


def publish_answer(
    *, actors: tuple[Actor, ...], at: datetime, question: UUID, raw: Mapping[str, str], seen: datetime | None
) -> None:
    """Puts the edited question and answer among those that everybody reads, or changes them there. `seen`: when what
    was seen had been published, None if it had not; somebody else's newer one is refused as `stale_version`."""
    with transaction.atomic(durable=True):
        found, actor = _locked(actors, question, rules.PUBLISHES)
        content = rules.check_published(found["state"], raw)
        there = rows("SELECT id, published_at FROM voices_publishedanswer WHERE question_id = %s", [question])
        rules.check_seen(there[0]["published_at"] if there else None, seen)
        said = [found["topic"], content.title, content.question, content.answer, utc(at), actor.account]
        if there:
            execute(
                "UPDATE voices_publishedanswer SET topic = %s, title = %s, text = %s, answer = %s, published_at = %s,"
                " by_id = %s, withdrawn_at = NULL WHERE id = %s",
                [*said, there[0]["id"]],
            )
        else:
            execute(
                "INSERT INTO voices_publishedanswer (topic, title, text, answer, published_at, by_id, id, question_id)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [*said, new_id(), question],
            )
        log_access(action="question", account=actor.account, subject=str(question), reason="公开问答")


def withdraw_answer(*, actors: tuple[Actor, ...], at: datetime, question: UUID) -> None:
    """Takes the published copy away at once."""
    with transaction.atomic(durable=True):
        _, actor = _locked(actors, question, rules.PUBLISHES)
        gone = execute(
            "UPDATE voices_publishedanswer SET withdrawn_at = %s WHERE question_id = %s AND withdrawn_at IS NULL",
            [utc(at), question],
        )
        if not gone:
            raise Refused(NOT_FOUND, "这个问题没有公开。")
        log_access(action="question", account=actor.account, subject=str(question), reason="撤下公开的问答")


def _locked(actors: tuple[Actor, ...], question: UUID, roles: frozenset[Role]) -> tuple[dict[str, Any], Actor]:
    """The question, locked, and the post by which it may be dealt with."""
    found = _find(actors, question, lock=True)
    return found, rules.of_centre(actors, roles, found["centre_id"])


def _find(actors: tuple[Actor, ...], question: UUID, *, lock: bool = False) -> dict[str, Any]:
    """Another centre's is not found."""
    found = rows(
        "SELECT id, centre_id, state, topic FROM voices_question WHERE id = %s AND centre_id = ANY(%s)"
        f" AND erased_at IS NULL{' FOR NO KEY UPDATE' if lock else ''}",
        [question, [actor.unit for actor in actors]],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到这个问题，或您无权查看。")
    return found[0]


def _end(
    found: Mapping[str, Any],
    state: str,
    actor: Actor,
    at: datetime,
    *,
    answer: str = "",
    reason: str = "",
    case: UUID | None = None,
) -> None:
    """One message at the end: an answered question that becomes a case has had its own, and the telephone is gone."""
    execute(
        "UPDATE voices_question SET state = %s, answer = %s, reason = %s, case_id = %s, ended_at = %s,"
        " ended_by_id = %s, text = CASE WHEN %s THEN '' ELSE text END,"
        " tell_at = CASE WHEN phone IS NULL THEN NULL ELSE %s END WHERE id = %s",
        [state, answer, reason, case, utc(at), actor.account, case is not None, utc(at), found["id"]],
    )
    log_access(action="question", account=actor.account, subject=str(found["id"]), reason=f"改为{rules.STATES[state]}")


_CLAIM = """
    UPDATE voices_question q SET tries = q.tries + 1, tell_at = %s
      FROM people_unit u
     WHERE u.id = q.centre_id AND q.id = (
           SELECT id FROM voices_question WHERE tell_at <= %s
            ORDER BY tell_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING q.id, q.tries, q.phone, u.name AS centre
"""


def tell_next(*, now: datetime, send: Callable[[str, str, str, UUID], None]) -> bool:
    """Sends the message that is due; False when none is. `send(kind, address, text, id)` as in the notices' room; a
    failed one is tried again after the lease, three times in all. Then the telephone goes, sent or not."""
    now = utc(now)
    with transaction.atomic(durable=True):
        claimed = rows(_CLAIM, [now + LEASE, now])
    if not claimed:
        return False
    one = claimed[0]
    error = ""
    try:
        phone = secrets.decrypt(one["phone"], about="question.phone")
        if phone:
            send("sms", phone, rules.message(one["centre"]), one["id"])
    except InvalidTag:
        error = "电话解不开：钥匙换过了。"
    except Exception as failed:  # noqa: BLE001  whatever the way out says is kept and tried again
        error = str(failed)[:300]
    # the try is compared: a worker that outlived its lease does not end another's
    if error and one["tries"] < MOST_TRIES:
        execute(
            "UPDATE voices_question SET last_error = %s WHERE id = %s AND tries = %s",
            [error, one["id"], one["tries"]],
        )
    else:
        execute(
            "UPDATE voices_question SET tell_at = NULL, phone = NULL, last_error = %s WHERE id = %s AND tries = %s",
            [error, one["id"], one["tries"]],
        )
    return True


def erase_questions(*, before: datetime, at: datetime, most: int = 1000) -> int:
    """Empties questions that were asked before then, with their code and telephone; how many. What was published of
    them holds no name and stays until it is taken away."""
    with transaction.atomic(durable=True):
        return execute(
            "UPDATE voices_question SET text = '', answer = '', reason = '', phone = NULL, tell_at = NULL,"
            " code_index = NULL, last_error = '', erased_at = %s WHERE id IN (SELECT id FROM voices_question"
            " WHERE asked_at < %s AND erased_at IS NULL ORDER BY asked_at LIMIT %s FOR UPDATE SKIP LOCKED)",
            [utc(at), utc(before), most],
        )
