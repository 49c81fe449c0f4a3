"""Papers become part of the record: numbers without gaps, the wrong role, the whole file, what is erased."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from cases.kit import NOW, case_id, person, register_case, sql, walk, whats
from mediation.kit import MEDIATOR, booked, drafted, held, opened, sign_all, wage_case, who
from onedoor.cases.files import path_of
from onedoor.cases.jobs import remove_bytes
from onedoor.cases.models import Case
from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import load
from onedoor.cases.steps.erase import erase
from onedoor.mediation.queries.file import mediation_file
from onedoor.mediation.steps import agree, mediate
from onedoor.papers import pdf
from onedoor.papers.facts import facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.model import Document, Picture, text_of
from onedoor.papers.models import Paper
from onedoor.papers.steps.issue import issue
from onedoor.papers.wording import Wording, make
from onedoor.people.models import AccessLog, Unit
from onedoor.rules.refusal import Refused
from papers.words import pdf_words
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
def test_a_changed_paper_is_found_and_changed_bytes_are_not_handed_out(screens: Screens) -> None:
    number = agreed()
    paper = made(number, "agreement")
    row: Any = Paper.objects.get()
    for kind, digest in (("pdf", row.sha256), ("docx", row.docx_sha256)):
        path = path_of(bytes.fromhex(digest))
        issued = path.read_bytes()
        path.write_bytes(issued + b" ")
        answer = screens.open(MEDIATOR, f"cases/{number}/papers/{paper}/{kind}")
        assert answer.status_code == 422 and "不一致" in words(answer)
        path.write_bytes(issued)
        assert screens.open(MEDIATOR, f"cases/{number}/papers/{paper}/{kind}").content == issued
    row.content["title"] = "另一标题"
    Paper.objects.filter(pk=row.pk).update(content=row.content)
    assert whats() == {"内容与事件记载不符"}


@pytest.mark.django_db
def test_a_paper_stays_as_it_was_when_template_and_fonts_change(
    screens: Screens, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    number = agreed()
    paper = made(number, "agreement")
    before = screens.open(MEDIATOR, f"cases/{number}/papers/{paper}/pdf").content
    other = tmp_path / "paper.typ"
    other.write_text(pdf.TEMPLATE.read_text().replace("13pt", "14pt"))
    monkeypatch.setattr(pdf, "TEMPLATE", other)
    pdf._compiler.cache_clear()
    assert pdf.to_pdf(Document("", "a", "", ())) != before
    assert screens.open(MEDIATOR, f"cases/{number}/papers/{paper}/pdf").content == before
    pdf._compiler.cache_clear()


@pytest.mark.django_db
def test_a_paper_from_before_bytes_were_kept_is_rendered_again(screens: Screens) -> None:
    number = agreed()
    paper = made(number, "rights_notice")
    path = path_of(bytes.fromhex(Paper.objects.get().sha256))
    issued = path.read_bytes()
    path.unlink()
    assert screens.open(MEDIATOR, f"cases/{number}/papers/{paper}/pdf").content == issued


@pytest.mark.django_db
def test_erased_papers_leave_no_bytes_behind(screens: Screens) -> None:
    number = agreed()
    made(number, "agreement")
    row = Paper.objects.get()
    digests = [bytes.fromhex(row.sha256), bytes.fromhex(row.docx_sha256)]
    old = time.time() - 7200
    for digest in digests:
        os.utime(path_of(digest), (old, old))
        assert remove_bytes(digest) and path_of(digest).exists(), "a paper refers to it"
    walk(
        number,
        ("conclude", MEDIATOR, {"outcome": "agreement_written", "answer": "已达成。"}),
        ("close", "supervisor", {}),
        at=LATER,
    )
    erase(actor=None, case_id=case_id(number), at=LATER + timedelta(days=9), reason="retention", rooms=True)
    assert sql("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'onedoor.remove_file'")[0][0] >= 2
    for digest in digests:
        assert remove_bytes(digest) and not path_of(digest).exists()


@pytest.mark.django_db
def test_an_anonymous_applicant_is_on_no_paper_whoever_makes_it(screens: Screens) -> None:
    parties = [
        {"part": "applicant", "kind": "person", "name": "隐名张", "phone": "13912345678", "address": "隐名巷9号"},
        {"part": "respondent", "kind": "person", "name": "乙某"},
    ]
    number = register_case(kind="dispute", parties=parties, anonymous=True)
    walk(
        number,
        ("accept", "clerk", {}),
        ("dispatch", "dispatcher", {"unit": "tw-laodong"}),
        ("sign", MEDIATOR, {}),
    )
    opened(number)
    for form in ("receipt", "acceptance_register", "mediation_application", "cooperation_sheet", "proof_of_service"):
        paper = made(number, form, by="clerk", paper="通知")  # who knows the name
        page = screens.read(MEDIATOR, f"cases/{number}/papers/{paper}")
        text = pdf_words(screens.open(MEDIATOR, f"cases/{number}/papers/{paper}/pdf").content)
        for hidden in ("隐名张", "13912345678", "隐名巷"):
            assert hidden not in page and hidden not in text, form
    assert "匿名" in page


@pytest.mark.django_db
def test_an_anonymous_applicant_is_hidden_in_what_mediation_says_of_him(county: None) -> None:
    number = agreed()
    Case.objects.filter(number=number).update(anonymous=True)
    signed = person("clerk")
    found = facts_of(signed.viewer(), load(case_for(signed.viewer(), number)), LATER, full=True)
    for form in ("agreement", "mediation_record", "termination_letter"):
        if not FORMS[form].refusal(found):
            document = make(FORMS[form], found, {}, Wording())
            assert "工友" not in text_of(document)
            pictures = [block for block in document.blocks if isinstance(block, Picture)]
            assert all("工友" not in one.text and "匿名" not in one.text for one in pictures)


@pytest.mark.django_db
def test_several_of_a_form_stand_beside_each_other_each_with_versions(screens: Screens) -> None:
    number = agreed()
    first = made(number, "authorisation", agent="代理甲")
    made(number, "authorisation", agent="代理乙")
    signed = person(MEDIATOR)
    issue(
        viewer=signed.viewer(), actors=signed.actors, number=number, form="authorisation", raw={"agent": "代理丙"},
        at=LATER, replaces=first,
    )  # fmt: skip
    assert sorted(Paper.objects.values_list("piece", "version")) == [(1, 1), (1, 2), (2, 1)]
    page = screens.read(MEDIATOR, f"cases/{number}/papers")
    assert "第1份" in page and "第2版" in page and "已有新版" in page
    form = screens.read(MEDIATOR, f"cases/{number}/papers/new/authorisation")
    assert "替换第1份" in form and "替换第2份" in form
    with pytest.raises(Refused, match="没有找到要替换的文书"):
        issue(
            viewer=signed.viewer(), actors=signed.actors, number=number, form="authorisation", raw={}, at=LATER,
            replaces=str(case_id(number)),
        )  # fmt: skip
    assert whats() == set()


@pytest.mark.django_db
def test_two_units_of_one_short_name_never_give_out_one_number(county: None) -> None:
    Unit.objects.filter(code__in=("rsj", "zjj")).update(short_name="住建局")
    for unit, handler in (("rsj", "handler"), ("zjj", "handler2")):
        number = register_case(kind="dispute")
        walk(
            number,
            ("accept", "clerk", {}),
            ("dispatch", "dispatcher", {"unit": unit}),
            ("sign", handler, {}),
        )
        made(number, "reply_letter", by=handler)
    assert sorted(Paper.objects.values_list("number", flat=True)) == ["住建局复〔2026〕1号", "住建局复〔2026〕2号"]


@pytest.mark.django_db
def test_letters_of_the_centre_bear_its_number_and_not_the_units(county: None) -> None:
    number = agreed()
    with pytest.raises(Refused, match="由中心制作"):
        made(number, "cooperation_sheet")
    made(number, "cooperation_sheet", "clerk")
    centre = Unit.objects.get(code="centre")
    assert Paper.objects.get().number == f"{centre.short_name}协〔2026〕1号"


@pytest.mark.django_db
def test_a_form_that_does_not_fit_is_refused_though_its_address_is_known(county: None) -> None:
    number = agreed()
    with pytest.raises(Refused, match="不适用"):
        made(number, "petition_opinion")
    petition = register_case(kind="appeal", purpose="petition", category="petition.agriculture")
    with pytest.raises(Refused, match="不适用"):
        made(petition, "rights_notice", by="clerk")


@pytest.mark.django_db
def test_a_choice_that_was_not_offered_is_refused(county: None) -> None:
    number = agreed()
    with pytest.raises(Refused, match="请选择保管期限"):
        made(number, "file_cover", kept="一万年")


@pytest.mark.django_db
def test_a_unit_that_only_helps_issues_nothing_in_anothers_name(screens: Screens) -> None:
    number = wage_case()
    walk(number, ("add_unit", "dispatcher", {"unit": "rsj", "reason": "协助核查。"}), at=NOW + timedelta(hours=5))
    walk(number, ("sign", "handler", {}), at=NOW + timedelta(hours=6))
    opened(number)
    for form in ("rights_notice", "closing_report", "receipt"):
        with pytest.raises(Refused, match="制作"):
            made(number, form, "handler")
    made(number, "proof_of_service", "handler", paper="通知")
    offered = screens.read("handler", f"cases/{number}/papers")
    assert "送达回证" in offered and "结案报告表" not in offered
    assert "结案报告表" in screens.read(MEDIATOR, f"cases/{number}/papers")


@pytest.mark.django_db
def test_a_request_that_comes_again_gets_its_own_paper_though_there_is_a_newer_one(county: None) -> None:
    number = agreed()
    signed = person(MEDIATOR)

    def sent(key: str, agent: str) -> str:
        return issue(
            viewer=signed.viewer(), actors=signed.actors, number=number, form="authorisation", raw={"agent": agent},
            at=LATER, key=key,
        )  # fmt: skip

    first = sent("one", "代理甲")
    second = sent("two", "代理乙")
    assert sent("one", "代理甲") == first != second
    assert Paper.objects.count() == 2
