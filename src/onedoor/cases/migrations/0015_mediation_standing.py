"""What a case knows of its mediations: who mediates, what runs, what was promised. Cases without text messages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_replies_are_chased"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="mediation",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.CreateModel(
            name="CaseQuiet",
            fields=[("case_id", models.UUIDField(primary_key=True, serialize=False))],
            options={"db_table": "case_quiet"},
        ),
    ]
