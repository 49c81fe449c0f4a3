"""草稿: what a clerk has typed so far, kept for a week at most."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import orjson
from cryptography.exceptions import InvalidTag
from django.db import connection

from onedoor.cases import secrets
from onedoor.cases.sql import rows
from onedoor.rules.refusal import invalid

KEPT = timedelta(days=7)
MOST_BYTES = 200_000
Typed = Mapping[str, Sequence[str]]


def keep_draft(*, account: int, typed: Typed, at: datetime) -> None:
    """Replaces the account's draft; one with nothing in it is thrown away."""
    held = {name: list(values) for name, values in typed.items() if any(value.strip() for value in values)}
    if not held:
        drop_draft(account=account)
        return
    text = orjson.dumps(held).decode()
    if len(text) > MOST_BYTES:
        raise invalid("narrative", "内容太长，草稿没有保存。")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO draft (account_id, sealed, saved_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, saved_at = excluded.saved_at",
            [account, secrets.encrypt(text, about=f"draft.{account}"), at],
        )


def drop_draft(*, account: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM draft WHERE account_id = %s", [account])


def drop_old_drafts(*, at: datetime) -> int:
    """Drafts that nobody came back to; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM draft WHERE saved_at < %s", [at - KEPT])
        return int(cursor.rowcount)


def draft_of(account: int, at: datetime) -> tuple[dict[str, list[str]], datetime] | None:
    """What was typed and when; nothing if there is none, if it is too old or cannot be read any more."""
    found = rows("SELECT sealed, saved_at FROM draft WHERE account_id = %s AND saved_at >= %s", [account, at - KEPT])
    if not found:
        return None
    try:
        text = secrets.decrypt(found[0]["sealed"], about=f"draft.{account}")
    except InvalidTag:
        return None
    return dict(orjson.loads(text)), found[0]["saved_at"]
