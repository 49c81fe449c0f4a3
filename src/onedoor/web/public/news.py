"""信息公开: what the centre tells everybody."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from onedoor.cases.queries.days import today
from onedoor.hall.models import Article
from onedoor.hall.queries.articles import published, shown_article
from onedoor.rules.articles import ARTICLE_KINDS
from onedoor.rules.marks import read_marks
from onedoor.web.public.page import public, public_page


@require_safe
@public
def news_page(request: HttpRequest) -> HttpResponse:
    """What is shown today, newest first; of one kind, if the address says so."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in ARTICLE_KINDS else ""
    found = published(today(), kind, request.GET.get("cursor", ""))
    query = urlencode({name: value for name, value in (("kind", kind), ("cursor", found.next_cursor)) if value})
    context = {
        "kind": kind,
        "kinds": ARTICLE_KINDS,
        "items": [titled(one) for one in found.items],
        "next": f"{reverse('news')}?{query}" if found.next_cursor else "",
    }
    return public_page(request, "public/news.html", context, personal=False)


@require_safe
@public
def news_item(request: HttpRequest, article: UUID) -> HttpResponse:
    found = shown_article(article, today())
    context = {**titled(found), "kind": found.kind, "blocks": read_marks(found.text)}
    return public_page(request, "public/news_item.html", context, personal=False)


def titled(article: Article) -> dict[str, Any]:
    """How a list names it."""
    return {
        "id": article.pk,
        "title": article.title,
        "kind_name": ARTICLE_KINDS[article.kind],
        "publish_on": article.publish_on,
    }
