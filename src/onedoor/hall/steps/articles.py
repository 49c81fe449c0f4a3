"""信息发布: write an article, go back to an earlier version, show it at once or take it away."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from onedoor.cases.counting import ZONE
from onedoor.hall.models import Article, ArticleVersion
from onedoor.people.steps.administering import By
from onedoor.rules import articles as rules
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused, invalid


def write_article(*, by: By, article: UUID, version: int, raw: Mapping[str, str]) -> bool:
    """The next version of an article, or the first (`version` 0) of a new one whose id the form has made; whether
    anything was different. `version` is the one that was seen; an older one is refused as `stale_version`."""
    content = rules.check_article(raw)
    _may(by)
    with transaction.atomic(durable=True):
        there = Article.objects.select_for_update().filter(pk=article).first()
        if there is not None and _content(there) == content:
            return False  # also a form that was sent twice
        rules.check_version(there.version if there else 0, version)
        _write(by, article, version + 1, content)
        by.log("article", str(article), f"第{version + 1}版")
    return True


def restore_article(*, by: By, article: UUID, version: int, wanted: int) -> None:
    """Undoes: an earlier version is written once more, as the newest. Its days come back with it."""
    _may(by)
    with transaction.atomic(durable=True):
        there = _find(article)
        rules.check_version(there.version, version)
        earlier = ArticleVersion.objects.filter(article=article, version=wanted).first()
        if earlier is None or wanted == there.version:
            raise Refused(NOT_FOUND, "没有这个更早的版本。")
        _write(by, article, there.version + 1, _content(earlier))
        by.log("article", str(article), f"第{there.version + 1}版，恢复第{wanted}版")


def publish_now(*, by: By, article: UUID, version: int) -> None:
    """Shown from today, without an end."""
    _set_days(by, article, version, _today(by), None, "立即发布")


def withdraw_now(*, by: By, article: UUID, version: int) -> None:
    """Not shown any more from this moment. What was to be shown later is a draft again."""
    _set_days(by, article, version, None, _today(by), "立即撤下")


def _set_days(by: By, article: UUID, version: int, begin: date | None, end: date | None, what: str) -> None:
    _may(by)
    with transaction.atomic(durable=True):
        there = _find(article)
        rules.check_version(there.version, version)
        content = _content(there)
        if begin is not None:
            content = replace(content, publish_on=begin, withdraw_on=None)
        elif there.publish_on is not None and end is not None and there.publish_on <= end:
            content = replace(content, withdraw_on=end)
        else:
            content = replace(content, publish_on=None, withdraw_on=None)
        _write(by, article, there.version + 1, content)
        by.log("article", str(article), f"第{there.version + 1}版，{what}")


def _may(by: By) -> None:
    if not rules.may_publish(by.actor):
        raise Refused(NOT_ALLOWED, "信息发布由系统管理员和中心主任办理。")


def _today(by: By) -> date:
    return by.at.astimezone(ZONE).date()


def _find(article: UUID) -> Article:
    found = Article.objects.select_for_update().filter(pk=article).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这篇信息。")
    return found


def _content(one: Article | ArticleVersion) -> rules.Article:
    return rules.Article(one.kind, one.title, one.text, one.publish_on, one.withdraw_on)


def _write(by: By, article: UUID, version: int, content: rules.Article) -> None:
    """The row that holds and its version; of two who begin the same article at once the second is refused."""
    said = {**asdict(content), "version": version, "at": by.at, "by_id": by.actor.account}
    if version > 1:
        Article.objects.filter(pk=article).update(**said)
    else:
        try:
            with transaction.atomic():
                Article(pk=article, **said).save(force_insert=True)
        except IntegrityError as error:
            raise invalid("title", "这一篇刚刚保存过，请回到列表查看。") from error
    ArticleVersion(article_id=article, **said).save(force_insert=True)
