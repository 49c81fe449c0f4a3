"""What is bound: one run of page numbers, every piece that stands, nothing that came too early, what a court asks for."""

import io
import re
import zlib
from datetime import timedelta
from struct import pack
from typing import Any

import pytest
from pypdf import PdfReader

from cases.kit import NOW, person, whats
from mediation.kit import MEDIATOR, NAMES, booked, consent, drafted, held, open_one, opened, parties, sign_all, who
from mediation.kit import wage_case as wage
from onedoor.cases.steps.attach import attach
from onedoor.mediation.steps import agree, mediate
from onedoor.papers.model import Document, Paragraph
from onedoor.papers.pdf import to_pdf
from onedoor.papers.steps.issue import issue
from web.kit import Screens, words

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


def made(number: str, form: str, *, at: Any = LATER, **raw: str) -> str:
    signed = person(MEDIATOR)
    return issue(viewer=signed.viewer(), actors=signed.actors, number=number, form=form, raw=raw, at=at)


def handed_in(number: str, name: str, content: bytes, purpose: str = "") -> None:
    signed = person(MEDIATOR)
    attach(
        viewer=signed.viewer(), actors=signed.actors, number=number, at=LATER, name=name, file=io.BytesIO(content),
        chunks=[content], purpose=purpose,
    )  # fmt: skip


