"""Professionals in the villages."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_category_initials"),
        ("hall", "0007_hotlines"),
        ("people", "0006_uses_of_open_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Outreach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="名称")),
                ("trade", models.CharField(max_length=12, verbose_name="专业")),
                ("day", models.DateField(verbose_name="日期")),
                ("half", models.CharField(max_length=2, verbose_name="半天")),
                ("place", models.CharField(max_length=60, verbose_name="地点")),
                ("purpose", models.CharField(max_length=120, verbose_name="做什么")),
                ("state", models.CharField(default="planned", max_length=10, verbose_name="状态")),
                ("persons", models.PositiveIntegerField(null=True, verbose_name="服务人数")),
                ("outcome", models.TextField(blank=True, max_length=1000, verbose_name="办了什么")),
                ("reason", models.TextField(blank=True, verbose_name="取消的原因")),
                ("made_at", models.DateTimeField(verbose_name="安排时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                ("erased_at", models.DateTimeField(null=True, verbose_name="清除时间")),
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
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.division"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "下沉服务",
                "verbose_name_plural": "下沉服务",
                "indexes": [
                    models.Index(fields=["centre", "day"], name="outreach_by_day"),
                    models.Index(
                        condition=models.Q(("state", "planned")), fields=["centre", "day"], name="outreach_open"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("half__in", ["am", "pm"]),
                            ("state__in", ["planned", "done", "cancelled"]),
                            (
                                "trade__in",
                                ["lawyer", "notary", "mediator", "counsellor", "judge", "police", "official", "other"],
                            ),
                        ),
                        name="outreach_words_are_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), ("unit__isnull", False)),
                            models.Q(("unit", None), models.Q(("name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="outreach_is_of_a_unit_or_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at", None),
                                ("outcome", ""),
                                ("persons", None),
                                ("reason", ""),
                                ("state", "planned"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("persons__gte", 0),
                                ("persons__lte", 5000),
                                ("reason", ""),
                                ("state", "done"),
                                models.Q(
                                    models.Q(("outcome", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("outcome", ""),
                                ("persons", None),
                                ("state", "cancelled"),
                                models.Q(
                                    models.Q(("reason", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="outreach_ends_in_one_way",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("centre", "unit", "name", "trade", "day", "half", "division"),
                        name="outreach_is_planned_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="visit",
            name="outreach",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="hall.outreach",
            ),
        ),
        migrations.CreateModel(
            name="OutreachCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "outreach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cases", to="hall.outreach"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("outreach", "case"), name="outreach_leads_to_a_case_once"),
                ],
            },
        ),
    ]
