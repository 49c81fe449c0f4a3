"""Who sits where: places of the hall, units in residence, the rota, and calls to units that come when called."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from onedoor.people.models import Account, Unit
from onedoor.rules.residence import HALVES, MODES, MOST_MINUTES, PLACE_KINDS


class Place(models.Model):
    """窗口、功能室、工作室. `mediator` is the chief mediator of a studio: the name of a public duty, shown at its
    door; it ends when the studio is changed."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.CharField("代码", max_length=20)
    name = models.CharField("名称", max_length=20)
    kind = models.CharField("类别", max_length=12)
    purpose = models.CharField("办什么", max_length=60, blank=True)
    location = models.CharField("位置", max_length=40, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    mediator = models.CharField("首席调解员", max_length=20, blank=True)
    first = models.DateField("开始日期", null=True)
    last = models.DateField("结束日期", null=True)
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "窗口和场所"
        ordering = ["position", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["centre", "code"], name="place_code_in_a_centre"),
            models.CheckConstraint(
                condition=Q(kind__in=list(PLACE_KINDS)) & ~Q(name=""), name="place_has_name_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind="temporary", first__isnull=False, last__gte=F("first"))
                | ~Q(kind="temporary") & Q(first=None, last=None),
                name="place_is_temporary_with_its_days",
            ),
            models.CheckConstraint(
                condition=Q(mediator="") | Q(kind="studio"), name="place_of_a_mediator_is_a_studio"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Residence(models.Model):
    """入驻: a unit at a centre and how it is there. 信息入驻 has no unit with an account, only how to reach it."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    mode = models.CharField("入驻方式", max_length=12)
    name = models.CharField("名称", max_length=60, blank=True)
    purpose = models.CharField("办什么", max_length=120, blank=True)
    phone = models.CharField("公开电话", max_length=30, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    # within how many minutes a unit arrives when it is called
    minutes = models.PositiveSmallIntegerField("到岗分钟数", null=True)
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "入驻"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(mode__in=list(MODES)), name="residence_mode_is_known"),
            models.CheckConstraint(
                condition=Q(mode="reachable", unit=None) & ~Q(name="")
                | ~Q(mode="reachable") & Q(unit__isnull=False, name=""),
                name="residence_is_of_a_unit_or_a_name",
            ),
            models.CheckConstraint(
                condition=Q(mode="on_call", minutes__gte=1, minutes__lte=MOST_MINUTES)
                | ~Q(mode="on_call") & Q(minutes=None),
                name="residence_on_call_has_minutes",
            ),
            models.UniqueConstraint(
                fields=["centre", "unit", "mode"], condition=Q(active=True), name="residence_of_a_unit_once"
            ),
        ]


class Duty(models.Model):
    """轮值: half a day of a rotating unit, or of the leader on duty (带班领导), whose name and office are of public
    duty. Gone after DUTY_YEARS."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    day = models.DateField("日期")
    half = models.CharField("半天", max_length=2)
    residence = models.ForeignKey(Residence, models.PROTECT, null=True, related_name="+")
    leader = models.CharField("带班领导", max_length=20, blank=True)
    office = models.CharField("职务", max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "轮值"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(half__in=list(HALVES)), name="duty_half_is_known"),
            models.CheckConstraint(
                condition=Q(residence__isnull=False, leader="", office="") | Q(residence=None) & ~Q(leader=""),
                name="duty_is_of_a_unit_or_a_leader",
            ),
            models.UniqueConstraint(
                fields=["centre", "day", "half", "residence"], nulls_distinct=False, name="duty_once_a_half"
            ),
        ]


class Call(models.Model):
    """呼叫: asks an on-call unit to come. Purpose: that it comes in time, and that the supervisor sees whether units
    do. Basis: the centre's own order (local). It names units; who pressed is staff. Gone after DUTY_YEARS."""

    id = models.UUIDField(primary_key=True)
    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    residence = models.ForeignKey(Residence, models.PROTECT, related_name="+")
    place = models.CharField("到哪里", max_length=20, blank=True)
    called_at = models.DateTimeField("呼叫时间")
    called_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    due_at = models.DateTimeField("应到时间")
    arrived_at = models.DateTimeField("到岗时间", null=True)
    cancelled_at = models.DateTimeField("取消时间", null=True)
    # when the hall was told that it is late
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "呼叫"
        indexes: ClassVar = [
            models.Index(fields=["centre", "-called_at", "-id"], name="call_newest"),
            models.Index(
                fields=["due_at"], condition=Q(arrived_at=None, cancelled_at=None, told_at=None), name="call_to_tell"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(due_at__gt=F("called_at")), name="call_is_due_after_it_was_made"),
            models.CheckConstraint(
                condition=(Q(arrived_at=None) | Q(arrived_at__gte=F("called_at"))) & Q(cancelled_at=None)
                | Q(arrived_at=None, cancelled_at__gte=F("called_at")),
                name="call_ends_in_one_way",
            ),
            models.UniqueConstraint(
                fields=["residence"],
                condition=Q(arrived_at=None, cancelled_at=None),
                name="call_waits_once_for_a_unit",
            ),
        ]
