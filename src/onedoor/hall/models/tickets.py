"""Numbers: lines, who waits in them, what windows call. A number holds no name, identity number or telephone."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value

from onedoor.hall.models.residence import Place
from onedoor.people.models import Account, Unit
from onedoor.rules.tickets import STATES


class Line(models.Model):
    """业务队列: what people draw a number for, and which windows serve it."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.CharField("代码", max_length=20)
    name = models.CharField("名称", max_length=20)
    purpose = models.CharField("办什么", max_length=60, blank=True)
    prefix = models.CharField("号码字母", max_length=1)
    # codes of WINDOW_KINDS, or a deployer's own: a service of that kind is served here
    kinds = models.JSONField("窗口种类", default=list, db_default=Value([], models.JSONField()))
    # for who does not know what to draw
    guide = models.BooleanField("导办台", default=False)
    opens = models.TimeField("开始取号")
    closes = models.TimeField("停止取号")
    every_day = models.BooleanField("休息日也取号", default=False)
    usual_minutes = models.PositiveSmallIntegerField("平常一个号几分钟")
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField("在用", default=True)
    windows = models.ManyToManyField(Place, through="LineWindow", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "业务队列"
        ordering = ["position", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["centre", "code"], name="line_code_in_a_centre"),
            models.UniqueConstraint(
                fields=["centre", "prefix"], condition=Q(active=True), name="line_prefix_in_a_centre"
            ),
            models.UniqueConstraint(
                fields=["centre"], condition=Q(guide=True, active=True), name="line_one_guide_desk"
            ),
            models.CheckConstraint(condition=Q(prefix__regex=r"^[A-Z]$"), name="line_prefix_is_a_letter"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens"), usual_minutes__gte=1, usual_minutes__lte=120),
                name="line_has_hours_and_minutes",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LineWindow(models.Model):
    """A window that serves a line."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="+")
    window = models.ForeignKey(Place, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["line", "window"], name="line_window_once")]


class Kiosk(models.Model):
    """取号机: a device that may draw numbers, and nothing else. Only its token's SHA-256 is kept."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=20)
    digest = models.BinaryField(max_length=32, unique=True)
    prints = models.BooleanField("自动打印", default=False)
    made_at = models.DateTimeField("设置时间")
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "取号机"


class HallDay(models.Model):
    """A day of a hall. Who changes anything of its numbers first counts `version` up, and so waits for whoever does
    the same: calls are in one order, and an open page knows from one small number whether anything has changed."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    day = models.DateField()
    version = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["centre", "day"], name="hall_day_once")]


class WindowDay(models.Model):
    """A window on a day: whether it calls now, and whether its last call went to a priority number. Not who sits
    there: nobody's pace is kept."""

    window = models.ForeignKey(Place, models.PROTECT, related_name="+")
    day = models.DateField()
    open = models.BooleanField()
    favoured = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["window", "day"], name="window_day_once")]


class Ticket(models.Model):
    """号: purpose: an order of coming that all can see. It says that its holder asked for precedence, not why. Basis:
    the centre's own order (local). Gone after TICKET_DAYS; what stays is counted by line and day (TicketCount)."""

    id = models.UUIDField(primary_key=True)
    # stands in the QR; long enough not to be guessed
    code = models.CharField(max_length=16, unique=True)
    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    line = models.ForeignKey(Line, models.PROTECT, related_name="+")
    day = models.DateField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=8)
    # the hall's version when it was drawn: the order of all numbers of the day
    place = models.BigIntegerField()
    priority = models.BooleanField()
    state = models.CharField(max_length=10, default="waiting")
    drawn_at = models.DateTimeField()
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="+")
    draw_key = models.CharField(max_length=60)
    window = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    # passed on: waits for this window alone
    for_window = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField(null=True)  # for the first time
    begun_at = models.DateTimeField(null=True)  # at the present or last window
    ended_at = models.DateTimeField(null=True)
    # what it has become
    visit = models.CharField("接待编号", max_length=40, blank=True)
    case = models.CharField("办件编号", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "号"
        indexes: ClassVar = [
            models.Index(fields=["centre", "day", "place"], condition=Q(state="waiting"), name="ticket_waiting"),
            models.Index(fields=["line", "-ended_at"], condition=Q(state="done"), name="ticket_served"),
            models.Index(fields=["case"], condition=~Q(case=""), name="ticket_of_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="ticket_state_is_known"),
            models.UniqueConstraint(fields=["line", "day", "serial"], name="ticket_number_once_a_day"),
            models.UniqueConstraint(fields=["kiosk", "draw_key"], name="ticket_once_for_a_press"),
            models.UniqueConstraint(
                fields=["window", "day"], condition=Q(state="called"), name="ticket_one_at_a_window"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", window=None, ended_at=None)
                | Q(
                    state="called",
                    window__isnull=False,
                    called_at__isnull=False,
                    begun_at__isnull=False,
                    ended_at=None,
                )
                | Q(state__in=["done", "no_show"], window__isnull=False, ended_at__isnull=False),
                name="ticket_is_where_its_state_says",
            ),
            models.CheckConstraint(condition=Q(for_window=None) | Q(state="waiting"), name="ticket_passed_on_waits"),
        ]


class TicketCall(models.Model):
    """One call of a number, for the screen. `version` is the hall's, in the order of all calls."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    window = models.ForeignKey(Place, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.BigIntegerField()
    # of the press: a second time it is the same call
    key = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["window", "key"], name="ticket_call_once_for_a_press")
        ]


class TicketCount(models.Model):
    """What stays of a line's day: how many, and how long they waited and took, in seconds."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="+")
    day = models.DateField()
    drawn = models.PositiveIntegerField()
    priority = models.PositiveIntegerField()
    served = models.PositiveIntegerField()
    waited = models.PositiveBigIntegerField()
    took = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["line", "day"], name="ticket_count_once")]
