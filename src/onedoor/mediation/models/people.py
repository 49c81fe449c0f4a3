from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Account, Unit
from onedoor.rules.committees import COMMITTEE_KINDS, MEDIATOR_KINDS, OFFICES


class Committee(models.Model):
    """人民调解委员会: the unit, and what the law asks of it (人民调解法 §§7–9)."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    kind = models.CharField("类别", max_length=12)
    # the part of its agreements' numbers that is its own: (2026)敦联调字第7号
    word = models.CharField("文号字", max_length=12)
    term_began = models.DateField("本届开始", null=True, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        db_table = "mediation_committee"
        verbose_name = verbose_name_plural = "人民调解委员会"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(COMMITTEE_KINDS)), name="committee_kind_is_known"),
        ]


class CommitteeMember(models.Model):
    """委员. Published by law (人民调解法 §10), so the name stands here in the clear; whether a woman, since §8 asks
    for women among them. No other trait of a person is kept."""

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="members")
    name = models.CharField("姓名", max_length=60)
    office = models.CharField("职务", max_length=8)
    woman = models.BooleanField("女性", default=False)
    since = models.DateField("任职自")
    until = models.DateField("任职至", null=True, blank=True)

    class Meta:
        db_table = "mediation_committee_member"
        verbose_name = verbose_name_plural = "调委会委员"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(office__in=list(OFFICES)), name="committee_office_is_known"),
            models.UniqueConstraint(
                fields=["committee"], condition=Q(office="chair", until__isnull=True), name="one_chair_a_committee"
            ),
        ]


class Mediator(models.Model):
    """调解员: what the parties may know before they choose him (人民调解法 §19)."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="+", verbose_name="账号")
    kind = models.CharField("类别", max_length=14)
    studio = models.CharField("工作室", max_length=40, blank=True)
    specialities = models.JSONField("擅长", default=list)  # codes of categories
    languages = models.JSONField("语言", default=list)
    about = models.CharField("介绍", max_length=300, blank=True)
    most = models.PositiveSmallIntegerField("同时调解上限", default=0)  # 0: none
    active = models.BooleanField("在任", default=True)

    class Meta:
        db_table = "mediation_mediator"
        verbose_name = verbose_name_plural = "调解员"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(MEDIATOR_KINDS)), name="mediator_kind_is_known"),
        ]
