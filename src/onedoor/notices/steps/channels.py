"""Setting up, switching and removing a channel. A person does it for himself, the administrator for a unit."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from onedoor.cases.ids import new_id
from onedoor.cases.secrets import encrypt
from onedoor.cases.sql import execute, rows
from onedoor.notices.queries.channels import place
from onedoor.notices.ways import is_open
from onedoor.people.access_log import log_access
from onedoor.people.models import Unit
from onedoor.people.steps.administering import By, administering
from onedoor.rules.channels import CHANNEL_KINDS, OF_PERSON, OF_UNIT, read_address
from onedoor.rules.notices import greeting
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused


def set_own_channel(*, account: int, at: datetime, kind: str, address: str, from_address: str = "") -> None:
    """My address for messages; the first message goes there at once, so that I see whether it is right."""
    _check_kind(kind, OF_PERSON)
    _check_open(kind)
    read = read_address(kind, address, bases=settings.ROBOTS)
    with transaction.atomic(durable=True):
        _set("account_id", account, kind, read, at, greeting())
        _log(account, kind, "设置通知渠道", from_address)


def change_own_channel(*, account: int, at: datetime, kind: str, wanted: str, from_address: str = "") -> None:
    """`wanted`: on, off or remove."""
    _check_kind(kind, OF_PERSON)
    with transaction.atomic(durable=True):
        _change("account_id", account, kind, wanted, at)
        _log(account, kind, f"{_WANTED[wanted]}通知渠道", from_address)


def set_unit_channel(*, by: By, unit: int, kind: str, address: str, secret: str = "") -> None:
    """The robot of a unit's group."""
    _check_kind(kind, OF_UNIT)
    _check_open(kind)
    read = read_address(kind, address, bases=settings.ROBOTS, secret=secret)
    with administering(by):
        _set("unit_id", unit, kind, read, by.at, greeting(unit=True))
        by.log("channel", _code(unit), f"设置{CHANNEL_KINDS[kind]}")


def change_unit_channel(*, by: By, unit: int, kind: str, wanted: str) -> None:
    _check_kind(kind, OF_UNIT)
    with administering(by):
        _change("unit_id", unit, kind, wanted, by.at)
        by.log("channel", _code(unit), f"{_WANTED[wanted]}{CHANNEL_KINDS[kind]}")


_WANTED = {"on": "启用", "off": "停用", "remove": "删除"}


def _check_kind(kind: str, allowed: tuple[str, ...]) -> None:
    if kind not in allowed:
        raise Refused(NOT_FOUND, "没有这种通知渠道。")


def _check_open(kind: str) -> None:
    if not is_open(kind):
        raise Refused(NOT_READY, f"本系统还没有接通{CHANNEL_KINDS[kind]}，请联系系统管理员。")


def _set(column: str, owner: int, kind: str, address: str, at: datetime, text: str) -> None:
    """What was to go to the old address goes nowhere; the first message waits like any other for its turn."""
    channel = rows(
        f"INSERT INTO notice_channel ({column}, kind, address, active, created_at, since, looked_until)"
        f" VALUES (%s, %s, %s, true, %s, %s, %s) ON CONFLICT ({column}, kind) DO UPDATE"
        " SET address = excluded.address, active = true, since = excluded.since, looked_until = excluded.looked_until"
        " RETURNING id, last_at",
        [owner, kind, encrypt(address, about=place(kind)), at, at, at],
    )[0]
    execute(
        "UPDATE delivery SET state = 'dropped' WHERE channel_id = %s AND state IN ('waiting', 'stuck')",
        [channel["id"]],
    )
    first = max(at, channel["last_at"] + settings.NOTICE_QUIET) if channel["last_at"] else at
    execute(
        "INSERT INTO delivery (id, channel_id, text, notices, state, tries, next_try_at, last_error, created_at)"
        " VALUES (%s, %s, %s, 0, 'waiting', 0, %s, '', %s)",
        [new_id(), channel["id"], text, first, at],
    )


def _change(column: str, owner: int, kind: str, wanted: str, at: datetime) -> None:
    if wanted not in _WANTED:
        raise Refused(NOT_FOUND, "没有这个操作。")
    there = rows(f"SELECT id, active FROM notice_channel WHERE {column} = %s AND kind = %s FOR UPDATE", [owner, kind])
    if not there:
        raise Refused(NOT_FOUND, f"还没有设置{CHANNEL_KINDS[kind]}。")
    channel, active = there[0]["id"], there[0]["active"]
    if wanted == "remove":
        for table in ("delivery_notice", "delivery"):
            execute(f"DELETE FROM {table} WHERE channel_id = %s", [channel])
        execute("DELETE FROM notice_channel WHERE id = %s", [channel])
    elif active != (wanted == "on"):
        # what has come while it was off is no news any more
        execute(
            "UPDATE notice_channel SET active = %s, since = %s, looked_until = %s WHERE id = %s",
            [wanted == "on", at, at, channel],
        )


def _code(unit: int) -> str:
    return str(Unit.objects.values_list("code", flat=True).get(pk=unit))


def _log(account: int, kind: str, what: str, from_address: str) -> None:
    log_access(action="own_channel", account=account, subject=kind, reason=what, address=from_address)
