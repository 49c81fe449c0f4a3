"""Notices of changed passwords and second factors are about no case. The rule is put in place without a look at the
rows that are there, which takes no time whatever the table holds; the next migration looks at them."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0009_by_time")]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notice_is_about_a_case"),
        AddConstraintNotValid(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("case_id__isnull", False),
                    (
                        "kind__in",
                        [
                            "bulletin",
                            "bulletin_reminder",
                            "bulletin_withdrawn",
                            "call_late",
                            "called",
                            "confidential",
                            "password_changed",
                            "password_reset",
                            "second_factor_removed",
                            "second_factor_set",
                        ],
                    ),
                    _connector="OR",
                ),
                name="notice_is_about_a_case",
            ),
        ),
    ]
