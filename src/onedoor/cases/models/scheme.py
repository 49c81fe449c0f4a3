from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class SchemeVersion(models.Model):
    """限时方案的一版: a deployer's own scheme, or a later version of one. Written once, never changed; what comes with
    the platform is version 1 and stands in `rules/schemes.toml`. `content` has the shape of that file."""

    pk = models.CompositePrimaryKey("code", "version")
    code = models.CharField("代码", max_length=40)
    version = models.SmallIntegerField("版本")
    content = models.JSONField("内容")
    reason = models.CharField("理由", max_length=500)
    by = models.BigIntegerField("修改人")
    at = models.DateTimeField("时间")

    class Meta:
        db_table = "scheme_version"
        verbose_name = verbose_name_plural = "限时方案"


class SchemeRules(models.Model):
    """方案适用规则: the ordered table that chooses, whole. The newest row holds; without one, the platform's."""

    content = models.JSONField("规则")
    reason = models.CharField("理由", max_length=500)
    by = models.BigIntegerField("修改人")
    at = models.DateTimeField("时间")

    class Meta:
        db_table = "scheme_rules"
        verbose_name = verbose_name_plural = "方案适用规则"


class CalendarDay(models.Model):
    """工作日历: a day that is worked or not, other than the national calendar says, in a division and all below it."""

    division = models.BigIntegerField("区划")
    day = models.DateField("日期")
    working = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40, blank=True)

    class Meta:
        db_table = "calendar_day"
        verbose_name = verbose_name_plural = "工作日历"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["division", "day"], name="calendar_day_once_a_division")
        ]


class CalendarYear(models.Model):
    """放假安排: the rest days of a year as the national calendar gave them when last asked."""

    year = models.SmallIntegerField("年", primary_key=True)
    rest = models.JSONField("休息日")  # ISO dates

    class Meta:
        db_table = "calendar_year"
        verbose_name = verbose_name_plural = "放假安排"


class CalendarChange(models.Model):
    """日历变更: days added to a calendar or withdrawn, why, and how far the running clocks have been recomputed.

    `after` is the id of the last clock looked at, so that a killed recomputation goes on where it was.
    """

    division = models.BigIntegerField("区划")
    days = models.JSONField("日期")  # ISO dates
    reason = models.CharField("理由", max_length=500)
    by = models.BigIntegerField("修改人", null=True)
    at = models.DateTimeField(db_default=Now())
    after = models.UUIDField(null=True)
    moved = models.IntegerField("已调整", default=0, db_default=0)
    held = models.IntegerField("待确认", default=0, db_default=0)
    done_at = models.DateTimeField("完成", null=True)

    class Meta:
        db_table = "calendar_change"
        verbose_name = verbose_name_plural = "日历变更"
