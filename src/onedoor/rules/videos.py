"""视频 of articles: which files are taken, and the captions without which none is shown: who does not hear, or
sits in a hall, reads them (the centre's own order, local)."""

import re
from dataclasses import dataclass

from onedoor.rules.refusal import invalid

MOST_CAPTIONS = 20_000
MOST_NAME = 60
# what a page with a picture may weigh leaves this for it
MOST_POSTER = 40 * 1024
POSTERS = frozenset({"image/jpeg", "image/png", "image/webp"})
_TIME = r"(?:([0-9]{1,2}):)?([0-9]{2}):([0-9]{2})[.,]([0-9]{3})"
_CUE = re.compile(rf"{_TIME}\s*-->\s*{_TIME}.*")
# brands of MPEG-4 that browsers play; QuickTime and pictures in the same box are none
_BRANDS = (b"isom", b"iso", b"mp4", b"avc1", b"M4V", b"dash", b"mmp4", b"MSNV")
HELP = "请粘贴 SRT 或 WebVTT 字幕，剪辑软件都能导出；每段第一行像 00:00:01,000 --> 00:00:04,000，下面是文字。"


@dataclass(frozen=True, slots=True)
class Captions:
    """`vtt`: for the player; `words`: the same to be read, one line each."""

    vtt: str
    words: tuple[str, ...]


def read_captions(typed: str) -> Captions:
    """Of SRT or WebVTT; refuses (field "captions") what has no cue, ends before it begins or is too long."""
    text = typed.replace("\r\n", "\n").replace("\ufeff", "").strip()
    if not text:
        raise invalid("captions", f"没有字幕的视频听不见的人看不懂。{HELP}")
    if len(text) > MOST_CAPTIONS or "\0" in text:
        raise invalid("captions", f"字幕最多{MOST_CAPTIONS}个字。")
    cues: list[str] = []
    words: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        place = next((place for place, line in enumerate(lines[:2]) if _CUE.fullmatch(line)), None)
        if place is None:
            continue  # the heading of WebVTT, a note
        times = _CUE.fullmatch(lines[place])
        assert times is not None, "it has just fitted"
        said = [line.replace("-->", "→").replace("&", "&amp;").replace("<", "&lt;") for line in lines[place + 1 :]]
        begins, ends = (_stamp(times.groups()[start : start + 4]) for start in (0, 4))
        if begins >= ends:
            raise invalid("captions", f"字幕第{len(cues) + 1}段的结束时间应晚于开始时间。")
        if said:
            cues.append(f"{begins} --> {ends}\n" + "\n".join(said))
            words.extend(lines[place + 1 :])
    if not cues:
        raise invalid("captions", HELP)
    return Captions("WEBVTT\n\n" + "\n\n".join(cues) + "\n", tuple(words))


def _stamp(parts: tuple[str | None, ...]) -> str:
    hours, minutes, seconds, thousandths = parts
    return f"{int(hours or 0):02}:{minutes}:{seconds}.{thousandths}"


def video_type(begin: bytes) -> str:
    """By the first 64 bytes at least: `video/mp4` or `video/webm`; refuses (field "file") anything else, whatever it
    is called."""
    if begin[4:8] == b"ftyp" and begin[8:12].startswith(_BRANDS):
        return "video/mp4"
    if begin.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in begin[:64]:
        return "video/webm"
    raise invalid("file", "只能上传 MP4 或 WebM 视频；手机拍的 MOV 请先转成 MP4。")


def video_name(name: str, media: str) -> str:
    """How the article names it: no blanks and brackets, ending as its type."""
    stem = re.sub(r"[^\w.-]+", "_", name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]).strip("_.")
    return f"{stem[: MOST_NAME - 5] or '视频'}.{media.removeprefix('video/')}"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `first` to `last`, both with it, of a file."""

    first: int
    last: int


def read_range(header: str, size: int) -> Span | None:
    """One range of bytes as browsers ask for it (RFC 9110, 14.2); None for what is to be ignored: several, another
    unit, none. Refuses what lies outside of the file."""
    found = re.fullmatch(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*", header)
    if found is None or found[0] == "bytes=-" or not (found[1] or found[2]):
        return None
    if not found[1]:  # the last so many
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(size - 1, int(found[2])) if found[2] else size - 1
        if found[2] and int(found[2]) < first:
            return None
    if first >= size or (not found[1] and int(found[2]) == 0):
        raise invalid("range", "没有这一段。")
    return Span(first, last)
