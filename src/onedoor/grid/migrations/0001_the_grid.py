"""The grid: grids, entries, tasks, places, visits, care plans, opinions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0015_mediation_standing"),
        ("people", "0008_volunteers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CarePlan",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.BinaryField(null=True, verbose_name="姓名")),
                ("phone", models.BinaryField(null=True, verbose_name="电话")),
                ("address", models.BinaryField(null=True, verbose_name="地址")),
                ("basis", models.CharField(max_length=20, verbose_name="依据")),
                ("basis_text", models.CharField(max_length=200, verbose_name="依据说明")),
                ("consented_on", models.DateField(null=True, verbose_name="同意日期")),
                ("purpose", models.CharField(max_length=200, verbose_name="目的")),
                ("help", models.TextField(blank=True, verbose_name="帮扶内容")),
                ("every_days", models.PositiveIntegerField(verbose_name="每隔几天看望")),
                ("begins_on", models.DateField(verbose_name="开始")),
                ("ends_on", models.DateField(verbose_name="结束")),
                ("next_on", models.DateField(null=True, verbose_name="下次看望")),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True, verbose_name="终止时间")),
                ("end_reason", models.CharField(blank=True, max_length=200, verbose_name="终止原因")),
                ("code_index", models.BinaryField(max_length=16, null=True, unique=True)),
                ("erased_at", models.DateTimeField(null=True, verbose_name="清除时间")),
                (
                    "grid",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.division",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "帮扶计划",
                "verbose_name_plural": "帮扶计划",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["worker", "next_on"],
                        name="care_plan_of_worker",
                    ),
                    models.Index(condition=models.Q(("erased_at", None)), fields=["ends_on"], name="care_plan_to_end"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["consent", "duty"])), name="care_plan_basis_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("begins_on"))), name="care_plan_has_an_end"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", "consent"), _negated=True),
                            ("consented_on__isnull", False),
                            _connector="OR",
                        ),
                        name="care_plan_consent_has_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None),
                            models.Q(
                                ("address", None), ("code_index", None), ("help", ""), ("name", None), ("phone", None)
                            ),
                            _connector="OR",
                        ),
                        name="care_plan_erased_is_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CareVisit",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("on", models.DateField(verbose_name="日期")),
                ("note", models.BinaryField(null=True, verbose_name="情况")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="visits", to="grid.careplan"
                    ),
                ),
            ],
            options={
                "verbose_name": "看望",
                "verbose_name_plural": "看望",
                "indexes": [
                    models.Index(fields=["plan", "-on", "-id"], name="care_visit_newest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Checklist",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("version", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("items", models.JSONField(verbose_name="检查项")),
                ("made_at", models.DateTimeField()),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
            ],
            options={
                "verbose_name": "检查表",
                "verbose_name_plural": "检查表",
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="checklist_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="checklist_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldEntry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("post", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=12, verbose_name="种类")),
                ("state", models.CharField(max_length=10, verbose_name="状态")),
                ("digest", models.BinaryField(max_length=32)),
                ("grid_path", models.JSONField(default=list)),
                ("made_at", models.DateTimeField(null=True, verbose_name="记录时间")),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("accuracy", models.FloatField(null=True, verbose_name="误差（米）")),
                ("content", models.JSONField(default=dict, verbose_name="内容")),
                ("files", models.JSONField(default=list, verbose_name="文件")),
                ("refers", models.UUIDField(null=True, verbose_name="所指条目")),
                ("seen", models.PositiveIntegerField(null=True, verbose_name="看到的版本")),
                ("why", models.JSONField(default=dict, verbose_name="原因")),
                ("settled_by", models.BigIntegerField(null=True)),
                ("erased_at", models.DateTimeField(null=True, verbose_name="清除时间")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                        verbose_name="事项",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.division",
                    ),
                ),
            ],
            options={
                "verbose_name": "网格条目",
                "verbose_name_plural": "网格条目",
                "indexes": [
                    models.Index(fields=["account", "-received_at", "-id"], name="field_entry_mine"),
                    models.Index(fields=["grid", "-received_at", "-id"], name="field_entry_of_grid"),
                    models.Index(fields=["-received_at", "-id"], name="field_entry_newest"),
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["refers"], name="field_entry_waits_for"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "asks"])),
                        fields=["received_at"],
                        name="field_entry_to_do",
                    ),
                    models.Index(
                        condition=models.Q(("case__isnull", False)), fields=["case"], name="field_entry_case"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "report",
                                    "more",
                                    "task_sign",
                                    "task_done",
                                    "inspect",
                                    "visit",
                                    "care_visit",
                                    "opinion",
                                    "case",
                                ],
                            )
                        ),
                        name="field_entry_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["received", "waiting", "asks", "refused", "settled"])),
                        name="field_entry_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "opinion"), _negated=True),
                            models.Q(
                                ("account", None), ("lat", None), ("lon", None), ("made_at", None), ("post", None)
                            ),
                            _connector="OR",
                        ),
                        name="an_opinion_has_no_author",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.BinaryField(max_length=32)),
                ("size", models.BigIntegerField()),
                ("have", models.BigIntegerField(default=0)),
                ("whole", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "上传中的文件",
                "verbose_name_plural": "上传中的文件",
                "indexes": [
                    models.Index(fields=["at"], name="field_file_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "sha256"), name="field_file_once"),
                    models.CheckConstraint(
                        condition=models.Q(("have__gte", 0), ("size__gt", 0)), name="field_file_has_a_size"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldOpinion",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("topic", models.CharField(max_length=20, verbose_name="关于")),
                ("text", models.TextField(blank=True, verbose_name="内容")),
                ("heard_on", models.DateField(verbose_name="日期")),
                ("erased_at", models.DateTimeField(null=True, verbose_name="清除时间")),
                (
                    "division",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.division",
                    ),
                ),
            ],
            options={
                "verbose_name": "社情民意",
                "verbose_name_plural": "社情民意",
                "indexes": [
                    models.Index(fields=["division", "-heard_on", "-id"], name="field_opinion_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "topic__in",
                                ["policy", "livelihood", "roads", "water", "environment", "safety", "order", "other"],
                            )
                        ),
                        name="field_opinion_topic_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("erased_at", None), ("text", ""), _connector="OR"),
                        name="field_opinion_erased_is_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grid",
            fields=[
                (
                    "division",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="grid",
                        serialize=False,
                        to="people.division",
                    ),
                ),
                ("kind", models.CharField(default="ordinary", max_length=10, verbose_name="类别")),
                ("level_name", models.CharField(default="网格", max_length=20, verbose_name="称谓")),
                ("shape", models.JSONField(null=True, verbose_name="范围")),
                ("shape_version", models.BigIntegerField(default=0)),
                ("households", models.PositiveIntegerField(null=True, verbose_name="户数")),
                ("shown_name", models.CharField(blank=True, max_length=40, verbose_name="公示的网格员")),
                ("shown_phone", models.CharField(blank=True, max_length=30, verbose_name="公示的电话")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
            ],
            options={
                "verbose_name": "网格",
                "verbose_name_plural": "网格",
                "indexes": [models.Index(fields=["-shape_version"], name="grid_newest_shape")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["ordinary", "micro", "special"])), name="grid_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level_name", ""), _negated=True), name="grid_level_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GridContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10, verbose_name="身份")),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("office", models.CharField(blank=True, max_length=60, verbose_name="单位")),
                ("phone", models.CharField(max_length=30, verbose_name="电话")),
                ("shown", models.BooleanField(default=True, verbose_name="向居民公示")),
                (
                    "grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="grid.grid"
                    ),
                ),
            ],
            options={
                "verbose_name": "网格联系人",
                "verbose_name_plural": "网格联系人",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["police", "legal"])), name="grid_contact_kind_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HouseholdVisit",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("on", models.DateField(verbose_name="日期")),
                ("address", models.BinaryField(null=True, verbose_name="地址")),
                ("purpose", models.CharField(max_length=20, verbose_name="目的")),
                ("asked", models.TextField(blank=True, verbose_name="群众提出")),
                ("erased_at", models.DateTimeField(null=True, verbose_name="清除时间")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.division",
                    ),
                ),
            ],
            options={
                "verbose_name": "入户走访",
                "verbose_name_plural": "入户走访",
                "indexes": [
                    models.Index(fields=["grid", "-on", "-id"], name="household_visit_newest"),
                    models.Index(
                        condition=models.Q(("erased_at", None)), fields=["on"], name="household_visit_to_erase"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["publicity", "safety", "service", "listening", "other"])),
                        name="household_visit_purpose_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None),
                            models.Q(("account", None), ("address", None), ("asked", "")),
                            _connector="OR",
                        ),
                        name="household_visit_erased_is_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20, verbose_name="类别")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="位置")),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("checklist", models.CharField(blank=True, max_length=40, verbose_name="检查表")),
                ("every_days", models.PositiveIntegerField(null=True, verbose_name="每隔几天巡查")),
                ("next_on", models.DateField(null=True, verbose_name="下次巡查")),
                ("last_on", models.DateField(null=True, verbose_name="上次巡查")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                (
                    "grid",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.division",
                    ),
                ),
            ],
            options={
                "verbose_name": "场所设施",
                "verbose_name_plural": "场所设施",
                "indexes": [
                    models.Index(
                        condition=models.Q(("active", True)), fields=["grid", "next_on", "id"], name="place_due"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "school",
                                    "market",
                                    "rented",
                                    "restaurant",
                                    "lodging",
                                    "gas_station",
                                    "worksite",
                                    "factory",
                                    "water",
                                    "road",
                                    "public",
                                    "facility",
                                    "other",
                                ],
                            )
                        ),
                        name="place_kind_is_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="place_has_a_name"),
                    models.CheckConstraint(
                        condition=models.Q(("every_days", None), ("every_days__gt", 0), _connector="OR"),
                        name="place_round_is_of_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("on", models.DateField(verbose_name="日期")),
                ("answers", models.JSONField(default=dict, verbose_name="检查结果")),
                ("faults", models.PositiveSmallIntegerField(default=0, verbose_name="问题数")),
                ("text", models.TextField(blank=True, verbose_name="说明")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "checklist",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grid.checklist"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="inspections", to="grid.place"
                    ),
                ),
            ],
            options={
                "verbose_name": "巡查",
                "verbose_name_plural": "巡查",
                "ordering": [models.OrderBy(models.F("on"), descending=True), "id"],
                "indexes": [
                    models.Index(fields=["place", "-on", "-id"], name="inspection_newest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldTask",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=80, verbose_name="任务")),
                ("text", models.TextField(blank=True, verbose_name="要求")),
                ("guests", models.BooleanField(default=False, verbose_name="群防群治队员可领")),
                ("entry", models.UUIDField(null=True, verbose_name="由哪条上报而来")),
                ("made_at", models.DateTimeField(verbose_name="布置时间")),
                ("due_on", models.DateField(null=True, verbose_name="完成期限")),
                ("state", models.CharField(default="open", max_length=10, verbose_name="状态")),
                ("version", models.PositiveIntegerField(default=1)),
                ("signed_at", models.DateTimeField(null=True, verbose_name="签收时间")),
                ("result", models.TextField(blank=True, verbose_name="完成情况")),
                ("done_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("done_entry", models.UUIDField(null=True)),
                ("course", models.JSONField(default=list, verbose_name="经过")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.division",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grid.place"
                    ),
                ),
            ],
            options={
                "verbose_name": "网格任务",
                "verbose_name_plural": "网格任务",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["open", "signed"])),
                        fields=["grid", "due_on", "id"],
                        name="task_open",
                    ),
                    models.Index(fields=["grid", "-made_at", "-id"], name="task_newest"),
                    models.Index(fields=["-made_at", "-id"], name="task_by_time"),
                    models.Index(condition=models.Q(("case__isnull", False)), fields=["case"], name="task_of_case"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "signed", "done", "cancelled"])),
                        name="task_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="task_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "cancelled"]), ("signed_by__isnull", False), _connector="OR"
                        ),
                        name="task_is_signed_by_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("done_at__isnull", False), _connector="OR"
                        ),
                        name="task_done_has_its_time",
                    ),
                ],
            },
        ),
    ]
