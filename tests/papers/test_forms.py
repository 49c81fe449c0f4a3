"""Every form in DOCX and PDF: the same words in both, with every field that domain.md §4.2 lists."""

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from cases.kit import NOW, move, person, register_case, walk
from mediation.kit import MEDIATOR, booked, held, open_one, opened, pay, wage_case, who
from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import load
from onedoor.mediation.steps import agree, mediate
from onedoor.papers.docx import to_docx
from onedoor.papers.facts import PaperFacts, facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.model import Document, Grid, Paragraph, Picture, Table, from_json, text_of, widths_of
from onedoor.papers.pdf import to_pdf
from onedoor.papers.wording import Wording, make
from papers.fields import FIELDS
from papers.words import docx_words, pdf_words, squeezed

pytestmark = pytest.mark.django_db


def facts(number: str, by: str = MEDIATOR) -> PaperFacts:
    signed = person(by)
    return facts_of(signed.viewer(), load(case_for(signed.viewer(), number)), NOW + timedelta(days=3), full=True)


@pytest.fixture
def agreed(county: None) -> PaperFacts:
    number = wage_case()
    mediation = opened(number)
    held(number, booked(number, mediation))
    from mediation.kit import drafted, sign_all

    agreement = drafted(number, mediation)
    sign_all(number, agreement)
    agree.seal_agreement(who=who(MEDIATOR, number, at=NOW + timedelta(days=1, hours=5)), agreement=agreement)
    pay(number, 0, on=date(2026, 3, 4), amount=2_000_000)
    move(number, "supervise", "supervisor", at=NOW + timedelta(days=2), level="yellow_card", reason="请抓紧。")
    return facts(number)


@pytest.fixture
def failed(county: None) -> PaperFacts:
    number = wage_case()
    mediation = opened(number)
    mediate.end_mediation(
        who=who(MEDIATOR, number), mediation=mediation, ending="failed", routes=["依法申请劳动仲裁"], text="分歧太大。"
    )
    return facts(number)


@pytest.fixture
def petition(county: None) -> PaperFacts:
    number = register_case(kind="appeal", purpose="petition", category="petition.agriculture")
    walk(number, ("accept", "clerk", {}), ("dispatch", "dispatcher", {"unit": "rsj"}), ("sign", "handler", {}))
    walk(
        number,
        ("report_progress", "handler", {"text": "已核实。"}),
        ("approve", "unit_lead", {"answer": "支持。"}),
        at=NOW + timedelta(days=1),
    )
    return facts(number, "handler")


def test_no_form_is_forgotten_in_the_table_of_fields() -> None:
    assert FIELDS.keys() == FORMS.keys()
    assert not any("民族" in f"{one.labels}{one.words}" for one in FIELDS.values())


def test_the_same_document_gives_the_same_bytes_and_comes_back_from_json(agreed: PaperFacts) -> None:
    document = make(FORMS["agreement"], agreed, {}, Wording())
    assert any(isinstance(block, Picture) for block in document.blocks)
    again = from_json(document.to_json())
    assert again == document
    assert to_pdf(document) == to_pdf(again) and to_docx(document) == to_docx(again)


def test_rare_characters_are_written_and_embedded() -> None:
    document = Document("澜平县", "证明", "", (Paragraph("𠮷田安与㐀某、䶵某、𬭚某、𠀀某。"), Grid((("姓名", "𠮷"),))))
    content = to_pdf(document)
    assert squeezed("𠮷田安与㐀某、䶵某、𬭚某、𠀀某") in pdf_words(content)
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(io.BytesIO(content)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert any("Hana" in font for font in fonts) and any("NotoSerifSC" in font for font in fonts)
    assert all("+" in font for font in fonts), "every font is embedded as a subset"


def test_text_is_data_and_never_code() -> None:
    nasty = '#read("/etc/passwd") *a* $x$ \\ @ref <b> `c` "q" = h\n- l'
    document = Document("", nasty, "", (Paragraph(nasty), Table((nasty,), ((nasty,),))))
    assert pdf_words(to_pdf(document)).count(squeezed('#read("/etc/passwd")*a*')) == 4


def test_a_very_long_text_goes_over_many_pages() -> None:
    document = Document("", "笔录", "", (Paragraph("双方各执一词。" * 3000),))
    pages = PdfReader(io.BytesIO(to_pdf(document))).pages
    assert len(pages) > 15
    assert docx_words(to_docx(document)) == pdf_words(to_pdf(document))


def test_what_one_side_says_alone_is_on_no_paper(county: None) -> None:
    number = wage_case()
    mediation = opened(number)
    from mediation.kit import drafted, parties, sign_all

    session = booked(number, mediation, kind="separate", side="respondent")
    held(number, session, present=[parties(number)[3]], text="我方底线五万元")
    held(
        number,
        booked(number, mediation, begins=NOW + timedelta(days=1, hours=2)),
        begins=NOW + timedelta(days=1, hours=2),
    )
    agreement = drafted(number, mediation)
    sign_all(number, agreement)
    agree.seal_agreement(who=who(MEDIATOR, number, at=NOW + timedelta(days=1, hours=5)), agreement=agreement)
    found = facts(number)  # by the very mediator who may read it
    for form in FORMS.values():
        if not form.why_not(found) and not form.code.startswith("petition"):
            assert "底线" not in text_of(make(form, found, {}, Wording())), form.code


def test_why_not_yet(county: None) -> None:
    number = wage_case()
    open_one(number)
    found = facts(number)
    assert FORMS["agreement"].why_not(found) == "没有书面协议。"
    assert FORMS["mediation_record"].why_not(found)
    assert FORMS["termination_letter"].why_not(found) == "调解还没有终止。"
    assert FORMS["supervision_notice"].why_not(found) == "还没有督办单。"


def test_columns_are_as_wide_as_their_words_and_together_as_wide_as_the_page() -> None:
    head = ("身份", "姓名或名称", "性别", "年龄", "职业或职务", "法定代表人", "联系方式", "单位或住址")
    person = ("申请人", "李水生", "男", "58岁", "木工", "—", "15409904058", "云脚乡云水涧上村3组23号")
    company = ("被申请人", "澜平澜水木业有限公司", "", "", "", "王某某", "", "")
    widths = widths_of(Table(head, (person, company)), 442)
    assert round(sum(widths)) == 442
    assert widths[6] > 11 * 0.57 * 10.5 and widths[7] > 6 * 10.5, "a number is not broken, an address has room"
    alone = widths_of(Table(("序号", "文书名称", "页次"), (("1", "人民调解协议书" * 9, "3—12"),)), 442)
    assert round(sum(alone)) == 442 and alone[1] > 300
    crowded = widths_of(Table(tuple("甲乙丙丁戊己庚辛壬癸"), (("很长的一格文字在这里",) * 10,)), 442)
    assert round(sum(crowded)) == 442 and min(crowded) > 40
