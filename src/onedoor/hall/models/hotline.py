"""Hot lines and the notes of their calls. Texts are written once and may be erased; the counts stay."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Account, Unit
from onedoor.rules.hotline import CALL_ENDINGS


class Hotline(models.Model):
    """热线: a public telephone of the centre or of a unit in it."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    number = models.CharField("号码", max_length=30)
    name = models.CharField("名称", max_length=30)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    hours = models.CharField("接听时间", max_length=40, blank=True)
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "热线"
        ordering = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["centre", "number"], name="hotline_number_in_a_centre"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(name=""), name="hotline_has_number_and_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CallNote(models.Model):
    """来电记录: no name, no identity number, no telephone of the caller. Purpose: to answer and to count. Basis:
    信访工作条例 §17, §20 (telephone is a channel, every step is recorded). End: texts are erased after VISIT_YEARS."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField("编号", max_length=40, unique=True)
    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    hotline = models.ForeignKey(Hotline, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField("来电时间")
    taken_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    accusation = models.BooleanField("检举控告", default=False)
    asked = models.TextField("来电内容", blank=True)
    answer = models.TextField("答复", blank=True)
    ending = models.CharField("结束方式", max_length=12, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    erased_at = models.DateTimeField("清除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "来电记录"
        indexes: ClassVar = [
            models.Index(fields=["centre", "-at", "-id"], name="callnote_newest"),
            models.Index(fields=["centre", "at"], condition=Q(ended_at=None), name="callnote_open"),
            models.Index(fields=["at"], condition=Q(erased_at=None), name="callnote_to_erase"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | Q(ended_at__isnull=False, ending__in=list(CALL_ENDINGS)),
                name="callnote_ends_in_one_way",
            ),
            models.CheckConstraint(
                condition=Q(accusation=False) | Q(asked="", answer=""), name="callnote_holds_no_accusation"
            ),
        ]


class CallNoteCase(models.Model):
    """A case that a call has led to. Who may not see the case does not see this row either."""

    note = models.ForeignKey(CallNote, models.CASCADE, related_name="cases")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField("时间")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["note", "case"], name="callnote_leads_to_a_case_once"),
        ]


class Serial(models.Model):
    """The last number of a centre, a kind of paper (a letter) and a day."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=1)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["centre", "kind", "day"], name="one_serial_a_centre_a_kind_a_day")
        ]
