"""Surveys and what was answered."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from onedoor.people.models import Account
from onedoor.rules.surveys import MOST_TITLE


class Survey(models.Model):
    """问卷. `questions` as `rules.surveys.to_data` makes them; they do not change once somebody has answered."""

    id = models.UUIDField(primary_key=True)
    title = models.CharField("标题", max_length=MOST_TITLE)
    introduction = models.TextField("说明", blank=True)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("结束日期")
    questions = models.JSONField("问题")
    version = models.PositiveIntegerField("版本")
    released_at = models.DateTimeField("开放", null=True)
    withdrawn_at = models.DateTimeField("撤下", null=True)
    results_published_at = models.DateTimeField("公开结果", null=True)
    at = models.DateTimeField("修改时间")
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        verbose_name = verbose_name_plural = "问卷"
        indexes: ClassVar = [models.Index(fields=["-opens_on", "-id"], name="survey_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(title=""), name="survey_has_a_title"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="survey_ends_after_it_begins"),
        ]


class SurveyAnswer(models.Model):
    """One form. No person, no time; the id is random, so that no order tells who came first. What was written goes
    SURVEY_YEARS after the survey's end, what was chosen stays a count."""

    id = models.UUIDField(primary_key=True)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="answers")
    version = models.PositiveIntegerField()
    form_index = models.BinaryField(max_length=16)
    choices = models.JSONField()
    texts = models.JSONField()

    class Meta:
        verbose_name = verbose_name_plural = "答卷"
        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "form_index"], name="one_answer_a_form")]
