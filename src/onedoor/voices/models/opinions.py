"""Opinions: no person, no author, no hour."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Unit
from onedoor.rules.opinions import STATES, TOPICS


class Opinion(models.Model):
    """意见. The id is random and the day is all that is kept of the time, so that no log of a server leads from an
    opinion to a browser. Texts go after OPINION_YEARS; what was published of them too."""

    id = models.UUIDField(primary_key=True)
    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    # of the form, so that sent twice it is one
    form_index = models.BinaryField(max_length=16, unique=True, null=True)
    topic = models.CharField("关于", max_length=10)
    text = models.TextField("意见", blank=True)
    received_on = models.DateField("收到日期")
    state = models.CharField("标记", max_length=10, default="new")
    shown_text = models.TextField("公开的意见", blank=True)
    reply = models.TextField("公开的回复", blank=True)
    published_on = models.DateField("公开日期", null=True)
    erased_at = models.DateTimeField("清除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "意见"
        indexes: ClassVar = [
            models.Index(fields=["centre", "-received_on", "-id"], name="opinion_newest"),
            models.Index(
                fields=["-published_on", "-id"], condition=Q(published_on__isnull=False), name="opinion_published"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="opinion_state_is_known"),
            models.CheckConstraint(condition=Q(topic__in=list(TOPICS)), name="opinion_topic_is_known"),
            models.CheckConstraint(
                condition=Q(published_on=None) | (~Q(shown_text="") & ~Q(reply="")), name="opinion_shown_has_a_reply"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(text="", shown_text="", reply="", published_on=None),
                name="opinion_erased_is_empty",
            ),
        ]
