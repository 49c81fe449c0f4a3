"""Notices that are about no case, such as a call to come to the hall."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0005_messages_to_applicants"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="case_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("case_id__isnull", False), ("kind__in", ["call_late", "called"]), _connector="OR"),
                name="notice_is_about_a_case",
            ),
        ),
    ]
