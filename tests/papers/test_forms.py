"""Every form in DOCX and PDF: the same words in both, with every field that domain.md §4.2 lists."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader

from cases.kit import NOW, case_id, move, person, register_case, walk
from mediation.kit import (
    MEDIATOR,
    account,
    booked,
    consent,
    drafted,
    effective,
    held,
    open_one,
    opened,
    parties,
    pay,
    row,
    sign_all,
    wage_case,
    who,
)
from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import load
from onedoor.mediation.models import Mediator
from onedoor.mediation.steps import agree, mediate, perform
from onedoor.mediation.steps._act import rows_of
from onedoor.papers.docx import to_docx
from onedoor.papers.facts import PaperFacts, facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.model import (
    BLANK,
    Document,
    Grid,
    Paragraph,
    Picture,
    Table,
    from_json,
    text_of,
    value_of,
    widths_of,
)
from onedoor.papers.pdf import to_pdf
from onedoor.papers.wording import Wording, make
from onedoor.people.models import Account
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


def test_what_was_paid_before_the_agreement_was_changed_stays_on_the_receipt(county: None) -> None:
    number = wage_case()
    effective(number)
    pay(number, 0, on=date(2026, 3, 4), amount=500_000)
    at = NOW + timedelta(days=3)
    second = drafted(number, str(row("mediation", number)["id"]), items=[], terms="余款免除。")
    sign_all(number, second, at=at)
    agree.seal_agreement(who=who(MEDIATOR, number, at=at), agreement=second)
    text = text_of(make(FORMS["performance_receipt"], facts(number), {}, Wording()))
    assert "5,000.00元" in text


def test_the_register_says_who_wants_to_be_mediated_and_the_record_who_heard_it(county: None) -> None:
    number = wage_case()
    mediation = open_one(number)
    consent(number, mediation, parties(number)[0])
    told = text_of(make(FORMS["acceptance_register"], facts(number), {}, Wording()))
    assert "是否同意调解：工友甲同意。" in told and "尚待征求意愿：工友乙" in told and "经当事人同意" not in told
    for party in parties(number)[1:]:
        consent(number, mediation, party)
    assert "各方当事人同意调解。" in text_of(make(FORMS["acceptance_register"], facts(number), {}, Wording()))
    held(number, booked(number, mediation))
    Mediator.objects.update_or_create(account_id=account("mediator"), defaults={"kind": "chief"})
    mediate.change_mediator(
        who=who(MEDIATOR, number, at=NOW + timedelta(days=2)), mediation=mediation, mediators=[account("mediator")],
        reason="回避", declared=True,
    )  # fmt: skip
    record = text_of(make(FORMS["mediation_record"], facts(number), {}, Wording()))
    names = dict(Account.objects.filter(username__in=(MEDIATOR, "mediator")).values_list("username", "name"))
    assert names[MEDIATOR] in record and names["mediator"] not in record


def test_the_record_of_a_visit_says_what_the_visit_found_and_nothing_before_there_was_one(county: None) -> None:
    number = wage_case()
    effective(number)
    assert "起诉" in text_of(make(FORMS["follow_up_record"], facts(number), {}, Wording()))
    before = make(FORMS["follow_up_record"], facts(number), {}, Wording())
    assert value_of(before, "是否起诉及判决") == BLANK, "nobody who has not asked says that there is none"
    visit = rows_of("agreement_visit", case_id(number))[0]
    on = visit["due_on"]
    given = {"on": on, "kept": "kept", "satisfied": True, "sued": "", "hazards": "情绪激动", "measures": "再谈一次"}
    perform.record_visit(
        who=who(MEDIATOR, number, at=datetime(on.year, on.month, on.day, 9, tzinfo=UTC)), visit=str(visit["id"]),
        raw=given,
    )  # fmt: skip
    after = make(FORMS["follow_up_record"], facts(number), {}, Wording())
    assert value_of(after, "是否起诉及判决") == "无" and value_of(after, "满意度") == "满意"
    assert value_of(after, "有无错误调解或激化隐患") == "情绪激动"
