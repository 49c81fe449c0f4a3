"""Captions, types and ranges of videos."""

import pytest

from onedoor.rules.marks import read_marks
from onedoor.rules.refusal import Refused
from onedoor.rules.videos import MOST_CAPTIONS, Span, read_captions, read_range, video_name, video_type

SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\n先拍照。\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n找物业<b>\r\n一起看\r\n"


def test_srt_and_webvtt_become_captions_and_words() -> None:
    read = read_captions(SRT)
    assert read.words == ("先拍照。", "找物业<b>", "一起看")
    assert read.vtt.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n先拍照。\n\n")
    assert "&lt;b>" in read.vtt and "<b>" not in read.vtt
    again = read_captions("WEBVTT\n\nNOTE 说明\n\n00:01.000 --> 00:02.000 align:start\n一句\n")
    assert again.vtt == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n一句\n"


@pytest.mark.parametrize(
    "typed",
    ["", " \n", "只是文字", "00:00:02,000 --> 00:00:02,000\n同时", "WEBVTT", "x" * (MOST_CAPTIONS + 1), f"{SRT}\0"],
)
def test_what_is_no_caption_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(Refused) as told:
        read_captions(typed)
    assert "captions" in told.value.fields


@pytest.mark.parametrize(
    ("begin", "media"),
    [
        (b"\0\0\0\x20ftypisom\0\0\2\0", "video/mp4"),
        (b"\0\0\0\x20ftypmp42", "video/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm", "video/webm"),
        (b"\0\0\0\x14ftypqt  ", ""),
        (b"\0\0\0\x20ftypheic", ""),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x88matroska", ""),
        (b"<html><script>", ""),
        (b"", ""),
    ],
)
def test_the_type_is_what_the_bytes_say(begin: bytes, media: str) -> None:
    if media:
        assert video_type(begin) == media
    else:
        with pytest.raises(Refused):
            video_type(begin)


def test_a_name_can_stand_in_the_text() -> None:
    assert video_name("C:\\片子\\邻居 漏水(1).MOV", "video/mp4") == "邻居_漏水_1.mp4"
    assert video_name("../..", "video/webm") == "视频.webm"
    assert len(video_name("长" * 300 + ".mp4", "video/mp4")) <= 60
    blocks = read_marks("看：\n[video](邻居_漏水_1.mp4)\n[视频](a.webm)\n行内 [video](a.webm) 不是")
    assert [block.kind for block in blocks] == ["paragraph", "video", "video", "paragraph"]
    assert blocks[1].lines[0][0].words == "邻居_漏水_1.mp4"
    assert read_marks("[video](../x)")[0].kind == "paragraph"


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-", Span(0, 99)),
        ("bytes=0-0", Span(0, 0)),
        ("bytes=10-19", Span(10, 19)),
        ("bytes=90-1000", Span(90, 99)),
        ("bytes=-10", Span(90, 99)),
        ("bytes=-1000", Span(0, 99)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("bytes=٣-", None),
    ],
)
def test_ranges(header: str, span: Span | None) -> None:
    assert read_range(header, 100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_ranges_outside_are_refused(header: str) -> None:
    with pytest.raises(Refused):
        read_range(header, 100)
