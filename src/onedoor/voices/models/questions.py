"""Questions, and what of them everybody may read."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.people.models import Account, Unit
from onedoor.rules.questions import MOST_REASON, MOST_TITLE, STATES, TOPICS


class Question(models.Model):
    """咨询. The telephone is encrypted and goes with the one message; texts and code go after QUESTION_YEARS, or when
    the question becomes a case, which then holds them."""

    id = models.UUIDField(primary_key=True)
    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    # a keyed digest: who reads the table cannot open a question
    code_index = models.BinaryField(max_length=16, unique=True, null=True)
    topic = models.CharField("方面", max_length=20)
    text = models.TextField("问题", blank=True)
    state = models.CharField("状态", max_length=12, default="waiting")
    asked_at = models.DateTimeField("提问时间")
    due_on = models.DateField("答复期限")
    answer = models.TextField("答复", blank=True)
    reason = models.CharField("关闭原因", max_length=MOST_REASON, blank=True)
    ended_at = models.DateTimeField("办理时间", null=True)
    ended_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, null=True)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_constraint=False, null=True)
    phone = models.BinaryField(null=True)
    tell_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    erased_at = models.DateTimeField("清除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "咨询"
        indexes: ClassVar = [
            models.Index(fields=["centre", "due_on", "id"], condition=Q(state="waiting"), name="question_waiting"),
            models.Index(fields=["centre", "-asked_at", "-id"], name="question_newest"),
            models.Index(fields=["tell_at"], condition=Q(tell_at__isnull=False), name="question_to_tell"),
            models.Index(fields=["asked_at"], condition=Q(erased_at=None), name="question_to_erase"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="question_state_is_known"),
            models.CheckConstraint(condition=Q(topic__in=list(TOPICS)), name="question_topic_is_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="question_has_an_end_or_waits",
            ),
            models.CheckConstraint(
                condition=Q(state="became_case", case__isnull=False) | (~Q(state="became_case") & Q(case=None)),
                name="question_names_its_case",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(text="", answer="", reason="", phone=None, code_index=None),
                name="question_erased_is_empty",
            ),
        ]


class PublishedAnswer(models.Model):
    """大家常问: an answered question as it was edited for everybody. Without names; it outlives the question."""

    id = models.UUIDField(primary_key=True)
    question = models.OneToOneField(Question, models.PROTECT, related_name="published")
    topic = models.CharField("方面", max_length=20)
    title = models.CharField("标题", max_length=MOST_TITLE)
    text = models.TextField("问题")
    answer = models.TextField("答复")
    published_at = models.DateTimeField("公开时间")
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        verbose_name = verbose_name_plural = "公开的问答"
        indexes: ClassVar = [
            models.Index(
                fields=["-published_at", "-id"], condition=Q(withdrawn_at=None), name="published_answer_newest"
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(text="") & ~Q(answer=""), name="answer_says_something")
        ]
