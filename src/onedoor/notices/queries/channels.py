"""Channels of persons and units, and who reads notices there."""

from collections.abc import Mapping
from typing import Any

import orjson

from onedoor.cases.secrets import decrypt
from onedoor.cases.sql import rows
from onedoor.people.models import UnitKind
from onedoor.people.tokens import signed_in_as
from onedoor.rules.channels import CHANNEL_KINDS, masked_address
from onedoor.rules.notices import Reader, reader_of, unit_reader

COLUMNS = "ch.id, ch.account_id, ch.unit_id, ch.kind, ch.address, ch.active, ch.since, ch.looked_until, ch.last_at"


def channels_of(*, account: int | None = None, unit: int | None = None) -> dict[str, dict[str, Any]]:
    """By kind, with the address masked."""
    found = rows(
        f"SELECT {COLUMNS} FROM notice_channel ch WHERE ch.account_id = %s OR ch.unit_id = %s", [account, unit]
    )
    return {
        row["kind"]: {
            "active": row["active"],
            "address": masked_address(row["kind"], address_of(row)),
            "last_at": row["last_at"],
        }
        for row in found
    }


def address_of(channel: Mapping[str, Any]) -> str:
    return decrypt(channel["address"], about=place(channel["kind"]))


def shown_address(channel: Mapping[str, Any]) -> str:
    """Its kind's name and enough of the address to know it again."""
    return f"{CHANNEL_KINDS[channel['kind']]} {masked_address(channel['kind'], address_of(channel))}"


def place(kind: str) -> str:
    """What the encrypted address is bound to."""
    return f"notice_channel.{kind}"


def channel_reader(channel: Mapping[str, Any]) -> Reader | None:
    """Who reads notices by this channel, as of now; nobody when account or unit are out of use."""
    if channel["account_id"] is not None:
        signed = signed_in_as(channel["account_id"])
        return None if signed is None else reader_of(signed.account, signed.actors, signed.root)
    found = rows(
        "SELECT u.id, u.kind, d.path, (SELECT id FROM people_division WHERE parent_id IS NULL) AS root"
        " FROM people_unit u JOIN people_division d ON d.id = u.division_id WHERE u.id = %s AND u.active",
        [channel["unit_id"]],
    )
    if not found:
        return None
    unit = found[0]
    centre = unit["kind"] == UnitKind.CENTRE
    return unit_reader(unit["id"], tuple(orjson.loads(unit["path"])), centre=centre, root=unit["root"])
