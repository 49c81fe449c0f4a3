"""Grids: divisions that have a shape on the map, and whom residents may ring there."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Division
from onedoor.rules.grids import CONTACT_KINDS, GRID_KINDS


class Grid(models.Model):
    """网格: what a division has more when it is a grid. Tree, code and name are the division's, the workers and the
    lead are posts that look there; so the gate, the posts and the cases know a grid without knowing this table."""

    division = models.OneToOneField(Division, models.PROTECT, primary_key=True, related_name="grid")
    kind = models.CharField("类别", max_length=10, default="ordinary")
    # how this level is called here: 网格, 微网格, 专属网格 … the number of levels and their names are data
    level_name = models.CharField("称谓", max_length=20, default="网格")
    # GeoJSON Polygon or MultiPolygon, CGCS2000 (as WGS-84), degrees; None while it is not drawn
    shape = models.JSONField("范围", null=True)
    # rises with each change of any shape: who keeps shapes in memory asks for the highest
    shape_version = models.BigIntegerField(default=0)
    households = models.PositiveIntegerField("户数", null=True)
    # who is named to residents, and the number to ring (the post's, not a private one)
    shown_name = models.CharField("公示的网格员", max_length=40, blank=True)
    shown_phone = models.CharField("公示的电话", max_length=30, blank=True)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "网格"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(GRID_KINDS)), name="grid_kind_is_known"),
            models.CheckConstraint(condition=~Q(level_name=""), name="grid_level_has_a_name"),
        ]
        indexes: ClassVar = [models.Index(fields=["-shape_version"], name="grid_newest_shape")]

    def __str__(self) -> str:
        return self.division.name


class GridContact(models.Model):
    """A police officer or a legal adviser who stands by a grid: a name on a list. He sees what is sent to him and has
    no account by this."""

    grid = models.ForeignKey(Grid, models.CASCADE, related_name="contacts")
    kind = models.CharField("身份", max_length=10)
    name = models.CharField("姓名", max_length=40)
    office = models.CharField("单位", max_length=60, blank=True)
    phone = models.CharField("电话", max_length=30)
    shown = models.BooleanField("向居民公示", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "网格联系人"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(CONTACT_KINDS)), name="grid_contact_kind_is_known"),
        ]
