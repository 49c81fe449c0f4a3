from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models import Case
from onedoor.people.models import Unit


class Paper(models.Model):
    """文书: one that was issued. `content` is the document as it was made, with drawn signatures encrypted in it;
    `sha256` and `docx_sha256` are those of its PDF and DOCX, whose bytes lie in the store of files, so that they stay
    what they were. `piece` tells several of one form apart; each has versions of its own. Governed by the ledger;
    purpose, basis and end are those of its case."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    form = models.CharField("种类", max_length=32)
    number = models.CharField("文号", max_length=60, blank=True)
    version = models.SmallIntegerField("版次")
    content = models.JSONField("内容")
    sha256 = models.CharField("摘要", max_length=66)
    made_at = models.DateTimeField("制作")
    made_by = models.BigIntegerField()
    withdrawn_at = models.DateTimeField("作废", null=True)
    withdrawn_why = models.CharField("作废原因", max_length=200, blank=True)
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)
    piece = models.SmallIntegerField("第几份", default=1, db_default=1)
    docx_sha256 = models.CharField("Word 版摘要", max_length=66, blank=True, default="", db_default="")

    class Meta:
        db_table = "paper"
        verbose_name = verbose_name_plural = "文书"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "form", "piece", "version"], name="one_version_of_a_paper"),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="paper_number_is_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "made_at"], name="paper_of_case"),
            # whether bytes of the store are still referred to
            models.Index(fields=["sha256"], name="paper_by_pdf"),
            models.Index(fields=["docx_sha256"], name="paper_by_docx"),
        ]


class PaperSerial(models.Model):
    """文号: the last one given out, by year and by what stands before it. Two units of one short name share a row, and
    so never give out the same number."""

    pk = models.CompositePrimaryKey("prefix", "year")
    prefix = models.CharField(max_length=40)
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        db_table = "paper_number"


class PaperWording(models.Model):
    """格式: the words that a unit has for a form; without a unit, those of all that have none of their own. `fixed`:
    its standing paragraphs, by name."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", null=True, verbose_name="单位")
    form = models.CharField("种类", max_length=32)
    heading = models.CharField("发文单位", max_length=60, blank=True)
    title = models.CharField("标题", max_length=60, blank=True)
    opening = models.TextField("开头", blank=True)
    closing = models.TextField("结尾", blank=True)
    word = models.CharField("文号字", max_length=12, blank=True)
    fixed = models.JSONField("固定段落", default=dict, db_default={})

    class Meta:
        db_table = "paper_wording"
        verbose_name = verbose_name_plural = "文书格式"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "form"], nulls_distinct=False, name="one_wording_of_a_form_a_unit"
            ),
        ]
