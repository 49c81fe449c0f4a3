"""Protected reports of harm."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mediation", "0002_reminders"),
    ]

    operations = [
        migrations.CreateModel(
            name="HarmReport",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("centre_id", models.BigIntegerField(verbose_name="中心")),
                ("case_id", models.UUIDField(null=True)),
                ("ground", models.CharField(max_length=12, verbose_name="情形")),
                ("wish", models.CharField(blank=True, max_length=4, verbose_name="本人意愿")),
                ("state", models.CharField(max_length=10, verbose_name="状态")),
                ("sealed", models.BinaryField(null=True)),
                ("reporter", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "受害线索报告",
                "verbose_name_plural": "受害线索报告",
                "db_table": "harm_report",
                "indexes": [
                    models.Index(fields=["centre_id", "-at"], name="harm_newest"),
                    models.Index(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=["case_id"],
                        name="harm_open_by_case",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ground__in", ["minor", "no_capacity", "threat", "adult"])),
                        name="harm_ground_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "reported", "declined", "closed"])),
                        name="harm_state_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HarmEntry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=10)),
                ("what", models.CharField(blank=True, max_length=16)),
                ("sealed", models.BinaryField(null=True)),
                ("by", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="mediation.harmreport"
                    ),
                ),
            ],
            options={
                "db_table": "harm_entry",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["told", "referred", "closed"])), name="harm_entry_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "what__in",
                                [
                                    "",
                                    "police",
                                    "civil_affairs",
                                    "education",
                                    "women",
                                    "procuratorate",
                                    "psychological",
                                    "women_children",
                                    "legal_aid",
                                    "shelter",
                                    "medical",
                                    "protection_order",
                                ],
                            )
                        ),
                        name="harm_entry_what_is_known",
                    ),
                ],
            },
        ),
    ]
