"""Videos of articles, with captions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hall", "0011_lines_serve_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ArticleVideo",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("media", models.CharField(max_length=20, verbose_name="类型")),
                ("sha256", models.BinaryField(max_length=32)),
                ("size", models.PositiveBigIntegerField(verbose_name="大小")),
                ("captions", models.TextField(verbose_name="字幕")),
                ("poster_media", models.CharField(blank=True, max_length=20, verbose_name="封面类型")),
                ("poster_sha256", models.BinaryField(max_length=32, null=True)),
                ("at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="videos", to="hall.article"
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
                "verbose_name": "视频",
                "verbose_name_plural": "视频",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("article", "name"), name="article_video_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("captions", ""), _negated=True), name="article_video_has_captions"
                    ),
                ],
            },
        ),
    ]
