"""By what somebody is signed in and when he last used it, for himself. Old code leaves the columns empty."""

from typing import Any

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: Any = [("people", "0011_looks_have_rows")]
    operations: Any = [
        migrations.AddField("token", "way", models.CharField(db_default="", default="", max_length=10)),
        migrations.AddField("token", "device", models.CharField(db_default="", default="", max_length=10)),
        migrations.AddField("token", "used_at", models.DateTimeField(null=True)),
    ]
