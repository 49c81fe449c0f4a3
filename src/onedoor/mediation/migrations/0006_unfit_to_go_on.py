"""An ending that names no violence."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("cases", "0015_mediation_standing"),
        ("mediation", "0005_mediation_moved"),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name="mediation",
            name="mediation_ending_is_known",
        ),
        migrations.AddConstraint(
            model_name="mediation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "ending__in",
                        [
                            "",
                            "refused",
                            "failed",
                            "expired",
                            "absent",
                            "unfit",
                            "sham",
                            "in_court",
                            "handed_over",
                            "withdrawn",
                            "moved",
                        ],
                    )
                ),
                name="mediation_ending_is_known",
            ),
        ),
    ]
