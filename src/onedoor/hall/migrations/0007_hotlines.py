"""Hot lines and the notes of their calls."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What was written stays as it is: an answer is added once, and all of it is emptied at the end of its time.
KEEP_WORDS = """
    CREATE FUNCTION callnote_words_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL AND NEW.asked = '' AND NEW.answer = '' THEN
            RETURN NEW;
        END IF;
        IF NEW.asked <> OLD.asked OR (OLD.answer <> '' AND NEW.answer <> OLD.answer) THEN
            RAISE EXCEPTION 'what was written in hall_callnote stays as it is';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER callnote_words_stay BEFORE UPDATE ON hall_callnote
        FOR EACH ROW EXECUTE FUNCTION callnote_words_stay();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_category_initials"),
        ("hall", "0006_tickets"),
        ("people", "0006_uses_of_open_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Hotline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=30, verbose_name="号码")),
                ("name", models.CharField(max_length=30, verbose_name="名称")),
                ("hours", models.CharField(blank=True, max_length=40, verbose_name="接听时间")),
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
                "verbose_name": "热线",
                "verbose_name_plural": "热线",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("centre", "number"), name="hotline_number_in_a_centre"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", ""), _negated=True), models.Q(("name", ""), _negated=True)
                        ),
                        name="hotline_has_number_and_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallNote",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="编号")),
                ("at", models.DateTimeField(verbose_name="来电时间")),
                ("accusation", models.BooleanField(default=False, verbose_name="检举控告")),
                ("asked", models.TextField(blank=True, verbose_name="来电内容")),
                ("answer", models.TextField(blank=True, verbose_name="答复")),
                ("ending", models.CharField(blank=True, max_length=12, verbose_name="结束方式")),
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
                    "taken_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hotline",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hall.hotline",
                    ),
                ),
            ],
            options={
                "verbose_name": "来电记录",
                "verbose_name_plural": "来电记录",
                "indexes": [
                    models.Index(fields=["centre", "-at", "-id"], name="callnote_newest"),
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["centre", "at"], name="callnote_open"
                    ),
                    models.Index(condition=models.Q(("erased_at", None)), fields=["at"], name="callnote_to_erase"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ending", "")),
                            models.Q(
                                ("ended_at__isnull", False), ("ending__in", ["answered", "registered", "dropped"])
                            ),
                            _connector="OR",
                        ),
                        name="callnote_ends_in_one_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accusation", False), models.Q(("answer", ""), ("asked", "")), _connector="OR"
                        ),
                        name="callnote_holds_no_accusation",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Serial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=1)),
                ("day", models.DateField()),
                ("last", models.PositiveIntegerField()),
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
                "constraints": [
                    models.UniqueConstraint(fields=("centre", "kind", "day"), name="one_serial_a_centre_a_kind_a_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallNoteCase",
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
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cases", to="hall.callnote"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("note", "case"), name="callnote_leads_to_a_case_once")
                ],
            },
        ),
        migrations.RunSQL(
            KEEP_WORDS, "DROP TRIGGER callnote_words_stay ON hall_callnote; DROP FUNCTION callnote_words_stay();"
        ),
    ]
