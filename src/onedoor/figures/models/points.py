"""积分: sets of rules, months, entries, appeals, exemptions. They are outside the ledger: each entry names what it is
read from, and can be counted again from there."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from onedoor.rules.points import APPEALS, FACTS, SUBJECTS


class PointsSet(models.Model):
    """积分办法的一版: written once, never changed; holds for months from `from_month` on. Version 1 comes with the
    platform (`rules/points.toml`) and has no row."""

    version = models.PositiveIntegerField("版本", unique=True)
    content = models.JSONField("内容")  # the shape of `rules/points.toml`
    from_month = models.DateField("自何月起")
    reason = models.CharField("理由", max_length=500)
    by = models.BigIntegerField("修改人")
    at = models.DateTimeField("时间")

    class Meta:
        db_table = "points_set"
        verbose_name = verbose_name_plural = "积分办法"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(version__gt=1), name="points_set_version_follows_the_first"),
            models.CheckConstraint(condition=~Q(reason=""), name="points_set_has_a_reason"),
        ]


class PointsMonth(models.Model):
    """积分月: by which set it was computed, until when entries may be appealed against, when it was closed (定稿).
    A closed month changes only by a correcting entry."""

    month = models.DateField("月份", primary_key=True)  # its first day
    version = models.PositiveIntegerField("办法版本")
    computed_at = models.DateTimeField("计算时间")
    appeal_until = models.DateTimeField("申诉截止")
    closed_at = models.DateTimeField("定稿时间", null=True)
    closed_by = models.BigIntegerField("定稿人", null=True)

    class Meta:
        db_table = "points_month"
        verbose_name = verbose_name_plural = "积分月"


class PointsEntry(models.Model):
    """一笔积分: who, for what, by which rule, how much, in hundredths. `subject` is the id of a unit, a division or an
    account; of a window the centre's, and `part` names the window. A correction has `corrects` or stands alone."""

    id = models.UUIDField(primary_key=True)
    month = models.ForeignKey(PointsMonth, models.PROTECT, related_name="entries", db_index=False)
    kind = models.CharField("对象类别", max_length=10)
    subject = models.BigIntegerField("对象")
    part = models.CharField("窗口", max_length=20, blank=True)
    rule = models.CharField("规则", max_length=40, blank=True)
    fact = models.CharField("情形", max_length=24, blank=True)
    ref = models.CharField("依据", max_length=60)
    matter = models.CharField("事项", max_length=60)
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", null=True, db_constraint=False)
    at = models.DateTimeField("发生时间")
    points = models.IntegerField("分值")
    counted = models.IntegerField("计入")
    # what counted when it was first corrected or decided on: a recount brings back that or nothing
    decided = models.IntegerField("裁定时的计入", null=True)
    note = models.CharField("说明", max_length=24, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, related_name="corrections", null=True)
    reason = models.CharField("更正理由", max_length=500, blank=True)
    by = models.BigIntegerField("更正人", null=True)
    made_at = models.DateTimeField("记入时间")

    class Meta:
        db_table = "points_entry"
        verbose_name = verbose_name_plural = "积分明细"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(SUBJECTS)), name="points_subject_is_known"),
            models.CheckConstraint(condition=Q(fact__in=["", *FACTS]), name="points_fact_is_known"),
            models.CheckConstraint(
                condition=Q(by=None, corrects=None) & ~Q(rule="") | Q(by__isnull=False) & ~Q(reason=""),
                name="points_correction_has_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["month", "kind", "subject", "part", "at"], name="points_of_a_subject"),
        ]


class PointsAppeal(models.Model):
    """申诉: against one entry, once; the centre decides with a reason. Upheld, a correcting entry takes it out."""

    id = models.UUIDField(primary_key=True)
    entry = models.OneToOneField(PointsEntry, models.PROTECT, related_name="appeal")
    reason = models.CharField("申诉理由", max_length=500)
    by = models.BigIntegerField("申诉人")
    at = models.DateTimeField("申诉时间")
    state = models.CharField("状态", max_length=10, default="waiting")
    answer = models.CharField("裁定理由", max_length=500, blank=True)
    decided_by = models.BigIntegerField("裁定人", null=True)
    decided_at = models.DateTimeField("裁定时间", null=True)

    class Meta:
        db_table = "points_appeal"
        verbose_name = verbose_name_plural = "积分申诉"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(APPEALS)), name="points_appeal_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None) | ~Q(state="waiting") & Q(decided_at__isnull=False),
                name="points_appeal_is_decided_or_waits",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["at"], condition=Q(state="waiting"), name="points_appeal_waiting"),
        ]


class Exemption(models.Model):
    """免计: days on which nothing counts in a division and below it (不可抗力), or a matter that does not count at
    all; with a reason, by whom. Withdrawn rather than deleted."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", null=True, db_constraint=False)
    division = models.BigIntegerField("区划", null=True)
    since = models.DateField("开始日期", null=True)
    until = models.DateField("结束日期", null=True)
    reason = models.CharField("理由", max_length=500)
    by = models.BigIntegerField("登记人")
    at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        db_table = "points_exemption"
        verbose_name = verbose_name_plural = "积分免计"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(case__isnull=False, division=None, since=None, until=None)
                | Q(case=None, division__isnull=False, since__isnull=False, until__gte=F("since")),
                name="exemption_is_of_a_case_or_of_days",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="exemption_has_a_reason"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(withdrawn_at=None, case__isnull=False), name="exemption_once_a_case"
            ),
        ]
