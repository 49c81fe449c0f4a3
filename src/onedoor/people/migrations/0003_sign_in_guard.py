"""Failures are counted by user name in a table of their own, for names without an account as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_access_log_ledger")]
    operations = [
        migrations.CreateModel(
            name="SignInGuard",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("locked_until", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "登录失败计数",
                "verbose_name_plural": "登录失败计数",
                "indexes": [
                    models.Index(fields=["last_at"], name="sign_in_guard_by_last"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="token",
            index=models.Index(fields=["expires_at"], name="token_by_expiry"),
        ),
        migrations.RemoveField(model_name="account", name="failed_sign_ins"),
        migrations.RemoveField(model_name="account", name="locked_until"),
    ]
