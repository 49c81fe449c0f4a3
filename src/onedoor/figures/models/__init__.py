"""What the figures hold."""

from onedoor.figures.models.bulletins import Bulletin, BulletinReading, BulletinUnit
from onedoor.figures.models.external import ExternalMonth
from onedoor.figures.models.findings import Finding
from onedoor.figures.models.points import Exemption, PointsAppeal, PointsEntry, PointsMonth, PointsSet
from onedoor.figures.models.reports import FiguresSerial, ReportWording, SituationReport
from onedoor.figures.models.screens import Screen

__all__ = [
    "Bulletin",
    "BulletinReading",
    "BulletinUnit",
    "Exemption",
    "ExternalMonth",
    "FiguresSerial",
    "Finding",
    "PointsAppeal",
    "PointsEntry",
    "PointsMonth",
    "PointsSet",
    "ReportWording",
    "Screen",
    "SituationReport",
]
