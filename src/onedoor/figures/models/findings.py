"""疑点: what the nightly look for tricks has found. Each is a question, not a verdict."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.rules.findings import STATES
from onedoor.rules.gaming import KINDS


class Finding(models.Model):
    """疑点: one kind of question about one case (with others that it belongs together with). `evidence` holds numbers
    and ids, no text of the matter: the texts are read where they stand, through the gate."""

    id = models.UUIDField(primary_key=True)  # of kind and case, so that a night finds nothing twice
    kind = models.CharField("种类", max_length=16)
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", db_constraint=False)
    unit = models.BigIntegerField("单位", null=True)
    cases = models.JSONField("相关事项", default=list)  # ids of the others
    evidence = models.JSONField("依据", default=dict)
    found_at = models.DateTimeField("发现时间")
    state = models.CharField("状态", max_length=14, default="open")
    drawn_by = models.BigIntegerField("抽取人", null=True)
    drawn_at = models.DateTimeField("抽取时间", null=True)
    reason = models.CharField("核实情况", max_length=500, blank=True)
    decided_by = models.BigIntegerField("核实人", null=True)
    decided_at = models.DateTimeField("核实时间", null=True)

    class Meta:
        db_table = "gaming_finding"
        verbose_name = verbose_name_plural = "疑点"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "case"], name="finding_once_a_case"),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="finding_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="finding_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "drawn"], decided_at=None)
                | Q(state__in=["confirmed", "not_confirmed"], decided_at__isnull=False) & ~Q(reason=""),
                name="finding_is_decided_with_a_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-found_at", "-id"], name="finding_by_state")]
