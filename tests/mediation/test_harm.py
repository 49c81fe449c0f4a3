"""Signs of violence: a record of its own that nobody meets by way of the matter; compulsory where the law says so."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from api.conftest import committed_desk, desk, own_files  # noqa: F401
from api.kit import Desk, ok
from cases.kit import NOW, case_id, move, person, sql, whats
from mediation.kit import MEDIATOR, booked, held, opened, parties, row, wage_case
from onedoor.cases.models import Party
from onedoor.mediation.steps import harm
from onedoor.mediation.steps.referral import erase_referrals
from onedoor.notices.steps.tell_applicants import tell_next_applicant
from onedoor.rules.refusal import Refused
from web.conftest import screens  # noqa: F401
from web.kit import Screens, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("screens")]
WORDS = "小李手臂有新伤"
RAW = {"ground": "minor", "who": "小李，三年级", "signs": WORDS, "safe_contact": "班主任办公室", "wish": ""}


def written(by: str = MEDIATOR, **raw: Any) -> str:
    signed = person(by)
    return str(harm.write_harm(viewer=signed.viewer(), actors=signed.actors, raw={**RAW, **raw}, at=timezone.now()))


@pytest.mark.parametrize("reporter", [MEDIATOR, "clerk", "supervisor"])
def test_the_matter_shows_nothing_of_it_to_anybody(screens: Screens, desk: Desk, reporter: str) -> None:
    number = wage_case()
    mediation = opened(number)
    joint = booked(number, mediation, begins=timezone.now() + timedelta(days=2))
    before = {who: screens.open(who, f"cases/{number}").content for who in ("clerk", "supervisor", "director")}
    events = sql("SELECT kind FROM event WHERE case_id = %s ORDER BY seq", case_id(number))
    notices = sql("SELECT kind FROM notice WHERE case_id = %s", case_id(number))
    report = written(reporter, number=number)

    after = sql("SELECT kind FROM event WHERE case_id = %s ORDER BY seq", case_id(number))
    assert after == [*events, ("keep_apart",)], "as when somebody holds joint sessions by hand, and nothing else"
    now = sql("SELECT kind FROM notice WHERE case_id = %s", case_id(number))
    assert sorted(now) == sorted([*notices, ("session_cancelled",)]), "as when somebody does it by hand"
    assert row("mediation_session", number)["cancelled_why"] == "因故改期" and joint
    for who in (*before, "dispatcher", "auditor", "unit_lead", "mediator", MEDIATOR):
        for path in (
            f"cases/{number}",
            f"cases/{number}/mediation/",
            f"cases/{number}/papers",
            f"cases/{number}/print",
            "cases",
            "inbox",
            "",
        ):
            page = screens.open(who, path).content.decode()
            assert WORDS not in page and report not in page and "小李" not in page, (who, path)
        for call in ("", "/events", "/papers", "/clocks"):
            answer = desk.get(who, f"/cases/{number}{call}")
            api = answer.content.decode()
            assert answer.status_code in (200, 403, 404) and WORDS not in api and "harm" not in api, (who, call)
    assert desk.get("clerk", f"/cases/{number}/events").status_code == 200, "what could leak is there"
    last = ok(desk.get("supervisor", f"/cases/{number}/events"))["items"][-1]
    assert last["actor"] is None or reporter not in str(last), "nor who has put it off"
    with pytest.raises(Refused, match="目前不宜安排共同调解"):
        booked(number, mediation, begins=timezone.now() + timedelta(days=3))
    booked(number, mediation, begins=timezone.now() + timedelta(days=3), kind="separate", side="applicant")
    assert whats() == set()


def test_who_wrote_it_and_the_confidential_posts_read_it_and_nobody_else(screens: Screens) -> None:
    report = written()
    for who in ("supervisor", "dispatcher_secret", MEDIATOR):
        assert WORDS in screens.read(who, f"harm/{report}")
    assert "有保密事项待查看" in screens.read("dispatcher_secret", "inbox")
    for who in ("clerk", "dispatcher", "director", "auditor", "admin", "mediator", "handler"):
        assert screens.open(who, f"harm/{report}").status_code == 404
        assert report not in screens.open(who, "harm").content.decode()
        assert screens.send(who, f"harm/{report}/close", text="x").status_code == 404
    logged = sql("SELECT subject FROM access_log WHERE action = 'harm'")
    assert len(logged) == 4 and {one for (one,) in logged} == {report}, (
        "each look, and the writing, by the report's id"
    )
    assert WORDS.encode() not in bytes(sql("SELECT sealed FROM harm_report")[0][0])


def test_what_is_compulsory_is_closed_only_after_the_police_was_told(screens: Screens) -> None:
    report = written()
    assert "必须先向公安机关报告" in words(
        screens.browser(MEDIATOR).post(f"/desk/harm/{report}/close", {"text": "已处理"}, follow=True)
    )
    screens.send(MEDIATOR, f"harm/{report}/tell", to="education", receipt="已告知校长")
    assert "必须先向公安机关报告" in words(
        screens.browser(MEDIATOR).post(f"/desk/harm/{report}/close", {"text": "已处理"}, follow=True)
    )
    screens.send(MEDIATOR, f"harm/{report}/tell", to="police", receipt="110 接警回执 12 号")
    screens.send(MEDIATOR, f"harm/{report}/refer", to="psychological", text="监护人同意，只说需要陪伴。")
    screens.send(MEDIATOR, f"harm/{report}/close", text="已由公安机关处理。")
    assert sql("SELECT state FROM harm_report") == [("closed",)]
    assert harm.erase_harm(before=timezone.now() - timedelta(days=1)) == 0
    assert harm.erase_harm(before=timezone.now() + timedelta(days=1)) == 1
    assert sql("SELECT count(*) FROM harm_entry") == [(0,)]


def test_an_adult_in_no_danger_decides(screens: Screens) -> None:
    with pytest.raises(Refused, match="请先单独询问本人"):
        written(ground="adult")
    report = written(ground="adult", wish="no")
    assert sql("SELECT state FROM harm_report") == [("declined",)]
    answer = screens.browser(MEDIATOR).post(f"/desk/harm/{report}/tell", {"to": "police", "receipt": "x"}, follow=True)
    assert "本人不愿报告，不能代他报告" in words(answer)
    screens.send(MEDIATOR, f"harm/{report}/refer", to="shelter", text="本人同意。")
    assert "临时庇护" in screens.read(MEDIATOR, f"harm/{report}")


def test_a_declined_report_puts_off_no_session() -> None:
    number = wage_case()
    session = booked(number, opened(number), begins=NOW + timedelta(days=1))
    written(ground="adult", wish="no", number=number)
    assert row("mediation_session", number)["state"] == "booked" and session and parties(number)


@pytest.mark.parametrize("who", ["auditor", "admin"])
def test_some_posts_write_none(who: str) -> None:
    with pytest.raises(Refused, match="不能填写"):
        written(by=who)


def test_a_matter_one_may_not_see_is_not_named() -> None:
    number = wage_case()
    with pytest.raises(Refused, match="无权查看"):
        written(by="handler", number=number)


def test_what_is_missing_is_asked_for(screens: Screens) -> None:
    answer = screens.browser(MEDIATOR).post("/desk/harm", {"ground": "minor", "who": "小李", "signs": ""})
    assert answer.status_code == 422 and "写明看到、听到了什么" in words(answer)
    assert 'value="小李"' in answer.content.decode()


def test_a_session_that_was_arranged_before_is_not_held_either(screens: Screens) -> None:
    """Where the report came in between, whoever wrote it."""
    number = wage_case()
    mediation = opened(number)
    session = booked(number, mediation)
    written("clerk", number=number)
    with pytest.raises(Refused, match="这次会议已取消"):
        held(number, session)


def test_a_report_that_is_sent_twice_is_one() -> None:
    signed, key = person(MEDIATOR), uuid4()
    for _ in range(2):
        harm.write_harm(viewer=signed.viewer(), actors=signed.actors, raw=RAW, at=timezone.now(), key=key)
    assert sql("SELECT count(*) FROM harm_report") == [(1,)]
    assert sql("SELECT count(*) FROM notice WHERE kind = 'confidential'")[0][0] <= 3, "and tells once"


def test_no_text_message_about_the_matter_goes_out_until_it_is_over(screens: Screens) -> None:
    number = wage_case()
    Party.objects.filter(id=parties(number)[0]).update(contact="sms")
    report = written("clerk", number=number, ground="adult", wish="yes")
    move(number, "report_progress", MEDIATOR, text="已联系。", at=NOW + timedelta(hours=5))
    sql("INSERT INTO applicant_message (id, case_id, party_id, kind, created_at, next_try_at)"
        " VALUES (gen_random_uuid(), %s, %s, 'close', now(), now())", case_id(number), parties(number)[0])  # fmt: skip
    while tell_next_applicant(at=timezone.now()):
        pass
    assert {state for (state,) in sql("SELECT DISTINCT state FROM applicant_message")} == {"dropped"}
    screens.send("clerk", f"harm/{report}/close", text="已妥善处理。")
    assert sql("SELECT count(*) FROM case_quiet") == [(0,)]


def test_the_alert_stays_until_the_police_has_been_told_and_is_called_to_mind_each_day(screens: Screens) -> None:
    report = written()
    screens.send(MEDIATOR, f"harm/{report}/tell", to="education", receipt="已告知校长")
    assert "请立即向公安机关报告" in screens.read(MEDIATOR, f"harm/{report}")
    assert "尚未向公安机关报告" in screens.read(MEDIATOR, "harm")
    now = timezone.now()
    assert harm.remind_of_harm(at=now + timedelta(hours=23)) == 0
    assert harm.remind_of_harm(at=now + timedelta(hours=25)) == 1
    assert harm.remind_of_harm(at=now + timedelta(hours=26)) == 0, "once a day"
    screens.send(MEDIATOR, f"harm/{report}/tell", to="police", receipt="110 接警回执")
    assert "请立即向公安机关报告" not in screens.read(MEDIATOR, f"harm/{report}")
    assert harm.remind_of_harm(at=now + timedelta(hours=60)) == 0


def test_a_referral_is_known_to_who_made_it_and_the_confidential_posts(screens: Screens, desk: Desk) -> None:
    number = wage_case()
    given = {"service": "psychological", "who": "工友甲", "reached": "只在工间打宿舍电话", "told": "需要有人听他说话"}
    missing = screens.browser(MEDIATOR).post("/desk/referrals", given)
    assert missing.status_code == 422 and "转介须本人同意" in words(missing)
    answer = screens.browser(MEDIATOR).post("/desk/referrals", {**given, "consent": "当面同意", "number": number})
    referral = answer["Location"].rsplit("/", 1)[1]
    for who in (MEDIATOR, "dispatcher_secret"):
        assert "只在工间打宿舍电话" in screens.read(who, f"referrals/{referral}")
    for who in ("clerk", "dispatcher", "director", "auditor", "admin", "mediator", "handler"):
        assert screens.open(who, f"referrals/{referral}").status_code == 404
        assert referral not in screens.open(who, "referrals").content.decode()
    for who in ("supervisor", "clerk", MEDIATOR):
        page = screens.read(who, f"cases/{number}") + screens.read(who, f"cases/{number}/mediation/")
        assert "听他说话" not in page and referral not in page and page.count("转介") == 2, "the menu's own links"
    assert sql("SELECT count(*) FROM event WHERE case_id = %s AND kind LIKE '%%refer%%'", case_id(number)) == [(0,)]
    assert "工间".encode() not in bytes(sql("SELECT sealed FROM care_referral")[0][0])
    screens.send(MEDIATOR, f"referrals/{referral}", to="closed", text="谈了三次，情绪平稳。")
    assert "情绪平稳" in screens.read(MEDIATOR, f"referrals/{referral}")
    assert erase_referrals(before=timezone.now() - timedelta(days=1)) == 0
    assert erase_referrals(before=timezone.now() + timedelta(days=1)) == 1
