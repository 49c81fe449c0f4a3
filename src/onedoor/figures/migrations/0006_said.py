"""What was issued is shown as it was said then."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("figures", "0005_points_hold"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="bulletin", name="said", field=models.JSONField(null=True, verbose_name="逐段")
        ),
        migrations.AddField(
            model_name="situationreport", name="said", field=models.JSONField(null=True, verbose_name="逐段")
        ),
    ]
