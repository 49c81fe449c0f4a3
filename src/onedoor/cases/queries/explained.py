"""How the due dates of clocks come about, in words: for the case file, the API and who tracks a matter."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from onedoor.cases.counting import ZONE, times_of, what_happened
from onedoor.cases.schemes import scheme_of
from onedoor.cases.steps._state import CaseState, Row
from onedoor.rules.explanations import explain, moment


def explained(state: CaseState) -> dict[UUID, list[str]]:
    """By the clock's id, those that have stopped too: the sentences that say how its due date was counted."""
    return {clock["id"]: explained_clock(clock) for clock in state.clocks}


def explained_clock(clock: Mapping[str, Any]) -> list[str]:
    """Of one row of clocks. The scheme is the version that the clock began with, the calendar its own as it is now."""
    scheme = scheme_of(clock["scheme"], clock["scheme_version"])
    lines = explain(scheme, clock["kind"], clock["started_at"], **what_happened(clock))
    if times_of(clock).due_at != clock["due_at"]:
        # What has stopped is not recomputed, and what runs is recomputed a little later: the record is what holds.
        lines.append(
            f"工作日历后来有变化，以上按现在的日历计算；以记录的到期时间{moment(clock['due_at'], ZONE)}为准。"
        )
    if clock["paused_at"] is not None and clock["stopped_at"] is None:
        lines.append(f"自{moment(clock['paused_at'], ZONE)}起暂停计时，恢复后到期时间相应顺延。")
    return lines


def basis_of(clock: Row) -> str:
    """The article or document that the limit comes from."""
    item = scheme_of(clock["scheme"], clock["scheme_version"]).items.get(clock["kind"])
    return item.basis if item is not None else ""
