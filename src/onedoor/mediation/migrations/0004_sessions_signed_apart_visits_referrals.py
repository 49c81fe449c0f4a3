"""Signed records, recordings, sides kept apart, changed agreements, visits after an agreement, referrals."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_mediation_standing"),
        ("mediation", "0003_harm"),
        ("people", "0006_uses_of_open_pages"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementVisit",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("due_on", models.DateField(verbose_name="应回访")),
                ("state", models.CharField(max_length=8, verbose_name="状态")),
                ("done_on", models.DateField(null=True, verbose_name="回访日期")),
                ("kept", models.CharField(blank=True, max_length=8, verbose_name="履行情况")),
                ("satisfied", models.BooleanField(null=True, verbose_name="满意")),
                ("sued", models.CharField(blank=True, max_length=300, verbose_name="起诉及判决情况")),
                ("hazards", models.CharField(blank=True, max_length=300, verbose_name="有无错误调解、激化隐患")),
                ("measures", models.CharField(blank=True, max_length=300, verbose_name="采取的措施")),
                ("by", models.BigIntegerField(null=True)),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "协议回访",
                "verbose_name_plural": "协议回访",
                "db_table": "agreement_visit",
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("centre_id", models.BigIntegerField(verbose_name="中心")),
                ("case_id", models.UUIDField(null=True)),
                ("service", models.CharField(max_length=16, verbose_name="服务")),
                ("state", models.CharField(max_length=8, verbose_name="状态")),
                ("sealed", models.BinaryField(null=True)),
                ("by", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "转介",
                "verbose_name_plural": "转介",
                "db_table": "care_referral",
                "indexes": [
                    models.Index(fields=["centre_id", "-at"], name="referral_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "service__in",
                                [
                                    "psychological",
                                    "women_children",
                                    "legal_aid",
                                    "shelter",
                                    "medical",
                                    "protection_order",
                                ],
                            )
                        ),
                        name="referral_service_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["made", "taken", "closed"])), name="referral_state_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionRecording",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("sha256", models.BinaryField(max_length=32)),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("type", models.CharField(max_length=100, verbose_name="类型")),
                ("size", models.BigIntegerField(verbose_name="大小（字节）")),
                ("at", models.DateTimeField()),
                ("by", models.BigIntegerField()),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "录音录像",
                "verbose_name_plural": "录音录像",
                "db_table": "session_recording",
            },
        ),
        migrations.CreateModel(
            name="SessionSignature",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("party", models.UUIDField(verbose_name="签名人")),
                ("way", models.CharField(max_length=8, verbose_name="方式")),
                ("digest", models.CharField(max_length=64, verbose_name="所签笔录")),
                ("drawing", models.BinaryField(null=True)),
                ("attachment", models.UUIDField(null=True, verbose_name="扫描件")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("at", models.DateTimeField()),
                ("by", models.BigIntegerField()),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "笔录签名",
                "verbose_name_plural": "笔录签名",
                "db_table": "session_signature",
            },
        ),
        migrations.RemoveConstraint(
            model_name="agreement",
            name="one_agreement_a_mediation",
        ),
        migrations.RemoveConstraint(
            model_name="agreementitem",
            name="item_state_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="harmentry",
            name="harm_entry_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="meetingroom",
            name="meeting_room_kind_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="session",
            name="session_kind_is_known",
        ),
        migrations.AddField(
            model_name="agreement",
            name="handed_at",
            field=models.DateTimeField(null=True, verbose_name="送交文本"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="handed_how",
            field=models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="怎样送交"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="liabilities",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="各方责任"),
        ),
        migrations.AddField(
            model_name="harmreport",
            name="reminded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="mediation",
            name="apart",
            field=models.BooleanField(db_default=False, default=False, verbose_name="暂停共同调解"),
        ),
        migrations.AddField(
            model_name="mediation",
            name="mediators_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="breaks",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="休会情况"),
        ),
        migrations.AddField(
            model_name="session",
            name="heard_by",
            field=models.JSONField(db_default=[], default=list, verbose_name="主持和参与的调解员"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "signing")), fields=("mediation",), name="one_text_to_sign_a_mediation"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "effective")),
                fields=("mediation",),
                name="one_agreement_in_effect_a_mediation",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "part", "done", "defaulted", "replaced"])),
                name="item_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="harmentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["told", "referred", "restated", "closed"])),
                name="harm_entry_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingroom",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["joint", "separate", "hearing", "psychological", "remote", "public_court", "grid_council"],
                    )
                ),
                name="meeting_room_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "joint",
                            "separate",
                            "hearing",
                            "psychological",
                            "remote",
                            "expert",
                            "public_court",
                            "grid_council",
                        ],
                    )
                ),
                name="session_kind_is_known",
            ),
        ),
        migrations.AddField(
            model_name="agreementvisit",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="visits", to="mediation.agreement"
            ),
        ),
        migrations.AddField(
            model_name="agreementvisit",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="sessionrecording",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="sessionrecording",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="recordings", to="mediation.session"
            ),
        ),
        migrations.AddField(
            model_name="sessionsignature",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="sessionsignature",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="signatures", to="mediation.session"
            ),
        ),
        migrations.AddIndex(
            model_name="agreementvisit",
            index=models.Index(fields=["case", "due_on"], name="agreement_visit_of_case"),
        ),
        migrations.AddIndex(
            model_name="agreementvisit",
            index=models.Index(
                condition=models.Q(("state", "planned")), fields=["due_on"], name="agreement_visit_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementvisit",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["planned", "done", "dropped"])), name="visit_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementvisit",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept__in", ["", "kept", "partly", "broken", "not_due"])),
                name="visit_kept_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="sessionrecording",
            index=models.Index(fields=["case", "at"], name="recording_of_case"),
        ),
        migrations.AddIndex(
            model_name="sessionsignature",
            index=models.Index(fields=["case", "at"], name="record_signature_of_case"),
        ),
        migrations.AddConstraint(
            model_name="sessionsignature",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ["drawn", "sheet", "refused"])), name="record_way_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionsignature",
            constraint=models.UniqueConstraint(fields=("session", "party"), name="one_record_signature_a_party"),
        ),
        # a session that overran took nobody's room: only what is still to come holds one
        migrations.RunSQL(
            "ALTER TABLE mediation_session DROP CONSTRAINT session_no_room_twice,"
            " ADD CONSTRAINT session_no_room_twice EXCLUDE USING gist ("
            " int8range(room_id, room_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)"
            " WHERE (room_id IS NOT NULL AND state = 'booked')",
            migrations.RunSQL.noop,
        ),
    ]
