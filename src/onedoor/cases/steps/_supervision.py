"""Notices of supervision (督办单) of a case in memory."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from onedoor.cases.calendars import calendar_of
from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.schemes import scheme_of
from onedoor.cases.steps._state import CaseState, Row
from onedoor.rules import deadlines
from onedoor.rules.facts import NewSupervision
from onedoor.rules.flow import TERMINAL
from onedoor.rules.supervision import is_satisfied
from onedoor.rules.sweeping import early_rungs


def reply_by(state: CaseState, days: int, at: datetime) -> datetime:
    """The end of the last of so many working days."""
    calendar = calendar_of(state.case["present_path"])
    return deadlines.due(at, days, "working_days", calendar=calendar, zone=ZONE, roll=True)


def dates_of(state: CaseState, columns: dict[str, object], at: datetime) -> Row:
    """The dates that a decision about a notice gives in days: until when to reply, and the day a unit promises."""
    found: Row = {}
    if isinstance(days := columns.pop("reply_days", None), int):
        found = {"asked_at": at, "reply_days": days, "reply_by": reply_by(state, days, at), "chased_at": None}
    if isinstance(days := columns.pop("promised_days", None), int):
        found["promised_on"] = at.astimezone(ZONE).date() + timedelta(days=days)
    return found


def renew_replies(state: CaseState) -> Iterator[Row]:
    """The notices that wait for a reply get the day that the calendar now says."""
    for row in state.supervisions:
        if row["state"] == "open" and row["reply_days"] is not None and row["chased_at"] is None:
            until = reply_by(state, row["reply_days"], row["asked_at"])
            if until != row["reply_by"]:
                state.change("supervision", row, {"reply_by": until})
                yield row


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
        "asked_at": at,
        "reply_days": new.days,
        "promised_on": None,
        "chased_at": None,
    }
    state.supervisions.append(row)
    state.add("supervision", row)
    return row


def end_satisfied(state: CaseState, stage: str, at: datetime) -> Iterator[Row]:
    """Ends the notices that have nothing left to demand: what they asked for has been done."""
    clocks = {row["id"]: row for row in state.clocks}
    for row in state.supervisions:
        if is_satisfied(
            row["state"],
            row["cause"],
            clock=_how(clocks.get(row["clock"])),
            automatic=row["issued_by"] is None,
            suspended=stage == "suspended",
            ended=stage in TERMINAL,
        ):
            state.change("supervision", row, {"state": "ended", "closed_at": at})
            yield row


def _how(clock: Row | None) -> str | None:
    """How the clock of a notice stands, in the words of `is_satisfied`."""
    if clock is None:
        return None
    if clock["stopped_at"] is not None:
        return "stopped"
    early = early_rungs(scheme_of(clock["scheme"], clock["scheme_version"]).ladder)
    return "in_time" if clock["light"] == "green" or (clock["light"] != "red" and not early) else "running"
