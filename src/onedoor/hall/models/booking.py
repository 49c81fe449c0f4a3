"""Bookings. The database itself sees to it that no seat is given twice: see `hall_booking_no_seat_twice` in the
migration, an exclusion constraint over (bookable, seat, period) for those that hold their seat."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.rules.booking import LONGEST_MINUTES, MOST_SEATS, STATES


class Bookable(models.Model):
    """可预约事项: a service's window, or a person on a public duty (a lawyer, a notary, a chief mediator)."""

    name = models.CharField("名称", max_length=40, unique=True)
    about = models.CharField("说明", max_length=300, blank=True)
    place = models.CharField("地点", max_length=60, blank=True)
    minutes = models.PositiveSmallIntegerField("每次分钟数")
    seats = models.PositiveSmallIntegerField("同时接待")
    hours = models.TextField("开放时间")
    closed = models.TextField("停办日期", blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "可预约事项"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=LONGEST_MINUTES), name="bookable_minutes"),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=MOST_SEATS), name="bookable_seats"),
        ]


class Booking(models.Model):
    """预约. Name and telephone are encrypted and go after KEPT_FOR (rules/booking.py)."""

    id = models.UUIDField(primary_key=True)
    bookable = models.ForeignKey(Bookable, models.PROTECT, related_name="bookings")
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
                fields=["phone_index", "day"], condition=Q(state="booked"), name="one_booking_a_phone_a_day"
            ),
        ]
