"""The layout of documents of offices for Word (GB/T 9704-2012): margins of 37, 35, 28 and 26 mm, text of size 三号 on
lines of 28 points, the heading in red above a red line, page numbers at the outer edge.

Tables are written as one text: asking python-docx for each cell takes longer than the whole report may.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as DocxParagraph

from onedoor.papers.model import TABLE_SIZE, Document, Grid, Paragraph, Picture, Places, Table, widths_of

BODY, TITLE, HEADING, KAI = "Noto Serif CJK SC", "Noto Serif SC", "Noto Sans CJK SC", "KaiTi"
RED = RGBColor(0xC8, 0x00, 0x00)
SIZE, LINE_HEIGHT = 16, 28  # 三号, on lines of 28 points
WHOLE = 8  # rows of a table that is kept on one page
BEGIN = 3  # rows of a longer one that stay with its head
LINE = 156 * 72 / 25.4
_SIDES = {"l": "left", "c": "center", "r": "right"}
_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def write_official(made: Docx, document: Document) -> None:
    _page(made)
    _line(made, document.heading, 30, _CENTRE, font=TITLE, bold=True, colour=RED, exact=0, after=8)
    _line(made, document.number, SIZE, _CENTRE)
    if document.sides:
        beside = _line(made, "\t".join(document.sides), 14)
        beside.paragraph_format.tab_stops.add_tab_stop(Pt(LINE), 2)  # right
        _red_line(beside)
    else:
        _red_line(_line(made, "", 4, exact=6))
    _line(made, document.title, 22, _CENTRE, font=TITLE, bold=True, exact=36, before=22, after=14)
    for block in document.blocks:
        match block:
            case Paragraph(text, style):
                _paragraph(made, text, style)
            case Table(head, rows, align):
                _table(made, block, head, rows, align or "l" * len(head))
            case Grid(rows):
                _table(made, Table(("", ""), rows), (), rows, "ll")
            case Places(lines):
                for place, text in enumerate(lines):
                    said = _line(made, text, SIZE, _RIGHT, before=20 if not place else 0)
                    said.paragraph_format.right_indent = Pt(SIZE * 2)
            case Picture(text):
                _line(made, text, SIZE, _RIGHT)


def _page(made: Docx) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    made.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, _RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        for edge in ("left_indent", "right_indent"):
            setattr(paragraph.paragraph_format, edge, Pt(14))
        _run(paragraph, "— ", 14)
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = paragraph.add_run()
            run.font.size = Pt(14)
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = text
            run._r.append(element)
        _run(paragraph, " —", 14)


def _paragraph(made: Docx, text: str, style: str) -> None:
    match style:
        case "heading":
            said = _line(made, text, SIZE, font=HEADING)
            said.paragraph_format.first_line_indent = Pt(SIZE * 2)
            said.paragraph_format.keep_with_next = True
        case "subheading":
            said = _line(made, text, SIZE, font=KAI)
            said.paragraph_format.first_line_indent = Pt(SIZE * 2)
            said.paragraph_format.keep_with_next = True
        case "caption":
            said = _line(made, text, 12, _CENTRE, font=HEADING, exact=22, before=8)
            said.paragraph_format.keep_with_next = True
        case "note":
            _line(made, text, 10.5, exact=17, before=4, after=6)
        case "centre" | "right":
            _line(made, text, SIZE, _CENTRE if style == "centre" else _RIGHT)
        case "plain":
            _line(made, text, SIZE)
        case _:
            for part in text.split("\n"):
                _line(made, part, SIZE).paragraph_format.first_line_indent = Pt(SIZE * 2)


def _line(
    made: Docx, text: str, size: float, side: WD_ALIGN_PARAGRAPH | None = None, *, font: str = BODY,
    bold: bool = False, colour: RGBColor | None = None, exact: float = LINE_HEIGHT, before: float = 0,
    after: float = 0,
) -> DocxParagraph:  # fmt: skip
    paragraph = made.add_paragraph()
    _run(paragraph, text, size, font, bold=bold, colour=colour)
    if side is not None:
        paragraph.alignment = side
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    if exact:
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(exact)
    return paragraph


def _run(
    paragraph: DocxParagraph, text: str, size: float, font: str = BODY, *, bold: bool = False,
    colour: RGBColor | None = None,
) -> None:  # fmt: skip
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, font
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour


def _red_line(paragraph: DocxParagraph) -> None:
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="16" w:space="4" w:color="C80000"/></w:pBdr>'
    )
    properties = paragraph._p.get_or_add_pPr()
    # where the schema wants it: before shading, tabs and spacing
    after = [qn(f"w:{name}") for name in ("shd", "tabs", "spacing", "ind", "jc", "rPr")]
    place = next((at for at, child in enumerate(properties) if child.tag in after), len(properties))
    properties.insert(place, border)


def _table(made: Docx, table: Table, head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> None:
    widths = [round(one * 20) for one in widths_of(table, LINE)]  # twentieths of a point
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="{6 if edge in ("top", "bottom") else 4}" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    lines = [_row(head, widths, "c" * len(head), HEADING, is_head=True)] if head else []
    kept = len(rows) - 1 if len(rows) <= WHOLE else BEGIN - 1
    lines += [_row(row, widths, align, BODY, keep=place < kept) for place, row in enumerate(rows)]
    element = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:left w:w="80" w:type="dxa"/>'
        f'<w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(lines)}'
        "</w:tbl>"
    )
    body = made.element.body
    body.insert(len(body) - 1, element)  # before the section's properties
    _line(made, "", 4, exact=6)  # a table that ends a page needs a paragraph after it


def _row(
    cells: Sequence[str], widths: Sequence[int], align: str, font: str, *, is_head: bool = False, keep: bool = False
) -> str:
    looks = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}"/><w:sz w:val="{round(TABLE_SIZE * 2)}"/>'
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F0F0F0"/>' if is_head else ""
    made = [
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
        f"{'<w:keepNext/>' if is_head or keep else ''}"
        '<w:spacing w:before="30" w:after="30" w:line="300" w:lineRule="exact"/>'
        f'<w:jc w:val="{_SIDES[side]}"/></w:pPr><w:r><w:rPr>{looks}</w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
        for text, width, side in zip(cells, widths, align, strict=True)
    ]
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if is_head else ''}</w:trPr>{''.join(made)}</w:tr>"
