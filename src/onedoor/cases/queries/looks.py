"""查阅记录: who has looked at personal data in full, and who has taken data along. One query for list and export.

Lines about a matter pass its gate: the auditor reads none about a confidential matter, of which he must not know;
those are read by the supervisors whom such a matter names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.days import ZONE
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.people.access_log import ACTIONS, LOOKS
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import ROLE_NAMES, acting, must_act
from onedoor.rules.looks import AUDITS, AUDITS_CONFIDENTIAL, READS_LOOKS
from onedoor.rules.refusal import invalid

PAGE = 50
MOST_EXPORTED = 50_000
# written out, so that the partial index fits
_KINDS = ", ".join(f"'{action}'" for action in LOOKS)
_SELECT = f"""
    SELECT l.recorded_at AS at, l.id, l.action, l.subject, l.reason, l.rows, l.address, a.username,
           coalesce(a.name, '') AS who, post.role, post.unit
      FROM access_log l
      LEFT JOIN people_account a ON a.id = l.account_id
      LEFT JOIN "case" c ON c.number = l.subject
      LEFT JOIN LATERAL (
            SELECT p.role, u.short_name AS unit FROM people_post p JOIN people_unit u ON u.id = p.unit_id
             WHERE p.account_id = l.account_id ORDER BY p.active DESC, p.id LIMIT 1) post ON TRUE
     WHERE l.action IN ({_KINDS}) AND l.recorded_at >= %s AND l.recorded_at < %s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """`first` and `last` are whole days; the rest narrows where it is not empty."""

    first: date
    last: date
    action: str = ""
    username: str = ""
    number: str = ""

    def words(self) -> str:
        """What was asked for, for whoever has asked."""
        return self._said(self.username, self.number)

    def logged(self) -> str:
        """The same for the log: what somebody types where an account or a number belongs may be a telephone, or the
        number of a matter of which he must not know."""
        return self._said("按账号" if self.username else "", "按事项编号" if self.number else "")

    def _said(self, username: str, number: str) -> str:
        named = (f"{self.first}至{self.last}", ACTIONS.get(self.action, ""), username, number)
        return "，".join(word for word in named if word)


@dataclass(frozen=True, slots=True)
class Page:
    items: list[dict[str, Any]]
    next_cursor: str


def list_looks(signed: SignedIn, asked: Asked, *, cursor: str = "") -> Page:
    """A page of them, the newest first."""
    where, values = _narrowed(signed, asked)
    if cursor:
        at, key = read_cursor(cursor)
        where += " AND (l.recorded_at, l.id) < (%s, %s)"
        values += [at, key]
    found = rows(f"{where} ORDER BY l.recorded_at DESC, l.id DESC LIMIT {PAGE + 1}", values)
    items = [_shown(row) for row in found[:PAGE]]
    more = make_cursor(items[-1]["at"], UUID(str(items[-1]["id"]))) if len(found) > PAGE else ""
    return Page(items, more)


def looks_to_export(signed: SignedIn, asked: Asked) -> Iterator[dict[str, Any]]:
    """The same, one after the other; at most MOST_EXPORTED."""
    where, values = _narrowed(signed, asked)
    statement = f"{where} ORDER BY l.recorded_at DESC, l.id DESC LIMIT {MOST_EXPORTED}"
    connection.ensure_connection()
    with transaction.atomic(), connection.connection.cursor(name="looks") as found:
        found.itersize = 500
        found.execute(statement, values)
        names = [column.name for column in found.description]
        for row in found:
            yield _shown(dict(zip(names, row, strict=True)))


def _narrowed(signed: SignedIn, asked: Asked) -> tuple[str, list[object]]:
    must_act(signed.actors, READS_LOOKS, "查看查阅记录")
    if asked.action and asked.action not in LOOKS:
        raise invalid("action", "没有这种查阅。")
    for field, text in (("username", asked.username), ("number", asked.number)):
        if "\0" in text or len(text) > 80:
            raise invalid(field, "查询条件中有不能使用的字符，或者太长。")
    values: list[object] = [_begins(asked.first), _begins(asked.last + timedelta(days=1))]
    whose, more = _seen_by(signed)
    statement, values = f"{_SELECT} AND ({whose})", [*values, *more]
    for condition, text in (
        ("l.action = %s", asked.action), ("a.username = %s", asked.username), ("l.subject = %s", asked.number),
    ):  # fmt: skip
        if text:
            statement += f" AND {condition}"
            values.append(text)
    return statement, values


def _seen_by(signed: SignedIn) -> tuple[str, list[object]]:
    """Of what he may read: an auditor's own part of the tree, a supervisor's own confidential matters."""
    viewer = signed.viewer()
    parts, values = [], list[object]()
    auditor = acting(signed.actors, AUDITS)
    if auditor is not None:
        whole = auditor.division == signed.root
        parts.append(f"(c.id IS NOT NULL AND c.confidentiality = 'ordinary' AND {MAY_SEE})")
        values += may_see(viewer)
        parts.append(
            "(c.id IS NULL AND (%s OR EXISTS (SELECT 1 FROM people_post o"
            " JOIN people_division d ON d.id = o.division_id"
            " WHERE o.account_id = l.account_id AND d.path @> to_jsonb(%s::bigint))))"
        )
        values += [whole, auditor.division]
    if acting(signed.actors, AUDITS_CONFIDENTIAL) is not None:
        parts.append(
            "(c.id IS NOT NULL AND c.confidentiality <> 'ordinary' AND EXISTS"
            " (SELECT 1 FROM visible v WHERE v.case_id = c.id AND v.audience = %s))"
        )
        values.append(viewer.person)
    return " OR ".join(parts), values


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "action_name": ACTIONS.get(row["action"], row["action"]),
        "who": row["who"] or "服务器操作员",
        "role_name": ROLE_NAMES.get(row["role"], "") if row["role"] else "",
        "unit": row["unit"] or "",
    }
