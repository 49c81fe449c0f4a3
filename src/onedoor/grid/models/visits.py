"""Visits at households and care visits."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Account, Division
from onedoor.rules.care import BASES
from onedoor.rules.household import PURPOSES


class HouseholdVisit(models.Model):
    """入户走访. Purpose: to account for service and publicity at the door. Basis: the centre's duty of service (local
    rule). A date, an address, a purpose and what was asked; no person. The address is encrypted, so that nobody can
    search by it; all texts go after HOUSEHOLD_VISIT_DAYS (90)."""

    id = models.UUIDField(primary_key=True)
    grid = models.ForeignKey(Division, models.PROTECT, related_name="+", db_constraint=False)
    on = models.DateField("日期")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, null=True)
    address = models.BinaryField("地址", null=True)
    purpose = models.CharField("目的", max_length=20)
    asked = models.TextField("群众提出", blank=True)
    erased_at = models.DateTimeField("清除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "入户走访"
        indexes: ClassVar = [
            models.Index(fields=["grid", "-on", "-id"], name="household_visit_newest"),
            models.Index(fields=["on"], condition=Q(erased_at=None), name="household_visit_to_erase"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(purpose__in=list(PURPOSES)), name="household_visit_purpose_is_known"),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(address=None, asked="", account=None),
                name="household_visit_erased_is_empty",
            ),
        ]


class CarePlan(models.Model):
    """帮扶计划: help for one person, by law or with his consent, for a purpose and until a day. He is shown it: by the
    code on the sheet that he gets. Who is not on the plan does not see it. All goes CARE_PLAN_DAYS after its end."""

    id = models.UUIDField(primary_key=True)
    grid = models.ForeignKey(Division, models.PROTECT, related_name="+", db_constraint=False)
    name = models.BinaryField("姓名", null=True)
    phone = models.BinaryField("电话", null=True)
    address = models.BinaryField("地址", null=True)
    basis = models.CharField("依据", max_length=20)
    basis_text = models.CharField("依据说明", max_length=200)
    consented_on = models.DateField("同意日期", null=True)
    purpose = models.CharField("目的", max_length=200)
    help = models.TextField("帮扶内容", blank=True)
    every_days = models.PositiveIntegerField("每隔几天看望")
    begins_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    next_on = models.DateField("下次看望", null=True)
    worker = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField("终止时间", null=True)
    end_reason = models.CharField("终止原因", max_length=200, blank=True)
    # a keyed digest of the code on the person's sheet
    code_index = models.BinaryField(max_length=16, unique=True, null=True)
    erased_at = models.DateTimeField("清除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "帮扶计划"
        indexes: ClassVar = [
            models.Index(fields=["worker", "next_on"], condition=Q(ended_at=None), name="care_plan_of_worker"),
            models.Index(fields=["ends_on"], condition=Q(erased_at=None), name="care_plan_to_end"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(basis__in=list(BASES)), name="care_plan_basis_is_known"),
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("begins_on")), name="care_plan_has_an_end"),
            models.CheckConstraint(
                condition=~Q(basis="consent") | Q(consented_on__isnull=False), name="care_plan_consent_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(name=None, phone=None, address=None, help="", code_index=None),
                name="care_plan_erased_is_empty",
            ),
        ]


class CareVisit(models.Model):
    """看望: one visit under a plan. The id is the entry's."""

    id = models.UUIDField(primary_key=True)
    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="visits")
    on = models.DateField("日期")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    note = models.BinaryField("情况", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "看望"
        indexes: ClassVar = [models.Index(fields=["plan", "-on", "-id"], name="care_visit_newest")]
