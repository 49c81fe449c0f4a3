import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_read_by_account"),
        ("people", "0005_administration"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticeChannel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("address", models.BinaryField()),
                ("active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("looked_until", models.DateTimeField()),
                ("last_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "通知渠道",
                "verbose_name_plural": "通知渠道",
                "db_table": "notice_channel",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["mail", "sms", "dingtalk", "wecom"])),
                        name="notice_channel_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account__isnull", False), ("kind__in", ["mail", "sms"]), ("unit", None)),
                            models.Q(("account", None), ("kind__in", ["dingtalk", "wecom"]), ("unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="notice_channel_has_one_owner",
                    ),
                    models.UniqueConstraint(fields=("account", "kind"), name="notice_channel_of_a_person"),
                    models.UniqueConstraint(fields=("unit", "kind"), name="notice_channel_of_a_unit"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("text", models.CharField(max_length=300)),
                ("notices", models.PositiveIntegerField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField()),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notices.noticechannel"
                    ),
                ),
            ],
            options={
                "verbose_name": "消息发送",
                "verbose_name_plural": "消息发送",
                "db_table": "delivery",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["next_try_at"], name="delivery_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "stuck"])), fields=["-id"], name="delivery_unsent"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "sent", "stuck", "dropped"])),
                        name="delivery_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                            _connector="OR",
                        ),
                        name="delivery_sent_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryNotice",
            fields=[
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notices.noticechannel"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notices.notice"
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notices.delivery"
                    ),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "channel", "notice", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "verbose_name": "消息所含通知",
                "verbose_name_plural": "消息所含通知",
                "db_table": "delivery_notice",
            },
        ),
    ]
