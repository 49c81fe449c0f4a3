"""A unit is called, comes or is late; several at once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from api.kit import new_browser
from cases.kit import person, sql
from hall.kit import MINUTE, MONDAY, at_once, on_call
from onedoor.hall.queries.centres import centre_named
from onedoor.hall.queries.today import today_at
from onedoor.hall.steps.call import arrive, call_unit, cancel_call, forget_calls, tell_late_calls
from onedoor.notices.queries.inbox import list_notices
from onedoor.rules.notices import reader_of
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, NOT_FOUND, Refused
from web.kit import Screens, words


def called(at: datetime = MONDAY, who: str = "clerk") -> UUID:
    return call_unit(actor=person(who).actors[0], at=at, residence=on_call(), place="1号窗口")


def told(who: str) -> list[str]:
    signed = person(who)
    return [one["kind"] for one in list_notices(reader_of(signed.account, signed.actors, signed.root)).items]


def test_a_call_tells_the_unit_and_is_due_after_its_minutes(hall: Screens) -> None:
    called()
    assert sql("SELECT due_at - called_at, place FROM hall_call") == [(timedelta(minutes=20), "1号窗口")]
    assert told("handler2") == told("unit_lead2") == ["called"]
    assert told("handler") == told("clerk") == []


def test_who_is_late_is_told_once_however_often_the_job_runs(hall: Screens) -> None:
    called()
    assert tell_late_calls(at=MONDAY + 20 * MINUTE) == 0
    assert tell_late_calls(at=MONDAY + 20 * MINUTE + timedelta(seconds=1)) == 1
    assert tell_late_calls(at=MONDAY + 60 * MINUTE) == 0
    assert told("supervisor") == told("director") == told("clerk") == ["call_late"]
    assert told("unit_lead2") == ["call_late", "called"] and told("handler2") == ["called"]


def test_who_has_come_or_need_not_is_not_late(hall: Screens) -> None:
    arrive(actors=person("handler2").actors, at=MONDAY + MINUTE, call=called())
    cancel_call(actors=person("clerk").actors, at=MONDAY + 3 * MINUTE, call=called(MONDAY + 2 * MINUTE))
    assert tell_late_calls(at=MONDAY + 100 * MINUTE) == 0
    assert forget_calls(before=MONDAY) == 0 and forget_calls(before=MONDAY + timedelta(days=1)) == 2


def test_wrong_people_and_a_second_time_are_refused(hall: Screens) -> None:
    call = called()
    for who, step, code in (
        ("handler", arrive, NOT_ALLOWED), ("clerk_town", arrive, NOT_ALLOWED), ("handler2", cancel_call, NOT_ALLOWED),
        ("director", cancel_call, NOT_ALLOWED),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught:
            step(actors=person(who).actors, at=MONDAY + MINUTE, call=call)
        assert caught.value.code == code, who
    with pytest.raises(Refused) as caught:
        called(MONDAY + MINUTE)
    assert caught.value.code == CONFLICT
    arrive(actors=person("clerk").actors, at=MONDAY + MINUTE, call=call)
    with pytest.raises(Refused):
        arrive(actors=person("handler2").actors, at=MONDAY + MINUTE, call=call)
    with pytest.raises(Refused) as caught:
        arrive(actors=person("clerk").actors, at=MONDAY, call=UUID(int=1))
    assert caught.value.code == NOT_FOUND


def test_of_many_who_call_at_once_one_does(committed_hall: Screens) -> None:
    residence, actor = on_call(), person("clerk").actors[0]
    answers = at_once(6, lambda _: call_unit(actor=actor, at=MONDAY, residence=residence))
    assert sum(isinstance(one, UUID) for one in answers) == 1
    assert all(one.code == CONFLICT for one in answers if isinstance(one, Refused)) and len(answers) == 6
    assert not [one for one in answers if not isinstance(one, UUID | Refused)], answers
    told_by = at_once(5, lambda _: tell_late_calls(at=MONDAY + 30 * MINUTE))
    assert sorted(told_by) == [0, 0, 0, 0, 1]
    assert sql("SELECT count(*) FROM notice WHERE kind = 'call_late'") == [(2,)]


@pytest.mark.parametrize(
    "change",
    [
        "due_at = called_at", "arrived_at = called_at - interval '1 second'",
        "arrived_at = called_at, cancelled_at = called_at",
    ],
)  # fmt: skip
def test_the_database_refuses_what_cannot_be(hall: Screens, change: str) -> None:
    called()
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(f"UPDATE hall_call SET {change}")


def test_a_notice_without_a_case_needs_a_kind_of_that_sort(hall: Screens) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(
            "INSERT INTO notice (id, audience, case_id, kind, created_at) VALUES (%s, 5, NULL, 'to_sign', now())",
            UUID(int=1),
        )


def test_the_page_calls_arrives_and_shows_who_is_late(hall: Screens) -> None:
    residence = on_call()
    assert "呼叫</button>" in hall.open("clerk", "today").content.decode()
    assert hall.send("clerk", f"today/call/{residence}", place="1号窗口").status_code == 302
    page = hall.read("clerk", "today")
    assert "住建局" in page and "请到1号窗口" in page and "正在赶来" in page
    sql("UPDATE hall_call SET called_at = called_at - interval '1 hour', due_at = due_at - interval '1 hour'")
    assert (
        "超时未到" in hall.read("supervisor", "today")
        and "call-late" in hall.open("handler2", "today").content.decode()
    )
    notice = sql("SELECT id FROM notice WHERE kind = 'called'")[0][0]
    assert "综治中心呼叫，请按时到岗" in hall.read("handler2", "inbox")
    assert hall.open("handler2", f"inbox/{notice}")["Location"] == "/desk/today"
    call = sql("SELECT id FROM hall_call")[0][0]
    assert "已到岗</button>" in hall.open("handler2", "today").content.decode()
    assert "已到岗</button>" not in hall.open("handler", "today").content.decode()
    assert hall.send("handler2", f"today/calls/{call}/arrive").status_code == 302
    record = hall.read("supervisor", "today/calls")
    assert "住建局" in record and "60分钟到岗，超时" in record
    for who in ("clerk", "handler2", "auditor"):
        assert hall.open(who, "today/calls").status_code == 403
    assert hall.send("handler", f"today/call/{residence}").status_code == 403
    assert hall.send("clerk", f"today/calls/{call}/vanish").status_code == 404
    assert (
        "已经登记过到岗" in hall.read("clerk", "today") if hall.send("clerk", f"today/calls/{call}/arrive") else True
    )


def test_arrivals_are_paged_by_key(hall: Screens) -> None:
    for number in range(55):
        at = datetime.now(UTC) - number * timedelta(hours=1)
        arrive(actors=person("clerk").actors, at=at, call=called(at))
    first = hall.open("supervisor", "today/calls").content.decode()
    assert first.count("data-item") == 50
    following = first.split('rel="next" href="?cursor=')[1].split('"')[0]
    assert hall.open("supervisor", "today/calls", cursor=following).content.decode().count("data-item") == 5
    assert hall.open("supervisor", "today/calls", cursor="x").status_code == 422


def test_a_unit_that_has_come_is_here_until_the_day_is_over(hall: Screens) -> None:
    arrive(actors=person("handler2").actors, at=MONDAY + 9 * MINUTE, call=called())
    there = centre_named("centre")
    on_call_unit = [today_at(there, MONDAY + late).units["on_call"][0] for late in (MINUTE * 10, timedelta(hours=14))]
    assert all(one["arrived_at"] == MONDAY + 9 * MINUTE and one["came_to"] == "1号窗口" for one in on_call_unit)
    midnight = MONDAY + timedelta(hours=15)
    assert today_at(there, midnight).units["on_call"][0]["arrived_at"] is None, "a new day in Shanghai"
    cancel_call(actors=person("clerk").actors, at=midnight, call=called(midnight))
    assert today_at(there, midnight).units["on_call"][0]["arrived_at"] is None, "called, not come"


def test_everybody_sees_that_a_unit_has_come(hall: Screens) -> None:
    call = called(datetime.now(UTC) - MINUTE)
    assert "呼叫后20分钟内到" in hall.read("clerk", "today")
    arrive(actors=person("handler2").actors, at=datetime.now(UTC), call=call)
    for page in (hall.read("clerk", "today"), words(new_browser().get("/today"))):
        assert "今天已到岗" in page and "呼叫后20分钟内到" not in page
    assert "已到岗 1号窗口" in words(new_browser().get("/wall/today"))
