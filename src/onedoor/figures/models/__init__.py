"""What the figures hold."""

from onedoor.figures.models.bulletins import Bulletin, BulletinReading, BulletinUnit
from onedoor.figures.models.external import ExternalMonth
from onedoor.figures.models.reports import FiguresSerial, ReportWording, SituationReport

__all__ = [
    "Bulletin",
    "BulletinReading",
    "BulletinUnit",
    "ExternalMonth",
    "FiguresSerial",
    "ReportWording",
    "SituationReport",
]
