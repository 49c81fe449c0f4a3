"""The tables of the record. Only `steps/_record.py` writes them; only `queries/` and the gate read them."""

from onedoor.cases.models.assignment import Assignment
from onedoor.cases.models.attachment import Attachment
from onedoor.cases.models.case import Case, ExternalNumber, Serial
from onedoor.cases.models.catalogue import Category
from onedoor.cases.models.clock import Clock
from onedoor.cases.models.counter import Counter, CounterDelta, CounterLayout
from onedoor.cases.models.draft import Draft
from onedoor.cases.models.event import Event
from onedoor.cases.models.party import Party
from onedoor.cases.models.plumbing import CaseQuiet, CaseText, ClockJump, Heartbeat, IdempotencyKey, SearchQueue
from onedoor.cases.models.scheme import CalendarChange, CalendarDay, CalendarYear, SchemeRules, SchemeVersion
from onedoor.cases.models.statement import Statement
from onedoor.cases.models.supervision import Supervision
from onedoor.cases.models.visible import Visible

__all__ = [
    "Assignment",
    "Attachment",
    "CalendarChange",
    "CalendarDay",
    "CalendarYear",
    "Case",
    "CaseQuiet",
    "CaseText",
    "Category",
    "Clock",
    "ClockJump",
    "Counter",
    "CounterDelta",
    "CounterLayout",
    "Draft",
    "Event",
    "ExternalNumber",
    "Heartbeat",
    "IdempotencyKey",
    "Party",
    "SchemeRules",
    "SchemeVersion",
    "SearchQueue",
    "Serial",
    "Statement",
    "Supervision",
    "Visible",
]
