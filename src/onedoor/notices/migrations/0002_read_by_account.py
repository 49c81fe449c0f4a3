import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Reading is each account's own. Nothing ever wrote or asked for `read_at`, so the old code does not miss it."""

    dependencies = [
        ("notices", "0001_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticeRead",
            fields=[
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notices.notice"
                    ),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account", "notice", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "已读",
                "verbose_name_plural": "已读",
                "db_table": "notice_read",
            },
        ),
        migrations.RemoveIndex(
            model_name="notice",
            name="notice_unread",
        ),
        migrations.RemoveField(
            model_name="notice",
            name="read_at",
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("taken_back_at__isnull", True)),
                fields=["audience", "-created_at", "-id"],
                name="notice_newest",
            ),
        ),
    ]
