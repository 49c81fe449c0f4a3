from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Account, Unit
from onedoor.rules.bulletins import BULLETIN_STATES


class Bulletin(models.Model):
    """通报: text and chosen figures to some units. Published it has a number, `content` and the digests of its two
    renderings; a trigger lets nothing of that change any more."""

    id = models.UUIDField(primary_key=True)
    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="中心")
    state = models.CharField("状态", max_length=10, choices=list(BULLETIN_STATES.items()))
    version = models.IntegerField(default=1)
    title = models.CharField("标题", max_length=60)
    text = models.TextField("正文")
    figures = models.JSONField("数字", default=dict)  # as `figures.queries.bulletin_figures` made them; empty: none
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="起草人")
    made_at = models.DateTimeField("起草时间")
    number = models.CharField("文号", max_length=60, blank=True)
    content = models.JSONField("内容", null=True)
    said = models.JSONField("逐段", null=True)  # what its page shows, from `figures.said.to_json`
    sha256 = models.CharField("PDF摘要", max_length=66, blank=True)
    docx_sha256 = models.CharField("Word摘要", max_length=66, blank=True)
    published_by = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True, verbose_name="发布人")
    published_at = models.DateTimeField("发布时间", null=True)
    withdrawn_by = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True, verbose_name="撤回人")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_why = models.CharField("撤回原因", max_length=200, blank=True)

    class Meta:
        db_table = "bulletin"
        verbose_name = verbose_name_plural = "通报"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="bulletin_number_is_unique"),
            models.CheckConstraint(condition=Q(state__in=list(BULLETIN_STATES)), name="bulletin_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(content__isnull=False) & ~Q(number="") & ~Q(sha256="")),
                name="a_published_bulletin_is_complete",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["centre", "-made_at", "-id"], name="bulletin_newest")]


class BulletinUnit(models.Model):
    """主送: a unit to which it goes, and when it was last reminded to read."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    reminded_at = models.DateTimeField("催阅时间", null=True)
    reminded = models.SmallIntegerField("催阅次数", default=0)

    class Meta:
        db_table = "bulletin_unit"
        verbose_name = verbose_name_plural = "通报主送单位"
        constraints: ClassVar = [models.UniqueConstraint(fields=["bulletin", "unit"], name="a_bulletin_once_a_unit")]


class BulletinReading(models.Model):
    """签阅: somebody of an addressed unit has said that he has read it. Purpose: to show that the unit knows of it;
    basis: the order of the office; it goes with the bulletin."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="readings")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="签阅人")
    at = models.DateTimeField("签阅时间")

    class Meta:
        db_table = "bulletin_reading"
        verbose_name = verbose_name_plural = "通报签阅"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "unit", "account"], name="a_bulletin_is_read_once")
        ]
