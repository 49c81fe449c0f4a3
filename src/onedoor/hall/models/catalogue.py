"""服务目录: what residents can come for, as the centre keeps it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.rules.intake import KINDS, PURPOSES
from onedoor.rules.services import MOST_LINE, MOST_NAME, MOST_TEXT

_WORD = r"^[a-z0-9][a-z0-9._-]*$"


class ServiceGroup(models.Model):
    """服务类别: a heading of the guide."""

    code = models.CharField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=MOST_NAME)
    position = models.PositiveIntegerField("次序", default=0)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "服务类别"
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(code__regex=_WORD) & ~Q(name=""), name="service_group_has_code_and_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """服务事项. `unit`, `scheme`, `line` and `category` are codes without a foreign key: a catalogue may be filled in
    before the centre has made them, and a page leaves out what is not there."""

    code = models.CharField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=MOST_NAME)
    # For finding it by the first letters of its pinyin; written with the name.
    initials = models.CharField("拼音首字母", max_length=MOST_NAME)
    group = models.ForeignKey(ServiceGroup, models.PROTECT, related_name="services", verbose_name="类别")
    position = models.PositiveIntegerField("次序", default=0)
    active = models.BooleanField("在用", default=True)
    what = models.TextField("是什么", max_length=MOST_TEXT)
    for_whom = models.TextField("谁可以办", max_length=MOST_TEXT, blank=True)
    handled_by = models.CharField("由谁办理", max_length=MOST_LINE, blank=True)
    unit = models.CharField("承办单位代码", max_length=40, blank=True)
    bring = models.TextField("带什么", max_length=MOST_TEXT, blank=True)
    form = models.CharField("填什么表", max_length=MOST_LINE, blank=True)
    fee = models.CharField("收费", max_length=MOST_LINE, blank=True)
    basis = models.TextField("依据", max_length=MOST_TEXT, blank=True)
    scheme = models.CharField("时限方案", max_length=40, blank=True)
    line = models.CharField("取号窗口", max_length=40, blank=True)
    category = models.CharField("登记类别", max_length=40, blank=True)
    kind = models.CharField("登记性质", max_length=20, blank=True)
    purpose = models.CharField("信访目的", max_length=20, blank=True)
    unconfirmed = models.CharField("待核", max_length=MOST_LINE, blank=True)
    changed_at = models.DateTimeField("修改时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "服务事项"
        ordering: ClassVar = ["group__position", "group__code", "position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(code__regex=_WORD) & ~Q(name="") & ~Q(what=""), name="service_says_what_it_is"
            ),
            models.CheckConstraint(condition=Q(kind__in=["", *KINDS]), name="service_kind_is_known"),
            models.CheckConstraint(condition=Q(purpose__in=["", *PURPOSES]), name="service_purpose_is_known"),
        ]

    def __str__(self) -> str:
        return self.name
