"""What administrators change: codes and names that can be written down, and the newest changes at hand."""

from django.db import migrations, models

import onedoor.rules.access

# those of `access_log.CHANGES`, frozen here
INDEX = """
    CREATE INDEX access_log_changes ON access_log (recorded_at)
     WHERE action IN ('first_run', 'division', 'unit', 'account', 'post', 'category', 'import')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_signed_in_function"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("username__regex", "^\\S+$")), name="username_is_a_word"
            ),
        ),
        migrations.AddConstraint(
            model_name="division",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^\\S+$"), models.Q(("name", ""), _negated=True)),
                name="division_has_code_and_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidential", True), ("role", onedoor.rules.access.Role["ADMIN"]), _negated=True
                ),
                name="an_admin_post_is_not_confidential",
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^\\S+$"), models.Q(("name", ""), _negated=True)),
                name="unit_has_code_and_name",
            ),
        ),
        migrations.RunSQL(INDEX, "DROP INDEX access_log_changes"),
    ]
