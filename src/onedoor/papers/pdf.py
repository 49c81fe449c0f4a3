"""PDF by typst: the same document gives the same bytes, with all fonts within.

Text goes in as data and is never read as code. Characters that the main font lacks come from a second one that is
there in hundreds of small files; only those that a paper needs are unpacked.
"""

import base64
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from uuid import uuid4

import orjson
import typst
from django.conf import settings
from fontTools.ttLib import TTFont

from onedoor.cases.files import path_of
from onedoor.papers.model import OFFICIAL, Document, Picture, Table, text_of, widths_of

TEMPLATE, OFFICIAL_TEMPLATE, SCAN, NUMBER = (
    Path(__file__).with_name(name) for name in ("paper.typ", "official.typ", "scan.typ", "number.typ")
)
LINE = 156 * 72 / 25.4  # points between the margins of paper.typ
MAIN_FONT = settings.FONTS / "@expo-google-fonts" / "noto-serif-sc"
_MAIN = ("400Regular/NotoSerifSC_400Regular.ttf", "700Bold/NotoSerifSC_700Bold.ttf")
_RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", re.IGNORECASE)


def to_pdf(document: Document, *, first: int = 1) -> bytes:
    """The paper as PDF 1.7, A4; its pages are numbered from `first`."""
    given = document.to_json()
    for block, one in zip(given["blocks"], document.blocks, strict=True):
        if isinstance(one, Picture):  # the compiler knows no Base64
            block["data"] = list(base64.b64decode(one.data))
        elif isinstance(one, Table):
            block["widths"] = widths_of(one, LINE)
    inputs = {"data": orjson.dumps(given).decode(), "first": str(first)}
    template = OFFICIAL_TEMPLATE if document.layout == OFFICIAL else TEMPLATE
    compiler = _compiler(_rare_files(text_of(document)), template)
    return _bytes(compiler.compile(format="pdf", sys_inputs=inputs))


def scan_page(sha256: bytes, name: str, *, first: int) -> bytes:
    """A picture of the store (PNG, JPEG, GIF) on one A4 page with its number, as PDF. What the compiler cannot read
    raises RuntimeError."""
    inputs = {"file": str(path_of(sha256).resolve()), "name": name, "first": str(first)}
    # a compiler of its own: what it has read of a picture goes with it
    compiler = typst.Compiler(str(SCAN), root="/", font_paths=_main_folders(), ignore_system_fonts=True)
    return _bytes(compiler.compile(format="pdf", sys_inputs=inputs))


@lru_cache(maxsize=64)
def page_number(number: int, width: float, height: float) -> bytes:
    """A page of that size in points that bears the number alone."""
    inputs = {"first": str(number), "width": str(width), "height": str(height)}
    return _bytes(_plain_compiler().compile(format="pdf", sys_inputs=inputs))


def _bytes(made: bytes | list[bytes] | None) -> bytes:
    pages = made if isinstance(made, list) else [made]
    return bytes(pages[0] or b"")


@lru_cache(maxsize=8)
def _compiler(rare: tuple[Path, ...], template: Path) -> typst.Compiler:
    """One for each set of fonts and each layout; the fonts are read once."""
    paths = _main_folders() + [str(path.parent) for path in rare]
    return typst.Compiler(str(template), font_paths=paths, ignore_system_fonts=True)


def _main_folders() -> list[str]:
    return [str((MAIN_FONT / name).parent) for name in _MAIN]


@cache
def _plain_compiler() -> typst.Compiler:
    return typst.Compiler(str(NUMBER), font_paths=_main_folders(), ignore_system_fonts=True)


@cache
def _known() -> frozenset[int]:
    """What the main font can write."""
    with TTFont(MAIN_FONT / _MAIN[0], lazy=True) as font:
        return frozenset(font.getBestCmap())


def _rare_files(text: str) -> tuple[Path, ...]:
    """The small fonts that hold what the main one lacks, unpacked."""
    lacking = {ord(sign) for sign in text if ord(sign) > 0x2E7F} - _known()
    return tuple(sorted({path for path in map(_small_font, sorted(lacking)) if path is not None}))


@cache
def _small_font(point: int) -> Path | None:
    source = next((path for path, spans in _small_fonts() if _within(point, spans)), None)
    return _unpacked(source) if source is not None else None


def _within(point: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(low <= point <= high for low, high in spans)


@cache
def _small_fonts() -> tuple[tuple[Path, tuple[tuple[int, int], ...]], ...]:
    """Each small font with the characters that its style sheet says it has."""
    found = []
    folder = settings.FONTS / "hanamin"
    for sheet in sorted(folder.glob("*.css")):
        for rule in sheet.read_text("utf-8").split("}"):
            file = re.search(r"url\([\"']?(?:\./)?([^\"')]+\.woff2)", rule)
            ranges = re.search(r"unicode-range:\s*([^;]+)", rule)
            if file is None or ranges is None:
                continue
            spans = tuple((int(one[1], 16), int(one[2] or one[1], 16)) for one in _RANGE.finditer(ranges[1]))
            found.append((folder / file[1], spans))
    return tuple(found)


def _unpacked(source: Path) -> Path:
    """The same font as TTF, kept in the data directory; another process may make it at the same time."""
    # a folder of its own: the compiler takes folders of fonts
    target = Path(settings.FONT_CACHE) / source.stem / "font.ttf"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with TTFont(source) as font:
            font.flavor = None
            half = target.with_suffix(f".{uuid4().hex}.part")
            font.save(half)
        half.replace(target)
    return target
