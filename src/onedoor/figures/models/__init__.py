"""What the figures hold."""

from onedoor.figures.models.bulletins import Bulletin, BulletinReading, BulletinUnit
from onedoor.figures.models.external import ExternalMonth
from onedoor.figures.models.reports import FiguresSerial, ReportWording, SituationReport
from onedoor.figures.models.screens import Screen

__all__ = [
    "Bulletin",
    "BulletinReading",
    "BulletinUnit",
    "ExternalMonth",
    "FiguresSerial",
    "ReportWording",
    "Screen",
    "SituationReport",
]
