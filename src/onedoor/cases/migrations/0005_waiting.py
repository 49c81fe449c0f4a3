from django.db import migrations, models

ENDED = ["archived", "guided", "withdrawn", "merged", "transferred"]


class Migration(migrations.Migration):
    """Indexes for the queues of *my work*."""

    dependencies = [("cases", "0004_search_inline"), ("people", "0004_signed_in_function")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["present_centre", "stage", "due_at", "id"],
                condition=models.Q(("stage__in", ENDED), _negated=True),
                name="case_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["present_centre", "stage"],
                condition=models.Q(("pending", {}), _negated=True),
                name="case_pending",
            ),
        ),
    ]
