from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from onedoor.cases.models.catalogue import Category
from onedoor.people.models import Account, Division, Unit
from onedoor.rules.access import CONFIDENTIALITY_NAMES
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.intake import CHANNELS, KINDS, PURPOSES

# Lists go by when a light turns red: with the end, unless the scheme says earlier.
URGENCY = Coalesce("red_at", "due_at")


class Case(models.Model):
    """事项: one row, a cache of its events; `version` is the sequence number of the newest.

    Money is in 分. `recorded_at` is when we first wrote it down and bounds every read of its events;
    `registered_at` is when it was registered, which an import may put years back.

    Units, divisions, categories and accounts are referred to without a constraint in the database: checking
    them would lock the same few rows in every write. Django refuses to delete one that is in use, and they
    are switched off rather than deleted.
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField("编号", max_length=24)
    county = models.CharField("县区代码", max_length=12)
    recorded_at = models.DateTimeField()
    registered_at = models.DateTimeField("登记时间")
    version = models.IntegerField()
    head = models.BinaryField()  # hash of the newest event: where the chain goes on
    stage = models.CharField("阶段", max_length=12)
    stage_since = models.DateTimeField()
    title = models.CharField("标题", max_length=200)
    kind = models.CharField("种类", max_length=12)
    purpose = models.CharField("诉求目的", max_length=12, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, verbose_name="类别", db_index=False, db_constraint=False)
    channel = models.CharField("渠道", max_length=10)
    scheme = models.CharField("时限方案", max_length=40)
    urgent = models.BooleanField("紧急", default=False)
    someone_hurt = models.BooleanField("有人受伤害", default=False)
    anonymous = models.BooleanField("匿名", default=False)
    confidentiality = models.CharField("知悉范围", max_length=10)
    named = models.JSONField("知悉人", default=list)  # account ids
    accused_units = models.JSONField("被检举单位", default=list)  # unit ids
    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name="所在区划", db_index=False, db_constraint=False
    )
    division_path = models.JSONField(default=list)
    address = models.CharField("地点", max_length=200, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    occurred_at = models.DateTimeField("发生时间", null=True, blank=True)
    amount = models.BigIntegerField("涉及金额（分）", null=True, blank=True)
    people_involved = models.IntegerField("涉及人数", null=True, blank=True)
    receiving_centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    receiving_path = models.JSONField(default=list)
    present_centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    present_path = models.JSONField(default=list)
    sent_down_from = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", null=True, db_index=False, db_constraint=False
    )
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", null=True, db_index=False, db_constraint=False
    )
    creator = models.ForeignKey(
        Account, models.PROTECT, related_name="+", null=True, db_index=False, db_constraint=False
    )
    outcome = models.CharField("办理结果", max_length=20, blank=True)
    bar = models.CharField("重办障碍", max_length=12, blank=True)
    settled_on_spot = models.BooleanField("当场办结", default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, db_index=False, db_constraint=False)
    pending = models.JSONField(default=dict)  # proposals waiting for a second person: {kind: {by, days…}}
    accepted_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    concluded_by = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True)
    followed_up_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    sampled = models.BooleanField("列入回访", default=True)
    satisfied = models.BooleanField("满意", null=True)
    warn_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField("下一到期", null=True)
    track = models.CharField("办理程序", max_length=24, blank=True, default="", db_default="")
    scheme_version = models.SmallIntegerField("方案版本", default=1, db_default=1)
    paused_until = models.DateTimeField("预计中止至", null=True)
    red_at = models.DateTimeField(null=True)
    # what the case knows of its mediations, as `rules/standing.py` has it; the room `mediation` keeps it
    mediation = models.JSONField(default=dict, db_default={})
    # which conditions of figures held when it was last written, and from when on time alone changes them; both follow
    # from the record (`counted.py`) and are no part of a digest
    counted = models.BigIntegerField(default=0, db_default=0)
    counted_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "case"
        verbose_name = verbose_name_plural = "事项"
        constraints: ClassVar = [
            # as a constraint, since `unique=True` would add a second index for LIKE
            models.UniqueConstraint(fields=["number"], name="case_number_is_unique"),
            models.CheckConstraint(condition=Q(stage__in=list(STAGE_NAMES)), name="case_stage_is_known"),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="case_kind_is_known"),
            models.CheckConstraint(condition=Q(purpose__in=["", *PURPOSES]), name="case_purpose_is_known"),
            models.CheckConstraint(condition=Q(channel__in=list(CHANNELS)), name="case_channel_is_known"),
            models.CheckConstraint(condition=Q(outcome__in=["", *OUTCOME_NAMES]), name="case_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(confidentiality__in=list(CONFIDENTIALITY_NAMES)),
                name="case_confidentiality_is_known",
            ),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="amount_not_negative"),
            models.CheckConstraint(
                condition=~Q(purpose="accusation") | Q(confidentiality="accusation"),
                name="an_accusation_is_never_ordinary",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-registered_at", "-id"], name="case_newest"),
            models.Index(fields=["stage", "-registered_at", "-id"], name="case_by_stage"),
            models.Index(fields=["category", "-registered_at", "-id"], name="case_by_category"),
            models.Index(fields=["lead_unit", "-registered_at", "-id"], name="case_by_lead_unit"),
            models.Index(fields=["channel", "-registered_at", "-id"], name="case_by_channel"),
            models.Index(fields=["division", "-registered_at", "-id"], name="case_by_division"),
            models.Index(URGENCY, "id", condition=Q(due_at__isnull=False), name="case_urgent"),
            # the queues of my work, late first; what is over and filed does not burden it
            models.Index(
                *("present_centre", "stage", URGENCY, "id"),
                condition=~Q(stage__in=["archived", "guided", "withdrawn", "merged", "transferred"]),
                name="case_waiting_urgent",
            ),
            models.Index(fields=["present_centre", "stage"], condition=~Q(pending={}), name="case_pending"),
            models.Index(
                fields=["counted_until"], condition=Q(counted_until__isnull=False), name="case_counted_until"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ExternalNumber(models.Model):
    """外部编号: the same matter's number on another platform."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="external_numbers")
    system = models.CharField("平台", max_length=40)
    number = models.CharField("编号", max_length=60)

    class Meta:
        db_table = "external_number"
        verbose_name = verbose_name_plural = "外部编号"
        indexes: ClassVar = [models.Index(fields=["number", "system"], name="external_number_lookup")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "system", "number"], name="external_number_once_a_case")
        ]


class Serial(models.Model):
    """流水号: the last serial given out, by county and day."""

    pk = models.CompositePrimaryKey("county", "day")
    county = models.CharField(max_length=12)
    day = models.DateField()
    last = models.IntegerField()

    class Meta:
        db_table = "serial"
