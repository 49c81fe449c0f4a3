"""专业人员下沉: half days in the villages, and what came of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Account, Division, Unit
from onedoor.rules.outreach import MOST_OUTCOME, MOST_PERSONS, OUTREACH_STATES, TRADES
from onedoor.rules.residence import HALVES


class Outreach(models.Model):
    """下沉服务: a unit, or a firm that is named by its trade, at a place for half a day. It counts persons and names
    none. Purpose: residents know who comes when, the centre knows what came of it. Outcome and reason are erased
    after VISIT_YEARS, the counts stay."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    name = models.CharField("名称", max_length=60, blank=True)
    trade = models.CharField("专业", max_length=12)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    day = models.DateField("日期")
    half = models.CharField("半天", max_length=2)
    place = models.CharField("地点", max_length=60)
    purpose = models.CharField("做什么", max_length=120)
    state = models.CharField("状态", max_length=10, default="planned")
    persons = models.PositiveIntegerField("服务人数", null=True)
    outcome = models.TextField("办了什么", max_length=MOST_OUTCOME, blank=True)
    reason = models.TextField("取消的原因", blank=True)
    made_at = models.DateTimeField("安排时间")
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_constraint=False)
    erased_at = models.DateTimeField("清除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "下沉服务"
        indexes: ClassVar = [
            models.Index(fields=["centre", "day"], name="outreach_by_day"),
            models.Index(fields=["centre", "day"], condition=Q(state="planned"), name="outreach_open"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(trade__in=list(TRADES), half__in=list(HALVES), state__in=list(OUTREACH_STATES)),
                name="outreach_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, name="") | Q(unit=None) & ~Q(name=""),
                name="outreach_is_of_a_unit_or_a_name",
            ),
            models.CheckConstraint(
                condition=Q(state="planned", persons=None, outcome="", reason="", ended_at=None)
                | Q(state="done", persons__gte=0, persons__lte=MOST_PERSONS, reason="", ended_at__isnull=False)
                & (~Q(outcome="") | Q(erased_at__isnull=False))
                | Q(state="cancelled", persons=None, outcome="", ended_at__isnull=False)
                & (~Q(reason="") | Q(erased_at__isnull=False)),
                name="outreach_ends_in_one_way",
            ),
            models.UniqueConstraint(
                fields=["centre", "unit", "name", "trade", "day", "half", "division"],
                condition=~Q(state="cancelled"),
                nulls_distinct=False,
                name="outreach_is_planned_once",
            ),
        ]


class OutreachCase(models.Model):
    """A case that an outreach has led to, beside those of its visits. Who may not see the case does not count it."""

    outreach = models.ForeignKey(Outreach, models.CASCADE, related_name="cases")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField("时间")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outreach", "case"], name="outreach_leads_to_a_case_once"),
        ]
