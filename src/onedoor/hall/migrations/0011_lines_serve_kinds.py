"""Which services a line is for; and from a matter back to the number of the hall."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hall", "0010_book_resources"),
    ]

    operations = [
        migrations.AddField(
            "line",
            "kinds",
            models.JSONField(db_default=models.Value([], models.JSONField()), default=list, verbose_name="窗口种类"),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(condition=models.Q(("case", ""), _negated=True), fields=["case"], name="ticket_of_case"),
        ),
    ]
