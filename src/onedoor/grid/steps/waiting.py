"""Entries that wait, and those about which a person is asked."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, rows
from onedoor.grid.steps._papers import arrived
from onedoor.grid.steps._rows import Item, Row, change, item_of, lock_one, lock_waiting, take_turn
from onedoor.grid.steps.carry import Carrying, wake
from onedoor.people.tokens import SignedIn, signed_in_as
from onedoor.rules.access import Actor
from onedoor.rules.field import DECISIONS, WAITING_LONG, read_id
from onedoor.rules.fieldwork import LEADS
from onedoor.rules.identity import check_text
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, NOT_READY, WRONG_STAGE, Refused, invalid

log = logging.getLogger(__name__)


def file_came(*, signed: SignedIn, sha256: str, at: datetime) -> None:
    """Carries out the account's entries that have waited for this file; part of the file's own transaction."""
    at = utc(at)
    found = lock_waiting(
        "e.account_id = %s AND e.files @> jsonb_build_array(jsonb_build_object('sha256', %s::text))",
        [signed.account, sha256],
    )
    _try(Carrying(signed, at), found)


def _try(carrying: Carrying, found: list[Row]) -> list[Item]:
    items = carrying.again(found)
    change(items, carrying.signed.account, carrying.at)
    return items + wake(carrying, [item.entry.id for item in items if item.entry and item.state == "received"])


def sweep_waiting(*, at: datetime, limit: int = 1000) -> int:
    """Tries all that wait once more, each in its own transaction; how many have come out of it."""
    at, done = utc(at), 0
    found = rows(
        "SELECT id, account_id FROM grid_fieldentry WHERE state = 'waiting' ORDER BY received_at DESC LIMIT %s",
        [limit],
    )
    people: dict[int, SignedIn | None] = {}
    for row in found:
        account = row["account_id"]
        if account not in people:
            people[account] = signed_in_as(account)
        signed = people[account]
        if signed is None:  # closed meanwhile: a person decides
            continue
        try:
            with transaction.atomic(durable=True):
                take_turn(account)
                items = _try(Carrying(signed, at), lock_waiting("e.id = %s", [row["id"]]))
        except Exception:
            log.exception("等待的条目没有办成")
        else:
            done += sum(item.state != "waiting" for item in items)
    return done


def settle(*, actors: Iterable[Actor], entry: str, decision: str, text: str, at: datetime) -> Row:
    """A lead or dispatcher of the area decides about an entry that asks, or that has waited for more than a day: it is
    carried out all the same (`carry_out`), without what has not come, or set aside (`set_aside`), with a word."""
    at = utc(at)
    if decision not in DECISIONS:
        raise invalid("decision", f"只能{'、'.join(f'{code}（{name}）' for code, name in DECISIONS.items())}。")
    text = check_text(text, most=500, field="text", label="处理意见")
    actors = tuple(actors)
    wanted = _uuid(entry)
    with transaction.atomic(durable=True):
        for found in rows("SELECT account_id FROM grid_fieldentry WHERE id = %s", [wanted]):
            take_turn(found["account_id"] or 0)
        row = lock_one(wanted)
        by = next((one for one in actors if one.role in LEADS and row and one.division in row["grid_path"]), None)
        if row is None or by is None:
            raise Refused(NOT_FOUND, "没有找到这条内容，或您无权处理。")
        if row["account_id"] == by.account:
            raise Refused(NOT_ALLOWED, "自己报的内容，请由其他人处理。")
        if row["state"] == "waiting" and at - row["received_at"] < WAITING_LONG:
            raise Refused(NOT_READY, "这条内容还在等文件或所指的条目，满一天后才能处理。")
        if row["state"] not in ("waiting", "asks"):
            raise Refused(WRONG_STAGE, "这条内容已经处理过了。")
        carrying = _carrying(row, at) if decision == "carry_out" else None
        item = _carried(row, carrying) if carrying else item_of(row)
        item.state = "settled"
        item.why = {"code": decision, "detail": f"{DECISIONS[decision]}：{text}"}
        change([item], row["account_id"], at)
        execute("UPDATE grid_fieldentry SET settled_by = %s WHERE id = %s", [by.account, row["id"]])
        if carrying:
            wake(carrying, [row["id"]])
    return {"id": str(row["id"]), "state": item.state, "number": item.number, **item.why}


def _carrying(row: Row, at: datetime) -> Carrying:
    signed = signed_in_as(row["account_id"])
    if signed is None:
        raise Refused(NOT_READY, "报送人的账号已停用，不能照办；请不再办理，需要的由本中心另行登记。")
    return Carrying(signed, at)


def _carried(row: Row, carrying: Carrying) -> Item:
    item = item_of(row)
    assert item.entry is not None
    item.entry = replace(item.entry, decided=True)
    item.actor = carrying.actor_of(row)
    if item.actor is None:
        raise Refused(NOT_READY, "报送人已不在报送时的岗位，不能照办；请不再办理，需要的另行登记。")
    carrying.carry(item, arrived(carrying.signed.account, [item.entry]), without_files=True)
    carrying.write()
    if item.state != "received":
        raise Refused(NOT_READY, item.why.get("detail") or "现在还不能照办。")
    return item


def _uuid(text: str) -> UUID:
    try:
        return read_id(text)
    except Refused:
        raise Refused(NOT_FOUND, "没有找到这条内容，或您无权处理。") from None


def forget_positions(*, before: datetime, limit: int = 5000) -> int:
    """Takes away where entries were made: they are there for the matter, and no trail of a worker. How many."""
    return execute(
        "UPDATE grid_fieldentry SET lon = NULL, lat = NULL, accuracy = NULL WHERE id IN"
        " (SELECT id FROM grid_fieldentry WHERE received_at < %s AND lon IS NOT NULL"
        " AND state NOT IN ('waiting', 'asks') LIMIT %s FOR UPDATE SKIP LOCKED)",
        [before, limit],
    )


def forget_visitors(*, before: datetime, limit: int = 5000) -> int:
    """Takes from the receipts of visits at doors who has made them, as from the visits themselves. How many."""
    return execute(
        "UPDATE grid_fieldentry SET account_id = NULL, post = NULL, grid_id = NULL, grid_path = '[]' WHERE id IN"
        " (SELECT id FROM grid_fieldentry WHERE kind = 'visit' AND received_at < %s AND account_id IS NOT NULL"
        " AND state NOT IN ('waiting', 'asks') LIMIT %s FOR UPDATE SKIP LOCKED)",
        [before, limit],
    )


def forget_files(*, before: datetime, limit: int = 5000) -> int:
    """Lets go of files of entries that stand beside no case, after their time; `drop_abandoned` removes them."""
    return execute(
        "UPDATE grid_fieldentry SET files = '[]' WHERE id IN (SELECT id FROM grid_fieldentry"
        " WHERE received_at < %s AND files <> '[]'"
        " AND state NOT IN ('waiting', 'asks') LIMIT %s FOR UPDATE SKIP LOCKED)",
        [before, limit],
    )
