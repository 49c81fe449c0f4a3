"""The service catalogue, and the one that every centre starts with; from then on it is data that the centre edits."""

import dataclasses

import django.db.models.deletion
from django.db import migrations, models

from onedoor.cases.pinyin import initials
from onedoor.rules.service_book import FIRST_SERVICES


def load(apps, schema_editor):
    groups, services = apps.get_model("hall", "ServiceGroup"), apps.get_model("hall", "Service")
    for place, first in enumerate(FIRST_SERVICES):
        group = groups.objects.create(code=first.code, name=first.name, position=place)
        services.objects.bulk_create(
            services(group=group, position=position, initials=initials(one.name), **dataclasses.asdict(one))
            for position, one in enumerate(first.services)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("hall", "0001_visits"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="次序")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
            ],
            options={
                "verbose_name": "服务类别",
                "verbose_name_plural": "服务类别",
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code__regex", "^[a-z0-9][a-z0-9._-]*$"), models.Q(("name", ""), _negated=True)
                        ),
                        name="service_group_has_code_and_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("initials", models.CharField(max_length=40, verbose_name="拼音首字母")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="次序")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                ("what", models.TextField(max_length=1000, verbose_name="是什么")),
                ("for_whom", models.TextField(blank=True, max_length=1000, verbose_name="谁可以办")),
                ("handled_by", models.CharField(blank=True, max_length=120, verbose_name="由谁办理")),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="承办单位代码")),
                ("bring", models.TextField(blank=True, max_length=1000, verbose_name="带什么")),
                ("form", models.CharField(blank=True, max_length=120, verbose_name="填什么表")),
                ("fee", models.CharField(blank=True, max_length=120, verbose_name="收费")),
                ("basis", models.TextField(blank=True, max_length=1000, verbose_name="依据")),
                ("scheme", models.CharField(blank=True, max_length=40, verbose_name="时限方案")),
                ("line", models.CharField(blank=True, max_length=40, verbose_name="取号窗口")),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="登记类别")),
                ("kind", models.CharField(blank=True, max_length=20, verbose_name="登记性质")),
                ("purpose", models.CharField(blank=True, max_length=20, verbose_name="信访目的")),
                ("unconfirmed", models.CharField(blank=True, max_length=120, verbose_name="待核")),
                ("changed_at", models.DateTimeField(null=True, verbose_name="修改时间")),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="hall.servicegroup",
                        verbose_name="类别",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务事项",
                "verbose_name_plural": "服务事项",
                "ordering": ["group__position", "group__code", "position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code__regex", "^[a-z0-9][a-z0-9._-]*$"),
                            models.Q(("name", ""), _negated=True),
                            models.Q(("what", ""), _negated=True),
                        ),
                        name="service_says_what_it_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["", "dispute", "appeal", "incident", "consultation"])),
                        name="service_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["", "suggestion", "accusation", "petition"])),
                        name="service_purpose_is_known",
                    ),
                ],
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
