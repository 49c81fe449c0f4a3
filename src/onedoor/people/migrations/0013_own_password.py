"""A password that somebody else has set is replaced by its owner before anything else. Accounts that are there keep
theirs; old code neither asks nor clears the mark."""

from typing import Any

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: Any = [("people", "0012_sessions")]
    operations: Any = [
        migrations.AddField(
            "account",
            "must_change_password",
            models.BooleanField(db_default=False, default=False, verbose_name="须改密码"),
        ),
        migrations.AddField("token", "for_password", models.BooleanField(db_default=False, default=False)),
    ]
