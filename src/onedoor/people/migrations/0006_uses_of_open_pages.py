"""Counts for pages that are open to everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_administration"),
    ]

    operations = [
        migrations.CreateModel(
            name="Use",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("times", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "使用次数",
                "verbose_name_plural": "使用次数",
                "indexes": [models.Index(fields=["since"], name="use_by_since")],
            },
        ),
    ]
