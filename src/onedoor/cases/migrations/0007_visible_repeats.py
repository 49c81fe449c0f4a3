from django.db import migrations, models

FILL = """
    UPDATE visible v SET due_at = c.due_at, restricted = c.confidentiality <> 'ordinary' FROM "case" c
     WHERE c.id = v.case_id AND (c.due_at IS NOT NULL OR c.confidentiality <> 'ordinary')
"""


class Migration(migrations.Migration):
    """The gate repeats the next due date and whether a case is restricted, so that an audience is walked late
    first, and a person's restricted cases are found without walking the others."""

    dependencies = [("cases", "0006_draft")]

    operations = [
        migrations.AddField("visible", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("visible", "restricted", models.BooleanField(db_default=False, default=False)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "visible", models.Index(fields=["audience", "stage", "due_at", "case_id"], name="visible_by_due")
        ),
        migrations.AddIndex(
            "visible",
            models.Index(
                fields=["audience", "-sort_key", "-case_id"],
                condition=models.Q(("restricted", True)),
                name="visible_restricted",
            ),
        ),
    ]
