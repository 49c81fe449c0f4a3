from typing import ClassVar

from django.db import models

from onedoor.people.models import Account, Unit


class Screen(models.Model):
    """值班大屏: a device that may show the board of the day of its centre, and nothing else. Only its token's SHA-256
    is kept."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=20)
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField("设置时间")
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "值班大屏"
        indexes: ClassVar = [models.Index(fields=["centre", "-made_at"], name="screen_of_centre")]

    def __str__(self) -> str:
        return self.name
