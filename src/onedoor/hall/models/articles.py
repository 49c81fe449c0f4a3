"""信息发布: what the centre tells everybody, and every version of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from onedoor.people.models import Account
from onedoor.rules.articles import ARTICLE_KINDS, MOST_TITLE
from onedoor.rules.videos import MOST_NAME


class ArticleContent(models.Model):
    """What one version says. Who wrote it is for the centre; residents see no name."""

    kind = models.CharField("种类", max_length=20)
    title = models.CharField("标题", max_length=MOST_TITLE)
    text = models.TextField("内容")
    publish_on = models.DateField("发布日期", null=True)
    withdraw_on = models.DateField("撤下日期", null=True)
    version = models.PositiveIntegerField("版本")
    at = models.DateTimeField("修改时间")
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        abstract = True


class Article(ArticleContent):
    """The version that holds."""

    id = models.UUIDField(primary_key=True)

    class Meta:
        verbose_name = verbose_name_plural = "信息"
        indexes: ClassVar = [
            models.Index(fields=["-publish_on", "-id"], name="article_published"),
            models.Index(fields=["-at", "-id"], name="article_changed"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ARTICLE_KINDS), name="article_kind_is_known"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="article_says_something"),
            models.CheckConstraint(
                condition=Q(withdraw_on=None) | Q(publish_on__isnull=False, withdraw_on__gte=F("publish_on")),
                name="article_is_withdrawn_after_it_is_published",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ArticleVersion(ArticleContent):
    """A version as it was written; never changed."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")

    class Meta:
        verbose_name = verbose_name_plural = "信息的版本"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "version"], name="article_version_once"),
        ]


class ArticleVideo(models.Model):
    """视频 of an article, which names it `[video](name)`. Its bytes and those of the picture lie in the store, apart
    from the attachments of cases. Public as soon as the article is; gone with its bytes when it is taken out."""

    id = models.UUIDField(primary_key=True)
    article = models.ForeignKey(Article, models.CASCADE, related_name="videos")
    name = models.CharField("名称", max_length=MOST_NAME)
    media = models.CharField("类型", max_length=20)
    sha256 = models.BinaryField(max_length=32)
    size = models.PositiveBigIntegerField("大小")
    captions = models.TextField("字幕")
    poster_media = models.CharField("封面类型", max_length=20, blank=True)
    poster_sha256 = models.BinaryField(max_length=32, null=True)
    at = models.DateTimeField("上传时间")
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        verbose_name = verbose_name_plural = "视频"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "name"], name="article_video_name_once"),
            models.CheckConstraint(condition=~Q(captions=""), name="article_video_has_captions"),
        ]

    def __str__(self) -> str:
        return self.name
