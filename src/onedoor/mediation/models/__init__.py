"""What the room of mediation holds. Rows that bear a case's id are governed by the ledger (`cases/ledger.py`): they
are written by the record's writer alone, each with its event. Reports of harm and referrals are no part of it."""

from onedoor.mediation.models.agreement import (
    Agreement,
    AgreementItem,
    AgreementSignature,
    AgreementVisit,
    Confirmation,
    PerformanceEntry,
    Reminder,
)
from onedoor.mediation.models.harm import HarmEntry, HarmReport
from onedoor.mediation.models.mediation import Mediation, MediationConsent, MediationSerial
from onedoor.mediation.models.people import Committee, CommitteeMember, Mediator
from onedoor.mediation.models.referral import Referral
from onedoor.mediation.models.session import (
    MeetingRoom,
    Session,
    SessionRecording,
    SessionReply,
    SessionSeat,
    SessionSignature,
)

__all__ = [
    "Agreement",
    "AgreementItem",
    "AgreementSignature",
    "AgreementVisit",
    "Committee",
    "CommitteeMember",
    "Confirmation",
    "HarmEntry",
    "HarmReport",
    "Mediation",
    "MediationConsent",
    "MediationSerial",
    "Mediator",
    "MeetingRoom",
    "PerformanceEntry",
    "Referral",
    "Reminder",
    "Session",
    "SessionRecording",
    "SessionReply",
    "SessionSeat",
    "SessionSignature",
]
