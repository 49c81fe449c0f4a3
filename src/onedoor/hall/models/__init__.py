"""What the hall holds."""

from onedoor.hall.models.visits import Visit, VisitCase, VisitRemark, VisitSerial

__all__ = ["Visit", "VisitCase", "VisitRemark", "VisitSerial"]
