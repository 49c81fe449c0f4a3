"""Where the room's tables begin."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("cases", "0015_mediation_standing"), ("people", "0009_offered")]
    operations: ClassVar = []
