"""Opinions that workers hear."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Division
from onedoor.rules.field_opinions import TOPICS


class FieldOpinion(models.Model):
    """社情民意: what people say, without who said it and who heard it. The id is random, the day is all of the time,
    the place is the level above the grid. No unit gets it as a matter; it is read at the centre and counted."""

    id = models.UUIDField(primary_key=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", db_constraint=False)
    topic = models.CharField("关于", max_length=20)
    text = models.TextField("内容", blank=True)
    heard_on = models.DateField("日期")
    erased_at = models.DateTimeField("清除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "社情民意"
        indexes: ClassVar = [models.Index(fields=["division", "-heard_on", "-id"], name="field_opinion_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(topic__in=list(TOPICS)), name="field_opinion_topic_is_known"),
            models.CheckConstraint(condition=Q(erased_at=None) | Q(text=""), name="field_opinion_erased_is_empty"),
        ]
