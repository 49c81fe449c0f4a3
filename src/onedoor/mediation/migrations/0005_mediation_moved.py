"""A mediation whose matter went elsewhere ended by itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_mediation_standing"),
        ("mediation", "0004_sessions_signed_apart_visits_referrals"),
    ]

    operations = [
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
                            "violence",
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
