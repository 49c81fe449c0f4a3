"""What has come in the last minutes is found for everybody at once."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0008_bulletins"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=BrinIndex(autosummarize=True, fields=["created_at"], name="notice_by_time", pages_per_range=8),
        ),
    ]
