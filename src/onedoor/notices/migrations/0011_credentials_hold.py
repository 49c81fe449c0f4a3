"""Looks at the rows there were before 0010, while everybody goes on writing."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notices", "0010_credentials")]

    operations = [ValidateConstraint(model_name="notice", name="notice_is_about_a_case")]
