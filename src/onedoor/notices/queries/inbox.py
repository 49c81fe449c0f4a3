"""The notices of a reader. List, count, reading and messages to the outside all go through `notices_of`, and that
through the gate: a notice about a case that the reader may not see any more is neither listed nor counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.rules.notices import Reader
from onedoor.rules.refusal import NOT_FOUND, Refused

MOST_ITEMS = 100
MOST_COUNTED = 100
_READ_UNTIL = "coalesce((SELECT w.read_until FROM notice_reader w WHERE w.account_id = %s), '-infinity')"
UNREAD = (
    f" AND n.created_at > {_READ_UNTIL}"
    " AND NOT EXISTS (SELECT 1 FROM notice_read r WHERE r.account_id = %s AND r.notice_id = n.id)"
)


def unread(reader: Reader) -> list[object]:
    """The values of UNREAD."""
    return [reader.account, reader.account]


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One page, newest first. `newest` marks where it begins: what comes later has not been shown."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    newest: str


def notices_of(
    reader: Reader, condition: str = "", values: Sequence[object] = (), *, most: int | None = None
) -> tuple[str, list[object]]:
    """A statement for the reader's notices, the newest `most` of each audience, and its values.

    One way for each audience: its index gives the newest without sorting. Audiences are numbers of our own and stand
    in the text, for a plan made without them would be wrong for most.
    """
    limit = "" if most is None else f" ORDER BY n.created_at DESC, n.id DESC LIMIT {most:d}"
    ways, asked = [], list[object]()
    for audience, kinds in sorted(reader.kinds.items()):
        ways.append(
            "(SELECT n.id, n.case_id, n.kind, n.created_at FROM notice n"
            f" WHERE n.audience = {audience:d} AND n.kind = ANY(%s) AND n.taken_back_at IS NULL"
            f' AND (n.case_id IS NULL OR EXISTS (SELECT 1 FROM "case" c WHERE c.id = n.case_id AND {MAY_SEE}))'
            f"{condition}{limit})"
        )
        asked += [sorted(kinds), *may_see(reader.viewer), *values]
    return " UNION ALL ".join(ways), asked


def list_notices(
    reader: Reader, *, only_unread: bool = False, limit: int = 50, cursor: str | None = None
) -> NoticePage:
    """The inbox; with `only_unread` only what has not been read."""
    limit = max(1, min(limit, MOST_ITEMS))
    condition, values = (UNREAD, unread(reader)) if only_unread else ("", list[object]())
    if cursor:
        condition, values = condition + " AND (n.created_at, n.id) < (%s, %s)", [*values, *read_cursor(cursor)]
    found, asked = notices_of(reader, condition, values, most=limit + 1)
    items = rows(
        "SELECT n.id, n.kind, n.created_at, c.number, c.title, c.confidentiality,"
        f" r.at IS NOT NULL OR n.created_at <= {_READ_UNTIL} AS read"
        f' FROM ({found}) n LEFT JOIN "case" c ON c.id = n.case_id'
        " LEFT JOIN notice_read r ON r.account_id = %s AND r.notice_id = n.id"
        " ORDER BY n.created_at DESC, n.id DESC LIMIT %s",
        [reader.account, *asked, reader.account, limit + 1],
    )
    more, items = len(items) > limit, items[:limit]
    return NoticePage(
        items,
        make_cursor(items[-1]["created_at"], items[-1]["id"]) if more else None,
        make_cursor(items[0]["created_at"], items[0]["id"]) if items else "",
    )


def count_unread(reader: Reader, most: int = MOST_COUNTED) -> int:
    """How many notices wait to be read, up to `most`."""
    found, asked = notices_of(reader, UNREAD, unread(reader), most=most)
    counted = rows(f"SELECT count(*) AS n FROM (SELECT 1 FROM ({found}) found LIMIT %s) capped", [*asked, most])
    return int(counted[0]["n"])


def new_notices(most: int = 5000) -> list[tuple[UUID, int]]:
    """Notices of the last minutes with their audiences, newest first: for who asks whether anything has come."""
    found = rows(
        "SELECT id, audience FROM notice WHERE created_at > now() - interval '4 minutes'"
        " ORDER BY created_at DESC LIMIT %s",
        [most],
    )
    return [(row["id"], row["audience"]) for row in found]


def notice_for(reader: Reader, notice: UUID) -> dict[str, Any]:
    """`kind` and `number` of a notice, if it is one of the reader's; else it is not found. A kind that is about no
    case has no number."""
    found, asked = notices_of(reader, " AND n.id = %s", [notice])
    there = rows(f'SELECT n.kind, c.number FROM ({found}) n LEFT JOIN "case" c ON c.id = n.case_id', asked)
    if not there:
        raise Refused(NOT_FOUND, "没有找到这条通知，或您已不能查看它的事项。")
    return there[0]
