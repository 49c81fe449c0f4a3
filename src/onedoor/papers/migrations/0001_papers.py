"""Papers, their numbers and wording."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0013_category_initials"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaperSerial",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id", "word", "year", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                ("word", models.CharField(max_length=12)),
                ("year", models.SmallIntegerField()),
                ("last", models.IntegerField()),
            ],
            options={
                "db_table": "paper_serial",
            },
        ),
        migrations.CreateModel(
            name="PaperWording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=32, unique=True, verbose_name="种类")),
                ("heading", models.CharField(blank=True, max_length=60, verbose_name="发文单位")),
                ("title", models.CharField(blank=True, max_length=60, verbose_name="标题")),
                ("opening", models.TextField(blank=True, verbose_name="开头")),
                ("closing", models.TextField(blank=True, verbose_name="结尾")),
                ("word", models.CharField(blank=True, max_length=12, verbose_name="文号字")),
            ],
            options={
                "verbose_name": "文书格式",
                "verbose_name_plural": "文书格式",
                "db_table": "paper_wording",
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("form", models.CharField(max_length=32, verbose_name="种类")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="文号")),
                ("version", models.SmallIntegerField(verbose_name="版次")),
                ("content", models.JSONField(verbose_name="内容")),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                ("made_at", models.DateTimeField(verbose_name="制作")),
                ("made_by", models.BigIntegerField()),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="作废")),
                ("withdrawn_why", models.CharField(blank=True, max_length=200, verbose_name="作废原因")),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "verbose_name": "文书",
                "verbose_name_plural": "文书",
                "db_table": "paper",
                "indexes": [models.Index(fields=["case", "made_at"], name="paper_of_case")],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "form", "version"), name="one_version_of_a_paper"),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="paper_number_is_unique",
                    ),
                ],
            },
        ),
    ]
