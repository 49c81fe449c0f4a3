"""Bookings. The database itself sees to it that no seat is given twice: see `hall_booking_no_seat_twice` in the
migration, an exclusion constraint over (resource, seat, period) for those that hold their seat. A person with an
account is booked in `people.Occupied` besides, which all rooms share."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.hall.models.catalogue import Service
from onedoor.hall.models.residence import Place
from onedoor.people.models import Account, Unit
from onedoor.rules.booking import LONGEST_MINUTES, MOST_SEATS, STATES


class BookResource(models.Model):
    """接待席: who or what receives those who have booked, whatever they booked it for: a window with some seats, or a
    person on a public duty (a lawyer, a notary, a chief mediator). With `account` his time is one over all rooms. Who
    checks in is called up at `window`."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=40)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    window = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    seats = models.PositiveSmallIntegerField("同时接待")

    class Meta:
        verbose_name = verbose_name_plural = "接待席"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=MOST_SEATS), name="book_resource_seats"),
            models.CheckConstraint(
                condition=Q(account=None) | Q(seats=1), name="book_resource_of_a_person_has_one_seat"
            ),
            models.UniqueConstraint(fields=["centre", "name"], name="book_resource_name_in_a_centre"),
            models.UniqueConstraint(fields=["centre", "account"], name="book_resource_of_a_person_in_a_centre"),
        ]

    def __str__(self) -> str:
        return self.name


class Bookable(models.Model):
    """可预约事项: what people book a time for; `resource` receives them. `service`: the one of the guide that leads
    here."""

    name = models.CharField("名称", max_length=40, unique=True)
    about = models.CharField("说明", max_length=300, blank=True)
    place = models.CharField("地点", max_length=60, blank=True)
    minutes = models.PositiveSmallIntegerField("每次分钟数")
    resource = models.ForeignKey(BookResource, models.PROTECT, related_name="bookables")
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+")
    hours = models.TextField("开放时间")
    closed = models.TextField("停办日期", blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "可预约事项"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=LONGEST_MINUTES), name="bookable_minutes"),
        ]


class Booking(models.Model):
    """预约. Name and telephone are encrypted and go after KEPT_FOR (rules/booking.py)."""

    id = models.UUIDField(primary_key=True)
    bookable = models.ForeignKey(Bookable, models.PROTECT, related_name="bookings")
    # that of the bookable at the time of booking
    resource = models.ForeignKey(BookResource, models.PROTECT, related_name="+")
    seat = models.PositiveSmallIntegerField("席位")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    day = models.DateField("日期")
    state = models.CharField("状态", max_length=10, default="booked")
    # a keyed digest: who reads the table cannot open a booking
    code_index = models.BinaryField(max_length=16, unique=True)
    name = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    # staff who booked it for somebody at the counter; nobody: he did it himself
    booked_by = models.BigIntegerField(null=True)
    remind_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "预约"
        indexes: ClassVar = [
            models.Index(fields=["day", "starts_at", "id"], name="booking_by_day"),
            models.Index(
                fields=["remind_at"], condition=Q(state="booked", remind_at__isnull=False), name="booking_due"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="booking_state_is_known"),
            models.UniqueConstraint(
                fields=["phone_index", "day"],
                condition=Q(state="booked", booked_by=None),
                name="one_booking_a_phone_a_day",
            ),
        ]
