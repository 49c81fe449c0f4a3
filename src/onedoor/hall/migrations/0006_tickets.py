"""Numbers: lines, kiosks, tickets, calls."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hall", "0005_residence"),
        ("people", "0005_administration"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Kiosk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("prints", models.BooleanField(default=False, verbose_name="自动打印")),
                ("made_at", models.DateTimeField(verbose_name="设置时间")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                (
                    "centre",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
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
            ],
            options={
                "verbose_name": "取号机",
                "verbose_name_plural": "取号机",
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, verbose_name="代码")),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("purpose", models.CharField(blank=True, max_length=60, verbose_name="办什么")),
                ("prefix", models.CharField(max_length=1, verbose_name="号码字母")),
                ("guide", models.BooleanField(default=False, verbose_name="导办台")),
                ("opens", models.TimeField(verbose_name="开始取号")),
                ("closes", models.TimeField(verbose_name="停止取号")),
                ("every_day", models.BooleanField(default=False, verbose_name="休息日也取号")),
                ("usual_minutes", models.PositiveSmallIntegerField(verbose_name="平常一个号几分钟")),
                ("position", models.PositiveIntegerField(default=0)),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                (
                    "centre",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
            ],
            options={
                "verbose_name": "业务队列",
                "verbose_name_plural": "业务队列",
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="LineWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "line",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="hall.line"),
                ),
                (
                    "window",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.place"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("line", "window"), name="line_window_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="line",
            name="windows",
            field=models.ManyToManyField(related_name="+", through="hall.LineWindow", to="hall.place"),
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=16, unique=True)),
                ("day", models.DateField()),
                ("serial", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=8)),
                ("place", models.BigIntegerField()),
                ("priority", models.BooleanField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("drawn_at", models.DateTimeField()),
                ("draw_key", models.CharField(max_length=60)),
                ("called_at", models.DateTimeField(null=True)),
                ("begun_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("visit", models.CharField(blank=True, max_length=40, verbose_name="接待编号")),
                ("case", models.CharField(blank=True, max_length=40, verbose_name="办件编号")),
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
                    "for_window",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.place"
                    ),
                ),
                (
                    "kiosk",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.kiosk"),
                ),
                (
                    "line",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.line"),
                ),
                (
                    "window",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.place"
                    ),
                ),
            ],
            options={
                "verbose_name": "号",
                "verbose_name_plural": "号",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["centre", "day", "place"],
                        name="ticket_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "done")), fields=["line", "-ended_at"], name="ticket_served"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "called", "done", "no_show"])),
                        name="ticket_state_is_known",
                    ),
                    models.UniqueConstraint(fields=("line", "day", "serial"), name="ticket_number_once_a_day"),
                    models.UniqueConstraint(fields=("kiosk", "draw_key"), name="ticket_once_for_a_press"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "called")),
                        fields=("window", "day"),
                        name="ticket_one_at_a_window",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "waiting"), ("window", None)),
                            models.Q(
                                ("begun_at__isnull", False),
                                ("called_at__isnull", False),
                                ("ended_at", None),
                                ("state", "called"),
                                ("window__isnull", False),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ["done", "no_show"]),
                                ("window__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="ticket_is_where_its_state_says",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("for_window", None), ("state", "waiting"), _connector="OR"),
                        name="ticket_passed_on_waits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("version", models.BigIntegerField()),
                ("key", models.CharField(max_length=60)),
                (
                    "ticket",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="hall.ticket"),
                ),
                (
                    "window",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.place"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("window", "key"), name="ticket_call_once_for_a_press"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("drawn", models.PositiveIntegerField()),
                ("priority", models.PositiveIntegerField()),
                ("served", models.PositiveIntegerField()),
                ("waited", models.PositiveBigIntegerField()),
                ("took", models.PositiveBigIntegerField()),
                (
                    "line",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.line"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("line", "day"), name="ticket_count_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WindowDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("open", models.BooleanField()),
                ("favoured", models.BooleanField(db_default=False, default=False)),
                (
                    "window",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hall.place"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("window", "day"), name="window_day_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HallDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("version", models.BigIntegerField()),
                (
                    "centre",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("centre", "day"), name="hall_day_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(fields=("centre", "code"), name="line_code_in_a_centre"),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(
                condition=models.Q(("active", True)), fields=("centre", "prefix"), name="line_prefix_in_a_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(
                condition=models.Q(("active", True), ("guide", True)), fields=("centre",), name="line_one_guide_desk"
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("prefix__regex", "^[A-Z]$")), name="line_prefix_is_a_letter"
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closes__gt", models.F("opens")), ("usual_minutes__gte", 1), ("usual_minutes__lte", 120)
                ),
                name="line_has_hours_and_minutes",
            ),
        ),
    ]
