from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Account, Unit
from onedoor.rules.reports import REPORT_KINDS, REPORT_STATES


class SituationReport(models.Model):
    """治安形势分析: of one centre and one period. `figures` are the numbers with the moment at which they were
    counted, `wording` the sentences in use then, `texts` what the analyst wrote. Issued it has a number, `content`
    (the document as it was made), `said` (the same with the lists behind its numbers) and the digests of its two
    renderings, whose bytes lie in the store of files; a trigger lets nothing of that change any more. Counts
    alone: no personal data.

    A report that was withdrawn keeps its number; the next version of the same period takes that number on."""

    id = models.UUIDField(primary_key=True)
    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="中心")
    kind = models.CharField("种类", max_length=8, choices=list(REPORT_KINDS.items()))
    since = models.DateField("起")
    until = models.DateField("止")
    name = models.CharField("时段", max_length=20)
    edition = models.SmallIntegerField("版次")
    state = models.CharField("状态", max_length=10, choices=list(REPORT_STATES.items()))
    version = models.IntegerField(default=1)  # of the draft, for two who write at once
    figures = models.JSONField("数字")
    wording = models.JSONField("措辞", default=dict)
    texts = models.JSONField("分析员所写", default=dict)
    counted_at = models.DateTimeField("统计时间")
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="起草人")
    made_at = models.DateTimeField("起草时间")
    year = models.SmallIntegerField("年", null=True)
    serial = models.IntegerField("期号", null=True)
    content = models.JSONField("内容", null=True)
    said = models.JSONField("逐段", null=True)  # what its page shows, from `figures.said.to_json`
    sha256 = models.CharField("PDF摘要", max_length=66, blank=True)
    docx_sha256 = models.CharField("Word摘要", max_length=66, blank=True)
    issued_by = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True, verbose_name="签发人")
    issued_at = models.DateTimeField("签发时间", null=True)
    withdrawn_by = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True, verbose_name="撤回人")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_why = models.CharField("撤回原因", max_length=200, blank=True)

    class Meta:
        db_table = "situation_report"
        verbose_name = verbose_name_plural = "治安形势分析"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["centre", "since", "until"],
                condition=~Q(state="withdrawn"),
                name="one_report_of_a_period",
            ),
            models.UniqueConstraint(
                fields=["centre", "year", "serial", "edition"], name="report_number_is_unique", nulls_distinct=True
            ),
            models.CheckConstraint(condition=Q(state__in=list(REPORT_STATES)), name="report_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(serial__isnull=False, issued_at__isnull=False, content__isnull=False) & ~Q(sha256=""),
                name="an_issued_report_is_complete",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["centre", "-until", "-made_at"], name="report_newest")]


class ReportWording(models.Model):
    """措辞: the sentences that a centre has changed, by name of `rules.reports.WORDINGS`; the others are as given."""

    centre = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="+")
    texts = models.JSONField("句子", default=dict)
    at = models.DateTimeField("修改时间")
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="修改人")

    class Meta:
        db_table = "report_wording"
        verbose_name = verbose_name_plural = "分析措辞"


class FiguresSerial(models.Model):
    """期号、文号: the last one given out, by centre, kind of paper and year."""

    pk = models.CompositePrimaryKey("centre", "kind", "year")
    centre = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        db_table = "figures_serial"
