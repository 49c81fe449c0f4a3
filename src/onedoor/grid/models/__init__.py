"""What the grid holds."""

from onedoor.grid.models.entries import FieldEntry, FieldFile
from onedoor.grid.models.grids import Grid, GridContact
from onedoor.grid.models.opinions import FieldOpinion
from onedoor.grid.models.places import Checklist, Inspection, Place
from onedoor.grid.models.tasks import FieldTask
from onedoor.grid.models.visits import CarePlan, CareVisit, HouseholdVisit

__all__ = [
    "CarePlan",
    "CareVisit",
    "Checklist",
    "FieldEntry",
    "FieldFile",
    "FieldOpinion",
    "FieldTask",
    "Grid",
    "GridContact",
    "HouseholdVisit",
    "Inspection",
    "Place",
]
