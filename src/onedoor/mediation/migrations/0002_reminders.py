"""Which promise has been told of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mediation", "0001_rooms_sessions_agreements"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "item_id", "days", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("item_id", models.UUIDField()),
                ("days", models.SmallIntegerField()),
            ],
            options={
                "db_table": "mediation_reminder",
            },
        ),
    ]
