"""Jumps of the server's clock, as the worker has noticed them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_counters")]

    operations = [
        migrations.CreateModel(
            name="ClockJump",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noticed_at", models.DateTimeField()),
                ("seconds", models.FloatField()),
            ],
            options={"db_table": "clock_jump"},
        ),
    ]
