"""Signs of violence: a record of its own that nobody meets by way of the matter; compulsory where the law says so."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from api.conftest import committed_desk, desk, own_files  # noqa: F401
from cases.kit import NOW, case_id, person, sql, whats
from mediation.kit import MEDIATOR, booked, opened, parties, row, wage_case
from onedoor.mediation.steps import harm
from onedoor.rules.refusal import Refused
from web.conftest import screens  # noqa: F401
from web.kit import Screens, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("screens")]
WORDS = "小李手臂有新伤"
RAW = {"ground": "minor", "who": "小李，三年级", "signs": WORDS, "safe_contact": "班主任办公室", "wish": ""}


def written(by: str = MEDIATOR, **raw: Any) -> str:
    signed = person(by)
    return str(harm.write_harm(viewer=signed.viewer(), actors=signed.actors, raw={**RAW, **raw}, at=timezone.now()))


def test_the_matter_shows_nothing_of_it_to_anybody(screens: Screens) -> None:
    number = wage_case()
    mediation = opened(number)
    joint = booked(number, mediation, begins=timezone.now() + timedelta(days=2))
    before = {who: screens.open(who, f"cases/{number}").content for who in ("clerk", "supervisor", "director")}
    events = sql("SELECT kind FROM event WHERE case_id = %s ORDER BY seq", case_id(number))
    notices = sql("SELECT kind FROM notice WHERE case_id = %s", case_id(number))
    report = written(number=number)

    after = sql("SELECT kind FROM event WHERE case_id = %s ORDER BY seq", case_id(number))
    assert after == [*events, ("cancel_session",)], "the joint session is put off, and nothing else happens"
    assert sql("SELECT kind FROM notice WHERE case_id = %s", case_id(number)) == notices
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
        api = screens.browser(who).get(f"/api/v1/cases/{number}/events").content.decode()
        assert WORDS not in api and "harm" not in api
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
