"""A sign-in on a page ends when nobody has used it for a while. Old code leaves the column empty: no such end."""

from typing import Any

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: Any = [("people", "0009_offered")]
    operations: Any = [migrations.AddField("token", "idle_until", models.DateTimeField(null=True))]
