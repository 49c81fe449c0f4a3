from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Category(models.Model):
    """类别: a node of the tree of dispute types, service matters and petition subjects; edited as data."""

    code = models.CharField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    position = models.PositiveIntegerField("次序", default=0)
    active = models.BooleanField("在用", default=True)
    # for finding it by the first letters of its pinyin; written with the name
    initials = models.CharField("拼音首字母", max_length=40, blank=True, default="", db_default="")

    class Meta:
        db_table = "category"
        verbose_name = verbose_name_plural = "类别"
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^\S+$") & ~Q(name=""), name="category_has_code_and_name"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="no_category_is_below_itself"),
        ]

    def __str__(self) -> str:
        return self.name
