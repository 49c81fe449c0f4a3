"""Several papers of one form, their bytes in the store, wording of each unit, and numbers that never collide."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

# What was given out so far, by what stands before the year. A unit may have been renamed since; the numbers on the
# papers themselves are the surest source.
_NUMBERS_SO_FAR = r"""
    INSERT INTO paper_number (prefix, year, last)
    SELECT part[1], part[2]::smallint, max(part[3]::integer)
      FROM (SELECT regexp_match(number, '^(.*)〔(\d{4})〕(\d+)号$') AS part FROM paper WHERE number <> '') found
     WHERE part IS NOT NULL GROUP BY 1, 2
"""


class Migration(migrations.Migration):
    dependencies: Any = [
        ("papers", "0001_papers"),
        ("people", "0001_divisions_units_posts_accounts"),
    ]

    operations: Any = [
        migrations.AddField(
            "paper",
            "piece",
            models.SmallIntegerField(db_default=1, default=1, verbose_name="第几份"),
        ),
        migrations.AddField(
            "paper",
            "docx_sha256",
            models.CharField(blank=True, db_default="", default="", max_length=64, verbose_name="Word 版摘要"),
        ),
        migrations.AlterField("paper", "number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
        migrations.AddIndex("paper", models.Index(fields=["sha256"], name="paper_by_pdf")),
        migrations.AddIndex("paper", models.Index(fields=["docx_sha256"], name="paper_by_docx")),
        migrations.RemoveConstraint("paper", "one_version_of_a_paper"),
        migrations.AddConstraint(
            "paper",
            models.UniqueConstraint(fields=("case", "form", "piece", "version"), name="one_version_of_a_paper"),
        ),
        migrations.DeleteModel("PaperSerial"),
        migrations.CreateModel(
            "PaperSerial",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "prefix", "year", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefix", models.CharField(max_length=40)),
                ("year", models.SmallIntegerField()),
                ("last", models.IntegerField()),
            ],
            options={"db_table": "paper_number"},
        ),
        migrations.RunSQL(_NUMBERS_SO_FAR, migrations.RunSQL.noop),
        migrations.AddField(
            "paperwording",
            "unit",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="people.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AddField(
            "paperwording",
            "fixed",
            models.JSONField(db_default={}, default=dict, verbose_name="固定段落"),
        ),
        migrations.AlterField("paperwording", "form", models.CharField(max_length=32, verbose_name="种类")),
        migrations.AddConstraint(
            "paperwording",
            models.UniqueConstraint(
                fields=("unit", "form"), name="one_wording_of_a_form_a_unit", nulls_distinct=False
            ),
        ),
    ]
