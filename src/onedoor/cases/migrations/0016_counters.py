"""Counters (ADR 17). Where there are cases already the worker, or the next start, fills them (`steps/fold.py`); until
then figures are counted from the cases."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from onedoor.cases.counted import LAYOUT


def note_layout(apps: Any, schema_editor: Any) -> None:
    """Of no cases the empty counters are right."""
    if not apps.get_model("cases", "Case").objects.exists():
        apps.get_model("cases", "CounterLayout").objects.create(layout=LAYOUT)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_mediation_standing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "scope", "cut", "day", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("scope", models.BigIntegerField()),
                ("cut", models.CharField(max_length=10)),
                ("day", models.DateField()),
                ("key", models.CharField(max_length=40)),
                ("counts", ArrayField(base_field=models.IntegerField(), size=None)),
                ("fen", models.BigIntegerField()),
            ],
            options={"db_table": "counter"},
        ),
        migrations.CreateModel(
            name="CounterDelta",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("hour", models.SmallIntegerField()),
                ("category_id", models.BigIntegerField()),
                ("channel", models.CharField(max_length=10)),
                ("unit_id", models.BigIntegerField()),
                ("ending", models.CharField(max_length=20)),
                ("level", models.SmallIntegerField()),
                ("path", ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("audiences", ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("counted", models.BigIntegerField()),
                ("fen", models.BigIntegerField()),
                ("n", models.SmallIntegerField()),
            ],
            options={"db_table": "counter_delta"},
        ),
        migrations.CreateModel(
            name="CounterLayout",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("layout", models.TextField()),
            ],
            options={
                "db_table": "counter_layout",
                "constraints": [models.CheckConstraint(condition=models.Q(id=1), name="one_counter_layout")],
            },
        ),
        migrations.AddField(model_name="case", name="counted", field=models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField(model_name="case", name="counted_until", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(counted_until__isnull=False), fields=["counted_until"], name="case_counted_until"
            ),
        ),
        # what is counted is in no index, and the same rows are counted up again and again
        migrations.RunSQL("ALTER TABLE counter SET (fillfactor = 70)", migrations.RunSQL.noop),
        migrations.RunPython(note_layout, migrations.RunPython.noop),
    ]
