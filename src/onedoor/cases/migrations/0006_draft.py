from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_waiting")]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("account_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("saved_at", models.DateTimeField(db_default=Now())),
            ],
            options={"verbose_name": "草稿", "verbose_name_plural": "草稿", "db_table": "draft"},
        ),
    ]
