"""Messages that have not gone, for the administrator. He sees whose they are and how many notices, as everybody could
who looked at the telephone."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from onedoor.cases.sql import rows
from onedoor.notices.queries.channels import COLUMNS, shown_address
from onedoor.rules.channels import CHANNEL_KINDS
from onedoor.rules.notices import DELIVERY_STATES
from onedoor.rules.telling import ONE_TIME_CODE, STEPS

PAGE = 50


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Newest first; `following` is the id to go on after, empty at the end."""

    items: list[dict[str, Any]]
    following: str


def list_unsent(*, state: str = "", after: UUID | None = None) -> DeliveryPage:
    """Waiting and stuck messages, or those of one of these states."""
    states = [state] if state in ("waiting", "stuck") else ["waiting", "stuck"]
    found = rows(
        "SELECT d.id AS delivery, d.text, d.notices, d.state, d.tries, d.next_try_at, d.last_error, d.created_at,"
        f" coalesce(a.name, u.name) AS owner, {COLUMNS} FROM delivery d JOIN notice_channel ch ON ch.id = d.channel_id"
        " LEFT JOIN people_account a ON a.id = ch.account_id LEFT JOIN people_unit u ON u.id = ch.unit_id"
        " WHERE d.state IN ('waiting', 'stuck') AND d.state = ANY(%s)"
        f"{' AND d.id < %s' if after else ''} ORDER BY d.id DESC LIMIT %s",
        [states, *([after] if after else []), PAGE + 1],
    )
    items = [{**row, "state_name": DELIVERY_STATES[row["state"]], "to": _to(row)} for row in found[:PAGE]]
    return DeliveryPage(items, str(items[-1]["delivery"]) if len(found) > PAGE else "")


def count_stuck() -> int:
    return int(
        rows("SELECT count(*) AS n FROM delivery WHERE state IN ('waiting', 'stuck') AND state = 'stuck'")[0]["n"]
    )


def stuck_to_applicants(most: int = PAGE) -> tuple[int, list[dict[str, Any]]]:
    """How many messages to applicants could not be sent, and the newest of them: what kind, when and why. Neither
    telephone nor matter is in it."""
    found = rows(
        "SELECT kind, tries, last_error, created_at, count(*) OVER () AS n FROM applicant_message"
        " WHERE state = 'stuck' ORDER BY created_at DESC LIMIT %s",
        [most],
    )
    names = {**STEPS, ONE_TIME_CODE: "查询验证码"}
    items = [{**row, "name": names.get(row["kind"], "短信")} for row in found]
    return (int(found[0]["n"]) if found else 0), items


def _to(row: dict[str, Any]) -> str:
    try:
        return shown_address(row)
    except InvalidTag:  # the keys are others than those it was written with; the list must still open
        return CHANNEL_KINDS[row["kind"]]
