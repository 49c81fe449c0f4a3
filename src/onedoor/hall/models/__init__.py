"""What the hall holds."""

from onedoor.hall.models.articles import Article, ArticleVersion
from onedoor.hall.models.booking import Bookable, Booking
from onedoor.hall.models.catalogue import Service, ServiceGroup
from onedoor.hall.models.residence import Call, Duty, Place, Residence
from onedoor.hall.models.visits import Visit, VisitCase, VisitRemark, VisitSerial

__all__ = [
    "Article",
    "ArticleVersion",
    "Bookable",
    "Booking",
    "Call",
    "Duty",
    "Place",
    "Residence",
    "Service",
    "ServiceGroup",
    "Visit",
    "VisitCase",
    "VisitRemark",
    "VisitSerial",
]
