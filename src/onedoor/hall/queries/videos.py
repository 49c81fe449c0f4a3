"""Videos of an article: for its page, and their bytes."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from onedoor.cases import files
from onedoor.hall.models import ArticleVideo
from onedoor.hall.steps.videos import UNDER
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.videos import read_captions


@dataclass(frozen=True, slots=True)
class Video:
    """One video as a page shows it; `words` are its captions to be read."""

    id: UUID
    name: str
    media: str
    size: int
    poster: bool
    words: tuple[str, ...]


def videos_of(article: UUID) -> dict[str, Video]:
    """By name, as the article's text names them."""
    found = ArticleVideo.objects.filter(article_id=article).order_by("name")
    return {
        one.name: Video(
            one.pk, one.name, one.media, one.size, bool(one.poster_media), read_captions(one.captions).words
        )
        for one in found
    }


@dataclass(frozen=True, slots=True)
class Part:
    """What is sent: a file with its type and digest, or the text of captions."""

    media: str
    path: Path | None
    digest: str
    text: str = ""


def part_of(article: UUID, video: UUID, part: str) -> Part:
    """`part`: file, poster or captions. Refuses as not found; whether the article may be seen is asked elsewhere."""
    one = ArticleVideo.objects.filter(article_id=article, pk=video).first()
    if one is not None and part == "captions":
        return Part("text/vtt; charset=utf-8", None, "", read_captions(one.captions).vtt)
    if one is not None and part == "file":
        return Part(one.media, files.path_of(bytes(one.sha256), UNDER), bytes(one.sha256).hex())
    if one is not None and part == "poster" and one.poster_sha256 is not None:
        digest = bytes(one.poster_sha256)
        return Part(one.poster_media, files.path_of(digest, UNDER), digest.hex())
    raise Refused(NOT_FOUND, "没有这段视频，可能已经撤下。")
