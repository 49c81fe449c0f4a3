"""Places in a list that is paged by key: opaque words for the address, checked when they come back."""

import base64
from datetime import datetime
from typing import overload
from uuid import UUID

import orjson

from onedoor.rules.refusal import invalid


def make_cursor(at: datetime | None, key: UUID, order: str = "") -> str:
    """The place after the row with this sort key and id, in a list of that order."""
    return base64.urlsafe_b64encode(orjson.dumps([order, at, key])).decode().rstrip("=")


@overload
def read_cursor(cursor: str, order: str = "") -> tuple[datetime, UUID]: ...


@overload
def read_cursor(cursor: str, order: str, *, nulls: bool) -> tuple[datetime | None, UUID]: ...


def read_cursor(cursor: str, order: str = "", *, nulls: bool = False) -> tuple[datetime | None, UUID]:
    """What `make_cursor` wrote; refuses (field "cursor") anything else, and an empty sort key unless `nulls`."""
    try:
        made, at, key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = datetime.fromisoformat(at) if at is not None else None, UUID(key)
    except (ValueError, TypeError, AttributeError):
        raise invalid("cursor", "翻页标记不对，请从第一页开始。") from None
    if made != order or (place[0] is None and not nulls):
        raise invalid("cursor", "翻页标记不对，请从第一页开始。")
    return place
