"""Digests of the national suite have a mark: 66 signs instead of 64. Only made wider, which rewrites no row."""

from typing import Any

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: Any = [
        ("figures", "0006_said"),
    ]

    operations: Any = [
        migrations.AlterField(
            model_name="bulletin",
            name="docx_sha256",
            field=models.CharField(blank=True, max_length=66, verbose_name="Word摘要"),
        ),
        migrations.AlterField(
            model_name="bulletin",
            name="sha256",
            field=models.CharField(blank=True, max_length=66, verbose_name="PDF摘要"),
        ),
        migrations.AlterField(
            model_name="situationreport",
            name="docx_sha256",
            field=models.CharField(blank=True, max_length=66, verbose_name="Word摘要"),
        ),
        migrations.AlterField(
            model_name="situationreport",
            name="sha256",
            field=models.CharField(blank=True, max_length=66, verbose_name="PDF摘要"),
        ),
    ]
