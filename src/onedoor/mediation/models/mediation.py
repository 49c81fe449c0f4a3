from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models import Case
from onedoor.rules.mediation import ENDINGS, KINDS, SOURCES, STATES


class Mediation(models.Model):
    """一次调解: people's, administrative or judicial; several may follow each other on one case."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    number = models.CharField("调解编号", max_length=40)
    kind = models.CharField("种类", max_length=14)
    source = models.CharField("来源", max_length=16)
    entrusted_by = models.CharField("委派委托机关", max_length=60, blank=True)
    entrusted_number = models.CharField("机关案号", max_length=60, blank=True)
    unit_id = models.BigIntegerField("调解组织")
    mediators = models.JSONField("调解员", default=list)  # account ids, the first presides
    chosen = models.BooleanField("当事人选定", default=False)
    disclosure = models.CharField("披露的关系", max_length=300, blank=True)
    state = models.CharField("状态", max_length=8)
    opened_at = models.DateTimeField("启动")
    opened_by = models.BigIntegerField()
    materials_at = models.DateTimeField("签收材料", null=True)
    returned_at = models.DateTimeField("退回材料", null=True)
    ended_at = models.DateTimeField("终止", null=True)
    ending = models.CharField("终止原因", max_length=12, blank=True)
    ending_text = models.CharField("终止情况", max_length=2000, blank=True)
    routes = models.JSONField("告知的途径", default=list)
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)
    # what the parties have said of a mediator before that is about an earlier one
    mediators_since = models.DateTimeField(null=True)
    apart = models.BooleanField("暂停共同调解", default=False, db_default=False)

    class Meta:
        db_table = "mediation"
        verbose_name = verbose_name_plural = "调解"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="mediation_kind_is_known"),
            models.CheckConstraint(condition=Q(source__in=list(SOURCES)), name="mediation_source_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="mediation_state_is_known"),
            models.CheckConstraint(condition=Q(ending__in=["", *ENDINGS]), name="mediation_ending_is_known"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["asking", "open"]), name="one_mediation_a_case_at_a_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "opened_at"], name="mediation_of_case"),
            models.Index(fields=["state", "opened_at"], name="mediation_by_state"),
        ]


class MediationConsent(models.Model):
    """当事人意愿: one party's yes or no, and how it was said."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="consents")
    party = models.UUIDField("当事人")
    purpose = models.CharField("事项", max_length=10)
    agrees = models.BooleanField("同意")
    way = models.CharField("方式", max_length=8)
    note = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mediation_consent"
        verbose_name = verbose_name_plural = "当事人意愿"
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="mediation_consent_of_case")]


class MediationSerial(models.Model):
    """编号: the last one given out, by organisation and year."""

    pk = models.CompositePrimaryKey("unit_id", "year")
    unit_id = models.BigIntegerField()
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        db_table = "mediation_serial"
