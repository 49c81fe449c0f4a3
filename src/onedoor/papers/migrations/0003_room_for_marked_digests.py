"""Digests of the national suite have a mark: 66 signs instead of 64. Only made wider, which rewrites no row."""

from typing import Any

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: Any = [
        ("papers", "0002_pieces_wording_by_unit"),
    ]

    operations: Any = [
        migrations.AlterField(
            model_name="paper",
            name="docx_sha256",
            field=models.CharField(blank=True, db_default="", default="", max_length=66, verbose_name="Word 版摘要"),
        ),
        migrations.AlterField(
            model_name="paper",
            name="sha256",
            field=models.CharField(max_length=66, verbose_name="摘要"),
        ),
    ]
