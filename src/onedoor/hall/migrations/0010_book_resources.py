"""Who receives those who have booked: one row for a window or a person, under however many things it is booked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# each thing that can be booked was its own until now, at the highest centre
_OWN = """
    INSERT INTO hall_bookresource (centre_id, name, seats)
    SELECT (SELECT u.id FROM people_unit u JOIN people_division d ON d.id = u.division_id
             WHERE u.kind = 'centre' AND u.active ORDER BY jsonb_array_length(d.path), d.code LIMIT 1), name, seats
      FROM hall_bookable;
    UPDATE hall_bookable b SET resource_id = r.id FROM hall_bookresource r WHERE r.name = b.name;
    UPDATE hall_booking k SET resource_id = b.resource_id FROM hall_bookable b WHERE b.id = k.bookable_id;
    SET CONSTRAINTS ALL IMMEDIATE;
"""
_SEAT = (
    "ALTER TABLE hall_booking DROP CONSTRAINT hall_booking_no_seat_twice;"
    " ALTER TABLE hall_booking ADD CONSTRAINT hall_booking_no_seat_twice EXCLUDE USING gist ("
    " int8range({column}, {column}, '[]') WITH &&, int4range(seat::int, seat::int, '[]') WITH &&,"
    " tstzrange(starts_at, ends_at) WITH &&) WHERE (state IN ('booked', 'arrived'))"
)


def _resource(null: bool, name: str) -> models.ForeignKey:
    return models.ForeignKey(
        null=null, on_delete=django.db.models.deletion.PROTECT, related_name=name, to="hall.bookresource"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("hall", "0009_handovers"),
        ("people", "0007_occupied"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BookResource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("seats", models.PositiveSmallIntegerField(verbose_name="同时接待")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
                (
                    "window",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.place"
                    ),
                ),
            ],
            options={
                "verbose_name": "接待席",
                "verbose_name_plural": "接待席",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("seats__gte", 1), ("seats__lte", 50)), name="book_resource_seats"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("account", None), ("seats", 1), _connector="OR"),
                        name="book_resource_of_a_person_has_one_seat",
                    ),
                    models.UniqueConstraint(fields=("centre", "name"), name="book_resource_name_in_a_centre"),
                    models.UniqueConstraint(
                        fields=("centre", "account"), name="book_resource_of_a_person_in_a_centre"
                    ),
                ],
            },
        ),
        migrations.AddField("bookable", "resource", _resource(True, "bookables")),
        migrations.AddField("booking", "resource", _resource(True, "+")),
        migrations.RunSQL(_OWN, migrations.RunSQL.noop),
        migrations.AlterField("bookable", "resource", _resource(False, "bookables")),
        migrations.AlterField("booking", "resource", _resource(False, "+")),
        migrations.RunSQL(_SEAT.format(column="resource_id"), _SEAT.format(column="bookable_id")),
        migrations.RemoveConstraint("bookable", "bookable_seats"),
        migrations.RemoveField("bookable", "seats"),
        migrations.AddField(
            "bookable",
            "service",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.service"
            ),
        ),
        migrations.AddField("booking", "booked_by", models.BigIntegerField(null=True)),
        migrations.RemoveConstraint("booking", "one_booking_a_phone_a_day"),
        migrations.AddConstraint(
            "booking",
            models.UniqueConstraint(
                condition=models.Q(("booked_by", None), ("state", "booked")),
                fields=("phone_index", "day"),
                name="one_booking_a_phone_a_day",
            ),
        ),
    ]
