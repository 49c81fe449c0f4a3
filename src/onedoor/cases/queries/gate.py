"""The gate: the only way from a number to a case."""

from contextlib import nullcontext
from typing import Any

from onedoor.cases.ledger import GOVERNED
from onedoor.cases.sql import round_trip, rows
from onedoor.rules.access import Viewer
from onedoor.rules.numbers import parse_number
from onedoor.rules.refusal import NOT_FOUND, Refused

# Named, not starred: a prepared statement with a star breaks when the next release adds a column.
COLUMNS = ", ".join(f"c.{column}" for column in (*GOVERNED["case"], "head", "counted", "counted_until"))
MAY_SEE = """(
    (%s AND c.confidentiality = 'ordinary')
    OR EXISTS (SELECT 1 FROM visible v WHERE v.case_id = c.id AND v.audience = ANY(%s))
)"""


def may_see(viewer: Viewer) -> list[object]:
    """The values of MAY_SEE."""
    return [viewer.whole_tree, list(viewer.audiences)]


def case_for(viewer: Viewer, number: str, *, lock: bool = False) -> dict[str, Any]:
    """The case's row, if the viewer may see it. What may not be seen is refused as not found.

    With `lock` the row stays locked until the transaction ends.
    """
    try:
        wanted = parse_number(number)
    except Refused:
        raise not_found() from None
    statement = f'SELECT {COLUMNS} FROM "case" c WHERE c.number = %s AND {MAY_SEE}'
    if lock:
        statement += " FOR NO KEY UPDATE OF c"
    with round_trip() if lock else nullcontext():
        found = rows(statement, [wanted, *may_see(viewer)])
    if not found:
        raise not_found()
    return found[0]


def not_found() -> Refused:
    return Refused(NOT_FOUND, "没有找到这件事项，或您无权查看。")


def lock_in_order(viewer: Viewer, numbers: list[str]) -> dict[str, dict[str, Any]]:
    """Several cases, locked in the order of their ids, so that two such steps cannot wait for each other."""
    statement = (
        f'SELECT {COLUMNS} FROM "case" c WHERE c.number = ANY(%s) AND {MAY_SEE} ORDER BY c.id FOR NO KEY UPDATE OF c'
    )
    return {row["number"]: row for row in rows(statement, [numbers, *may_see(viewer)])}
