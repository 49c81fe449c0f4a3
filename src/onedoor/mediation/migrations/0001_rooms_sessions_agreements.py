"""Committees, rooms, sessions, agreements; nothing booked twice, by the database itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0013_category_initials"),
        ("people", "0006_uses_of_open_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MediationSerial",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id", "year", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                ("year", models.SmallIntegerField()),
                ("last", models.IntegerField()),
            ],
            options={
                "db_table": "mediation_serial",
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, verbose_name="编号")),
                ("form", models.CharField(max_length=8, verbose_name="形式")),
                ("facts", models.TextField(verbose_name="主要事实")),
                ("disputed", models.TextField(verbose_name="争议事项")),
                ("terms", models.TextField(verbose_name="协议内容")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="履行地点")),
                ("way", models.CharField(blank=True, max_length=200, verbose_name="履行方式")),
                ("currency", models.CharField(max_length=3, verbose_name="币种")),
                ("digest", models.CharField(max_length=64, verbose_name="文本摘要")),
                ("state", models.CharField(max_length=10, verbose_name="状态")),
                ("drafted_at", models.DateTimeField()),
                ("drafted_by", models.BigIntegerField()),
                ("effective_at", models.DateTimeField(null=True, verbose_name="生效")),
                ("copies", models.PositiveSmallIntegerField(verbose_name="份数")),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "verbose_name": "调解协议",
                "verbose_name_plural": "调解协议",
                "db_table": "agreement",
            },
        ),
        migrations.CreateModel(
            name="AgreementItem",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("place", models.SmallIntegerField(verbose_name="次序")),
                ("kind", models.CharField(max_length=12, verbose_name="方式")),
                ("who", models.UUIDField(verbose_name="履行人")),
                ("to_whom", models.UUIDField(null=True, verbose_name="权利人")),
                ("what", models.CharField(blank=True, max_length=500, verbose_name="内容")),
                ("amount", models.BigIntegerField(null=True, verbose_name="金额（分）")),
                ("due_on", models.DateField(verbose_name="期限")),
                ("paid", models.BigIntegerField(default=0, verbose_name="已付（分）")),
                ("state", models.CharField(max_length=10, verbose_name="状态")),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="mediation.agreement"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "verbose_name": "履行事项",
                "verbose_name_plural": "履行事项",
                "db_table": "agreement_item",
                "indexes": [
                    models.Index(fields=["case", "place"], name="item_of_case"),
                    models.Index(
                        condition=models.Q(("state__in", ["open", "part"])), fields=["due_on"], name="item_due"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["payment", "apology", "restoration", "handover", "joint_care", "other"])
                        ),
                        name="item_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "part", "done", "defaulted"])),
                        name="item_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__isnull", True), ("paid", 0)),
                            models.Q(("paid__gte", 0), ("paid__lte", models.F("amount"))),
                            _connector="OR",
                        ),
                        name="never_more_paid_than_promised",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementSignature",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("signer", models.CharField(max_length=48, verbose_name="签署人")),
                ("way", models.CharField(max_length=8, verbose_name="方式")),
                ("digest", models.CharField(max_length=64, verbose_name="所签文本")),
                ("drawing", models.BinaryField(null=True)),
                ("attachment", models.UUIDField(null=True, verbose_name="扫描件")),
                ("at", models.DateTimeField()),
                ("by", models.BigIntegerField()),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signatures",
                        to="mediation.agreement",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "verbose_name": "签署",
                "verbose_name_plural": "签署",
                "db_table": "agreement_signature",
                "indexes": [
                    models.Index(fields=["case", "at"], name="signature_of_case"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("way__in", ["drawn", "sheet", "seal"])), name="signature_way_is_known"
                    ),
                    models.UniqueConstraint(fields=("agreement", "signer"), name="one_signature_a_signer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Committee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12, verbose_name="类别")),
                ("word", models.CharField(max_length=12, verbose_name="文号字")),
                ("term_began", models.DateField(blank=True, null=True, verbose_name="本届开始")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "人民调解委员会",
                "verbose_name_plural": "人民调解委员会",
                "db_table": "mediation_committee",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "joint",
                                    "labour",
                                    "medical",
                                    "land",
                                    "water",
                                    "property",
                                    "traffic",
                                    "family",
                                    "village",
                                    "township",
                                    "enterprise",
                                    "other",
                                ],
                            )
                        ),
                        name="committee_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommitteeMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("office", models.CharField(max_length=8, verbose_name="职务")),
                ("woman", models.BooleanField(default=False, verbose_name="女性")),
                ("since", models.DateField(verbose_name="任职自")),
                ("until", models.DateField(blank=True, null=True, verbose_name="任职至")),
                (
                    "committee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="mediation.committee"
                    ),
                ),
            ],
            options={
                "verbose_name": "调委会委员",
                "verbose_name_plural": "调委会委员",
                "db_table": "mediation_committee_member",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("office__in", ["chair", "deputy", "member"])),
                        name="committee_office_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("office", "chair"), ("until__isnull", True)),
                        fields=("committee",),
                        name="one_chair_a_committee",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("court", models.CharField(max_length=60, verbose_name="人民法院")),
                ("checks", models.JSONField(default=dict, verbose_name="审查")),
                ("state", models.CharField(max_length=12, verbose_name="状态")),
                ("applied_at", models.DateTimeField(verbose_name="申请")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="法院答复受理")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="裁定")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="裁定书案号")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                ("by", models.BigIntegerField()),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="confirmations",
                        to="mediation.agreement",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "verbose_name": "司法确认",
                "verbose_name_plural": "司法确认",
                "db_table": "judicial_confirmation",
                "indexes": [
                    models.Index(fields=["case", "applied_at"], name="confirmation_of_case"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["applied", "accepted", "not_accepted", "confirmed", "dismissed"])
                        ),
                        name="confirmation_state_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["applied", "accepted", "confirmed"])),
                        fields=("agreement",),
                        name="one_confirmation_an_agreement",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mediation",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, verbose_name="调解编号")),
                ("kind", models.CharField(max_length=14, verbose_name="种类")),
                ("source", models.CharField(max_length=16, verbose_name="来源")),
                ("entrusted_by", models.CharField(blank=True, max_length=60, verbose_name="委派委托机关")),
                ("entrusted_number", models.CharField(blank=True, max_length=60, verbose_name="机关案号")),
                ("unit_id", models.BigIntegerField(verbose_name="调解组织")),
                ("mediators", models.JSONField(default=list, verbose_name="调解员")),
                ("chosen", models.BooleanField(default=False, verbose_name="当事人选定")),
                ("disclosure", models.CharField(blank=True, max_length=300, verbose_name="披露的关系")),
                ("state", models.CharField(max_length=8, verbose_name="状态")),
                ("opened_at", models.DateTimeField(verbose_name="启动")),
                ("opened_by", models.BigIntegerField()),
                ("materials_at", models.DateTimeField(null=True, verbose_name="签收材料")),
                ("returned_at", models.DateTimeField(null=True, verbose_name="退回材料")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="终止")),
                ("ending", models.CharField(blank=True, max_length=12, verbose_name="终止原因")),
                ("ending_text", models.CharField(blank=True, max_length=2000, verbose_name="终止情况")),
                ("routes", models.JSONField(default=list, verbose_name="告知的途径")),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "verbose_name": "调解",
                "verbose_name_plural": "调解",
                "db_table": "mediation",
                "indexes": [
                    models.Index(fields=["case", "opened_at"], name="mediation_of_case"),
                    models.Index(fields=["state", "opened_at"], name="mediation_by_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["people", "administrative", "judicial"])),
                        name="mediation_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "source__in",
                                [
                                    "application",
                                    "own",
                                    "court_delegated",
                                    "court_entrusted",
                                    "procuratorate",
                                    "police",
                                    "petition",
                                    "other",
                                ],
                            )
                        ),
                        name="mediation_source_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asking", "open", "agreed", "ended"])),
                        name="mediation_state_is_known",
                    ),
                    models.CheckConstraint(
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
                                ],
                            )
                        ),
                        name="mediation_ending_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asking", "open"])),
                        fields=("case",),
                        name="one_mediation_a_case_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="agreement",
            name="mediation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="agreements", to="mediation.mediation"
            ),
        ),
        migrations.CreateModel(
            name="MediationConsent",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("party", models.UUIDField(verbose_name="当事人")),
                ("purpose", models.CharField(max_length=10, verbose_name="事项")),
                ("agrees", models.BooleanField(verbose_name="同意")),
                ("way", models.CharField(max_length=8, verbose_name="方式")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("at", models.DateTimeField()),
                ("by", models.BigIntegerField(null=True)),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
                (
                    "mediation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="mediation.mediation"
                    ),
                ),
            ],
            options={
                "verbose_name": "当事人意愿",
                "verbose_name_plural": "当事人意愿",
                "db_table": "mediation_consent",
                "indexes": [
                    models.Index(fields=["case", "at"], name="mediation_consent_of_case"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mediator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=14, verbose_name="类别")),
                ("studio", models.CharField(blank=True, max_length=40, verbose_name="工作室")),
                ("specialities", models.JSONField(default=list, verbose_name="擅长")),
                ("languages", models.JSONField(default=list, verbose_name="语言")),
                ("about", models.CharField(blank=True, max_length=300, verbose_name="介绍")),
                ("most", models.PositiveSmallIntegerField(default=0, verbose_name="同时调解上限")),
                ("active", models.BooleanField(default=True, verbose_name="在任")),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "调解员",
                "verbose_name_plural": "调解员",
                "db_table": "mediation_mediator",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["peoples", "chief", "court_invited", "industry", "administrative", "judicial"],
                            )
                        ),
                        name="mediator_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingRoom",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("kind", models.CharField(max_length=14, verbose_name="类别")),
                ("seats", models.PositiveSmallIntegerField(default=8, verbose_name="座位")),
                ("equipment", models.CharField(blank=True, max_length=200, verbose_name="设备")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="中心",
                    ),
                ),
            ],
            options={
                "verbose_name": "调解室",
                "verbose_name_plural": "调解室",
                "db_table": "mediation_room",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["joint", "separate", "hearing", "psychological", "remote"])),
                        name="meeting_room_kind_is_known",
                    ),
                    models.UniqueConstraint(fields=("unit", "name"), name="meeting_room_name_once_a_centre"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PerformanceEntry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=10, verbose_name="种类")),
                ("on_day", models.DateField(verbose_name="日期")),
                ("amount", models.BigIntegerField(null=True, verbose_name="金额（分）")),
                ("text", models.CharField(max_length=500, verbose_name="凭据或情况")),
                ("attachment", models.UUIDField(null=True, verbose_name="凭证")),
                ("at", models.DateTimeField()),
                ("by", models.BigIntegerField()),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="mediation.agreementitem",
                    ),
                ),
            ],
            options={
                "verbose_name": "履行记录",
                "verbose_name_plural": "履行记录",
                "db_table": "performance_entry",
                "indexes": [
                    models.Index(fields=["case", "at"], name="performance_of_case"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["performed", "urged", "defaulted"])),
                        name="entry_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=14, verbose_name="类型")),
                ("side", models.CharField(blank=True, max_length=10, verbose_name="哪一方")),
                ("room_id", models.BigIntegerField(null=True, verbose_name="调解室")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="地点")),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("state", models.CharField(max_length=10, verbose_name="状态")),
                ("booked_by", models.BigIntegerField()),
                ("cancelled_why", models.CharField(blank=True, max_length=200, verbose_name="取消原因")),
                ("present", models.JSONField(default=list, verbose_name="到场当事人")),
                ("others", models.CharField(blank=True, max_length=300, verbose_name="其他在场人")),
                ("rights_told", models.BooleanField(default=False, verbose_name="已告知权利义务")),
                ("read_back", models.BooleanField(default=False, verbose_name="笔录已确认")),
                ("recorded", models.BooleanField(default=False, verbose_name="录音录像")),
                ("text", models.TextField(blank=True, verbose_name="笔录")),
                ("sealed", models.BinaryField(null=True, verbose_name="保密笔录")),
                ("held_by", models.BigIntegerField(null=True)),
                ("salt", models.BinaryField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
                (
                    "mediation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="mediation.mediation"
                    ),
                ),
            ],
            options={
                "verbose_name": "调解会",
                "verbose_name_plural": "调解会",
                "db_table": "mediation_session",
                "indexes": [
                    models.Index(fields=["case", "starts_at"], name="session_of_case"),
                    models.Index(condition=models.Q(("state", "booked")), fields=["starts_at"], name="session_coming"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["joint", "separate", "hearing", "psychological", "remote"])),
                        name="session_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["booked", "held", "cancelled"])),
                        name="session_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["separate", "psychological"]), _negated=True),
                            ("text", ""),
                            _connector="OR",
                        ),
                        name="said_alone_is_sealed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.UUIDField()),
                ("reply", models.CharField(default="waiting", max_length=10)),
                ("replied_at", models.DateTimeField(null=True)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="replies", to="mediation.session"
                    ),
                ),
            ],
            options={
                "db_table": "mediation_session_reply",
                "constraints": [
                    models.UniqueConstraint(fields=("session", "party"), name="one_reply_a_party"),
                    models.CheckConstraint(
                        condition=models.Q(("reply__in", ["waiting", "coming", "not_coming"])), name="reply_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionSeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seats", to="mediation.session"
                    ),
                ),
            ],
            options={
                "db_table": "mediation_session_seat",
            },
        ),
        migrations.AddIndex(
            model_name="agreement",
            index=models.Index(fields=["case", "drafted_at"], name="agreement_of_case"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("form__in", ["written", "oral"])), name="agreement_form_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["signing", "effective", "superseded", "given_up"])),
                name="agreement_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["signing", "effective"])),
                fields=("mediation",),
                name="one_agreement_a_mediation",
            ),
        ),
        # without btree_gist, which the embedded server does not have: a number as a range of one
        migrations.RunSQL(
            "ALTER TABLE mediation_session ADD CONSTRAINT session_no_room_twice EXCLUDE USING gist ("
            " int8range(room_id, room_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)"
            " WHERE (room_id IS NOT NULL AND state <> 'cancelled')",
            "ALTER TABLE mediation_session DROP CONSTRAINT session_no_room_twice",
        ),
        migrations.RunSQL(
            "ALTER TABLE mediation_session_seat ADD CONSTRAINT session_no_mediator_twice EXCLUDE USING gist ("
            " int8range(account_id, account_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)",
            "ALTER TABLE mediation_session_seat DROP CONSTRAINT session_no_mediator_twice",
        ),
    ]
