"""Visits. Texts are written once and may be erased; nothing else of them changes."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.hall.models.outreach import Outreach
from onedoor.people.models import Account, Unit
from onedoor.rules.visits import ENDINGS, MOST_PERSONS, PURPOSES


class Visit(models.Model):
    """接待: no name, no identity number, no telephone. Purpose: to answer and to count. Basis: 信访工作条例
    §20 (visits are received, every step is recorded). End: texts are erased after VISIT_YEARS, the count stays."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField("编号", max_length=40, unique=True)
    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    received_at = models.DateTimeField("接待时间")
    received_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    window = models.CharField("窗口", max_length=20, blank=True)
    purpose = models.CharField("目的", max_length=20)
    persons = models.PositiveIntegerField("人次")
    asked = models.TextField("来访内容", blank=True)
    answer = models.TextField("答复", blank=True)
    ending = models.CharField("结束方式", max_length=20, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    reason = models.TextField("原因", blank=True)
    erased_at = models.DateTimeField("清除时间", null=True)
    # where the visitors were met, if not at the centre
    outreach = models.ForeignKey(Outreach, models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        verbose_name = verbose_name_plural = "接待"
        indexes: ClassVar = [
            models.Index(fields=["centre", "-received_at", "-id"], name="visit_newest"),
            models.Index(fields=["centre", "received_at"], condition=Q(ended_at=None), name="visit_open"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(purpose__in=PURPOSES), name="visit_purpose_is_known"),
            models.CheckConstraint(condition=Q(persons__gte=1, persons__lte=MOST_PERSONS), name="visit_has_persons"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | Q(ended_at__isnull=False, ending__in=ENDINGS),
                name="visit_ends_in_one_way",
            ),
            models.CheckConstraint(
                condition=~Q(purpose="accusation") | Q(asked="", answer=""), name="visit_holds_no_accusation"
            ),
        ]


class VisitRemark(models.Model):
    """补记: what was added later."""

    id = models.UUIDField(primary_key=True)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="remarks")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    text = models.TextField("补记", blank=True)


class VisitCase(models.Model):
    """A case that a visit has led to. Who may not see the case does not see this row either."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="cases")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField("时间")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "case"], name="visit_leads_to_a_case_once"),
        ]


class VisitSerial(models.Model):
    """The last number of a centre and a day."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["centre", "day"], name="one_serial_a_centre_a_day")]
