"""信息公开: what the centre tells everybody."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from onedoor.cases.queries.days import today
from onedoor.hall.models import Article
from onedoor.hall.queries.articles import published, shown_article
from onedoor.hall.queries.videos import Part, part_of, videos_of
from onedoor.rules.articles import ARTICLE_KINDS
from onedoor.rules.marks import read_marks
from onedoor.web.public.page import public, public_page
from onedoor.web.ranges import sent_in_ranges


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
    blocks = read_marks(found.text)
    videos = videos_of(article) if any(block.kind == "video" for block in blocks) else {}
    context = {**titled(found), "kind": found.kind, "blocks": blocks, "videos": videos, "article": article}
    return public_page(request, "public/news_item.html", context, personal=False)


@require_safe
@public
def news_video(request: HttpRequest, article: UUID, video: UUID, part: str) -> HttpResponseBase:
    """The bytes of a video, its picture or its captions, as long as the article is shown."""
    shown_article(article, today())
    return sent_part(request, part_of(article, video, part))


def sent_part(request: HttpRequest, part: Part) -> HttpResponseBase:
    if part.path is None:
        answer = HttpResponse(part.text, content_type=part.media)
        answer["Cache-Control"] = "no-cache, private"
        return answer
    return sent_in_ranges(request, part.path, part.media, part.digest)


def titled(article: Article) -> dict[str, Any]:
    """How a list names it."""
    return {
        "id": article.pk,
        "title": article.title,
        "kind_name": ARTICLE_KINDS[article.kind],
        "publish_on": article.publish_on,
    }
