"""Articles that the centre publishes, with every version."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hall", "0002_services"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Article",
            fields=[
                ("kind", models.CharField(max_length=20, verbose_name="种类")),
                ("title", models.CharField(max_length=60, verbose_name="标题")),
                ("text", models.TextField(verbose_name="内容")),
                ("publish_on", models.DateField(null=True, verbose_name="发布日期")),
                ("withdraw_on", models.DateField(null=True, verbose_name="撤下日期")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("at", models.DateTimeField(verbose_name="修改时间")),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
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
                "verbose_name": "信息",
                "verbose_name_plural": "信息",
                "indexes": [
                    models.Index(fields=["-publish_on", "-id"], name="article_published"),
                    models.Index(fields=["-at", "-id"], name="article_changed"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                {
                                    "announcement": "公告",
                                    "law": "普法",
                                    "promise": "服务承诺",
                                    "results": "督办结果",
                                    "rota": "值班",
                                },
                            )
                        ),
                        name="article_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True), models.Q(("text", ""), _negated=True)
                        ),
                        name="article_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdraw_on", None),
                            models.Q(("publish_on__isnull", False), ("withdraw_on__gte", models.F("publish_on"))),
                            _connector="OR",
                        ),
                        name="article_is_withdrawn_after_it_is_published",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, verbose_name="种类")),
                ("title", models.CharField(max_length=60, verbose_name="标题")),
                ("text", models.TextField(verbose_name="内容")),
                ("publish_on", models.DateField(null=True, verbose_name="发布日期")),
                ("withdraw_on", models.DateField(null=True, verbose_name="撤下日期")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("at", models.DateTimeField(verbose_name="修改时间")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="hall.article"
                    ),
                ),
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
                "verbose_name": "信息的版本",
                "verbose_name_plural": "信息的版本",
                "constraints": [
                    models.UniqueConstraint(fields=("article", "version"), name="article_version_once"),
                ],
            },
        ),
    ]
