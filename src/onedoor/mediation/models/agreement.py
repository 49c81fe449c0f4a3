from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models import Case
from onedoor.mediation.models.mediation import Mediation
from onedoor.rules.agreement_visits import KEPT, VISIT_STATES
from onedoor.rules.agreements import AGREEMENT_STATES, FORMS, ITEM_KINDS, SIGN_WAYS
from onedoor.rules.confirmation import CONFIRMATION_STATES
from onedoor.rules.performance_plan import ENTRY_KINDS, ITEM_STATES


class Agreement(models.Model):
    """调解协议: one final text. `digest` is what every signature binds; a changed text is another agreement."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="agreements")
    number = models.CharField("编号", max_length=40)
    form = models.CharField("形式", max_length=8)
    facts = models.TextField("主要事实")
    disputed = models.TextField("争议事项")
    terms = models.TextField("协议内容")
    place = models.CharField("履行地点", max_length=100, blank=True)
    way = models.CharField("履行方式", max_length=200, blank=True)
    currency = models.CharField("币种", max_length=3)
    digest = models.CharField("文本摘要", max_length=64)
    state = models.CharField("状态", max_length=10)
    drafted_at = models.DateTimeField()
    drafted_by = models.BigIntegerField()
    effective_at = models.DateTimeField("生效", null=True)
    copies = models.PositiveSmallIntegerField("份数")
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)
    liabilities = models.TextField("各方责任", blank=True, default="", db_default="")
    handed_at = models.DateTimeField("送交文本", null=True)
    handed_how = models.CharField("怎样送交", max_length=300, blank=True, default="", db_default="")

    class Meta:
        db_table = "agreement"
        verbose_name = verbose_name_plural = "调解协议"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(form__in=list(FORMS)), name="agreement_form_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(AGREEMENT_STATES)), name="agreement_state_is_known"),
            # while what is in effect is being changed, both texts are there
            models.UniqueConstraint(
                fields=["mediation"], condition=Q(state="signing"), name="one_text_to_sign_a_mediation"
            ),
            models.UniqueConstraint(
                fields=["mediation"], condition=Q(state="effective"), name="one_agreement_in_effect_a_mediation"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "drafted_at"], name="agreement_of_case")]


class AgreementItem(models.Model):
    """履行事项: who owes what to whom by when. Amounts in 分."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="items")
    place = models.SmallIntegerField("次序")
    kind = models.CharField("方式", max_length=12)
    who = models.UUIDField("履行人")
    to_whom = models.UUIDField("权利人", null=True)
    what = models.CharField("内容", max_length=500, blank=True)
    amount = models.BigIntegerField("金额（分）", null=True)
    due_on = models.DateField("期限")
    paid = models.BigIntegerField("已付（分）", default=0)
    state = models.CharField("状态", max_length=10)
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "agreement_item"
        verbose_name = verbose_name_plural = "履行事项"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(ITEM_KINDS)), name="item_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(ITEM_STATES)), name="item_state_is_known"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True, paid=0) | Q(paid__gte=0, paid__lte=models.F("amount")),
                name="never_more_paid_than_promised",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "place"], name="item_of_case"),
            models.Index(fields=["due_on"], condition=Q(state__in=["open", "part"]), name="item_due"),
        ]


class AgreementSignature(models.Model):
    """签署: who put his name to which text, and how. The drawing is encrypted."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatures")
    signer = models.CharField("签署人", max_length=48)  # a party's id, "mediator:ACCOUNT" or "committee"
    way = models.CharField("方式", max_length=8)
    digest = models.CharField("所签文本", max_length=64)
    drawing = models.BinaryField(null=True)
    attachment = models.UUIDField("扫描件", null=True)
    at = models.DateTimeField()
    by = models.BigIntegerField()
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "agreement_signature"
        verbose_name = verbose_name_plural = "签署"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(way__in=list(SIGN_WAYS)), name="signature_way_is_known"),
            models.UniqueConstraint(fields=["agreement", "signer"], name="one_signature_a_signer"),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="signature_of_case")]


class AgreementVisit(models.Model):
    """协议回访: when one is due, and what was found."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="visits")
    due_on = models.DateField("应回访")
    state = models.CharField("状态", max_length=8)
    done_on = models.DateField("回访日期", null=True)
    kept = models.CharField("履行情况", max_length=8, blank=True)
    satisfied = models.BooleanField("满意", null=True)
    sued = models.CharField("起诉及判决情况", max_length=300, blank=True)
    hazards = models.CharField("有无错误调解、激化隐患", max_length=300, blank=True)
    measures = models.CharField("采取的措施", max_length=300, blank=True)
    by = models.BigIntegerField(null=True)
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "agreement_visit"
        verbose_name = verbose_name_plural = "协议回访"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(VISIT_STATES)), name="visit_state_is_known"),
            models.CheckConstraint(condition=Q(kept__in=["", *KEPT]), name="visit_kept_is_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "due_on"], name="agreement_visit_of_case"),
            models.Index(fields=["due_on"], condition=Q(state="planned"), name="agreement_visit_due"),
        ]


class PerformanceEntry(models.Model):
    """履行记录: a payment with its proof, an urging, a default."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    item = models.ForeignKey(AgreementItem, models.CASCADE, related_name="entries")
    kind = models.CharField("种类", max_length=10)
    on_day = models.DateField("日期")
    amount = models.BigIntegerField("金额（分）", null=True)
    text = models.CharField("凭据或情况", max_length=500)
    attachment = models.UUIDField("凭证", null=True)
    at = models.DateTimeField()
    by = models.BigIntegerField()
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "performance_entry"
        verbose_name = verbose_name_plural = "履行记录"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(ENTRY_KINDS)), name="entry_kind_is_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="performance_of_case")]


class Reminder(models.Model):
    """Which promise has been told of, and how many days before its day."""

    pk = models.CompositePrimaryKey("item_id", "days")
    item_id = models.UUIDField()
    days = models.SmallIntegerField()

    class Meta:
        db_table = "mediation_reminder"


class Confirmation(models.Model):
    """司法确认: applied for, taken up or not, decided."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="confirmations")
    court = models.CharField("人民法院", max_length=60)
    checks = models.JSONField("审查", default=dict)
    state = models.CharField("状态", max_length=12)
    applied_at = models.DateTimeField("申请")
    accepted_at = models.DateTimeField("法院答复受理", null=True)
    decided_at = models.DateTimeField("裁定", null=True)
    number = models.CharField("裁定书案号", max_length=60, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    by = models.BigIntegerField()
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "judicial_confirmation"
        verbose_name = verbose_name_plural = "司法确认"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=list(CONFIRMATION_STATES)), name="confirmation_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state__in=["applied", "accepted", "confirmed"]),
                name="one_confirmation_an_agreement",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "applied_at"], name="confirmation_of_case")]
