"""Bookings; no seat twice at one time, by the database itself."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hall", "0003_articles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bookable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="名称")),
                ("about", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("place", models.CharField(blank=True, max_length=60, verbose_name="地点")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="每次分钟数")),
                ("seats", models.PositiveSmallIntegerField(verbose_name="同时接待")),
                ("hours", models.TextField(verbose_name="开放时间")),
                ("closed", models.TextField(blank=True, verbose_name="停办日期")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
            ],
            options={
                "verbose_name": "可预约事项",
                "verbose_name_plural": "可预约事项",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 5), ("minutes__lte", 480)), name="bookable_minutes"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seats__gte", 1), ("seats__lte", 50)), name="bookable_seats"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seat", models.PositiveSmallIntegerField(verbose_name="席位")),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("day", models.DateField(verbose_name="日期")),
                ("state", models.CharField(default="booked", max_length=10, verbose_name="状态")),
                ("code_index", models.BinaryField(max_length=16, unique=True)),
                ("name", models.BinaryField(null=True)),
                ("phone", models.BinaryField(null=True)),
                ("phone_index", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField()),
                ("remind_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                (
                    "bookable",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="hall.bookable"
                    ),
                ),
            ],
            options={
                "verbose_name": "预约",
                "verbose_name_plural": "预约",
                "indexes": [
                    models.Index(fields=["day", "starts_at", "id"], name="booking_by_day"),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False), ("state", "booked")),
                        fields=["remind_at"],
                        name="booking_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["booked", "arrived", "missed", "cancelled"])),
                        name="booking_state_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "booked")),
                        fields=("phone_index", "day"),
                        name="one_booking_a_phone_a_day",
                    ),
                ],
            },
        ),
        # without btree_gist, which the embedded server does not have: a number as a range of one
        migrations.RunSQL(
            "ALTER TABLE hall_booking ADD CONSTRAINT hall_booking_no_seat_twice EXCLUDE USING gist ("
            " int8range(bookable_id, bookable_id, '[]') WITH &&,"
            " int4range(seat::int, seat::int, '[]') WITH &&,"
            " tstzrange(starts_at, ends_at) WITH &&) WHERE (state IN ('booked', 'arrived'))",
            "ALTER TABLE hall_booking DROP CONSTRAINT hall_booking_no_seat_twice",
        ),
    ]
