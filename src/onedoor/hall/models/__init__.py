"""What the hall holds."""

from onedoor.hall.models.residence import Call, Duty, Place, Residence
from onedoor.hall.models.tickets import (
    HallDay,
    Kiosk,
    Line,
    LineWindow,
    Ticket,
    TicketCall,
    TicketCount,
    WindowDay,
)
from onedoor.hall.models.visits import Visit, VisitCase, VisitRemark, VisitSerial

__all__ = [
    "Call",
    "Duty",
    "HallDay",
    "Kiosk",
    "Line",
    "LineWindow",
    "Place",
    "Residence",
    "Ticket",
    "TicketCall",
    "TicketCount",
    "Visit",
    "VisitCase",
    "VisitRemark",
    "VisitSerial",
    "WindowDay",
]
