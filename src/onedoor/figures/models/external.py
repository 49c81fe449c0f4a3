from typing import ClassVar

from django.db import models

from onedoor.people.models import Account, Unit


class ExternalMonth(models.Model):
    """外部数据: a month's counts by code of `rules.external.EXTERNAL_KINDS`, as somebody outside has given them. A
    correction is the next version; nothing is overwritten. Counts alone: no personal data."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="中心")
    month = models.DateField("月份")  # its first day
    version = models.SmallIntegerField("版次")
    counts = models.JSONField("数字")
    source = models.CharField("来源", max_length=60)
    imported_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="导入人")
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        db_table = "external_month"
        verbose_name = verbose_name_plural = "外部数据"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["centre", "month", "version"], name="one_version_of_an_external_month")
        ]
