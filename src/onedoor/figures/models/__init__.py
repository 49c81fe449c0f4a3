"""What the figures hold."""

from onedoor.figures.models.findings import Finding
from onedoor.figures.models.points import Exemption, PointsAppeal, PointsEntry, PointsMonth, PointsSet
from onedoor.figures.models.screens import Screen

__all__ = ["Exemption", "Finding", "PointsAppeal", "PointsEntry", "PointsMonth", "PointsSet", "Screen"]
