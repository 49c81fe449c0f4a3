"""How a notice's day of reply was counted, what the unit promised, and whether it has been chased."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_category_initials"),
        ("people", "0005_administration"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("supervision", "asked_at", models.DateTimeField(null=True, verbose_name="要求回告时间")),
        migrations.AddField(
            "supervision", "reply_days", models.SmallIntegerField(null=True, verbose_name="回告工作日")
        ),
        migrations.AddField("supervision", "promised_on", models.DateField(null=True, verbose_name="承诺完成")),
        migrations.AddField("supervision", "chased_at", models.DateTimeField(null=True, verbose_name="催告时间")),
        migrations.AddIndex(
            "supervision",
            models.Index(
                fields=["reply_by"],
                condition=models.Q(("chased_at__isnull", True), ("state", "open")),
                name="supervision_to_chase",
            ),
        ),
    ]
