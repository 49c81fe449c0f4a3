"""Bulletins are told of, and are about no case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0007_confidential"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_is_about_a_case",
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("case_id__isnull", False),
                    (
                        "kind__in",
                        ["bulletin", "bulletin_reminder", "bulletin_withdrawn", "call_late", "called", "confidential"],
                    ),
                    _connector="OR",
                ),
                name="notice_is_about_a_case",
            ),
        ),
    ]
