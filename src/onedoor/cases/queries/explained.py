"""How the due dates of clocks come about, in words: for the case file, the API and who tracks a matter."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from onedoor.cases.counting import ZONE, item_of, times_of, what_happened
from onedoor.cases.schemes import scheme_of
from onedoor.cases.steps._state import CaseState, Row
from onedoor.rules.explanations import explain, moment
from onedoor.rules.schemes import CLOCK_NAMES, CONSEQUENCES, TELLING


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


def consequences_of(clocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """What has come about by law because limits of these clocks were missed, for the applicant: he may sue, his matter
    counts as accepted or the mediation as failed. A limit that was kept, or that is not over, says nothing."""
    said = []
    for clock in clocks:
        item = item_of(clock)
        if clock["light"] == "red" and item.supervised and item.consequence in TELLING:
            said.append(
                f"“{CLOCK_NAMES[clock['kind']]}”期限已于{moment(clock['due_at'], ZONE)}届满："
                f"{CONSEQUENCES[item.consequence]}（{item.basis}）。"
            )
    return said


def basis_of(clock: Row) -> str:
    """The article or document that the limit comes from."""
    item = scheme_of(clock["scheme"], clock["scheme_version"]).items.get(clock["kind"])
    return item.basis if item is not None else ""
