"""What was corrected or decided on is held by a recount; entries of tasks name the case behind the task."""

from typing import ClassVar

from django.db import migrations, models

# What stands corrected or decided on is held from now on as what is found later.
HOLD = """
UPDATE points_entry e SET decided = e.counted
 WHERE e.by IS NULL AND e.note IN ('', 'cap') AND (
       EXISTS (SELECT 1 FROM points_entry c WHERE c.corrects_id = e.id)
       OR EXISTS (SELECT 1 FROM points_appeal a WHERE a.entry_id = e.id AND a.state <> 'waiting'))
"""
# Of months that are closed too: a matter that was restricted since is in none of their sums.
CASES = """
UPDATE points_entry e SET case_id = t.case_id FROM grid_fieldtask t
 WHERE e.case_id IS NULL AND t.case_id IS NOT NULL AND e.matter = 'task:' || t.id::text
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("figures", "0004_reports"),
        ("grid", "0001_the_grid"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="pointsentry",
            name="decided",
            field=models.IntegerField(null=True, verbose_name="裁定时的计入"),
        ),
        migrations.RunSQL(HOLD, migrations.RunSQL.noop),
        migrations.RunSQL(CASES, migrations.RunSQL.noop),
    ]
