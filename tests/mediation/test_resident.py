"""What the applicant sees of the mediation of his own matter, what he is told, and who is reminded of what."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from api.conftest import committed_desk, desk, own_files  # noqa: F401
from api.kit import new_browser
from cases.kit import HOUR, case_id, sql, whats
from mediation.kit import MEDIATOR, effective, opened, parties, wage_case, who
from onedoor.cases import secrets
from onedoor.mediation.steps import sessions
from onedoor.mediation.steps.remind import remind
from onedoor.rules.refusal import Refused
from web.conftest import screens  # noqa: F401
from web.kit import Screens, words

pytestmark = pytest.mark.django_db


def enter(number: str):  # type: ignore[no-untyped-def]
    browser = new_browser()
    code = secrets.receipt_code(str(case_id(number)))
    browser.post("/track", {"way": "receipt", "number": number, "code": code}, follow=True)
    return browser


def test_the_applicant_sees_what_he_is_asked_to_and_answers(screens: Screens) -> None:
    number = wage_case()
    begins = timezone.now() + timedelta(days=2)
    mediation = opened(number)
    session = _book(number, mediation, begins)
    browser = enter(number)
    page = words(browser.get("/my"))
    assert "请您参加" in page and "三楼调解室" in page and "工友甲：未回复" in page
    assert "同心建筑" not in page.split("请您参加")[1].split("每一步")[0]
    mine, other = parties(number)[0], parties(number)[3]
    browser.post("/my/session", {"session": session, "party": mine, "comes": "yes"})
    assert "工友甲：参加" in words(browser.get("/my"))
    assert browser.post("/my/session", {"session": session, "party": other, "comes": "no"}).status_code == 404
    assert new_browser().post("/my/session", {"session": session, "party": mine, "comes": "no"}).status_code == 302
    assert sql("SELECT count(*) FROM mediation_session_reply WHERE reply = 'coming'") == [(1,)]


def _book(number: str, mediation: str, begins: datetime, **raw: object) -> str:
    given = {"kind": "joint", "place": "三楼调解室", "starts_at": begins, "ends_at": begins + HOUR, **raw}
    return sessions.book_session(who=who(MEDIATOR, number, at=timezone.now()), mediation=mediation, raw=given)


def test_a_talk_with_the_other_side_is_nowhere_for_the_applicant(screens: Screens) -> None:
    number = wage_case()
    mediation = opened(number)
    sql("UPDATE party SET contact = 'sms' WHERE case_id = %s", case_id(number))
    sql("DELETE FROM applicant_message")
    _book(number, mediation, timezone.now() + timedelta(days=2), kind="separate", side="respondent", place="密谈处")
    page = words(enter(number).get("/my"))
    assert "密谈处" not in page and "请您参加" not in page and "安排" not in page
    assert sql("SELECT count(*) FROM applicant_message") == [(0,)]
    _book(number, mediation, timezone.now() + timedelta(days=3))
    assert sql("SELECT DISTINCT kind FROM applicant_message") == [("book_session",)]


def test_the_plan_of_an_agreement_is_there_for_the_applicant(screens: Screens) -> None:
    number = wage_case()
    effective(number)
    page = words(enter(number).get("/my"))
    assert "协议约定的事" in page and "20,000.00元" in page and "已过期" in page and "调解协议已生效" in page


def test_of_each_promise_the_unit_is_told_a_week_and_a_day_before_and_once_it_is_late(screens: Screens) -> None:
    number = wage_case()
    effective(number)  # due on 20 March, 20 April, 20 May

    def on(month: int, day: int) -> int:
        return remind(at=datetime(2026, month, day, 1, tzinfo=UTC))

    assert [on(3, 12), on(3, 13), on(3, 13), on(3, 14), on(3, 19), on(3, 20), on(3, 21), on(3, 22)] == [
        0,
        1,
        0,
        0,
        1,
        0,
        1,
        0,
    ]
    assert sql("SELECT count(*) FROM notice WHERE kind = 'promise_due'") == [(3,)]
    assert whats() == set()


def test_the_other_side_cannot_be_answered_for(screens: Screens) -> None:
    number = wage_case()
    session = _book(number, opened(number), timezone.now() + timedelta(days=2))
    with pytest.raises(Refused):
        sessions.reply_by_applicant(
            case=case_id(number), session=session, party=parties(number)[3], comes=True, at=timezone.now()
        )
