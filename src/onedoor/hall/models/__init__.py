"""What the hall holds."""

from onedoor.hall.models.booking import Bookable, Booking
from onedoor.hall.models.visits import Visit, VisitCase, VisitRemark, VisitSerial

__all__ = ["Bookable", "Booking", "Visit", "VisitCase", "VisitRemark", "VisitSerial"]
