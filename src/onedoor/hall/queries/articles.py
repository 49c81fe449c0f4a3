"""Articles: for residents what is shown today, for who publishes everything with its versions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.db.models import Q, QuerySet

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.hall.models import Article, ArticleVersion
from onedoor.rules.refusal import NOT_FOUND, Refused

PAGE = 20
NEWEST = 3
MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class ArticlePage:
    items: list[Article]
    next_cursor: str


def newest_articles(today: date) -> list[Article]:
    """For the front page."""
    return list(_shown(today).defer("text")[:NEWEST])


def published(today: date, kind: str = "", cursor: str = "") -> ArticlePage:
    """What is shown on that day, newest first."""
    found = _shown(today).defer("text")
    if kind:
        found = found.filter(kind=kind)
    if cursor:
        at, last = read_cursor(cursor, "publish_on")
        found = found.filter(Q(publish_on__lt=at.date()) | Q(publish_on=at.date(), id__lt=last))
    items = list(found[: PAGE + 1])
    if len(items) <= PAGE:
        return ArticlePage(items, "")
    last_shown = items[PAGE - 1]
    assert last_shown.publish_on is not None, "what is shown has been published"
    day = datetime.combine(last_shown.publish_on, time(), UTC)
    return ArticlePage(items[:PAGE], make_cursor(day, last_shown.pk, "publish_on"))


def shown_article(article: UUID, today: date) -> Article:
    """Refuses as not found what is not shown on that day."""
    found = _shown(today).filter(pk=article).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这篇信息，可能已经撤下。")
    return found


def list_articles(today: date, state: str = "", kind: str = "", cursor: str = "") -> ArticlePage:
    """All of them, changed last first. `state` of ARTICLE_STATES."""
    found = Article.objects.select_related("by").defer("text").order_by("-at", "-id")
    past = Q(withdraw_on__isnull=False, withdraw_on__lte=today)
    states = {
        "draft": Q(publish_on=None),
        "scheduled": Q(publish_on__gt=today),
        "shown": Q(publish_on__lte=today) & ~past,
        "withdrawn": past,
    }
    if state in states:
        found = found.filter(states[state])
    if kind:
        found = found.filter(kind=kind)
    if cursor:
        at, last = read_cursor(cursor, "at")
        found = found.filter(Q(at__lt=at) | Q(at=at, id__lt=last))
    items = list(found[: PAGE + 1])
    following = make_cursor(items[PAGE - 1].at, items[PAGE - 1].pk, "at") if len(items) > PAGE else ""
    return ArticlePage(items[:PAGE], following)


def article_with_versions(article: UUID) -> tuple[Article, list[ArticleVersion]]:
    """For who publishes; its versions newest first."""
    found = Article.objects.filter(pk=article).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这篇信息。")
    return found, list(found.versions.select_related("by").order_by("-version")[:MOST_VERSIONS])


def _shown(today: date) -> QuerySet[Article]:
    return (
        Article.objects.filter(publish_on__lte=today)
        .filter(Q(withdraw_on=None) | Q(withdraw_on__gt=today))
        .order_by("-publish_on", "-id")
    )
