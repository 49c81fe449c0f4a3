"""A client's key makes a repeated request harmless."""

import hashlib

from django.db import connection

from onedoor.cases.ledger import canonical
from onedoor.rules.refusal import CONFLICT, Refused, invalid


def digest(content: object) -> bytes:
    """What the request asks for, in 32 bytes."""
    return hashlib.sha256(canonical(content)).digest()


def seen_before(*, account: int, key: str, content: bytes, number: str) -> str | None:
    """Claims the key for this request; returns the earlier case's number if it was claimed before.

    Two requests with one key at once: the second waits here for the first to commit. The same key with
    other content is refused.
    """
    if not 1 <= len(key) <= 100 or not key.isprintable():
        raise invalid("Idempotency-Key", "Idempotency-Key 应为1到100个可见字符。")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO idempotency_key (account_id, key, digest, number) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING RETURNING key",
            [account, key, content, number],
        )
        if cursor.fetchone() is not None:
            return None
        cursor.execute("SELECT digest, number FROM idempotency_key WHERE account_id = %s AND key = %s", [account, key])
        row = cursor.fetchone()
    if row is None:  # its owner rolled back between the two statements
        raise Refused(CONFLICT, "同一请求正在处理，请稍后重试。")
    if bytes(row[0]) != content:
        raise Refused(CONFLICT, "同一 Idempotency-Key 已用于另一请求，请换一个再试。")
    return str(row[1])
