"""The checklists that every centre starts with; from then on they are data that the centre edits."""

from datetime import UTC, datetime

from django.db import migrations

from onedoor.rules.checklists import FIRST_CHECKLISTS


def load(apps, schema_editor):
    checklist = apps.get_model("grid", "Checklist")
    for first in FIRST_CHECKLISTS:
        checklist.objects.create(
            code=first.code, version=1, name=first.name, items=first.rows(), made_at=datetime.now(UTC)
        )


class Migration(migrations.Migration):
    dependencies = [("grid", "0001_the_grid")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
