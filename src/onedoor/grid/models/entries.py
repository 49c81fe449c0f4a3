"""What phones have sent: one row for each entry, for ever; and the files on their way."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Account, Division
from onedoor.rules.field import KINDS, STATES


class FieldEntry(models.Model):
    """条目: one thing that a worker has put down, under the UUID that his phone gave it. The row is the receipt: who
    sends it again gets the same answer. Content goes when the record it led to has it (`erased_at`), and with an
    opinion at once, together with account, place and time."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, null=True)
    post = models.BigIntegerField(null=True)
    kind = models.CharField("种类", max_length=12)
    state = models.CharField("状态", max_length=10)
    # SHA-256 of the entry as it was sent, without what may differ from one sending to the next
    digest = models.BinaryField(max_length=32)
    grid = models.ForeignKey(Division, models.PROTECT, related_name="+", db_constraint=False, null=True)
    # the path of that division, so that a list of an area is one index
    grid_path = models.JSONField(default=list)
    made_at = models.DateTimeField("记录时间", null=True)  # the phone's clock, put right
    received_at = models.DateTimeField("收到时间")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    accuracy = models.FloatField("误差（米）", null=True)
    content = models.JSONField("内容", default=dict)
    # [{sha256, name, size}] in their order; empty once they are the case's
    files = models.JSONField("文件", default=list)
    refers = models.UUIDField("所指条目", null=True)
    seen = models.PositiveIntegerField("看到的版本", null=True)
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, related_name="+", db_constraint=False, null=True, verbose_name="事项"
    )
    # why it was refused, what it waits for, or what a person is asked: {code, detail, fields}
    why = models.JSONField("原因", default=dict)
    settled_by = models.BigIntegerField(null=True)  # who has answered what was asked
    erased_at = models.DateTimeField("清除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "网格条目"
        indexes: ClassVar = [
            models.Index(fields=["account", "-received_at", "-id"], name="field_entry_mine"),
            models.Index(fields=["grid", "-received_at", "-id"], name="field_entry_of_grid"),
            models.Index(fields=["-received_at", "-id"], name="field_entry_newest"),
            models.Index(fields=["refers"], condition=Q(state="waiting"), name="field_entry_waits_for"),
            models.Index(fields=["received_at"], condition=Q(state__in=["waiting", "asks"]), name="field_entry_to_do"),
            models.Index(fields=["case"], condition=Q(case__isnull=False), name="field_entry_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="field_entry_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="field_entry_state_is_known"),
            models.CheckConstraint(
                condition=~Q(kind="opinion") | Q(account=None, post=None, made_at=None, lon=None, lat=None),
                name="an_opinion_has_no_author",
            ),
        ]


class FieldFile(models.Model):
    """A file that arrives in pieces, of one account. When it is `whole` its bytes lie in the store; the row stays for
    some days, so that a phone that asks once more is told so, and longer while an entry waits with it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    sha256 = models.BinaryField(max_length=32)
    size = models.BigIntegerField()
    have = models.BigIntegerField(default=0)
    whole = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "上传中的文件"
        indexes: ClassVar = [models.Index(fields=["at"], name="field_file_by_time")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "sha256"], name="field_file_once"),
            models.CheckConstraint(condition=Q(size__gt=0, have__gte=0), name="field_file_has_a_size"),
        ]
