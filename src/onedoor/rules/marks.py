"""Plain text with a few marks, as articles are written. What comes out are words and addresses, never markup: a
template that escapes them cannot be made to show anything else.

`# ` and `## ` begin headings, `- ` and `1. ` items of a list, `[words](address)` is a link; a blank line ends a
paragraph, a single line break stays one. A line `[video](name)` stands for a video of the article.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\s]{1,500})\)")
# To the web, to a telephone, or to a page of ours; not //host and not /\host, which lead elsewhere.
_ADDRESS = re.compile(r"https?://[^\s]+|tel:[0-9+-]+|/(?![/\\])[^\s\\]*")
_VIDEO = re.compile(r"\[(?:video|视频)\]\(([^()\s/\\]{1,80})\)")
_MARKS = (("heading", re.compile(r"#[ \u3000]+")), ("subheading", re.compile(r"##[ \u3000]+")),
          ("bullets", re.compile(r"-[ \u3000]+")), ("numbers", re.compile(r"[0-9]{1,3}\.[ \u3000]+")))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Words, and where they lead if they are a link."""

    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """`kind`: paragraph, heading, subheading, bullets, numbers or video. `lines`: of a list its items, of a video its
    name, else its lines."""

    kind: str
    lines: tuple[tuple[Piece, ...], ...]


def read_marks(text: str) -> tuple[Block, ...]:
    """The text as blocks in their order. Never refuses: what is no mark stands as it was typed."""
    typed = (_kind_of(line.strip()) for line in text.replace("\r\n", "\n").split("\n"))
    found: list[Block] = []
    for kind, lines in groupby(typed, key=lambda one: one[0]):
        if kind == "video":
            found += [Block(kind, ((Piece(name),),)) for _, name in lines]
            continue
        contents = [_pieces(words) for _, words in lines]
        if kind in ("heading", "subheading"):
            found += [Block(kind, (line,)) for line in contents]
        elif kind:
            found.append(Block(kind, tuple(contents)))
    return tuple(found)


def _kind_of(line: str) -> tuple[str, str]:
    """A blank line has no kind."""
    if not line:
        return "", ""
    if (video := _VIDEO.fullmatch(line)) is not None:
        return "video", video[1]
    for kind, mark in _MARKS:
        begin = mark.match(line)
        if begin is not None:
            return kind, line[begin.end() :]
    return "paragraph", line


def _pieces(line: str) -> tuple[Piece, ...]:
    return tuple(_split(line))


def _split(line: str) -> Iterator[Piece]:
    place = 0
    for link in _LINK.finditer(line):
        if not _ADDRESS.fullmatch(link[2]):
            continue
        if link.start() > place:
            yield Piece(line[place : link.start()])
        yield Piece(link[1], link[2])
        place = link.end()
    if place < len(line):
        yield Piece(line[place:])
