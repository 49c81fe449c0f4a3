"""The layout of documents of offices: Word and PDF say the same, tables of numbers keep their head and their rows."""

import io

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from pypdf import PdfReader

from onedoor.papers.docx import to_docx
from onedoor.papers.model import OFFICIAL, Document, Paragraph, Places, Table, from_json, text_of, widths_of
from onedoor.papers.pdf import LINE, to_pdf
from papers.words import docx_words, pdf_words, squeezed

ROWS = tuple((f"第{n}镇", str(n), "—" if n % 2 else "+3.5%", f"{n}.0%（{n}/100）") for n in range(60))
PAPER = Document(
    "治安形势分析",
    "某县2026年3月治安形势分析",
    "2026年第3期",
    (
        Paragraph("一、总体情况", "heading"),
        Paragraph("登记事项386件。\n环比上升17.0%。"),
        Paragraph("区域统计（单位：件）", "caption"),
        Table(("区域", "本月", "环比", "办结率"), ROWS, "lrrr"),
        Paragraph("【风险研判】", "subheading"),
        Paragraph("括号<里>的&符号", "body"),
        Paragraph("统计口径。", "note"),
        Places(("某县社会治理综合服务中心", "2026年4月2日")),
    ),
    OFFICIAL,
    ("某县社会治理综合服务中心编", "2026年4月2日"),
)


def test_both_say_all_of_it_in_the_same_order() -> None:
    expected = squeezed(text_of(PAPER))
    assert docx_words(to_docx(PAPER)) == expected
    pages = len(PdfReader(io.BytesIO(to_pdf(PAPER))).pages)
    assert pages > 2
    # the head of the table comes again on each page
    head = squeezed("区域本月环比办结率")
    said = pdf_words(to_pdf(PAPER))
    assert said.count(head) == pages - 1 or said.count(head) == pages
    first = said.index(head) + len(head)
    assert (said[:first] + said[first:].replace(head, "")) == expected


def test_what_was_kept_is_the_same_paper() -> None:
    assert from_json(PAPER.to_json()) == PAPER
    assert to_docx(from_json(PAPER.to_json())) == to_docx(PAPER)
    plain = Document("甲", "乙", "", (Table(("丙",), (("丁",),)),))
    kept = plain.to_json()
    assert "layout" not in kept and from_json(kept) == plain
    del kept["blocks"][0]["align"]  # as papers from before have it
    assert from_json(kept) == plain


def test_margins_head_rows_and_page_numbers_in_word() -> None:
    made = docx.Document(io.BytesIO(to_docx(PAPER)))
    section = made.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one / Mm(1)) for one in margins if one is not None] == [37, 35, 28, 26]
    (table,) = made.tables
    rows = table._tbl.tr_lst
    assert len(rows) == len(ROWS) + 1
    assert [row.find(f".//{qn('w:tblHeader')}") is not None for row in rows[:3]] == [True, False, False]
    assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)
    sides = [node.get(qn("w:val")) for node in rows[1].iter(qn("w:jc"))]
    assert sides == ["left", "right", "right", "right"]
    assert section.footer.paragraphs[0].alignment != section.even_page_footer.paragraphs[0].alignment


@pytest.mark.parametrize("head", [("区域", "去年同月", "同比"), ("类别", *["按期办结率（待核）"] * 8)])
def test_columns_fill_the_line_and_heads_stay_whole_where_there_is_room(head: tuple[str, ...]) -> None:
    widths = widths_of(Table(head, (tuple("0" for _ in head),), "l" + "r" * (len(head) - 1)), LINE)
    assert sum(widths) == pytest.approx(LINE) and widths[0] > 3 * 10.5 + 10
    if len(head) == 3:
        assert widths[1] >= 4 * 10.5 + 10