def picture(width: int = 40, height: int = 30) -> bytes:
    """A grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x99" * width) * height)
    head = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def agreed() -> str:
    number = wage()
    mediation = opened(number)
    held(number, booked(number, mediation))
    agreement = drafted(number, mediation)
    sign_all(number, agreement)
    agree.seal_agreement(who=who(MEDIATOR, number, at=NOW + timedelta(days=1, hours=5)), agreement=agreement)
    return number


def refused() -> str:
    """One side does not want to mediate; no session was held."""
    number = wage()
    mediation = open_one(number)
    consent(number, mediation, parties(number)[3], agrees=False)
    mediate.end_mediation(
        who=who(MEDIATOR, number),
        mediation=mediation,
        ending="refused",
        routes=["向人民法院起诉"],
        text="不愿意调解。",
    )
    return number


def pages_of(content: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def refusal_of(screens: Screens, number: str, bundle: str) -> str:
    return words(screens.browser(MEDIATOR).get(f"/desk/cases/{number}/papers/bundles/{bundle}.pdf", follow=True))


def test_the_whole_file_says_what_is_missing_and_then_is_one_pdf(screens: Screens) -> None:
    number = agreed()
    said = refusal_of(screens, number, "file")
    missing = (
        "卷宗封面", "当事人权利义务告知书", "调解笔录", "人民调解申请书或者受理登记表", "调解协议书", "身份证明",
    )  # fmt: skip
    assert all(one in said for one in missing), said
    for form in ("acceptance_register", "rights_notice", "mediation_record", "agreement", "closing_report"):
        made(number, form)
    for name in NAMES[:3]:
        made(number, "authorisation", principal=name, agent=f"代理{name}")
    for place in ("甲", "乙"):
        made(number, "investigation_record", whom=f"证人{place}", text="看见了。", recorder="记录人", place="工地")
        made(number, "proof_of_service", paper=f"通知{place}")
        made(number, "follow_up_record", measures=f"措施{place}")
    made(number, "file_cover", filed_by="立卷李", kept="长期（待核）")
    turned = io.BytesIO()
    from pypdf import PdfWriter

    writer = PdfWriter()
    sheets = Document("", "身份证复印件", "", tuple(Paragraph("某某" * 900) for _ in range(2)))
    writer.append(io.BytesIO(to_pdf(sheets)))
    writer.pages[0].rotate(90)
    writer.write(turned)
    handed_in(number, "甲.pdf", turned.getvalue(), "identity")
    handed_in(number, "现场.png", picture(), "evidence")
    handed_in(number, "坏的.pdf", b"%PDF-1.7 nothing of the kind", "evidence")
    answer = screens.open(MEDIATOR, f"cases/{number}/papers/file.pdf")
    assert answer.status_code == 200, words(answer)
    pages = pages_of(answer.content)
    assert "人民调解卷宗" in pages[0] and "立卷李" in pages[0] and "长期" in pages[0] and "卷内目录" in pages[1]
    assert f"本卷共{len(pages)}页" in pages[-1] and "立卷李" in pages[-1]
    # one number on each page, without a gap; a sheet that was handed in may bear another above it
    assert [re.findall(r"—(\d+)—", page)[-1] for page in pages] == [str(place) for place in range(1, len(pages) + 1)]
    assert all(
        len(re.findall(r"—\d+—", page)) == 1 for page in pages if "身份证复印件" not in page and "某某" not in page
    )
    # the contents say where each stands, in the order of domain.md §4.1
    order = [
        "受理登记表",
        "权利义务告知书",
        "甲.pdf",
        "授权委托书",
        "调查笔录",
        "现场.png",
        "调解笔录",
        "调解协议书",
        "结案报告表",
    ]
    found = [pages[1].index(name) for name in order]
    assert found == sorted(found)
    outline = PdfReader(io.BytesIO(answer.content))
    places = {str(one["/Title"]): outline.get_destination_page_number(one) for one in outline.outline}  # type: ignore[call-overload,index,arg-type]
    for name, at in places.items():
        if name.startswith("人民调解协议书"):
            assert "人民调解协议书" in pages[at or 0] and str((at or 0) + 1) in pages[1]
    text = "".join(pages[2:])
    for wanted in (*(f"代理{name}" for name in NAMES[:3]), "证人甲", "证人乙", "通知甲", "通知乙", "措施甲", "措施乙"):
        assert wanted in text, wanted
    reader = PdfReader(io.BytesIO(answer.content))
    (scan,) = [page for page in reader.pages if "现场.png" in page.extract_text() and page.images]
    assert len(scan.images) == 1
    assert "坏的.pdf" in text and "本件以电子文件形式随卷保存" in text
    assert whats() == set()


def test_an_attachment_of_another_kind_is_no_proof_of_identity(screens: Screens) -> None:
    number = agreed()
    handed_in(number, "现场.png", picture(), "evidence")
    assert "身份证明" in refusal_of(screens, number, "file")
    handed_in(number, "扫描.png", picture(), "identity")
    assert "身份证明" not in refusal_of(screens, number, "file").split("卷宗还缺")[1].split("。")[0]


def test_after_a_refusal_the_letter_takes_the_place_of_record_and_agreement(screens: Screens) -> None:
    number = refused()
    said = refusal_of(screens, number, "file").split("调解卷宗还缺：")[1].split("。")[0]
    assert "终止调解告知书" in said and "笔录" not in said and "协议书" not in said
    for form in ("acceptance_register", "rights_notice", "termination_letter"):
        made(number, form)
    made(number, "file_cover", kept="短期（待核）")
    handed_in(number, "身份证.png", picture(), "identity")
    answer = screens.open(MEDIATOR, f"cases/{number}/papers/file.pdf")
    assert answer.status_code == 200, words(answer)
    assert "何劳和" in pages_of(answer.content)[0], "who puts the file together is who makes its cover"


def test_an_agreement_paper_from_before_the_signatures_does_not_count(screens: Screens) -> None:
    number = wage()
    mediation = opened(number)
    held(number, booked(number, mediation))
    agreement = drafted(number, mediation)
    made(number, "agreement", at=NOW + timedelta(days=1, hours=3, minutes=30))
    assert "调解还没有结束" in refusal_of(screens, number, "file")
    sign_all(number, agreement)
    agree.seal_agreement(who=who(MEDIATOR, number, at=NOW + timedelta(days=1, hours=5)), agreement=agreement)
    assert "调解协议书（已制作的早于" in refusal_of(screens, number, "file")
    made(number, "agreement")
    assert "调解协议书" not in refusal_of(screens, number, "file").split("调解卷宗还缺：")[1].split("。")[0]


def test_a_record_from_before_the_last_session_does_not_count(screens: Screens) -> None:
    number = wage()
    mediation = opened(number)
    held(number, booked(number, mediation))
    made(number, "mediation_record", at=NOW + timedelta(days=1, hours=3))
    begins = NOW + timedelta(days=1, hours=5)
    held(number, booked(number, mediation, begins=begins), begins=begins)
    mediate.end_mediation(
        who=who(MEDIATOR, number, at=LATER), mediation=mediation, ending="failed", routes=["起诉"], text="不成。"
    )
    assert "调解笔录（已制作的早于" in refusal_of(screens, number, "file")


def test_a_talk_with_one_side_makes_no_record_old(screens: Screens) -> None:
    number = wage()
    mediation = opened(number)
    held(number, booked(number, mediation))
    made(number, "mediation_record", at=NOW + timedelta(days=1, hours=3))
    begins = NOW + timedelta(days=1, hours=5)
    alone = booked(number, mediation, begins=begins, kind="separate", side="respondent")
    held(number, alone, begins=begins, present=[parties(number)[3]], text="底线五万")
    mediate.end_mediation(
        who=who(MEDIATOR, number, at=LATER), mediation=mediation, ending="failed", routes=["起诉"], text="不成。"
    )
    assert "调解笔录" not in refusal_of(screens, number, "file").split("调解卷宗还缺：")[1].split("。")[0]


def test_a_withdrawn_paper_is_not_bound(screens: Screens) -> None:
    number = agreed()
    paper = made(number, "rights_notice")
    assert "权利义务告知书" not in refusal_of(screens, number, "file").split("调解卷宗还缺：")[1].split("。")[0]
    screens.send(MEDIATOR, f"cases/{number}/papers/{paper}/withdraw", reason="写错了")
    assert "权利义务告知书" in refusal_of(screens, number, "file").split("调解卷宗还缺：")[1].split("。")[0]


def test_the_court_gets_what_the_law_lists_for_confirmation(screens: Screens) -> None:
    number = agreed()
    said = refusal_of(screens, number, "confirmation")
    for wanted in (
        "移送函",
        "司法确认申请书",
        "调解协议",
        "主持调解的组织出具的证明",
        "财产权利证明",
        "身份、住所、联系方式",
    ):
        assert wanted in said, said
    assert screens.open(MEDIATOR, f"cases/{number}/papers/bundles/filing.pdf").status_code == 302
    for form in ("confirmation_application", "agreement", "proof_of_mediation"):
        made(number, form, court="澜平县人民法院")
    handed_in(number, "身份证.png", picture(), "identity")
    made(number, "court_letter", court="澜平县人民法院")
    assert "财产权利证明" in refusal_of(screens, number, "confirmation").split("司法确认材料还缺：")[1]
    made(number, "court_letter", court="澜平县人民法院", property="工资款，不涉及财产权利证明。")
    answer = screens.open(MEDIATOR, f"cases/{number}/papers/bundles/confirmation.pdf")
    assert answer.status_code == 200, words(answer)
    pages = pages_of(answer.content)
    assert "司法确认材料目录" in pages[0] and "移送函" in pages[1] and "澜平县人民法院" in pages[1]
    order = ["移送函", "司法确认申请书", "人民调解协议书", "主持调解证明", "身份证.png"]
    found = [pages[0].index(name) for name in order]
    assert found == sorted(found)
    assert "下载司法确认材料" in screens.read(MEDIATOR, f"cases/{number}/papers")


def test_the_filing_window_gets_its_materials_after_a_failure(screens: Screens) -> None:
    number = refused()
    said = refusal_of(screens, number, "filing")
    for wanted in (
        "移送函",
        "申请人、被申请人材料",
        "调解申请书",
        "送达地址确认书",
        "权利义务告知书",
        "终止调解告知书",
    ):
        assert wanted in said, said
    for form in ("mediation_application", "rights_notice", "termination_letter", "service_address", "court_letter"):
        made(number, form)
    handed_in(number, "身份证.png", picture(), "identity")
    answer = screens.open(MEDIATOR, f"cases/{number}/papers/bundles/filing.pdf")
    assert answer.status_code == 200, words(answer)
    assert "立案材料目录" in pages_of(answer.content)[0]


def test_no_filing_bundle_where_nobody_goes_to_court(screens: Screens) -> None:
    number = wage()
    mediation = opened(number)
    mediate.end_mediation(
        who=who(MEDIATOR, number), mediation=mediation, ending="failed", routes=["依法申请劳动仲裁"], text="不成。"
    )
    assert "没有告知当事人向人民法院" in refusal_of(screens, number, "filing")
    assert "立案材料" not in screens.read(MEDIATOR, f"cases/{number}/papers")


def test_bundles_are_for_who_reads_full_names(screens: Screens) -> None:
    number = agreed()
    for bundle in ("file", "confirmation", "filing"):
        for reader in ("auditor", "admin", "handler"):
            answer = screens.open(reader, f"cases/{number}/papers/bundles/{bundle}.pdf")
            assert answer.status_code in (403, 404)
    assert screens.open(MEDIATOR, f"cases/{number}/papers/bundles/nothing.pdf").status_code == 404


def test_a_picture_too_large_to_unpack_gets_a_sheet() -> None:
    from django.conf import settings

    from onedoor.cases import files
    from onedoor.papers.binding import File, Part, bind

    assert settings.FILES
    digest, size = files.store([picture(9000, 9000)])
    content = bind(None, [Part("大图", File("大图.png", "image/png", digest, size))], None, pages="", contents="目录")
    assert "本件以电子文件形式随卷保存" in "".join(pages_of(content))


def test_only_what_is_bound_counts_against_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    from onedoor.cases import files
    from onedoor.papers import binding
    from onedoor.papers.binding import File, Part, bind

    monkeypatch.setattr(binding, "MOST_BOUND", 100_000)
    photo, size = files.store([picture()])
    video = Part("录像", File("录像.mp4", "video/mp4", files.store([b"video"])[0], 200_000))
    content = bind(
        None, [video, Part("照片", File("照片.png", "image/png", photo, size))], None, pages="", contents="目录"
    )
    pages = pages_of(content)
    assert sum("以电子文件形式" in page for page in pages) == 1, "the video; the photo has its page"
