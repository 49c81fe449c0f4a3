"""督办台: which notices wait for whom, for how long, and what is being done, through the gate."""

from dataclasses import dataclass
from datetime import datetime

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import CaseState, Row
from onedoor.rules.access import Viewer, division_audience
from onedoor.rules.refusal import invalid
from onedoor.rules.schemes import LEVELS
from onedoor.rules.supervision import CAUSES, STATES, WAITING

PAGE = 50
_WAITING = "s.state IN ('open', 'replied', 'appealed')"  # as the partial indexes say it
_ITEMS = f"""
    SELECT s.id, s.number, s.level, s.cause, s.state, s.issued_at, s.reply_by, s.replied_at,
           s.promised_on, s.chased_at, s.closed_at, c.number AS case_number,
           c.title, c.stage, c.confidentiality, u.short_name AS unit, u.code AS unit_code, k.due_at,
           (SELECT t.text FROM statement t WHERE t.case_id = c.id AND t.kind = 'measures' AND t.erased_at IS NULL
             AND t.at = s.replied_at LIMIT 1) AS measures
      FROM supervision s JOIN "case" c ON c.id = s.case_id JOIN people_unit u ON u.id = s.unit_id
      LEFT JOIN clock k ON k.id = s.clock
     WHERE {MAY_SEE}{{more}} ORDER BY s.reply_by, s.id LIMIT %s
"""
_BY_UNIT = f"""
    SELECT u.code, u.short_name AS name, count(*) AS waiting, count(*) FILTER (WHERE s.reply_by < %s) AS late,
           count(*) FILTER (WHERE s.level <> 'ordinary') AS cards
      FROM supervision s JOIN "case" c ON c.id = s.case_id JOIN people_unit u ON u.id = s.unit_id
     WHERE {_WAITING} AND {MAY_SEE} GROUP BY u.code, u.short_name ORDER BY waiting DESC, u.code LIMIT 30
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the board is narrowed to; empty means any. With `since` or `until`, when a notice was issued, it shows what
    was issued then on ordinary matters, in whatever state it is by now; else what waits. `division`: an id, of where a
    matter happened, who received it or who has it."""

    state: str = ""
    level: str = ""
    unit: str = ""
    cause: str = ""
    since: datetime | None = None
    until: datetime | None = None
    division: int | None = None

    @property
    def issued(self) -> bool:
        return self.since is not None or self.until is not None


def board(viewer: Viewer, asked: Asked, cursor: str = "") -> tuple[list[Row], str | None]:
    """The waiting notices on cases that the viewer may see, or those of a span; to be answered first in front."""
    more, values = _narrowed(asked)
    values = [*may_see(viewer), *values]
    if cursor:
        more, values = more + " AND (s.reply_by, s.id) > (%s, %s)", [*values, *read_cursor(cursor)]
    found = rows(_ITEMS.format(more=more), [*values, PAGE + 1])
    items, rest = found[:PAGE], found[PAGE:]
    onward = make_cursor(items[-1]["reply_by"], items[-1]["id"]) if rest else None
    return [_shown(viewer, row) for row in items], onward


def issued_numbers(viewer: Viewer, asked: Asked) -> list[Row]:
    """How many of the board's notices there are by `level`, `cause` and `state`, in one statement: `n` each."""
    more, values = _narrowed(asked)
    return rows(
        'SELECT s.level, s.cause, s.state, count(*) AS n FROM supervision s JOIN "case" c ON c.id = s.case_id'
        f" JOIN people_unit u ON u.id = s.unit_id WHERE {MAY_SEE}{more} GROUP BY 1, 2, 3",
        [*may_see(viewer), *values],
    )


def _narrowed(asked: Asked) -> tuple[str, list[object]]:
    more, values = f" AND {_WAITING}", list[object]()
    if asked.issued:  # a total is of ordinary matters only, so that it betrays no other
        more = " AND c.confidentiality = 'ordinary'"
    for column, value, known in (
        ("state", asked.state, STATES if asked.issued else WAITING),
        ("level", asked.level, LEVELS),
        ("cause", asked.cause, CAUSES),
    ):
        if value:
            if value not in known:
                raise invalid(column, "没有这个选项。")
            more, values = more + f" AND s.{column} = %s", [*values, value]
    if asked.unit:
        more, values = more + " AND u.code = %s", [*values, asked.unit]
    for sign, limit in ((">=", asked.since), ("<", asked.until)):
        if limit is not None:
            more, values = more + f" AND s.issued_at {sign} %s", [*values, limit]
    if asked.division is not None:
        there = division_audience(asked.division)
        more += f" AND EXISTS (SELECT 1 FROM visible d WHERE d.case_id = c.id AND d.audience = {there:d})"
    return more, values


def waiting_by_unit(viewer: Viewer, now: datetime) -> list[Row]:
    """Units with waiting notices: how many, how many past their reply, how many with a card."""
    return rows(_BY_UNIT, [now, *may_see(viewer)])


def supervisions_of(state: CaseState) -> list[Row]:
    """The notices of one case, newest first."""
    units = {row["unit_id"] for row in state.supervisions}
    known = rows("SELECT id, short_name FROM people_unit WHERE id = ANY(%s)", [sorted(units)]) if units else []
    names = {row["id"]: row["short_name"] for row in known}
    return [
        {
            "id": row["id"],
            "number": row["number"],
            "unit": names.get(row["unit_id"], ""),
            "level": row["level"],
            "level_name": LEVELS[row["level"]],
            "cause": row["cause"],
            "cause_name": CAUSES[row["cause"]],
            "state": row["state"],
            "state_name": STATES[row["state"]],
            "automatic": row["issued_by"] is None,
            "issued_at": row["issued_at"],
            "reply_by": row["reply_by"],
            "replied_at": row["replied_at"],
            "promised_on": row["promised_on"],
            "chased_at": row["chased_at"],
            "closed_at": row["closed_at"],
        }
        for row in reversed(state.supervisions)
    ]


def _shown(viewer: Viewer, row: Row) -> Row:
    names = {"level_name": LEVELS, "cause_name": CAUSES, "state_name": STATES}
    shown = {**row, **{name: table[row[name.removesuffix("_name")]] for name, table in names.items()}}
    if not viewer.sees_names:  # the auditor checks who did what, and reads no matter
        shown |= {"title": "", "measures": ""}
    return shown
