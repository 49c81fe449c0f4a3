"""What the hall holds."""

from onedoor.hall.models.residence import Call, Duty, Place, Residence
from onedoor.hall.models.visits import Visit, VisitCase, VisitRemark, VisitSerial

__all__ = ["Call", "Duty", "Place", "Residence", "Visit", "VisitCase", "VisitRemark", "VisitSerial"]
