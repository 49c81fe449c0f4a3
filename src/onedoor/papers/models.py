from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models import Case


class Paper(models.Model):
    """文书: one that was issued. `content` is the document as it was made, so that it can be rendered again; `sha256`
    the PDF's. Governed by the ledger; purpose, basis and end are those of its case."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    form = models.CharField("种类", max_length=32)
    number = models.CharField("文号", max_length=40, blank=True)
    version = models.SmallIntegerField("版次")
    content = models.JSONField("内容")
    sha256 = models.CharField("摘要", max_length=64)
    made_at = models.DateTimeField("制作")
    made_by = models.BigIntegerField()
    withdrawn_at = models.DateTimeField("作废", null=True)
    withdrawn_why = models.CharField("作废原因", max_length=200, blank=True)
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "paper"
        verbose_name = verbose_name_plural = "文书"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "form", "version"], name="one_version_of_a_paper"),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="paper_number_is_unique"),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "made_at"], name="paper_of_case")]


class PaperSerial(models.Model):
    """文号: the last one given out, by organisation, word and year."""

    pk = models.CompositePrimaryKey("unit_id", "word", "year")
    unit_id = models.BigIntegerField()
    word = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        db_table = "paper_serial"


class PaperWording(models.Model):
    """格式: a centre's own heading, title, opening and closing words of a form."""

    form = models.CharField("种类", max_length=32, unique=True)
    heading = models.CharField("发文单位", max_length=60, blank=True)
    title = models.CharField("标题", max_length=60, blank=True)
    opening = models.TextField("开头", blank=True)
    closing = models.TextField("结尾", blank=True)
    word = models.CharField("文号字", max_length=12, blank=True)

    class Meta:
        db_table = "paper_wording"
        verbose_name = verbose_name_plural = "文书格式"
