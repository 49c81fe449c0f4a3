from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models.case import Case


class Clock(models.Model):
    """时限: one running limit of a case or of one unit's part, as its scheme's item set it."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks")
    assignment = models.UUIDField(null=True)
    kind = models.CharField("种类", max_length=20)
    scheme = models.CharField("方案", max_length=40)
    scheme_version = models.SmallIntegerField("方案版本")
    started_at = models.DateTimeField("起算")
    warn_at = models.DateTimeField("预警")
    due_at = models.DateTimeField("到期")
    paused_at = models.DateTimeField("暂停", null=True)
    extended = models.IntegerField("延长量", default=0)
    stopped_at = models.DateTimeField("停止", null=True)
    # as the sweeper has left it; what a page shows is read from the times (ADR 6)
    light = models.CharField("灯色", max_length=6, default="green", db_default="green")
    rung = models.SmallIntegerField("督办梯级", default=0, db_default=0)
    look_at = models.DateTimeField("下次检查", null=True)
    given_back = models.BigIntegerField("退还秒数", default=0, db_default=0)
    # whose work days count: ids of divisions from the root down, as "/1/12/"; "/" is the national calendar alone
    calendar = models.CharField("日历", max_length=120, default="/", db_default="/")
    red_at = models.DateTimeField("到期前亮红灯", null=True)

    class Meta:
        db_table = "clock"
        verbose_name = verbose_name_plural = "时限"
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=Q(stopped_at__isnull=True, paused_at__isnull=True),
                name="clock_running",
            ),
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="clock_to_look_at"),
        ]
