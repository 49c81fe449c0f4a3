"""Papers become part of the record: numbers without gaps, the wrong role, the whole file, what is erased."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pypdf import PdfReader
from pytest_django import DjangoDbBlocker

from cases.kit import NOW, case_id, person, register_case, walk, whats
from mediation.kit import MEDIATOR, booked, drafted, held, opened, sign_all, wage_case, who
from onedoor.cases.steps.erase import erase
from onedoor.mediation.queries.file import mediation_file
from onedoor.mediation.steps import agree, mediate
from onedoor.papers.model import Document
from onedoor.papers.models import Paper
from onedoor.papers.pdf import to_pdf
from onedoor.papers.steps.issue import issue
from onedoor.people.models import AccessLog
from onedoor.rules.refusal import Refused
from web.kit import Screens, words

LATER = NOW + timedelta(days=3)


def made(number: str, form: str, by: str = MEDIATOR, **raw: str) -> str:
    signed = person(by)
    return issue(viewer=signed.viewer(), actors=signed.actors, number=number, form=form, raw=raw, at=LATER)


def agreed() -> str:
    number = wage_case()
    mediation = opened(number)
    held(number, booked(number, mediation))
    agreement = drafted(number, mediation)
    sign_all(number, agreement)
    agree.seal_agreement(who=who(MEDIATOR, number, at=NOW + timedelta(days=1, hours=5)), agreement=agreement)
    return number


@pytest.mark.django_db
def test_a_paper_is_issued_downloaded_made_anew_and_withdrawn(screens: Screens) -> None:
    number = agreed()
    listed = screens.read(MEDIATOR, f"cases/{number}/papers")
    assert "还没有制作文书" in listed and "人民调解协议书" in listed and "调解还没有终止" in listed
    preview = screens.send(MEDIATOR, f"cases/{number}/papers/new/agreement", preview="1")
    assert "13812345678" not in words(preview) and "138****5678" in words(preview)
    answer = screens.send(MEDIATOR, f"cases/{number}/papers/new/agreement", issue="1", key="k")
    assert answer.status_code == 302
    again = screens.send(MEDIATOR, f"cases/{number}/papers/new/agreement", issue="1", key="k")
    assert again["Location"] == answer["Location"] and Paper.objects.count() == 1
    paper = answer["Location"].rsplit("/", 1)[1]
    page = screens.read(MEDIATOR, f"cases/{number}/papers/{paper}")
    assert "13812345678" in page and "被申请人分三期付清工资六万元" in page
    assert AccessLog.objects.filter(action="paper", subject=number).count() == 1
    pdf = screens.open(MEDIATOR, f"cases/{number}/papers/{paper}/pdf")
    assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF") and pdf["Cache-Control"] == "no-store"
    word = screens.open(MEDIATOR, f"cases/{number}/papers/{paper}/docx")
    assert word.content.startswith(b"PK")
    made(number, "agreement")
    assert sorted(Paper.objects.values_list("version", flat=True)) == [1, 2]
    assert screens.send(MEDIATOR, f"cases/{number}/papers/{paper}/withdraw", reason="写错了名字").status_code == 302
    assert "已作废：写错了名字" in screens.read(MEDIATOR, f"cases/{number}/papers")
    assert whats() == set()


@pytest.mark.django_db
def test_who_may_not_see_names_in_full_neither_makes_nor_reads_papers(screens: Screens) -> None:
    number = agreed()
    paper = made(number, "agreement")
    for reader in ("auditor", "admin", "mediator", "handler"):
        for path in (f"papers/{paper}", f"papers/{paper}/pdf", "papers/file.pdf"):
            answer = screens.open(reader, f"cases/{number}/{path}")
            assert answer.status_code in (403, 404) and "13812345678" not in answer.content.decode()
    signed = person("auditor")
    with pytest.raises(Refused, match="不能制作"):
        issue(viewer=signed.viewer(), actors=signed.actors, number=number, form="receipt", raw={}, at=LATER)


@pytest.mark.django_db
def test_an_accusation_gives_papers_to_its_named_persons_only(screens: Screens) -> None:
    number = register_case(by="supervisor", kind="appeal", purpose="accusation", category="petition.discipline")
    made(number, "receipt", by="supervisor")
    for reader in ("clerk", "dispatcher", "handler", "director"):
        assert screens.open(reader, f"cases/{number}/papers").status_code == 404
    assert screens.open("supervisor", f"cases/{number}/papers").status_code == 200


@pytest.mark.django_db
def test_what_must_be_filled_in_is_asked_for(screens: Screens) -> None:
    number = agreed()
    answer = screens.send(MEDIATOR, f"cases/{number}/papers/new/investigation_record", issue="1", place="工地")
    assert (
        answer.status_code == 422 and "请填写笔录内容" in words(answer) and 'value="工地"' in answer.content.decode()
    )
    assert screens.open(MEDIATOR, f"cases/{number}/papers/new/nothing").status_code == 404
    answer = screens.send(MEDIATOR, f"cases/{number}/papers/new/termination_letter", issue="1")
    assert answer.status_code == 422 and "调解还没有终止" in words(answer)


@pytest.mark.django_db
def test_the_whole_file_says_what_is_missing_and_then_is_one_pdf(screens: Screens) -> None:
    number = agreed()
    answer = screens.browser(MEDIATOR).get(f"/desk/cases/{number}/papers/bundles/file.pdf", follow=True)
    page = words(answer)
    missing = ("当事人权利义务告知书", "调解笔录", "人民调解申请书或者受理登记表", "调解协议书", "身份证明")
    assert all(one in page for one in missing), page
    for form in ("acceptance_register", "rights_notice", "mediation_record", "agreement", "closing_report"):
        made(number, form)
    signed = person(MEDIATOR)
    from onedoor.cases.steps.attach import attach

    content = to_pdf(Document("", "身份证复印件", "", ()))
    attach(
        viewer=signed.viewer(), actors=signed.actors, number=number, at=LATER, name="当事人身份证明.pdf",
        file=io.BytesIO(content), chunks=[content],
    )  # fmt: skip
    answer = screens.open(MEDIATOR, f"cases/{number}/papers/file.pdf")
    assert answer.status_code == 200, words(answer)
    pages = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.content)).pages]
    assert "人民调解卷宗" in pages[0] and "卷内目录" in pages[1] and "封底" in pages[-1]
    assert f"本卷共{len(pages)}页" in pages[-1]
    order = ["受理登记表", "权利义务告知书", "身份证明", "调解笔录", "调解协议书", "结案报告表"]
    found = [pages[1].index(name) for name in order]
    assert found == sorted(found)
    # the contents name the page on which each paper stands
    import re

    (page_of,) = re.findall(r"人民调解协议书\s*(\d+)", pages[1])
    assert "人民调解协议书" in pages[int(page_of) - 1]
    assert any("身份证复印件" in page for page in pages[2:]), "a PDF that was handed in is bound in"


@pytest.mark.django_db
def test_a_mediation_that_failed_has_its_letter_instead_of_an_agreement(screens: Screens) -> None:
    number = wage_case()
    mediation = opened(number)
    held(number, booked(number, mediation))
    mediate.end_mediation(
        who=who(MEDIATOR, number, at=LATER),
        mediation=mediation,
        ending="failed",
        routes=["申请劳动仲裁"],
        text="分歧太大。",
    )
    made(number, "termination_letter")
    page = screens.read(MEDIATOR, f"cases/{number}/papers")
    assert "终止调解告知书" in page and "没有书面协议" in page


@pytest.mark.django_db
def test_what_is_erased_is_gone_from_mediation_and_papers(screens: Screens) -> None:
    number = agreed()
    paper = made(number, "agreement")
    walk(
        number,
        ("conclude", MEDIATOR, {"outcome": "agreement_written", "answer": "已达成。"}),
        ("close", "supervisor", {}),
        at=LATER,
    )
    assert (
        erase(actor=None, case_id=case_id(number), at=LATER + timedelta(days=9), reason="retention", rooms=True) > 10
    )
    signed = person(MEDIATOR)
    from onedoor.cases.queries.gate import case_for
    from onedoor.cases.steps._state import load

    file = mediation_file(signed.viewer(), load(case_for(signed.viewer(), number)), LATER)
    assert "工资六万元" not in str(file.mediations)
    assert "已依法清除" in screens.open(MEDIATOR, f"cases/{number}/papers/{paper}").content.decode()
    assert whats() == set()


def test_twenty_at_once_get_numbers_without_a_gap(committed_county: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        cases = [wage_case() for _ in range(20)]
        for number in cases:
            mediation = opened(number)
            mediate.end_mediation(
                who=who(MEDIATOR, number, at=LATER),
                mediation=mediation,
                ending="failed",
                routes=["起诉"],
                text="不成。",
            )

        def one(number: str) -> None:
            made(number, "termination_letter")
            connection.close()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(one, cases))
        numbers = Paper.objects.values_list("number", flat=True)
        assert {one.split("〕")[1] for one in numbers} == {f"{place}号" for place in range(1, 21)}
        assert whats() == set()


@pytest.mark.django_db
def test_a_changed_paper_is_found_and_not_handed_out(screens: Screens) -> None:
    number = agreed()
    paper = made(number, "agreement")
    row: Any = Paper.objects.get()
    row.content["title"] = "另一标题"
    Paper.objects.filter(pk=row.pk).update(content=row.content)
    assert whats() == {"内容与事件记载不符"}
    answer = screens.open(MEDIATOR, f"cases/{number}/papers/{paper}/pdf")
    assert answer.status_code != 200 and "不一致" in words(answer)
