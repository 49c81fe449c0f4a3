"""How old a password is, and on which day somebody last signed in. Old code leaves both empty."""

from typing import Any

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: Any = [("people", "0013_own_password")]
    operations: Any = [
        migrations.AddField(
            "account", "password_changed_at", models.DateTimeField(null=True, verbose_name="密码设于")
        ),
        migrations.AddField("account", "last_sign_in_on", models.DateField(null=True, verbose_name="最近登录")),
    ]
