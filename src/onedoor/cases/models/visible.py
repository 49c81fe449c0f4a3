from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models.case import URGENCY


class Visible(models.Model):
    """The gate in SQL: case → audience (`rules.access`), kept by the writer, recomputed by `verify`. It repeats the
    columns that lists are sorted and lit by, so that an audience is walked in their order."""

    pk = models.CompositePrimaryKey("audience", "case_id")
    audience = models.BigIntegerField()
    case_id = models.UUIDField()
    stage = models.CharField(max_length=12)
    sort_key = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    red_at = models.DateTimeField(null=True)
    restricted = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "visible"
        indexes: ClassVar = [
            models.Index(fields=["audience", "-sort_key", "-case_id"], name="visible_newest"),
            models.Index(fields=["audience", "stage", "-sort_key", "-case_id"], name="visible_by_stage"),
            models.Index("audience", "stage", URGENCY, "case_id", name="visible_urgent"),
            # who covers the whole tree finds his few restricted cases without walking all that he registered
            models.Index(
                fields=["audience", "-sort_key", "-case_id"], condition=Q(restricted=True), name="visible_restricted"
            ),
            models.Index(fields=["case_id"], name="visible_by_case"),
        ]
