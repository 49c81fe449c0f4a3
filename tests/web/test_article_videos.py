"""Videos of articles: attached with captions, served in ranges, gone with the article's days."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from api.kit import new_browser
from cases.kit import sql
from onedoor.cases.queries.days import today
from onedoor.hall.models import ArticleVideo
from rules.test_videos import SRT
from web.kit import Screens, words
from web.test_articles import by, write

FILM = b"\0\0\0\x20ftypisom\0\0\2\0" + bytes(range(256)) * 40
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def send(screens: Screens, article: str, who: str = "director", **changes: Any) -> HttpResponse:
    form = {"file": SimpleUploadedFile("漏水 怎么办.mp4", FILM, "text/html"), "captions": SRT} | changes
    return screens.send(who, f"articles/{article}/video", **{name: value for name, value in form.items() if value})


def shown(screens: Screens) -> str:
    """An article of today with a video in it."""
    article = write(screens, text="看：\n\n[video](漏水_怎么办.mp4)", publish_on=today().isoformat())
    assert send(screens, article).status_code == 302
    return article


def address(article: str, part: str = "file") -> str:
    return f"/news/{article}/{ArticleVideo.objects.get().pk}/{part}"


def body(answer: HttpResponse) -> bytes:
    return answer.getvalue() if answer.streaming else answer.content


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILES", tmp_path)


def test_a_video_stands_in_the_article_with_its_captions(screens: Screens) -> None:
    article = shown(screens)
    page = new_browser().get(f"/news/{article}")
    html = page.content.decode()
    assert f'<source src="{address(article)}" type="video/mp4">' in html and 'kind="captions"' in html
    assert (
        "autoplay" not in html and 'preload="none"' in html and "media-src 'self'" in page["Content-Security-Policy"]
    )
    assert "先拍照。" in words(page) and "找物业<b>" in words(page), "the words can be read too"
    captions = new_browser().get(address(article, "captions"))
    assert captions["Content-Type"].startswith("text/vtt") and captions.content.decode().startswith("WEBVTT")


def test_it_is_served_in_ranges(screens: Screens) -> None:
    article = shown(screens)
    whole = new_browser().get(address(article))
    assert (whole.status_code, body(whole), whole["Accept-Ranges"]) == (200, FILM, "bytes")
    assert whole["Content-Type"] == "video/mp4" and whole["Content-Length"] == str(len(FILM))
    assert "sandbox" in whole["Content-Security-Policy"] and whole["X-Content-Type-Options"] == "nosniff"
    part = new_browser().get(address(article), HTTP_RANGE="bytes=100-199")
    assert part.status_code == 206 and body(part) == FILM[100:200]
    assert part["Content-Range"] == f"bytes 100-199/{len(FILM)}" and part["Content-Length"] == "100"
    end = new_browser().get(address(article), HTTP_RANGE="bytes=-5")
    assert body(end) == FILM[-5:]
    beyond = new_browser().get(address(article), HTTP_RANGE=f"bytes={len(FILM)}-")
    assert beyond.status_code == 416 and beyond["Content-Range"] == f"bytes */{len(FILM)}"
    assert new_browser().get(address(article), HTTP_IF_NONE_MATCH=whole["ETag"]).status_code == 304
    changed = new_browser().get(address(article), HTTP_RANGE="bytes=0-1", HTTP_IF_RANGE='"other"')
    assert changed.status_code == 200 and body(changed) == FILM, "a range of what it was is not given"


def test_nothing_is_served_before_and_after_the_days_of_the_article(screens: Screens) -> None:
    article = write(screens, text="[video](漏水_怎么办.mp4)")
    assert send(screens, article).status_code == 302
    assert new_browser().get(address(article)).status_code == 404
    staff = f"articles/{article}/video/{ArticleVideo.objects.get().pk}/file"
    assert body(screens.open("director", staff)) == FILM and screens.open("clerk", staff).status_code == 403
    screens.send("director", f"articles/{article}/publish", version="1")
    assert new_browser().get(address(article)).status_code == 200
    other = write(screens, title="另一篇", publish_on=today().isoformat())
    wrong = address(article).replace(article, other)
    assert new_browser().get(wrong).status_code == 404, "only below its own article"
    screens.send("director", f"articles/{article}/withdraw", version="2")
    assert new_browser().get(address(article)).status_code == 404
    assert new_browser().get(address(article, "captions")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"captions": ""}, "没有字幕"),
        ({"captions": "一段话"}, "SRT 或 WebVTT"),
        ({"file": SimpleUploadedFile("a.mp4", b"<html><script>alert(1)</script>", "video/mp4")}, "只能上传 MP4"),
        ({"file": SimpleUploadedFile("a.mov", b"\0\0\0\x14ftypqt  \0\0", "video/mp4")}, "MOV"),
        ({"file": None}, "请选择视频文件"),
        ({"poster": SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png")}, "封面图只能是"),
        ({"poster": SimpleUploadedFile("a.png", PNG + b"\0" * 50_000, "image/png")}, "最多40KB"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(screens: Screens, changes: dict[str, Any], sentence: str) -> None:
    article = write(screens)
    for file in changes.values():
        if isinstance(file, SimpleUploadedFile):
            file.seek(0)
    told = send(screens, article, **changes)
    assert told.status_code == 422 and sentence in words(told)
    assert not ArticleVideo.objects.exists()


def test_a_picture_and_who_may(screens: Screens) -> None:
    article = shown(screens)
    assert send(screens, article, who="clerk").status_code == 403
    assert send(screens, article, poster=SimpleUploadedFile("p.png", PNG, "image/png")).status_code == 302
    assert ArticleVideo.objects.count() == 1, "the same name takes the place of the earlier one"
    assert 'poster="' in new_browser().get(f"/news/{article}").content.decode()
    assert body(new_browser().get(address(article, "poster"))) == PNG
    assert new_browser().get(address(article, "x")).status_code == 404
    assert sql("SELECT count(*) FROM access_log WHERE action = 'article' AND reason = '上传视频'") == [(2,)]


def test_of_a_video_that_is_refused_no_bytes_stay(screens: Screens, tmp_path: Path) -> None:
    article = write(screens)
    for n in range(5):
        assert send(screens, article, file=SimpleUploadedFile(f"{n}.mp4", FILM + bytes([n]))).status_code == 302
    told = send(screens, article, file=SimpleUploadedFile("6.mp4", FILM + b"more"))
    assert told.status_code == 422 and "最多5段" in words(told)
    assert len([path for path in (tmp_path / "videos").rglob("*") if path.is_file()]) == 5


def test_what_is_taken_out_is_gone_with_its_bytes(screens: Screens, tmp_path: Path) -> None:
    from onedoor.hall.steps.videos import add_video

    article = shown(screens)
    other = write(screens, title="另一篇")
    add_video(by=by("director"), article=other, name="b.mp4", file=BytesIO(FILM), captions=SRT)  # type: ignore[arg-type]
    stored = [path for path in (tmp_path / "videos").rglob("*") if path.is_file()]
    assert len(stored) == 1
    for one, left in ((article, 1), (other, 0)):
        video = ArticleVideo.objects.get(article_id=one).pk
        screens.send("director", f"articles/{one}/video/{video}")
        assert len([path for path in (tmp_path / "videos").rglob("*") if path.is_file()]) == left
    assert "没有这段视频" not in words(new_browser().get(f"/news/{article}"))
    preview = screens.send(
        "director", f"articles/{article}", do="preview", text="[video](漏水_怎么办.mp4)", title="题"
    )
    assert "没有这段视频" in words(preview)
