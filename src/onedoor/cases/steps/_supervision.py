"""Notices of supervision (督办单) of a case in memory."""

from collections.abc import Iterator
from datetime import datetime

from onedoor.cases.calendars import calendar_of
from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.steps._state import CaseState, Row
from onedoor.rules import deadlines
from onedoor.rules.facts import NewSupervision
from onedoor.rules.supervision import is_satisfied


def reply_by(state: CaseState, days: int, at: datetime) -> datetime:
    """The end of the last of so many working days."""
    calendar = calendar_of(state.case["present_path"])
    return deadlines.due(at, days, "working_days", calendar=calendar, zone=ZONE, roll=True)


def new_supervision(state: CaseState, new: NewSupervision, issued_by: int | None, at: datetime) -> Row:
    """Numbered after its case: the first notice of a case ends in -D1."""
    row: Row = {
        "id": new_id(),
        "case_id": state.case["id"],
        "number": f"{state.case['number']}-D{len(state.supervisions) + 1}",
        "unit_id": new.unit,
        "clock": next((clock["id"] for clock in state.clocks if str(clock["id"]) == new.clock), None),
        "level": new.level,
        "cause": new.cause,
        "state": "open",
        "issued_by": issued_by,
        "issued_at": at,
        "reply_by": reply_by(state, new.days, at),
        "replied_by": None,
        "replied_at": None,
        "closed_at": None,
    }
    state.supervisions.append(row)
    state.add("supervision", row)
    return row


def end_satisfied(state: CaseState, stage: str, at: datetime) -> Iterator[Row]:
    """Ends the notices that have nothing left to demand: what they asked for has been done."""
    stopped = {row["id"] for row in state.clocks if row["stopped_at"] is not None}
    for row in state.supervisions:
        if is_satisfied(row["state"], row["cause"], stopped=row["clock"] in stopped, suspended=stage == "suspended"):
            state.change("supervision", row, {"state": "ended", "closed_at": at})
            yield row
