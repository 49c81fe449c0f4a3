"""Text messages to applicants."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0004_read_until"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApplicantMessage",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("case_id", models.UUIDField()),
                ("party_id", models.UUIDField()),
                ("kind", models.CharField(max_length=24)),
                ("state", models.CharField(db_default="waiting", default="waiting", max_length=10)),
                ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("next_try_at", models.DateTimeField()),
                ("last_error", models.CharField(blank=True, db_default="", default="", max_length=300)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "给申请人的短信",
                "verbose_name_plural": "给申请人的短信",
                "db_table": "applicant_message",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["next_try_at"],
                        name="applicant_message_waiting",
                    ),
                    models.Index(fields=["case_id", "created_at"], name="applicant_message_of_a_case"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "sent", "stuck", "dropped"])),
                        name="applicant_message_state_is_known",
                    )
                ],
            },
        ),
    ]
