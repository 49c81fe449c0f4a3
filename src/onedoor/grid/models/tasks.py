"""Errands of the field: what a lead asks of a worker."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Account, Division
from onedoor.rules.tasks import STATES


class FieldTask(models.Model):
    """任务: something to do in a grid, for one worker or for whoever of the grid takes it first."""

    id = models.UUIDField(primary_key=True)
    grid = models.ForeignKey(Division, models.PROTECT, related_name="+", db_constraint=False)
    title = models.CharField("任务", max_length=80)
    text = models.TextField("要求", blank=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, null=True)
    guests = models.BooleanField("群防群治队员可领", default=False)
    place = models.ForeignKey("grid.Place", models.PROTECT, related_name="+", null=True)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_constraint=False, null=True)
    entry = models.UUIDField("由哪条上报而来", null=True)
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, null=True)
    made_at = models.DateTimeField("布置时间")
    due_on = models.DateField("完成期限", null=True)
    state = models.CharField("状态", max_length=10, default="open")
    version = models.PositiveIntegerField(default=1)
    signed_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, null=True)
    signed_at = models.DateTimeField("签收时间", null=True)
    result = models.TextField("完成情况", blank=True)
    done_at = models.DateTimeField("完成时间", null=True)
    done_entry = models.UUIDField(null=True)
    # what has been done with it: [{at, what, by (account id), text}]; the task is no case and outside the ledger
    course = models.JSONField("经过", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "网格任务"
        indexes: ClassVar = [
            models.Index(fields=["grid", "due_on", "id"], condition=Q(state__in=["open", "signed"]), name="task_open"),
            models.Index(fields=["grid", "-made_at", "-id"], name="task_newest"),
            models.Index(fields=["-made_at", "-id"], name="task_by_time"),
            models.Index(fields=["case"], condition=Q(case__isnull=False), name="task_of_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="task_state_is_known"),
            models.CheckConstraint(condition=~Q(title=""), name="task_says_something"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "cancelled"]) | Q(signed_by__isnull=False), name="task_is_signed_by_one"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False), name="task_done_has_its_time"
            ),
        ]
