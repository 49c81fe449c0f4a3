"""What the figures hold."""

from onedoor.figures.models.findings import Finding
from onedoor.figures.models.points import Exemption, PointsAppeal, PointsEntry, PointsMonth, PointsSet

__all__ = ["Exemption", "Finding", "PointsAppeal", "PointsEntry", "PointsMonth", "PointsSet"]
