"""Places and things of a grid, and the rounds that look after them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from onedoor.people.models import Account, Division
from onedoor.rules.places import PLACE_KINDS


class Checklist(models.Model):
    """检查表: what is looked at, as data. A version that was used stays."""

    code = models.CharField("代码", max_length=40)
    version = models.PositiveIntegerField()
    name = models.CharField("名称", max_length=60)
    # [{code, question, basis, unsure}]
    items = models.JSONField("检查项")
    made_at = models.DateTimeField()
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "检查表"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="checklist_version_once"),
            models.CheckConstraint(condition=~Q(name=""), name="checklist_has_a_name"),
        ]


class Place(models.Model):
    """场所、设施: a place or a thing, never a person and nobody's home."""

    id = models.UUIDField(primary_key=True)
    grid = models.ForeignKey(Division, models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField("类别", max_length=20)
    name = models.CharField("名称", max_length=80)
    address = models.CharField("位置", max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    checklist = models.CharField("检查表", max_length=40, blank=True)
    every_days = models.PositiveIntegerField("每隔几天巡查", null=True)
    next_on = models.DateField("下次巡查", null=True)
    last_on = models.DateField("上次巡查", null=True)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "场所设施"
        indexes: ClassVar = [
            models.Index(fields=["grid", "next_on", "id"], condition=Q(active=True), name="place_due")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(PLACE_KINDS)), name="place_kind_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="place_has_a_name"),
            models.CheckConstraint(condition=Q(every_days=None) | Q(every_days__gt=0), name="place_round_is_of_days"),
        ]


class Inspection(models.Model):
    """巡查: one look at one place. The id is the entry's."""

    id = models.UUIDField(primary_key=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="inspections")
    on = models.DateField("日期")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="+", null=True)
    # {item code: {"ok": bool, "note": text}}
    answers = models.JSONField("检查结果", default=dict)
    faults = models.PositiveSmallIntegerField("问题数", default=0)
    text = models.TextField("说明", blank=True)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_constraint=False, null=True)

    class Meta:
        verbose_name = verbose_name_plural = "巡查"
        ordering: ClassVar = [F("on").desc(), "id"]
        indexes: ClassVar = [models.Index(fields=["place", "-on", "-id"], name="inspection_newest")]
