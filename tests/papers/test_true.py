"""Papers say what is so: who decided what, which notice, which remedy, whose kind of mediation."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cases.kit import NOW, move, person, register_case, walk
from mediation.kit import MEDIATOR, booked, held, opened, pay, wage_case
from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import load
from onedoor.papers.facts import PaperFacts, facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.model import Document, text_of, value_of
from onedoor.papers.sample import sample
from onedoor.papers.steps.issue import issue
from onedoor.papers.wording import Wording, make
from onedoor.rules.refusal import Refused

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


def facts(number: str, by: str = "supervisor") -> PaperFacts:
    return facts_of(person(by).viewer(), load(case_for(person(by).viewer(), number)), LATER, full=True)


def paper(form: str, found: PaperFacts, **given: str) -> Document:
    return make(FORMS[form], found, given, Wording())


def petition(**fields: Any) -> str:
    number = register_case(kind="appeal", purpose="petition", category="petition.agriculture")
    walk(number, ("accept", "clerk", {}))
    if fields:
        move(number, "set_track", "supervisor", reason="事实清楚。", **fields)
    walk(number, ("dispatch", "dispatcher", {"unit": "rsj"}), ("sign", "handler", {}))
    return number


def test_what_the_unit_has_not_decided_cannot_be_told(county: None) -> None:
    number = petition()
    for form in ("petition_acceptance", "petition_refusal", "petition_extension"):
        signed = person("handler")
        with pytest.raises(Refused, match=r"还没有|没有作出"):
            issue(
                viewer=signed.viewer(), actors=signed.actors, number=number, form=form, at=LATER,
                raw={"reason": "理由", "route": "途径"},
            )  # fmt: skip
    move(number, "decide_acceptance", "handler", accepted=True)
    found = facts(number)
    assert not FORMS["petition_acceptance"].refusal(found) and FORMS["petition_refusal"].refusal(found)
    assert "起60日内办结" in text_of(paper("petition_acceptance", found))
    assert "延长不超过30日" in text_of(paper("petition_acceptance", found))


def test_a_refusal_is_told_only_after_a_refusal(county: None) -> None:
    number = petition()
    move(number, "decide_acceptance", "handler", accepted=False, reason="应当诉讼。", route="起诉")
    found = facts(number)
    assert FORMS["petition_acceptance"].refusal(found) and not FORMS["petition_refusal"].refusal(found)


def test_an_extension_is_told_only_after_it_was_granted(county: None) -> None:
    number = petition()
    move(number, "decide_acceptance", "handler", accepted=True)
    assert "还没有批准延长" in FORMS["petition_extension"].refusal(facts(number))
    walk(
        number,
        ("request_extension", "handler", {"days": 20, "reason": "情况复杂。"}),
        ("decide_extension", "unit_lead", {"granted": True, "reason": "同意。"}),
    )
    assert FORMS["petition_extension"].refusal(facts(number)) == ""


def test_the_simple_procedure_has_its_own_limit_and_no_extension(county: None) -> None:
    number = petition(track="simple")
    move(number, "decide_acceptance", "handler", accepted=True)
    said = text_of(paper("petition_acceptance", facts(number)))
    assert "起10个工作日内办结" in said and "60日" not in said and "延长" not in said


@pytest.mark.parametrize(
    ("track", "wanted", "never"),
    [
        ("", "第三十五条", "第三十六条"),
        ("review", "请求复核（《信访工作条例》第三十六条）", "第三十五条"),
        ("re_review", "不再受理", "30日内"),
    ],
)
def test_an_opinion_names_the_remedy_of_its_track(county: None, track: str, wanted: str, never: str) -> None:
    found = replace(facts(petition()), track=track, said={"opinion": "支持。"})
    said = text_of(paper("petition_opinion", found))
    assert wanted in said and never not in said


def test_the_newest_notice_of_supervision_is_meant_unless_another_is_chosen(county: None) -> None:
    number = wage_case()
    for place in (1, 2):
        move(
            number, "supervise", "supervisor", at=NOW + timedelta(hours=5 + place), level="ordinary", reason="请抓紧。"
        )
    found = facts(number)
    older, newer = sorted(str(one["number"]) for one in found.supervisions)
    assert value_of(paper("supervision_notice", found), "督办单编号") == newer
    assert value_of(paper("supervision_notice", found, notice=older), "督办单编号") == older
    options = FORMS["supervision_notice"].asks[0].options
    assert options and [value for value, _ in options(found)] == [newer, older]


def test_a_record_says_that_rights_were_told_only_where_they_were(county: None) -> None:
    number = wage_case()
    held(number, booked(number, opened(number)))
    found = facts(number, MEDIATOR)
    assert "告知权利义务" in text_of(paper("mediation_record", found))
    assert found.mediation is not None
    found.mediation["sessions"][0]["rights_told"] = False
    assert "告知权利义务" not in text_of(paper("mediation_record", found))


@pytest.mark.parametrize(("kind", "word"), [("administrative", "行政调解"), ("judicial", "司法调解")])
def test_what_is_not_peoples_mediation_is_not_called_so(county: None, kind: str, word: str) -> None:
    number = wage_case()
    held(number, booked(number, opened(number, kind=kind)))
    found = facts(number, MEDIATOR)
    for form in ("mediation_application", "acceptance_register", "file_cover", "rights_notice", "mediation_record"):
        document = paper(form, found)
        assert "人民调解" not in f"{document.title}", form
    assert paper("file_cover", found).title == f"{word}卷宗"
    said = text_of(paper("rights_notice", found))
    assert "人民调解法" not in said and "不收取" not in said


def test_an_agreement_of_an_office_is_signed_by_a_mediator_who_is_no_peoples_mediator() -> None:
    found, given = sample(FORMS["agreement"], NOW, "某县中心", "某局")
    assert found.mediation is not None
    found.mediation["kind_name"] = "行政调解"
    document = make(FORMS["agreement"], found, given, Wording())
    assert document.title == "行政调解协议书" and "人民调解" not in text_of(document)


def test_a_matter_ends_with_the_last_payment(county: None) -> None:
    from datetime import date

    from mediation.kit import effective

    number = wage_case()
    effective(number)
    pay(number, 0, on=date(2026, 3, 4))
    assert not value_of(paper("closing_report", facts(number, MEDIATOR)), "结案时间").strip("　年月日")
    pay(number, 1, on=date(2026, 3, 5))
    pay(number, 2, on=date(2026, 3, 6))
    assert value_of(paper("closing_report", facts(number, MEDIATOR)), "结案时间") == "2026年3月6日"


def test_organisations_name_who_stands_for_them_and_jobs_have_a_column_when_they_are_known(county: None) -> None:
    from mediation.kit import effective

    number = wage_case()
    effective(number)
    found = facts(number, MEDIATOR)
    plain = paper("agreement", found, legal="法人代表王")
    table: Any = plain.blocks[1]
    assert "职业或职务" not in table.head and "法定代表人" in table.head
    assert table.rows[-1][table.head.index("法定代表人")] == "法人代表王"
    table = paper("agreement", found, jobs="木工\n\n瓦工").blocks[1]
    assert [row[table.head.index("职业或职务")] for row in table.rows] == ["木工", "", "瓦工", ""]


def test_what_an_applicant_said_of_those_who_handled_it_is_on_no_paper(county: None) -> None:
    from mediation.kit import effective

    number = wage_case()
    effective(number)
    at = NOW + timedelta(days=2)
    walk(
        number,
        ("conclude", MEDIATOR, {"outcome": "agreement_written", "answer": "已达成。"}),
        ("close", "supervisor", {}),
        at=at,
    )
    from onedoor.cases.sql import execute

    execute(
        "INSERT INTO statement (id, case_id, seq, kind, text, author, at, salt)"
        " SELECT gen_random_uuid(), id, 99, 'follow_up', '经办人态度恶劣', NULL, now(), '' FROM \"case\" WHERE number = %s",
        [number],
    )
    found = facts(number)
    assert "follow_up" not in found.said and "态度恶劣" not in text_of(paper("follow_up_record", found))
