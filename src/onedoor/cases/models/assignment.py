from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models.case import Case
from onedoor.people.models import Unit
from onedoor.rules.flow import PART_NAMES


class Assignment(models.Model):
    """承办任务: one unit's part in a case, lead (主办) or co-handling (协办)."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    lead = models.BooleanField("主办")
    stage = models.CharField("状态", max_length=10)
    designated = models.BooleanField("经指定", default=False)
    assigned_at = models.DateTimeField()
    object_until = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.BigIntegerField(null=True)
    accepted = models.BooleanField("单位受理", null=True)
    approved = models.UUIDField("签发稿", null=True)
    end_reason = models.CharField(max_length=12, blank=True)

    class Meta:
        db_table = "assignment"
        verbose_name = verbose_name_plural = "承办任务"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(stage__in=list(PART_NAMES)), name="assignment_stage_is_known"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(lead=True) & ~Q(stage="released"), name="one_lead_unit_a_case"
            ),
            models.UniqueConstraint(
                fields=["case", "unit"], condition=~Q(stage="released"), name="one_part_a_unit_and_case"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["unit", "stage", "-assigned_at"],
                condition=Q(stage__in=["awaiting", "signed", "objected"]),
                name="assignment_inbox",
            )
        ]
