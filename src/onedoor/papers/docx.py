"""DOCX for Word and WPS by python-docx: the same blocks in the same order as the PDF.

Fonts are named, not embedded. The first name is a free font; for a machine that lacks it the font table names what
Word and WPS bring (`w:altName`, ISO/IEC 29500-1 §17.8.3.1), so that a paper looks alike on both. The same document
gives the same bytes: times in the archive are fixed.
"""

import base64
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime

import docx
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph as DocxParagraph

from onedoor.papers.docx_official import KAI, write_official
from onedoor.papers.model import OFFICIAL, TABLE_SIZE, Document, Grid, Paragraph, Picture, Places, Table, widths_of

_FIXED = (1980, 1, 1, 0, 0, 0)
_SIDES = {"centre": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
BODY, TITLE, HEADING = "Noto Serif CJK SC", "Noto Serif SC", "Noto Sans CJK SC"
# What stands in for each where it is not installed, the best first.
FALLBACKS = {
    BODY: ("仿宋", "FangSong", "仿宋_GB2312", "宋体", "SimSun"),
    TITLE: ("宋体", "SimSun", "Noto Serif CJK SC"),
    HEADING: ("黑体", "SimHei", "Noto Sans SC"),
}
# of official documents: added where they are used, so that forms stay the bytes that they are
OFFICIAL_FALLBACKS = {KAI: ("楷体", "楷体_GB2312", "LXGW WenKai", "Noto Serif CJK SC")}
_FONT_TABLE = "word/fontTable.xml"
LINE = 156 * 72 / 25.4  # points between the margins
PICTURE_HEIGHT = Mm(14)


def to_docx(document: Document) -> bytes:
    """The paper as Office Open XML."""
    made = docx.Document()
    if document.layout == OFFICIAL:
        write_official(made, document)
        return _packed(made, FALLBACKS | OFFICIAL_FALLBACKS)
    _page(made)
    if document.heading:
        _line(made, document.heading, 15, WD_ALIGN_PARAGRAPH.CENTER, font=TITLE)
    _line(made, document.title, 21, WD_ALIGN_PARAGRAPH.CENTER, font=TITLE, bold=True)
    if document.number:
        _line(made, document.number, 13, WD_ALIGN_PARAGRAPH.RIGHT)
    for block in document.blocks:
        match block:
            case Paragraph(text, style):
                for part in text.split("\n") if style == "body" else [text]:
                    _paragraph(made, part, style)
            case Grid(rows):
                _table(made, (), rows, (Mm(32), Mm(124)), 12)
            case Table(head, rows, _):
                _table(made, head, rows, [Pt(one) for one in widths_of(block, LINE)], TABLE_SIZE)
            case Places(lines):
                for line in lines:
                    _line(made, line, 13, WD_ALIGN_PARAGRAPH.RIGHT, before=10)
            case Picture(text, data):
                beside = _line(made, text, 13, WD_ALIGN_PARAGRAPH.RIGHT, before=6)
                beside.add_run().add_picture(io.BytesIO(base64.b64decode(data)), height=PICTURE_HEIGHT)
    return _packed(made)


def _page(made: Docx) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(28)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    properties = made.core_properties
    properties.created = properties.modified = datetime(1980, 1, 1)  # noqa: DTZ001  a constant, so that bytes agree
    properties.author = properties.last_modified_by = ""
    properties.title = ""
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = footer.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _paragraph(made: Docx, text: str, style: str) -> None:
    font = HEADING if style == "heading" else BODY
    made_one = _line(made, text, 13, _SIDES.get(style), font=font)
    if style == "body":
        made_one.paragraph_format.first_line_indent = Pt(26)


def _line(
    made: Docx,
    text: str,
    size: float,
    side: WD_ALIGN_PARAGRAPH | None = None,
    *,
    font: str = BODY,
    bold: bool = False,
    before: float = 0,
) -> DocxParagraph:
    paragraph = made.add_paragraph()
    _run(paragraph, text, size, font, bold=bold)
    if side is not None:
        paragraph.alignment = side
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph.paragraph_format.line_spacing = 1.4
    return paragraph


def _run(paragraph: DocxParagraph, text: str, size: float, font: str = BODY, *, bold: bool = False) -> None:
    for place, part in enumerate(text.split("\n")):
        run = paragraph.add_run(part)
        if place:
            run._r.insert(0, OxmlElement("w:br"))
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, font
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _table(
    made: Docx, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], widths: Sequence[Length], size: float
) -> None:
    table = made.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for cells in (*([head] if head else []), *rows):
        row = table.add_row()
        for place, text in enumerate(cells):
            cell = row.cells[place]
            _run(cell.paragraphs[0], text, size)
            cell.width = widths[place]


def _packed(made: Docx, fonts: Mapping[str, tuple[str, ...]] = FALLBACKS) -> bytes:
    """Written anew with one time for every part."""
    first, last = io.BytesIO(), io.BytesIO()
    made.save(first)
    with zipfile.ZipFile(first) as given, zipfile.ZipFile(last, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(given.namelist()):
            content = given.read(name)
            if name == _FONT_TABLE:
                content = content.replace(b"</w:fonts>", _font_table(fonts).encode() + b"</w:fonts>")
            packed.writestr(zipfile.ZipInfo(name, _FIXED), content, zipfile.ZIP_DEFLATED)
    return last.getvalue()


def _font_table(fonts: Mapping[str, tuple[str, ...]]) -> str:
    return "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/><w:charset w:val="86"/></w:font>'
        for name, others in fonts.items()
    )
