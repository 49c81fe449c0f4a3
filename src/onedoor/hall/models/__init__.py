"""What the hall holds."""

from onedoor.hall.models.catalogue import Service, ServiceGroup
from onedoor.hall.models.visits import Visit, VisitCase, VisitRemark, VisitSerial

__all__ = ["Service", "ServiceGroup", "Visit", "VisitCase", "VisitRemark", "VisitSerial"]
