"""视频: put to an article, taken out."""

from collections.abc import Iterable
from typing import IO
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from onedoor.cases import files
from onedoor.cases.ids import new_id
from onedoor.cases.sql import rows
from onedoor.hall.models import Article, ArticleVideo
from onedoor.people.steps.administering import By
from onedoor.rules.articles import may_publish
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused, invalid
from onedoor.rules.videos import MOST_POSTER, POSTERS, read_captions, video_name, video_type

UNDER = "videos"  # a part of the store that the life of attachments does not touch
MOST_VIDEOS = 5  # of one article
_LOCK = 7_306_114_311


def add_video(
    *, by: By, article: UUID, name: str, file: IO[bytes], captions: str, poster: tuple[str, IO[bytes]] | None = None
) -> str:
    """Its name in the article, `[video](name)`. `poster`: name and bytes of the picture that stands there before it
    plays. The same name again takes the place of the earlier one."""
    _may(by)
    file.seek(0)
    media = video_type(file.read(64))
    name = video_name(name, media)
    read_captions(captions)
    poster_media = _poster(poster) if poster else ""
    with transaction.atomic(durable=True):
        _bytes_of_videos()
        if Article.objects.select_for_update().filter(pk=article).first() is None:
            raise Refused(NOT_FOUND, "没有这篇信息。")
        there = ArticleVideo.objects.filter(article_id=article)
        earlier = there.filter(name=name).first()
        if earlier is None and there.count() >= MOST_VIDEOS:
            raise invalid("file", f"一篇最多{MOST_VIDEOS}段视频。")
        gone = _take_out(earlier) if earlier else []
        sha256, size = files.store(_pieces(file), UNDER)
        picture = files.store(_pieces(poster[1]), UNDER)[0] if poster else None
        ArticleVideo.objects.create(
            id=new_id(), article_id=article, name=name, media=media, sha256=sha256, size=size, captions=captions,
            poster_media=poster_media, poster_sha256=picture, at=by.at, by_id=by.actor.account,
        )  # fmt: skip
        by.log("article", str(article), "上传视频")
    _remove(gone)
    return name


def remove_video(*, by: By, article: UUID, video: UUID) -> None:
    """Out of the article, with its bytes."""
    _may(by)
    with transaction.atomic(durable=True):
        there = ArticleVideo.objects.select_for_update().filter(article_id=article, pk=video).first()
        if there is None:
            raise Refused(NOT_FOUND, "没有这段视频，可能已经删除。")
        gone = _take_out(there)
        by.log("article", str(article), "删除视频")
    _remove(gone)


def _may(by: By) -> None:
    if not may_publish(by.actor):
        raise Refused(NOT_ALLOWED, "信息发布由系统管理员和中心主任办理。")


def _poster(poster: tuple[str, IO[bytes]]) -> str:
    name, file = poster
    try:
        media = files.sniff(file, name)
    except Refused as refused:
        raise invalid("poster", "封面图只能是 JPG、PNG 或 WebP。") from refused
    if media not in POSTERS:
        raise invalid("poster", "封面图只能是 JPG、PNG 或 WebP。")
    if file.seek(0, 2) > MOST_POSTER:
        raise invalid("poster", f"封面图最多{MOST_POSTER // 1024}KB，请先压缩，手机打开才快。")
    return media


def _pieces(file: IO[bytes]) -> Iterable[bytes]:
    file.seek(0)
    while piece := file.read(256 * 1024):
        yield piece


def _take_out(video: ArticleVideo) -> list[bytes]:
    """The digests whose bytes may go once this is committed."""
    digests = [bytes(one) for one in (video.sha256, video.poster_sha256) if one]
    video.delete()
    return digests


def _remove(digests: list[bytes]) -> None:
    """Bytes to which no video refers any more."""
    with transaction.atomic(durable=True):
        _bytes_of_videos()
        for digest in digests:
            if not ArticleVideo.objects.filter(Q(sha256=digest) | Q(poster_sha256=digest)).exists():
                files.path_of(digest, UNDER).unlink(missing_ok=True)


def _bytes_of_videos() -> None:
    """Held until the transaction ends: whoever stores bytes and whoever removes them see each other's rows, for the
    same film may stand in two articles."""
    rows("SELECT 1 AS one FROM (SELECT pg_advisory_xact_lock(%s)) held", [_LOCK])
