from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models.case import Case


class Attachment(models.Model):
    """附件: what was handed in. The bytes lie in the data directory under their digest."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments")
    # or SM3 with a mark, see config/suites.py
    sha256 = models.BinaryField(max_length=32)
    name = models.CharField("文件名", max_length=120)
    type = models.CharField("类型", max_length=100)
    size = models.BigIntegerField("大小（字节）")
    purpose = models.CharField("用途", max_length=20, blank=True)
    # none: the applicant himself
    uploader = models.BigIntegerField(null=True)
    at = models.DateTimeField("上传时间")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "attachment"
        verbose_name = verbose_name_plural = "附件"
        ordering: ClassVar = ["case", "at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_is_not_empty"),
        ]
