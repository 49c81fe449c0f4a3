"""Every form in DOCX and PDF: the same words in both, with every field that domain.md §4.2 lists."""

import io
import re
import unicodedata
from datetime import date, timedelta

import docx
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
from onedoor.papers.model import Document, Grid, Paragraph, Picture, Table, from_json, text_of
from onedoor.papers.pdf import to_pdf
from onedoor.papers.wording import Wording, make

pytestmark = pytest.mark.django_db

# domain.md §4.2, by form; 民族 is left out, as DESIGN §2 forbids the field
FIELDS = {
    "mediation_application": "申请人 被申请人 姓名 性别 年龄 职业或职务 联系方式 单位或住址 纠纷简要情况 申请事项 自愿申请 签名 按指印",
    "acceptance_register": "经当事人同意 纠纷类型 案件来源 简要情况 当事人（签名 登记人（签名） 印章 备注",
    "rights_notice": "选择或者接受人民调解员 拒绝调解 公开进行 自愿达成 如实陈述 遵守调解现场秩序 尊重对方当事人",
    "authorisation": "委托人 受托人 委托事项 委托权限",
    "investigation_record": "开始时间 结束时间 地点 事由 调查人 记录人 被调查人姓名 性别、年龄 电话 单位、职务或身份 笔录内容 补充材料 签名",
    "mediation_record": "时间 地点 事由 参加人（受邀者） 当事人 权利义务 原则 身份 双方陈述 核实质证 风险 协议内容 签名 印章",
    "agreement": "当事人基本情况 主要事实 争议事项 各方责任 协议 履行方式 履行地点 履行期限 按指印 人民调解员（签名） 记录人（签名） 印章 一式",
    "oral_agreement_register": "当事人基本情况 主要事实 争议事项 协议 履行期限",
    "performance_receipt": "协议编号 收受人 履行人 大写 签名",
    "follow_up_record": "当事人 协议编号 回访事由 履行情况 满意度 起诉 错误调解 激化隐患 措施 回访人（签名） 时间",
    "confirmation_application": "申请人 法定代表人 代理人 请求事项 事实和理由 责任承诺 此致 调解协议 证明 财产权利证明",
    "termination_letter": "达成一致 途径 终止 各一份",
    "closing_report": "卷号 填表时间 承办单位 承办人 受案时间 结案时间 当事人 来源 简要事实",
    "file_cover": "卷名 卷号 调解员 调解日期 立卷人 立卷日期 保管期限 备注",
    "file_note": "立卷人",
    "back_cover": "检查人",
    "cooperation_sheet": "发出单位 接收单位 案号 当事人 简要情况 诉求 事项 附件 办理期限 联系人 电话 签发人 印章",
    "entrustment_letter": "发出单位 接收单位 案号 当事人 简要情况 诉求 事项 附件 办理期限 联系人 签发人 移交 签收",
    "reply_letter": "收文日 调处经过 成功、不成、退回 协议编号 后续建议 承办人",
    "supervision_notice": "编号 级 督办事由 案号 承办单位 责任人 要求 回告时限 签发人 回执 措施 方案 进展 完成时间 一事一报 公章",
    "petition_acceptance": "收悉 受理 60日 程序 途径 印章",
    "petition_refusal": "不予受理 理由 途径",
    "petition_transfer": "转送 15日 去向机关",
    "petition_extension": "延期理由 批准 30日",
    "petition_opinion": "关于 的答复意见 投诉请求 事实和理由 处理意见及法律依据 30日 请求复查 签发人 送达方式 抄报",
    "proof_of_service": "送达的文书 受送达人 送达地点 送达方式 代收人 拒收 送达人（签名）",
    "service_address": "送达地址 收件人 联系电话 电子送达",
    "receipt": "编号 申请人 事项 登记时间",
    "proof_of_mediation": "主持调解 达成 证明",
}


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
def spoken(county: None) -> PaperFacts:
    number = wage_case()
    raw = {"facts": "欠付。", "disputed": "日期。", "terms": "当场付清。", "items": []}
    agree.agree_orally(who=who(MEDIATOR, number), mediation=opened(number), raw=raw)
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


def pdf_words(content: bytes) -> str:
    """All of it but the page numbers, without blanks."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return squeezed(re.sub(r"—\s*\d+\s*—", "", "".join(pages)))


def docx_words(content: bytes) -> str:
    found = docx.Document(io.BytesIO(content))
    words = []
    for element in found.element.body.iterchildren():
        words += ["".join(node.text or "" for node in element.iter() if node.tag.endswith("}t"))]
    return squeezed("".join(words))


def squeezed(text: str) -> str:
    # a PDF may hold a character by its compatible form
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("code", FORMS)
def test_both_renderings_say_the_same_and_hold_every_field(code: str, request: pytest.FixtureRequest) -> None:
    form = FORMS[code]
    where = {"termination_letter": "failed", "oral_agreement_register": "spoken"}.get(code, "agreed")
    found: PaperFacts = request.getfixturevalue("petition" if code.startswith("petition") else where)
    assert form.why_not(found) == ""
    given = {ask.name: f"填写的{ask.label}" for ask in form.asks if ask.required or ask.long}
    document = make(form, found, given, Wording(), "人社局告〔2026〕1号")
    said = squeezed(text_of(document))
    assert docx_words(to_docx(document)) == said
    assert pdf_words(to_pdf(document)) == said
    for words in FIELDS[code].split():
        assert squeezed(words) in said, words


def test_no_form_is_forgotten_here() -> None:
    assert FIELDS.keys() == FORMS.keys()
    assert not any("民族" in words for words in FIELDS.values())


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
