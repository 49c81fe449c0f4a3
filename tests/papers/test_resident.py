"""Papers and files at /my: what is meant for the applicant, at its time, and nothing that could leak."""

import io
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from api.kit import new_browser
from cases.kit import NOW, case_id, person, register_case, sql, walk
from mediation.kit import MEDIATOR, booked, drafted, held, opened, parties, sign_all, wage_case, who
from onedoor.cases import secrets
from onedoor.cases.queries.applicant import matter
from onedoor.cases.steps.attach import attach
from onedoor.mediation.steps import agree, mediate
from onedoor.papers.forms import FORMS
from onedoor.papers.queries.resident import MOST_RENDERED, papers_for_applicant
from onedoor.papers.steps.issue import issue, withdraw_paper
from onedoor.people.limits import spend
from web.kit import Screens, words
from web.resident_kit import enter, hand_in

LATER = NOW + timedelta(days=3)
pytestmark = pytest.mark.django_db


def made(number: str, form: str, by: str, *, at: datetime = LATER, **raw: str) -> str:
    signed = person(by)
    return issue(viewer=signed.viewer(), actors=signed.actors, number=number, form=form, raw=raw, at=at)


def listed(number: str) -> list[str]:
    return [row["form"] for row in papers_for_applicant(matter(case_id(number)))]


def browser_of(number: str) -> Client:
    return enter(number, secrets.receipt_code(str(case_id(number))))[0]


def test_only_these_forms_are_meant_for_applicants() -> None:
    meant = {form.code: form.to_applicant for form in FORMS.values() if form.to_applicant}
    assert meant == {
        "receipt": "issued",
        "petition_acceptance": "issued",
        "petition_refusal": "issued",
        "petition_transfer": "issued",
        "petition_extension": "issued",
        "petition_opinion": "served",
        "mediation_application": "issued",
        "rights_notice": "issued",
        "termination_letter": "issued",
        "agreement": "effective",
        "oral_agreement_register": "effective",
    }


def test_an_agreement_is_his_once_that_very_text_is_in_effect(screens: Screens) -> None:
    number = wage_case()
    mediation = opened(number)
    held(number, booked(number, mediation))
    held(
        number,
        booked(number, mediation, kind="separate", side="respondent", begins=NOW + timedelta(days=1, hours=4)),
        begins=NOW + timedelta(days=1, hours=4),
        present=parties(number)[3:],
        text="背着申请人说：公司账上其实有钱。",
    )
    first = drafted(number, mediation, terms="第一稿：只付三万元。")
    old = made(number, "agreement", MEDIATOR, at=NOW + timedelta(days=1, hours=6))
    assert listed(number) == [] and browser_of(number).get(f"/my/papers/{old}").status_code == 404
    second = drafted(number, mediation)
    sign_all(number, second)
    assert first != second
    agree.seal_agreement(who=who(MEDIATOR, number, at=NOW + timedelta(days=1, hours=7)), agreement=second)
    assert listed(number) == [], "the paper is of the text that was given up"
    paper = made(number, "agreement", MEDIATOR)
    for form in ("mediation_record", "acceptance_register", "closing_report", "file_note", "follow_up_record"):
        made(number, form, MEDIATOR)
    made(number, "investigation_record", MEDIATOR, whom="会计", text="秘密：公司账上有钱。")
    made(number, "rights_notice", MEDIATOR)
    assert sorted(listed(number)) == ["agreement", "rights_notice"]
    browser = browser_of(number)
    page = words(browser.get("/my"))
    assert "人民调解协议书" in page and "当事人权利义务告知书" in page
    for word in ("调解笔录", "受理登记表", "结案报告", "调查笔录", "账上", "回访记录"):
        assert word not in page
    answer = browser.get(f"/my/papers/{paper}")
    text = "".join("".join(one.extract_text().split()) for one in PdfReader(io.BytesIO(answer.content)).pages)
    assert "被申请人分三期付清工资六万元" in text and "账上" not in text
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store, private")
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    for (other,) in sql("SELECT id FROM paper WHERE form NOT IN ('agreement', 'rights_notice')"):
        assert browser.get(f"/my/papers/{other}").status_code == 404
    assert browser.get(f"/my/papers/{old}").status_code == 404
    assert new_browser().get(f"/my/papers/{paper}").status_code == 302, "nobody without the session"
    stranger = browser_of(wage_case())
    assert stranger.get(f"/my/papers/{paper}").status_code == 404, "of another matter"
    signed = person(MEDIATOR)
    withdraw_paper(
        viewer=signed.viewer(), actors=signed.actors, number=number, paper=paper, reason="写错了名字", at=LATER
    )
    assert listed(number) == ["rights_notice"] and browser.get(f"/my/papers/{paper}").status_code == 404


