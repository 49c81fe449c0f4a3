from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models.case import Case
from onedoor.people.models import Unit


class Supervision(models.Model):
    """督办单: a numbered notice to a unit, what has become of it. What was demanded, replied and decided stands in the
    case's statements of the same events."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="supervisions")
    number = models.CharField("督办编号", max_length=32)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    clock = models.UUIDField(null=True)
    level = models.CharField("级别", max_length=12)
    cause = models.CharField("事由", max_length=24)
    state = models.CharField("状态", max_length=10)
    issued_by = models.BigIntegerField("签发人", null=True)  # null: raised by the sweeper
    issued_at = models.DateTimeField("签发时间")
    reply_by = models.DateTimeField("回告期限")
    replied_by = models.BigIntegerField("回告人", null=True)
    replied_at = models.DateTimeField("回告时间", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)
    # how `reply_by` was counted: so many working days from then; recounted when the calendar changes
    asked_at = models.DateTimeField("要求回告时间", null=True)
    reply_days = models.SmallIntegerField("回告工作日", null=True)
    promised_on = models.DateField("承诺完成", null=True)
    chased_at = models.DateTimeField("催告时间", null=True)  # when the sweeper noticed that no reply had come

    class Meta:
        db_table = "supervision"
        verbose_name = verbose_name_plural = "督办单"
        constraints: ClassVar = [models.UniqueConstraint(fields=["number"], name="supervision_number_is_unique")]
        indexes: ClassVar = [
            models.Index(
                fields=["unit", "reply_by"],
                condition=Q(state__in=["open", "replied", "appealed"]),
                name="supervision_waiting",
            ),
            models.Index(
                fields=["reply_by", "id"],
                condition=Q(state__in=["open", "replied", "appealed"]),
                name="supervision_by_reply",
            ),
            models.Index(
                fields=["reply_by"], condition=Q(state="open", chased_at__isnull=True), name="supervision_to_chase"
            ),
        ]
