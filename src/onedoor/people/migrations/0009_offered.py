"""Divisions that forms offer: all but grids."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0008_volunteers")]

    operations = [
        migrations.AddField(
            model_name="division",
            name="offered",
            field=models.BooleanField(db_default=True, default=True, verbose_name="列入选择"),
        ),
    ]
