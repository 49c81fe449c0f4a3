"""Schemes as data, calendars of divisions, what the sweeper keeps of a clock, notices of supervision."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_category_has_code_and_name"),
        ("people", "0005_administration"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division", models.BigIntegerField(verbose_name="区划")),
                ("days", models.JSONField(verbose_name="日期")),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("by", models.BigIntegerField(null=True, verbose_name="修改人")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("after", models.UUIDField(null=True)),
                ("moved", models.IntegerField(db_default=0, default=0, verbose_name="已调整")),
                ("held", models.IntegerField(db_default=0, default=0, verbose_name="待确认")),
                ("done_at", models.DateTimeField(null=True, verbose_name="完成")),
            ],
            options={
                "verbose_name": "日历变更",
                "verbose_name_plural": "日历变更",
                "db_table": "calendar_change",
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division", models.BigIntegerField(verbose_name="区划")),
                ("day", models.DateField(verbose_name="日期")),
                ("working", models.BooleanField(verbose_name="上班")),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="名称")),
            ],
            options={
                "verbose_name": "工作日历",
                "verbose_name_plural": "工作日历",
                "db_table": "calendar_day",
                "constraints": [
                    models.UniqueConstraint(fields=("division", "day"), name="calendar_day_once_a_division"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("year", models.SmallIntegerField(primary_key=True, serialize=False, verbose_name="年")),
                ("rest", models.JSONField(verbose_name="休息日")),
            ],
            options={
                "verbose_name": "放假安排",
                "verbose_name_plural": "放假安排",
                "db_table": "calendar_year",
            },
        ),
        migrations.CreateModel(
            name="SchemeRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.JSONField(verbose_name="规则")),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("by", models.BigIntegerField(verbose_name="修改人")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "方案适用规则",
                "verbose_name_plural": "方案适用规则",
                "db_table": "scheme_rules",
            },
        ),
        migrations.CreateModel(
            name="SchemeVersion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "code", "version", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("version", models.SmallIntegerField(verbose_name="版本")),
                ("content", models.JSONField(verbose_name="内容")),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("by", models.BigIntegerField(verbose_name="修改人")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "限时方案",
                "verbose_name_plural": "限时方案",
                "db_table": "scheme_version",
            },
        ),
        migrations.CreateModel(
            name="Supervision",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=32, verbose_name="督办编号")),
                ("clock", models.UUIDField(null=True)),
                ("level", models.CharField(max_length=12, verbose_name="级别")),
                ("cause", models.CharField(max_length=24, verbose_name="事由")),
                ("state", models.CharField(max_length=10, verbose_name="状态")),
                ("issued_by", models.BigIntegerField(null=True, verbose_name="签发人")),
                ("issued_at", models.DateTimeField(verbose_name="签发时间")),
                ("reply_by", models.DateTimeField(verbose_name="回告期限")),
                ("replied_by", models.BigIntegerField(null=True, verbose_name="回告人")),
                ("replied_at", models.DateTimeField(null=True, verbose_name="回告时间")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="结束时间")),
            ],
            options={
                "verbose_name": "督办单",
                "verbose_name_plural": "督办单",
                "db_table": "supervision",
            },
        ),
        migrations.AddField(
            model_name="case",
            name="paused_until",
            field=models.DateTimeField(null=True, verbose_name="预计中止至"),
        ),
        migrations.AddField(
            model_name="case",
            name="scheme_version",
            field=models.SmallIntegerField(db_default=1, default=1, verbose_name="方案版本"),
        ),
        migrations.AddField(
            model_name="case",
            name="track",
            field=models.CharField(blank=True, db_default="", default="", max_length=24, verbose_name="办理程序"),
        ),
        migrations.AddField(
            model_name="clock",
            name="calendar",
            field=models.CharField(db_default="/", default="/", max_length=120, verbose_name="日历"),
        ),
        migrations.AddField(
            model_name="clock",
            name="given_back",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="退还秒数"),
        ),
        migrations.AddField(
            model_name="clock",
            name="light",
            field=models.CharField(db_default="green", default="green", max_length=6, verbose_name="灯色"),
        ),
        migrations.AddField(
            model_name="clock",
            name="look_at",
            field=models.DateTimeField(null=True, verbose_name="下次检查"),
        ),
        migrations.AddField(
            model_name="clock",
            name="rung",
            field=models.SmallIntegerField(db_default=0, default=0, verbose_name="督办梯级"),
        ),
        migrations.AlterField(
            model_name="clock",
            name="kind",
            field=models.CharField(max_length=20, verbose_name="种类"),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("look_at__isnull", False)), fields=["look_at"], name="clock_to_look_at"
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="supervisions", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="unit",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.unit",
            ),
        ),
        migrations.AddIndex(
            model_name="supervision",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "replied", "appealed"])),
                fields=["unit", "reply_by"],
                name="supervision_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="supervision",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "replied", "appealed"])),
                fields=["reply_by", "id"],
                name="supervision_by_reply",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.UniqueConstraint(fields=("number",), name="supervision_number_is_unique"),
        ),
        # what runs already is looked at when it is due to
        migrations.RunSQL(
            "UPDATE clock SET look_at = warn_at WHERE stopped_at IS NULL AND paused_at IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
