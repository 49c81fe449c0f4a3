"""Messages to applicants: each at least once under an id that stays the same, to the telephone as it is now."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import transaction

from onedoor.cases import secrets
from onedoor.cases.sql import execute, rows
from onedoor.notices.ways import NotSent, send
from onedoor.rules.notices import MOST_TRIES, next_try
from onedoor.rules.telling import ONE_TIME_CODE, TAKES_CODES, code_message, step_message

# Longer than any try takes: after that its worker is dead, and the message is taken up again.
LEASE = timedelta(minutes=3)
_CLAIM = """
    UPDATE applicant_message m SET tries = m.tries + 1, next_try_at = %s
      FROM party p, "case" c
     WHERE m.id = (SELECT id FROM applicant_message WHERE state = 'waiting' AND next_try_at <= %s
                    ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       AND p.id = m.party_id AND c.id = m.case_id
    RETURNING m.id, m.kind, m.tries, m.case_id, m.party_id, m.created_at, p.phone, p.contact, p.erased_at, c.number,
              EXISTS (SELECT 1 FROM case_quiet q WHERE q.case_id = m.case_id) AS quiet
"""
# What a worker writes after its lease is over holds only if nobody has taken the message up again.
_MINE = " WHERE id = %s AND state = 'waiting' AND tries = %s"


def tell_next_applicant(*, at: datetime) -> bool:
    """Tries the message that has waited longest; False when none is due. No transaction is open while it is sent."""
    with transaction.atomic(durable=True):
        claimed = rows(_CLAIM, [at + LEASE, at])
    if not claimed:
        return False
    one = claimed[0]
    if one["tries"] > MOST_TRIES:
        _end(one, "stuck", "每次发送都中断了。")
    elif one["erased_at"] is not None or one["quiet"] or not _wanted(one):
        _end(one, "dropped", "申请人没有留电话，或没有选择接收短信。")
    elif _newer(one):
        _end(one, "dropped", "随后又有新进展，只发最新的一条。")
    else:
        _send(one, at)
    return True


def forget_applicant_messages(*, before: datetime, most: int = 1000) -> int:
    """Removes messages that are over and older; how many."""
    with transaction.atomic(durable=True):
        return execute(
            "DELETE FROM applicant_message WHERE id IN (SELECT id FROM applicant_message"
            " WHERE created_at < %s AND state <> 'waiting' LIMIT %s FOR UPDATE SKIP LOCKED)",
            [before, most],
        )


def _wanted(one: dict[str, Any]) -> bool:
    """Nothing goes to a telephone that its owner has not called safe; a code, which somebody has asked for just now,
    also to one of which he has said nothing."""
    return one["phone"] is not None and (
        one["contact"] in TAKES_CODES if one["kind"] == ONE_TIME_CODE else one["contact"] == "sms"
    )


def _newer(one: dict[str, Any]) -> bool:
    """Whether another step waits behind this one: of several at once the last is enough."""
    if one["kind"] == ONE_TIME_CODE:
        return False
    return bool(
        rows(
            "SELECT 1 AS one FROM applicant_message WHERE case_id = %s AND party_id = %s AND state = 'waiting'"
            " AND kind <> %s AND (created_at, id) > (%s, %s) LIMIT 1",
            [one["case_id"], one["party_id"], ONE_TIME_CODE, one["created_at"], one["id"]],
        )
    )


def _send(one: dict[str, Any], at: datetime) -> None:
    message: UUID = one["id"]
    coded = one["kind"] == ONE_TIME_CODE
    text = code_message(secrets.one_time_code(str(message))) if coded else step_message(one["kind"], one["number"])
    try:
        send("sms", secrets.decrypt(one["phone"], about="party.phone"), text, message)
    except InvalidTag:
        _end(one, "stuck", "电话解不开：钥匙换过了。")
    except NotSent as error:
        wait = next_try(one["tries"])
        if wait is None:
            _end(one, "stuck", str(error))
        else:
            execute(
                f"UPDATE applicant_message SET next_try_at = %s, last_error = %s{_MINE}",
                [at + wait, str(error)[:300], message, one["tries"]],
            )
    else:
        execute(
            f"UPDATE applicant_message SET state = 'sent', sent_at = %s, last_error = ''{_MINE}",
            [at, message, one["tries"]],
        )


def _end(one: dict[str, Any], state: str, error: str) -> None:
    execute(
        f"UPDATE applicant_message SET state = %s, last_error = %s{_MINE}",
        [state, error[:300], one["id"], one["tries"]],
    )
