"""A light may turn red before the end; lists go by when it does."""

import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_schemes_sweeping_supervision"),
        ("people", "0005_administration"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="case_due",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_waiting",
        ),
        migrations.RemoveIndex(
            model_name="visible",
            name="visible_by_due",
        ),
        migrations.AddField(
            model_name="case",
            name="red_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="red_at",
            field=models.DateTimeField(null=True, verbose_name="到期前亮红灯"),
        ),
        migrations.AddField(
            model_name="visible",
            name="red_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce("red_at", "due_at"),
                models.F("id"),
                condition=models.Q(("due_at__isnull", False)),
                name="case_urgent",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.F("present_centre"),
                models.F("stage"),
                django.db.models.functions.comparison.Coalesce("red_at", "due_at"),
                models.F("id"),
                condition=models.Q(
                    ("stage__in", ["archived", "guided", "withdrawn", "merged", "transferred"]), _negated=True
                ),
                name="case_waiting_urgent",
            ),
        ),
        migrations.AddIndex(
            model_name="visible",
            index=models.Index(
                models.F("audience"),
                models.F("stage"),
                django.db.models.functions.comparison.Coalesce("red_at", "due_at"),
                models.F("case_id"),
                name="visible_urgent",
            ),
        ),
    ]
