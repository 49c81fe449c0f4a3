"""Binding: papers, scans and files that were handed in become one PDF with a table of contents and one run of page
numbers.

Papers are rendered with the numbers that they have in the file, so that no page bears two. A PDF that was handed in
gets its number laid over the foot of each page; a picture becomes a page; of anything else a sheet says where it lies.
"""

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image
from pypdf import PdfReader, PdfWriter

from onedoor.cases.files import path_of
from onedoor.papers.model import Document, Paragraph, Table
from onedoor.papers.pdf import page_number, scan_page, to_pdf

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
BOUND = PICTURES | {"application/pdf"}  # of anything else a sheet says where it lies
MOST_PIXELS = 50_000_000  # a picture of more would fill the memory when it is unpacked
MOST_BOUND = 300 * 1024 * 1024  # bytes of what was handed in that are bound in one file
CONTENTS = "卷内目录"
ELSEWHERE = "本件以电子文件形式随卷保存。"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class File:
    """Something that was handed in: its name, type and place in the store."""

    name: str
    type: str
    sha256: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of the contents."""

    name: str
    what: Document | File


def bind(cover: Document | None, parts: Sequence[Part], back: Document | None, *, pages: str, contents: str) -> bytes:
    """One PDF: cover, contents, parts, back; the cover is the first page. `contents` is the title of the contents. On
    the back the number of all pages comes in the place of the words `pages`."""
    front = to_pdf(cover) if cover else b""
    begun = _count(front) if cover else 0
    length = _count(to_pdf(_contents(contents, [(part.name, 1, 1) for part in parts])))
    while True:  # once, unless the true numbers make the contents longer
        bound, listed = _rendered_from(begun + length + 1, parts)
        table = to_pdf(_contents(contents, listed), first=begun + 1)
        if _count(table) == length:
            break
        length = _count(table)
    total = begun + length + sum(count for _, _, count in listed)
    ends = [to_pdf(_counted(back, pages, total + 1), first=total + 1)] if back else []
    names = [
        *([cover.title] if cover else []),
        contents,
        *(part.name for part in parts),
        *([back.title] if back else []),
    ]
    writer = PdfWriter()
    for name, content in zip(names, [*([front] if cover else []), table, *bound, *ends], strict=True):
        writer.append(io.BytesIO(content), outline_item=name, import_outline=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _rendered_from(page: int, parts: Sequence[Part]) -> tuple[list[bytes], list[tuple[str, int, int]]]:
    """The PDF of each part, and its name, first page and number of pages."""
    bound: list[bytes] = []
    listed: list[tuple[str, int, int]] = []
    room = MOST_BOUND
    for part in parts:
        if isinstance(part.what, File) and part.what.type in BOUND:
            room -= part.what.size
        bound.append(_rendered(part, page, fits=room >= 0))
        listed.append((part.name, page, _count(bound[-1])))
        page += listed[-1][2]
    return bound, listed


def _contents(title: str, listed: Sequence[tuple[str, int, int]]) -> Document:
    rows = tuple(
        (str(place), name, str(page) if length == 1 else f"{page}—{page + length - 1}")
        for place, (name, page, length) in enumerate(listed, 1)
    )
    return Document("", title, "", (Table(("序号", "文书名称", "页次"), rows),))


def _counted(back: Document, pages: str, total: int) -> Document:
    """The back cover with the number of all pages, itself among them."""
    blocks = tuple(
        Paragraph(block.text.replace(pages, f"本卷共{total}页"), block.style)
        if isinstance(block, Paragraph)
        else block
        for block in back.blocks
    )
    return Document(back.heading, back.title, back.number, blocks)


def _count(content: bytes) -> int:
    return len(PdfReader(io.BytesIO(content)).pages)


def _rendered(part: Part, first: int, *, fits: bool) -> bytes:
    if isinstance(part.what, Document):
        return to_pdf(part.what, first=first)
    found = _of_file(part.what, first) if fits else None
    return found or to_pdf(Document("", part.name, "", (Paragraph(ELSEWHERE),)), first=first)


def _of_file(file: File, first: int) -> bytes | None:
    """Its pages, or None if it has none that can be bound."""
    path = path_of(file.sha256)
    if not path.exists():
        return None
    try:
        if file.type == "application/pdf":
            return _numbered(path.read_bytes(), first)
        if file.type in PICTURES and _pixels(path) <= MOST_PIXELS:
            return scan_page(file.sha256, file.name, first=first)
    except Exception as error:  # noqa: BLE001  whatever is wrong with a stranger's file: it gets a sheet instead
        log.info("a file that cannot be bound: %s", type(error).__name__)
    return None


def _pixels(path: Path) -> int:
    """Width times height, from its head alone; more than any where that cannot be read."""
    try:
        image = Image.from_file(str(path))
    except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError):
        return MOST_PIXELS + 1
    return int(image.px_width * image.px_height)


def _numbered(content: bytes, first: int) -> bytes:
    writer = PdfWriter()
    writer.append(io.BytesIO(content), import_outline=False)
    for number, page in enumerate(writer.pages, first):
        page.transfer_rotation_to_content()
        box = page.cropbox
        stamp = PdfReader(io.BytesIO(page_number(number, round(float(box.width), 1), round(float(box.height), 1))))
        page.merge_translated_page(stamp.pages[0], float(box.left), float(box.bottom))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
