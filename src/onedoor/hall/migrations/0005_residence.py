"""Who sits where: places, residences, the rota, calls."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hall", "0004_bookings"),
        ("people", "0005_administration"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, verbose_name="代码")),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("kind", models.CharField(max_length=12, verbose_name="类别")),
                ("purpose", models.CharField(blank=True, max_length=60, verbose_name="办什么")),
                ("location", models.CharField(blank=True, max_length=40, verbose_name="位置")),
                ("mediator", models.CharField(blank=True, max_length=20, verbose_name="首席调解员")),
                ("first", models.DateField(null=True, verbose_name="开始日期")),
                ("last", models.DateField(null=True, verbose_name="结束日期")),
                ("position", models.PositiveIntegerField(default=0)),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                (
                    "centre",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "窗口和场所",
                "verbose_name_plural": "窗口和场所",
                "ordering": ["position", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("centre", "code"), name="place_code_in_a_centre"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["guide", "window", "temporary", "room", "studio"]),
                            models.Q(("name", ""), _negated=True),
                        ),
                        name="place_has_name_and_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("first__isnull", False), ("kind", "temporary"), ("last__gte", models.F("first"))
                            ),
                            models.Q(models.Q(("kind", "temporary"), _negated=True), ("first", None), ("last", None)),
                            _connector="OR",
                        ),
                        name="place_is_temporary_with_its_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mediator", ""), ("kind", "studio"), _connector="OR"),
                        name="place_of_a_mediator_is_a_studio",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Residence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mode", models.CharField(max_length=12, verbose_name="入驻方式")),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="名称")),
                ("purpose", models.CharField(blank=True, max_length=120, verbose_name="办什么")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="公开电话")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                ("minutes", models.PositiveSmallIntegerField(null=True, verbose_name="到岗分钟数")),
                ("position", models.PositiveIntegerField(default=0)),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                (
                    "centre",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.place"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "入驻",
                "verbose_name_plural": "入驻",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["fixed", "rota", "on_call", "appointment", "reachable"])),
                        name="residence_mode_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mode", "reachable"), ("unit", None), models.Q(("name", ""), _negated=True)),
                            models.Q(
                                models.Q(("mode", "reachable"), _negated=True), ("name", ""), ("unit__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="residence_is_of_a_unit_or_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("minutes__gte", 1), ("minutes__lte", 480), ("mode", "on_call")),
                            models.Q(models.Q(("mode", "on_call"), _negated=True), ("minutes", None)),
                            _connector="OR",
                        ),
                        name="residence_on_call_has_minutes",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)),
                        fields=("centre", "unit", "mode"),
                        name="residence_of_a_unit_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("half", models.CharField(max_length=2, verbose_name="半天")),
                ("leader", models.CharField(blank=True, max_length=20, verbose_name="带班领导")),
                ("office", models.CharField(blank=True, max_length=30, verbose_name="职务")),
                (
                    "centre",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
                (
                    "residence",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.residence"
                    ),
                ),
            ],
            options={
                "verbose_name": "轮值",
                "verbose_name_plural": "轮值",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("half__in", ["am", "pm"])), name="duty_half_is_known"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("leader", ""), ("office", ""), ("residence__isnull", False)),
                            models.Q(("residence", None), models.Q(("leader", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="duty_is_of_a_unit_or_a_leader",
                    ),
                    models.UniqueConstraint(
                        fields=("centre", "day", "half", "residence"), name="duty_once_a_half", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("place", models.CharField(blank=True, max_length=20, verbose_name="到哪里")),
                ("called_at", models.DateTimeField(verbose_name="呼叫时间")),
                ("due_at", models.DateTimeField(verbose_name="应到时间")),
                ("arrived_at", models.DateTimeField(null=True, verbose_name="到岗时间")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="取消时间")),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "called_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                    ),
                ),
                (
                    "residence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.residence"
                    ),
                ),
            ],
            options={
                "verbose_name": "呼叫",
                "verbose_name_plural": "呼叫",
                "indexes": [
                    models.Index(fields=["centre", "-called_at", "-id"], name="call_newest"),
                    models.Index(
                        condition=models.Q(("arrived_at", None), ("cancelled_at", None), ("told_at", None)),
                        fields=["due_at"],
                        name="call_to_tell",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gt", models.F("called_at"))), name="call_is_due_after_it_was_made"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(
                                    ("arrived_at", None), ("arrived_at__gte", models.F("called_at")), _connector="OR"
                                ),
                                ("cancelled_at", None),
                            ),
                            models.Q(("arrived_at", None), ("cancelled_at__gte", models.F("called_at"))),
                            _connector="OR",
                        ),
                        name="call_ends_in_one_way",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("arrived_at", None), ("cancelled_at", None)),
                        fields=("residence",),
                        name="call_waits_once_for_a_unit",
                    ),
                ],
            },
        ),
    ]
