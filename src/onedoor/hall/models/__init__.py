"""What the hall holds."""

from onedoor.hall.models.articles import Article, ArticleVersion, ArticleVideo
from onedoor.hall.models.booking import Bookable, Booking, BookResource
from onedoor.hall.models.catalogue import Service, ServiceGroup
from onedoor.hall.models.handover import Handover, Partner
from onedoor.hall.models.hotline import CallNote, CallNoteCase, Hotline, Serial
from onedoor.hall.models.outreach import Outreach, OutreachCase
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
    "Article",
    "ArticleVersion",
    "ArticleVideo",
    "BookResource",
    "Bookable",
    "Booking",
    "Call",
    "CallNote",
    "CallNoteCase",
    "Duty",
    "HallDay",
    "Handover",
    "Hotline",
    "Kiosk",
    "Line",
    "LineWindow",
    "Outreach",
    "OutreachCase",
    "Partner",
    "Place",
    "Residence",
    "Serial",
    "Service",
    "ServiceGroup",
    "Ticket",
    "TicketCall",
    "TicketCount",
    "Visit",
    "VisitCase",
    "VisitRemark",
    "VisitSerial",
    "WindowDay",
]
