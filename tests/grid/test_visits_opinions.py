"""入户走访 and 社情民意: what is not kept, who reads what, and that all of it goes."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from api.kit import EVERYBODY
from cases.kit import person, sql
from grid.work_kit import DAY, FAR, OTHER, column, division, entry, hire, now, said, send
from onedoor.cases.queries.days import today
from onedoor.grid import jobs
from onedoor.grid.steps.opinions import erase_field_opinions
from onedoor.grid.steps.visits import erase_visits
from onedoor.people.demo_county import GRID
from onedoor.rules.access import Role
from onedoor.rules.field_opinions import READS
from web.kit import Screens, words

ADDRESS = "禾丰塘村三组7号"
VISIT = {"on": today().isoformat(), "address": ADDRESS, "purpose": "safety", "asked": "想装一个路灯。"}
HEARD = {"topic": "roads", "text": "放学时校门口太堵。"}


def visit(who: str = "grid_worker", *, grid: str = GRID, **changes: Any) -> None:
    send(who, entry("visit", VISIT | changes, grid=grid))


def hear(who: str = "grid_worker", *, grid: str = GRID, **changes: Any) -> None:
    send(who, entry("opinion", HEARD | changes, grid=grid, lon=100.1, lat=38.9))


# ---- visits


def test_there_is_no_column_for_a_person_and_no_address_in_the_clear(screens: Screens) -> None:
    columns = {
        name
        for (name,) in sql(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'grid_householdvisit'"
        )
    }
    assert columns == {"id", "grid_id", "on", "account_id", "address", "purpose", "asked", "erased_at"}
    visit()
    visit()
    sealed = [bytes(one) for one in column("grid_householdvisit", "address")]
    assert ADDRESS.encode() not in b"".join(sealed) and sealed[0] != sealed[1], "not even equal to itself"
    indexed = sql("SELECT indexdef FROM pg_indexes WHERE tablename = 'grid_householdvisit'")
    assert not any("address" in one for (one,) in indexed)


def test_the_address_is_for_who_was_there_alone(screens: Screens) -> None:
    visit()
    assert ADDRESS in screens.read("grid_worker", "field/visits")
    for who in EVERYBODY:
        if who != "grid_worker":
            assert ADDRESS not in words(screens.open(who, "field/visits", own="1", q=ADDRESS, address=ADDRESS)), who
    assert VISIT["asked"] in screens.read("grid_lead", "field/visits")
    for who in ("dispatcher", "director", "supervisor", "dispatcher_town"):
        shown = screens.read(who, "field/visits")
        assert VISIT["asked"] not in shown and "安全提示" in shown and "禾丰塘村第一网格" in shown, who
    for who in ("clerk", "handler", "mediator", "auditor", "admin", "volunteer"):
        assert screens.open(who, "field/visits").status_code == 403, who


def test_another_grids_visits_are_not_there(screens: Screens) -> None:
    visit()
    other, lead = hire("worker_b", Role.GRID_WORKER, OTHER), hire("lead_b", Role.GRID_LEAD, FAR)
    assert VISIT["asked"] not in screens.read(other, "field/visits")
    shown = screens.read(lead, "field/visits", grid=GRID)
    assert VISIT["asked"] not in shown and "第一网格" not in shown


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "ok"), ({"asked": ""}, "ok"), ({"on": (today() - 89 * DAY).isoformat()}, "ok"),
        ({"on": (today() - 90 * DAY).isoformat()}, "invalid"), ({"on": (today() + DAY).isoformat()}, "invalid"),
        ({"on": None}, "invalid"), ({"on": "2026-2-30"}, "invalid"), ({"address": ""}, "invalid"),
        ({"address": "张某13812345678"}, "invalid"), ({"purpose": "census"}, "invalid"), ({"purpose": 3}, "invalid"),
        ({"asked": "证件号11010519491231002X"}, "invalid"), ({"asked": "长" * 1001}, "invalid"), ({"asked": 5}, "invalid"),
    ],
)  # fmt: skip
def test_what_a_visit_may_say(screens: Screens, changes: dict[str, Any], code: str) -> None:
    assert said(lambda: visit(**changes)) == code


def test_a_visit_is_forgotten_after_ninety_days(screens: Screens) -> None:
    for _ in range(3):
        visit()
    sql('UPDATE grid_householdvisit SET "on" = %s', today() - 90 * DAY)
    assert erase_visits(before=today() - 90 * DAY, at=now()) == 0, "on the ninetieth day it is there"
    sql('UPDATE grid_householdvisit SET "on" = %s', today() - 91 * DAY)
    assert settings.HOUSEHOLD_VISIT_DAYS == 90
    with transaction.atomic():
        assert not sql("SELECT 1 FROM grid_householdvisit WHERE erased_at IS NOT NULL")
    assert erase_visits(before=today() - 90 * DAY, at=now(), most=2) == 2, "in pieces"
    assert erase_visits(before=today() - 90 * DAY, at=now(), most=2) == 1
    assert set(sql("SELECT address, asked, account_id FROM grid_householdvisit")) == {(None, "", None)}
    assert ADDRESS not in screens.read("grid_worker", "field/visits")
    since = (today() - 100 * DAY).isoformat()
    assert "禾丰塘村第一网格" in screens.read("grid_lead", "field/visits", since=since, until=today().isoformat()), (
        "the count stays"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE grid_householdvisit SET asked = '又写上'")


def test_the_job_forgets_all_three_kinds(screens: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    visit()
    hear()
    sql('UPDATE grid_householdvisit SET "on" = %s', today() - 200 * DAY)
    sql("UPDATE grid_fieldopinion SET heard_on = %s", today() - 800 * DAY)
    jobs.erase_field.func(0)
    assert column("grid_householdvisit", "asked") == [""] and column("grid_fieldopinion", "text") == [""]


# ---- opinions


def test_nothing_leads_from_an_opinion_to_who_has_heard_it(screens: Screens) -> None:
    sent = entry("opinion", HEARD, lon=100.1, lat=38.9)
    send("grid_worker", sent)
    columns = sql(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'grid_fieldopinion'"
    )
    assert {name for name, _ in columns} == {"id", "division_id", "topic", "text", "heard_on", "erased_at"}
    assert {name for name, kind in columns if "timestamp" in kind} == {"erased_at"}
    ((found, place, on),) = sql("SELECT id, division_id, heard_on FROM grid_fieldopinion")
    assert found != sent.id and found.version == 4, "an id that tells no time and is not the phone's"
    assert place == division("990101100201").pk, "the village, not the grid"
    assert on == today()


def test_those_of_one_day_stand_by_chance(screens: Screens) -> None:
    texts = [f"第{number:02d}条" for number in range(20)]
    for text in texts:
        hear(text=text)
    shown = [word for word in screens.read("director", "field/heard").split() if word in texts]
    assert sorted(shown) == texts and shown != texts and shown != texts[::-1]


def test_supervisor_and_director_read_it_and_nobody_else(screens: Screens) -> None:
    hear()
    hire("lead_b", Role.GRID_LEAD, FAR)
    for who in (*EVERYBODY, "volunteer", "lead_b"):
        answer = screens.open(who, "field/heard")
        if {actor.role for actor in person(who).actors} & READS:
            assert HEARD["text"] in words(answer), who
        else:
            assert answer.status_code == 403 and HEARD["text"] not in words(answer), who
    for path in ("field/entries", "field/tasks", "field/visits", "field/workload", "field/surges", "cases", ""):
        for who in ("grid_lead", "grid_worker", "director"):
            assert HEARD["text"] not in words(screens.open(who, path)), (who, path)
    assert "1 道路交通" in screens.read("director", "field/heard")
    assert HEARD["text"] not in screens.read("director", "field/heard", topic="policy")


def test_a_centre_reads_those_of_its_area(screens: Screens) -> None:
    hear()
    here, there = hire("sup_town", Role.SUPERVISOR, "990101100"), hire("sup_far", Role.SUPERVISOR, "990101101")
    assert HEARD["text"] in screens.read(here, "field/heard")
    assert HEARD["text"] not in screens.read(there, "field/heard")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({}, "ok"), ({"topic": "person"}, "invalid"), ({"text": ""}, "invalid"), ({"text": "找13812345678"}, "invalid"), ({"text": ["x"]}, "invalid")],
)  # fmt: skip
def test_what_an_opinion_may_say(screens: Screens, changes: dict[str, Any], code: str) -> None:
    assert said(lambda: hear(**changes)) == code


def test_no_pictures_with_an_opinion(screens: Screens) -> None:
    from onedoor.rules.field import FileRef

    with_file = entry("opinion", HEARD, files=(FileRef("0" * 64, "照片.jpg", 10),))
    assert said(lambda: send("grid_worker", with_file)) == "invalid"


def test_through_the_batch_an_opinion_leaves_a_receipt_without_an_author(screens: Screens) -> None:
    from uuid import uuid4

    from onedoor.grid.steps.sync import take_in

    who = person("grid_worker")
    raw = {
        "id": str(uuid4()), "kind": "opinion", "made_at": now().isoformat(), "grid": GRID, "lon": 100.1, "lat": 38.9,
        "content": HEARD,
    }  # fmt: skip
    for _ in range(2):
        (answer,) = take_in(signed=who, actors=who.actors, entries=[raw], sent_at=now(), at=now())
        assert answer["state"] == "received"
    assert sql("SELECT count(*) FROM grid_fieldopinion") == [(1,)]
    ((account, post, made_at, lon, content),) = sql(
        "SELECT account_id, post, made_at, lon, content::text FROM grid_fieldentry"
    )
    assert (account, post, made_at, lon, content) == (None, None, None, None, "{}")


def test_opinions_are_forgotten_and_counted(screens: Screens) -> None:
    hear()
    assert erase_field_opinions(before=today(), at=now()) == 0
    assert erase_field_opinions(before=today() + timedelta(days=1), at=now()) == 1
    shown = screens.read("director", "field/heard")
    assert HEARD["text"] not in shown and "1 道路交通" in shown
