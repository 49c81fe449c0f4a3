from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.rules.harm import GROUNDS, HARM_STATES, REFERRALS, TOLD_TO


class HarmReport(models.Model):
    """受害线索报告: a protected record of its own, outside the ledger of any matter; all that says who or what is
    encrypted. Purpose: to report and to help; basis: 未成年人保护法 §11, 反家庭暴力法 §14, 人民调解法 §25, or the
    adult's consent; end: KEPT_FOR after it is closed (rules/harm.py)."""

    id = models.UUIDField(primary_key=True)
    centre_id = models.BigIntegerField("中心")
    case_id = models.UUIDField(null=True)
    ground = models.CharField("情形", max_length=12)
    wish = models.CharField("本人意愿", max_length=4, blank=True)
    state = models.CharField("状态", max_length=10)
    sealed = models.BinaryField(null=True)  # who, signs, safe contact, as JSON
    reporter = models.BigIntegerField()
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "harm_report"
        verbose_name = verbose_name_plural = "受害线索报告"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ground__in=list(GROUNDS)), name="harm_ground_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(HARM_STATES)), name="harm_state_is_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["centre_id", "-at"], name="harm_newest"),
            models.Index(fields=["case_id"], condition=~Q(state="closed"), name="harm_open_by_case"),
        ]


class HarmEntry(models.Model):
    """What was done: told to an organ, referred for help, closed. Never changed; goes with its report."""

    id = models.UUIDField(primary_key=True)
    report = models.ForeignKey(HarmReport, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10)  # told, referred, restated, closed
    what = models.CharField(max_length=16, blank=True)
    sealed = models.BinaryField(null=True)
    by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "harm_entry"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["told", "referred", "restated", "closed"]), name="harm_entry_is_known"
            ),
            models.CheckConstraint(condition=Q(what__in=["", *TOLD_TO, *REFERRALS]), name="harm_entry_what_is_known"),
        ]
