"""Codes and names of categories that can be written down, and no loops."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_wider_key_number"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^\\S+$"), models.Q(("name", ""), _negated=True)),
                name="category_has_code_and_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True), name="no_category_is_below_itself"
            ),
        ),
    ]
