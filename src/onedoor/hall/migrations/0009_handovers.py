"""Partner offices and the slips between them and the centre."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What was written stays as it is: an answer is added once, and all of it is emptied at the end of its time.
KEEP_WORDS = """
    CREATE FUNCTION handover_words_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL AND NEW.what = '' AND NEW.answer = '' THEN
            RETURN NEW;
        END IF;
        IF NEW.what <> OLD.what OR (OLD.answer <> '' AND NEW.answer <> OLD.answer) THEN
            RAISE EXCEPTION 'what was written in hall_handover stays as it is';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER handover_words_stay BEFORE UPDATE ON hall_handover
        FOR EACH ROW EXECUTE FUNCTION handover_words_stay();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_category_initials"),
        ("hall", "0008_outreach"),
        ("people", "0006_uses_of_open_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, verbose_name="代码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("purpose", models.CharField(blank=True, max_length=120, verbose_name="办什么")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="公开电话")),
                ("days", models.PositiveSmallIntegerField(verbose_name="几个工作日内答复")),
                ("position", models.PositiveIntegerField(default=0)),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
            ],
            options={
                "verbose_name": "外部单位",
                "verbose_name_plural": "外部单位",
                "ordering": ["position", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("centre", "code"), name="partner_code_in_a_centre"),
                    models.UniqueConstraint(fields=("account",), name="partner_account_is_of_one"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("name", ""), _negated=True), ("days__gte", 1), ("days__lte", 60)),
                        name="partner_has_name_and_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="编号")),
                ("direction", models.CharField(max_length=3, verbose_name="方向")),
                ("their_number", models.CharField(blank=True, max_length=60, verbose_name="对方编号")),
                ("what", models.TextField(blank=True, verbose_name="需要办什么")),
                ("state", models.CharField(max_length=10, verbose_name="状态")),
                ("answer", models.TextField(blank=True, verbose_name="答复或退回原因")),
                ("due_day", models.DateField(verbose_name="答复期限")),
                ("made_at", models.DateTimeField(verbose_name="转接时间")),
                ("received_at", models.DateTimeField(null=True, verbose_name="接收时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="答复或退回时间")),
                ("erased_at", models.DateTimeField(null=True, verbose_name="清除时间")),
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
                    "centre",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
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
                    "note",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hall.callnote",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hall.visit",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hall.partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "转接单",
                "verbose_name_plural": "转接单",
                "indexes": [
                    models.Index(fields=["centre", "-made_at", "-id"], name="handover_newest"),
                    models.Index(
                        condition=models.Q(("state__in", ["sent", "received"])),
                        fields=["centre", "due_day"],
                        name="handover_open",
                    ),
                    models.Index(
                        condition=models.Q(("erased_at", None)), fields=["made_at"], name="handover_to_erase"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("direction__in", ["out", "in"]),
                            ("state__in", ["sent", "received", "answered", "returned"]),
                        ),
                        name="handover_words_are_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("ended_at", None), ("received_at", None), ("state", "sent")),
                            models.Q(
                                ("answer", ""),
                                ("ended_at", None),
                                ("received_at__isnull", False),
                                ("state", "received"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ["answered", "returned"]),
                                models.Q(
                                    models.Q(("answer", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="handover_ends_in_one_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("direction", "in"), models.Q(("their_number", ""), _negated=True)),
                            models.Q(("direction", "out"), ("their_number", "")),
                            _connector="OR",
                        ),
                        name="handover_that_came_in_has_their_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("received_at", None), ("received_at__gte", models.F("made_at")), _connector="OR"
                        ),
                        name="handover_is_received_after_it_was_made",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("direction", "in")),
                        fields=("partner", "their_number"),
                        name="handover_came_in_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            KEEP_WORDS, "DROP TRIGGER handover_words_stay ON hall_handover; DROP FUNCTION handover_words_stay();"
        ),
    ]
