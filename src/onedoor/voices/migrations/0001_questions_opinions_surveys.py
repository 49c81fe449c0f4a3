"""Questions and what is published of them, opinions, surveys and their answers."""

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
            name="Question",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("code_index", models.BinaryField(max_length=16, null=True, unique=True)),
                ("topic", models.CharField(max_length=20, verbose_name="方面")),
                ("text", models.TextField(blank=True, verbose_name="问题")),
                ("state", models.CharField(default="waiting", max_length=12, verbose_name="状态")),
                ("asked_at", models.DateTimeField(verbose_name="提问时间")),
                ("due_on", models.DateField(verbose_name="答复期限")),
                ("answer", models.TextField(blank=True, verbose_name="答复")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="关闭原因")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="办理时间")),
                ("phone", models.BinaryField(null=True)),
                ("tell_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=300)),
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
                    "ended_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "咨询",
                "verbose_name_plural": "咨询",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["centre", "due_on", "id"],
                        name="question_waiting",
                    ),
                    models.Index(fields=["centre", "-asked_at", "-id"], name="question_newest"),
                    models.Index(
                        condition=models.Q(("tell_at__isnull", False)), fields=["tell_at"], name="question_to_tell"
                    ),
                    models.Index(
                        condition=models.Q(("erased_at", None)), fields=["asked_at"], name="question_to_erase"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "answered", "became_case", "closed"])),
                        name="question_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "topic__in",
                                [
                                    "labour",
                                    "family",
                                    "neighbours",
                                    "land",
                                    "money",
                                    "accident",
                                    "aid",
                                    "petition",
                                    "centre",
                                    "other",
                                ],
                            )
                        ),
                        name="question_topic_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="question_has_an_end_or_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("case__isnull", False), ("state", "became_case")),
                            models.Q(models.Q(("state", "became_case"), _negated=True), ("case", None)),
                            _connector="OR",
                        ),
                        name="question_names_its_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None),
                            models.Q(
                                ("answer", ""), ("code_index", None), ("phone", None), ("reason", ""), ("text", "")
                            ),
                            _connector="OR",
                        ),
                        name="question_erased_is_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedAnswer",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("topic", models.CharField(max_length=20, verbose_name="方面")),
                ("title", models.CharField(max_length=60, verbose_name="标题")),
                ("text", models.TextField(verbose_name="问题")),
                ("answer", models.TextField(verbose_name="答复")),
                ("published_at", models.DateTimeField(verbose_name="公开时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤下时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "question",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="published", to="voices.question"
                    ),
                ),
            ],
            options={
                "verbose_name": "公开的问答",
                "verbose_name_plural": "公开的问答",
                "indexes": [
                    models.Index(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=["-published_at", "-id"],
                        name="published_answer_newest",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True),
                            models.Q(("text", ""), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                        ),
                        name="answer_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=60, verbose_name="标题")),
                ("introduction", models.TextField(blank=True, verbose_name="说明")),
                ("opens_on", models.DateField(verbose_name="开始日期")),
                ("closes_on", models.DateField(verbose_name="结束日期")),
                ("questions", models.JSONField(verbose_name="问题")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("released_at", models.DateTimeField(null=True, verbose_name="开放")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤下")),
                ("results_published_at", models.DateTimeField(null=True, verbose_name="公开结果")),
                ("at", models.DateTimeField(verbose_name="修改时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "问卷",
                "verbose_name_plural": "问卷",
                "indexes": [
                    models.Index(fields=["-opens_on", "-id"], name="survey_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="survey_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on"))),
                        name="survey_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("form_index", models.BinaryField(max_length=16)),
                ("choices", models.JSONField()),
                ("texts", models.JSONField()),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="voices.survey"
                    ),
                ),
            ],
            options={
                "verbose_name": "答卷",
                "verbose_name_plural": "答卷",
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "form_index"), name="one_answer_a_form"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("form_index", models.BinaryField(max_length=16, null=True, unique=True)),
                ("topic", models.CharField(max_length=10, verbose_name="关于")),
                ("text", models.TextField(blank=True, verbose_name="意见")),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("state", models.CharField(default="new", max_length=10, verbose_name="标记")),
                ("shown_text", models.TextField(blank=True, verbose_name="公开的意见")),
                ("reply", models.TextField(blank=True, verbose_name="公开的回复")),
                ("published_on", models.DateField(null=True, verbose_name="公开日期")),
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
            ],
            options={
                "verbose_name": "意见",
                "verbose_name_plural": "意见",
                "indexes": [
                    models.Index(fields=["centre", "-received_on", "-id"], name="opinion_newest"),
                    models.Index(
                        condition=models.Q(("published_on__isnull", False)),
                        fields=["-published_on", "-id"],
                        name="opinion_published",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "read", "adopted"])), name="opinion_state_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("topic__in", ["centre", "unit", "public"])), name="opinion_topic_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_on", None),
                            models.Q(
                                models.Q(("shown_text", ""), _negated=True), models.Q(("reply", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="opinion_shown_has_a_reply",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None),
                            models.Q(("published_on", None), ("reply", ""), ("shown_text", ""), ("text", "")),
                            _connector="OR",
                        ),
                        name="opinion_erased_is_empty",
                    ),
                ],
            },
        ),
    ]