def test_an_opinion_is_his_once_served_and_notices_at_once(screens: Screens) -> None:
    number = register_case(kind="appeal", purpose="petition", category="petition.labour", channel="visit")
    walk(
        number,
        ("accept", "clerk", {}),
        ("dispatch", "dispatcher", {"unit": "rsj"}),
        ("sign", "handler", {}),
        ("decide_acceptance", "handler", {"accepted": True}),
        ("approve", "unit_lead", {"answer": "处理意见：予以支持。"}),
    )
    opinion = made(number, "petition_opinion", "handler", at=NOW + timedelta(hours=9))
    made(number, "petition_acceptance", "handler", at=NOW + timedelta(hours=9))
    made(number, "cooperation_sheet", "clerk", at=NOW + timedelta(hours=9), asked="请协助核查申请人。")
    made(number, "proof_of_service", "handler", at=NOW + timedelta(hours=9), paper="意见书")
    assert listed(number) == ["petition_acceptance"]
    browser = browser_of(number)
    assert browser.get(f"/my/papers/{opinion}").status_code == 404
    walk(number, ("serve", "handler", {"proof": "直接送达"}), at=NOW + timedelta(hours=10))
    assert sorted(listed(number)) == ["petition_acceptance", "petition_opinion"]
    assert browser.get(f"/my/papers/{opinion}").status_code == 200
    draft = made(number, "petition_opinion", "handler", opinion="改为不支持。")
    (shown,) = [row for row in papers_for_applicant(matter(case_id(number))) if row["form"] == "petition_opinion"]
    assert str(shown["id"]) == opinion and browser.get(f"/my/papers/{draft}").status_code == 404


def test_a_mediation_that_failed_gives_him_its_letter(screens: Screens) -> None:
    number = wage_case()
    mediation = opened(number)
    mediate.end_mediation(
        who=who(MEDIATOR, number, at=LATER), mediation=mediation, ending="failed", routes=["申请劳动仲裁"],
        text="分歧太大。",
    )  # fmt: skip
    letter = made(number, "termination_letter", MEDIATOR)
    assert browser_of(number).get(f"/my/papers/{letter}").status_code == 200


def test_a_paper_is_not_rendered_without_end(screens: Screens) -> None:
    number = register_case()
    paper = made(number, "receipt", "supervisor")
    browser = browser_of(number)
    for _ in range(MOST_RENDERED - 1):
        spend(f"paper-of:{case_id(number)}", most=1000, within=timedelta(hours=1), at=timezone.now())
    assert [browser.get(f"/my/papers/{paper}").status_code for _ in range(2)] == [200, 429]


def test_he_gets_back_what_he_handed_in_and_nothing_that_others_added(screens: Screens) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 64
    number, code = hand_in(new_browser(), files=SimpleUploadedFile("现场.png", picture))
    signed = person("clerk")
    attach(
        viewer=signed.viewer(), actors=signed.actors, number=number, at=LATER, name="内部笔记.txt",
        file=io.BytesIO("对方的住址".encode()), chunks=["对方的住址".encode()],
    )  # fmt: skip
    browser, page = enter(number, code)
    assert "现场.png" in words(page) and "内部笔记" not in words(page)
    files = dict(sql("SELECT name, id FROM attachment"))
    answer = browser.get(f"/my/files/{files['现场.png']}")
    assert answer.getvalue() == picture and answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"] == "no-store, private"
    assert answer["Content-Disposition"].startswith("attachment")
    assert browser.get(f"/my/files/{files['内部笔记.txt']}").status_code == 404
    assert new_browser().get(f"/my/files/{files['现场.png']}").status_code == 302
    other, other_code = hand_in(new_browser(), key="other")
    assert enter(other, other_code)[0].get(f"/my/files/{files['现场.png']}").status_code == 404
