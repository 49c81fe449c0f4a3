from typing import ClassVar

from django.db import models


class Visible(models.Model):
    """The gate in SQL: case → audience (`rules.access`), kept by the writer, recomputed by `verify`."""

    pk = models.CompositePrimaryKey("audience", "case_id")
    audience = models.BigIntegerField()
    case_id = models.UUIDField()
    stage = models.CharField(max_length=12)
    sort_key = models.DateTimeField()

    class Meta:
        db_table = "visible"
        indexes: ClassVar = [
            models.Index(fields=["audience", "-sort_key", "-case_id"], name="visible_newest"),
            models.Index(fields=["audience", "stage", "-sort_key", "-case_id"], name="visible_by_stage"),
            models.Index(fields=["case_id"], name="visible_by_case"),
        ]
