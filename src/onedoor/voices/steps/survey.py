"""问卷: write, release, withdraw, publish results, answer, erase what was written."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, json, rows
from onedoor.people.limits import spend
from onedoor.people.steps.administering import By
from onedoor.rules import surveys as rules
from onedoor.rules.articles import may_publish
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, NOT_READY, Refused, invalid
from onedoor.voices.forms import form_index
from onedoor.voices.models import Survey, SurveyAnswer

MOST_FROM_ADDRESS = 10  # answers to one survey a day: a family at one router


def write_survey(*, by: By, survey: UUID, version: int, raw: Mapping[str, str]) -> bool:
    """The survey as it is typed: a new one (`version` 0) whose id the form has made, or the next version of one that
    nobody has answered yet; of an answered one only its last day changes. Whether anything was different."""
    content = rules.check_survey(raw)
    _may(by)
    with transaction.atomic(durable=True):
        there = Survey.objects.select_for_update().filter(pk=survey).first()
        said = {
            "title": content.title,
            "introduction": content.introduction,
            "opens_on": content.opens_on,
            "closes_on": content.closes_on,
            "questions": rules.to_data(content.questions),
            "at": by.at,
            "by_id": by.actor.account,
        }
        if there is None:
            rules.check_version(0, version)
            try:
                with transaction.atomic():
                    Survey(pk=survey, version=1, **said).save(force_insert=True)
            except IntegrityError as error:
                raise invalid("title", "这份问卷刚刚保存过，请回到列表查看。") from error
        else:
            before = content_of(there)
            if before == content:
                return False  # also a form that was sent twice
            rules.check_version(there.version, version)
            answers = SurveyAnswer.objects.filter(survey=there).count()
            rules.check_change(
                there=before, wanted=content, answers=answers, withdrawn=there.withdrawn_at is not None,
                results_published=there.results_published_at is not None,
            )  # fmt: skip
            # whoever has the form open goes on with the same questions: a later end is no new version of them
            same = before.questions == content.questions
            Survey.objects.filter(pk=survey).update(**said, version=there.version + (0 if same and answers else 1))
        by.log("survey", str(survey), "保存问卷")
    return True


def release_survey(*, by: By, survey: UUID, version: int) -> None:
    """May open on its first day; until then everything can still be changed."""
    with transaction.atomic(durable=True):
        there = _find(by, survey)
        rules.check_version(there.version, version)
        today = by.at.astimezone(ZONE).date()
        rules.check_release(state_of(there, today), there.closes_on, today)
        Survey.objects.filter(pk=survey).update(released_at=by.at)
        by.log("survey", str(survey), "开放问卷")


def withdraw_survey(*, by: By, survey: UUID) -> None:
    """Nobody can answer it or read its results any more; answers stay for who may publish. It cannot be undone."""
    with transaction.atomic(durable=True):
        there = _find(by, survey)
        rules.check_withdrawal(withdrawn=there.withdrawn_at is not None)
        Survey.objects.filter(pk=survey).update(withdrawn_at=by.at, results_published_at=None)
        by.log("survey", str(survey), "撤下问卷")


def publish_results(*, by: By, survey: UUID, shown: bool) -> None:
    """Shows the counts of a closed survey at its page, or takes them away again."""
    with transaction.atomic(durable=True):
        there = _find(by, survey)
        if shown:
            answers = SurveyAnswer.objects.filter(survey=there).count()
            rules.check_results_published(state_of(there, by.at.astimezone(ZONE).date()), answers)
        Survey.objects.filter(pk=survey).update(results_published_at=by.at if shown else None)
        by.log("survey", str(survey), "公开问卷结果" if shown else "撤下问卷结果")


def answer_survey(
    *, survey: UUID, version: int, raw: Mapping[str, Sequence[str]], at: datetime, address: str | None, key: str
) -> None:
    """One answer, which knows no person and no time; the same `key` again is the same answer. Refuses outside its
    days, a form of an older version, and beyond the limit of an address a day; `address` None: nothing is counted."""
    at = utc(at)
    index = form_index(key, about=f"survey:{survey}")
    if rows("SELECT 1 AS one FROM voices_surveyanswer WHERE survey_id = %s AND form_index = %s", [survey, index]):
        return
    there = _open(survey, version, at.astimezone(ZONE).date(), lock=False)
    answered = rules.check_answers(rules.from_data(there.questions), raw)
    if address is not None:
        with transaction.atomic(durable=True):
            spend(f"survey:{survey}:{address}", most=MOST_FROM_ADDRESS, within=timedelta(days=1), at=at)
    with transaction.atomic(durable=True):
        # shared with other answers; who changes the questions waits, and then finds this one
        _open(survey, version, at.astimezone(ZONE).date(), lock=True)
        execute(
            "INSERT INTO voices_surveyanswer (id, survey_id, version, form_index, choices, texts)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (survey_id, form_index) DO NOTHING",
            [uuid4(), survey, version, index, json(answered.choices), json(answered.texts)],
        )


def _open(survey: UUID, version: int, today: date, *, lock: bool) -> Survey:
    found = Survey.objects.raw(f"SELECT * FROM voices_survey WHERE id = %s{' FOR SHARE' if lock else ''}", [survey])
    there = next(iter(found), None)
    state = state_of(there, today) if there is not None else "draft"
    if there is None or state in ("draft", "scheduled", "withdrawn"):
        raise Refused(NOT_FOUND, "没有这份问卷，可能还没有开始或已经撤下。")
    if state == "closed":
        raise Refused(NOT_READY, "这份问卷已经结束，谢谢您的关心。")
    rules.check_version(there.version, version)
    return there


def content_of(there: Survey) -> rules.Survey:
    questions = rules.from_data(there.questions)
    return rules.Survey(there.title, there.introduction, there.opens_on, there.closes_on, questions)


def state_of(there: Survey, today: date) -> str:
    """Of rules.surveys.STATES."""
    return rules.state_of(
        released=there.released_at is not None,
        withdrawn=there.withdrawn_at is not None,
        opens_on=there.opens_on,
        closes_on=there.closes_on,
        today=today,
    )


def _may(by: By) -> None:
    if not may_publish(by.actor):
        raise Refused(NOT_ALLOWED, "问卷由系统管理员和中心主任办理。")


def _find(by: By, survey: UUID) -> Survey:
    _may(by)
    found = Survey.objects.select_for_update().filter(pk=survey).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这份问卷。")
    return found


def erase_survey_texts(*, before: date, most: int = 1000) -> int:
    """Removes what was written in answers to surveys that ended before that day; how many forms. Choices stay."""
    with transaction.atomic(durable=True):
        return execute(
            "UPDATE voices_surveyanswer SET texts = '{}' WHERE id IN (SELECT a.id FROM voices_surveyanswer a"
            " JOIN voices_survey s ON s.id = a.survey_id WHERE s.closes_on < %s AND a.texts <> '{}' LIMIT %s"
            " FOR UPDATE OF a SKIP LOCKED)",
            [before, most],
        )
