"""A password that somebody else has set is replaced by its owner before anything else. Accounts that are there keep
theirs; old code neither asks nor clears the mark."""

from typing import Any

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: Any = [("people", "0012_sessions")]
    # The token first: whoever is looked up by his token locks the two in this order; the other way round, the release
    # before would run into deadlocks with this one.
    operations: Any = [
        migrations.AddField("token", "for_password", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "account",
            "must_change_password",
            models.BooleanField(db_default=False, default=False, verbose_name="须改密码"),
        ),
    ]
