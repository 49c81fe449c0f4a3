"""场所、检查表、巡查: what is due, what a round has found, and that nothing is typed twice."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.kit import Desk
from cases.kit import person, sql
from grid.work_kit import DAY, FAR, OTHER, answers, at_once, entry, hire, now, ordered, placed, said, send
from onedoor.cases.queries.days import today
from onedoor.grid.queries.for_phone import checklists_for, places_for
from onedoor.grid.queries.places import checklists
from onedoor.grid.steps.places import keep_checklist
from onedoor.people.demo_county import GRID
from onedoor.rules.access import Role
from onedoor.rules.checklists import FIRST_CHECKLISTS
from web.kit import Screens, words


def look(place: object, *faults: int, **more: Any) -> dict[str, Any]:
    return {
        "place": str(place), "checklist": "school", "checklist_version": 1,
        "answers": answers(*faults, note="校门西侧"), "text": "", **more,
    }  # fmt: skip


def days(place: object) -> tuple[Any, Any]:
    ((next_on, last_on),) = sql("SELECT next_on, last_on FROM grid_place WHERE id = %s", place)
    return next_on, last_on


def test_a_round_moves_the_next_on_from_the_day_of_the_look(screens: Screens) -> None:
    place = placed()
    taken = send("grid_worker", entry("inspect", look(place), at=now() - 2 * DAY))
    assert taken.report is None and days(place) == (today() + 28 * DAY, today() - 2 * DAY)
    send("grid_worker", entry("inspect", look(place), at=now() - 9 * DAY))
    assert days(place) == (today() + 28 * DAY, today() - 2 * DAY), "what comes late moves nothing back"
    assert "没有发现问题" in screens.read("grid_lead", f"field/places/{place}")


def test_faults_become_one_matter_that_nobody_types_again(screens: Screens) -> None:
    place = placed(address="禾丰塘村小学东门")
    taken = send("grid_worker", entry("inspect", look(place, 2, 4, text="已劝离。")))
    assert taken.report is not None and taken.then is not None
    assert taken.report["category"] == "incident.hazard" and taken.report["address"] == "禾丰塘村小学东门"
    for word in ("2个问题", "烟、酒、彩票", "校门西侧", "已劝离。"):
        assert word in taken.report["text"]
    shown = screens.read("grid_lead", f"field/places/{place}")
    assert "2个问题" in shown and "校门西侧" in shown


def test_through_the_batch_it_is_one_case_linked_to_the_round(screens: Screens) -> None:
    from onedoor.grid.steps.sync import take_in

    place, who = placed(), person("grid_worker")
    raw = {
        "id": str(uuid4()),
        "kind": "inspect",
        "made_at": now().isoformat(),
        "grid": GRID,
        "content": look(place, 3),
    }
    for _ in range(2):
        (answer,) = take_in(signed=who, actors=who.actors, entries=[raw], sent_at=now(), at=now())
        assert answer["state"] == "received", answer
    ((number, channel, on_round),) = sql(
        'SELECT c.number, c.channel, i.id::text FROM grid_inspection i JOIN "case" c ON c.id = i.case_id'
    )
    assert (answer["number"], channel, on_round) == (number, "grid", raw["id"])
    assert sql('SELECT count(*) FROM "case"') == [(1,)]
    assert number in screens.read("grid_lead", f"field/places/{place}")


def test_many_rounds_at_two_places_and_words_to_what_one_has_found_in_one_batch(
    screens: Screens, django_assert_max_num_queries: Any
) -> None:
    from onedoor.grid.steps.sync import take_in

    places, who = [placed(), placed(name="菜场", next_on=(today() - 3 * DAY).isoformat())], person("grid_worker")

    def one(kind: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "id": str(uuid4()),
            "kind": kind,
            "made_at": now().isoformat(),
            "grid": GRID,
            "content": content,
            **more,
        }

    rounds = [one("inspect", look(places[turn % 2], *([3] if turn == 4 else []))) for turn in range(9)]
    words = one("more", {"text": "已经叫人来修"}, refers=rounds[4]["id"])
    nowhere = one("inspect", look(uuid4()))
    with django_assert_max_num_queries(30):
        found = take_in(signed=who, actors=who.actors, entries=[words, *rounds, nowhere], sent_at=now(), at=now())
    assert [answer["state"] for answer in found] == ["received"] * 10 + ["refused"]
    assert found[0]["number"] == found[5]["number"] != ""
    assert sql("SELECT kind FROM event ORDER BY seq") == [("register",), ("add_from_field",)]
    assert sql("SELECT count(*), count(case_id) FROM grid_inspection") == [(9, 1)]
    assert [days(place)[1] for place in places] == [today(), today()]


def test_a_round_that_was_ordered_does_the_task(screens: Screens) -> None:
    place = placed()
    task = ordered(place=str(place), title="节前查一遍")
    assert places_for(person("grid_worker"), now())[0]["id"] == str(place)
    send("grid_worker", entry("inspect", look(place, task=str(task)), seen=1))
    assert sql("SELECT state, result FROM grid_fieldtask") == [("done", "已巡查，没有发现问题。")]
    other = hire("worker_b", Role.GRID_WORKER, GRID)
    again = entry("inspect", look(place, task=str(task)), seen=1)
    assert said(lambda: send(other, again)) == "asks task_done"
    assert sql("SELECT count(*) FROM grid_inspection") == [(1,)], "nothing is written before somebody has decided"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"answers": {}}, "invalid"), ({"answers": {**answers(), "q9": {"ok": True}}}, "invalid"),
        ({"answers": {**answers(), "q1": {"ok": "yes"}}}, "invalid"), ({"answers": "well"}, "invalid"),
        ({"answers": answers(1, note="找店主13812345678")}, "invalid"), ({"checklist_version": 9}, "invalid"),
        ({"checklist_version": "1"}, "invalid"), ({"checklist_version": 10**12}, "invalid"), ({"checklist": 7}, "invalid"),
        ({"place": "x"}, "invalid"), ({"place": str(uuid4())}, "not_found"), ({"text": "身份证 110105 19491231 002X"}, "invalid"),
        ({"checklist": "", "text": ""}, "invalid"), ({"task": "x"}, "invalid"), ({"task": str(uuid4())}, "not_found"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(screens: Screens, change: dict[str, Any], code: str) -> None:
    place = placed()
    assert said(lambda: send("grid_worker", entry("inspect", look(place) | change))) == code
    assert not sql("SELECT 1 FROM grid_inspection") and days(place) == (today(), None)


@pytest.mark.parametrize(("back", "code"), [(0, "ok"), (90, "ok"), (92, "invalid")])
def test_how_long_a_phone_may_have_been_without_signal(screens: Screens, back: int, code: str) -> None:
    place = placed()
    assert said(lambda: send("grid_worker", entry("inspect", look(place), at=now() - back * DAY))) == code


def test_another_grids_place_is_not_there(screens: Screens) -> None:
    place = placed(name="只在第一网格的市场")
    other, lead = hire("worker_b", Role.GRID_WORKER, OTHER), hire("lead_b", Role.GRID_LEAD, FAR)
    assert said(lambda: send(other, entry("inspect", look(place)))) == "not_found"
    assert places_for(person(other), now()) == places_for(person("volunteer"), now()) == []
    for who in (other, lead, "volunteer", "handler", "admin"):
        assert screens.open(who, f"field/places/{place}").status_code in (403, 404), who
        assert "只在第一网格" not in words(screens.open(who, "field/places")), who
        assert screens.send(who, f"field/places/{place}/edit", name="改", kind="other", grid=GRID).status_code in (
            403,
            404,
        )
    assert (
        screens.send(lead, "field/places/new", id=str(uuid4()), name="外", kind="other", grid=GRID).status_code == 422
    )
    page = screens.send("grid_lead", f"field/places/{place}/edit", name="移走", kind="other", grid=FAR, active="yes")
    assert page.status_code == 422 and sql("SELECT name FROM grid_place") == [("只在第一网格的市场",)]


def test_at_the_desk(screens: Screens) -> None:
    form = {
        "name": "清禾农贸市场", "kind": "market", "grid": f"禾丰塘村第一网格（{GRID}）", "address": "老街", "lon": "100.5",
        "lat": "38.9", "checklist": "market", "every_days": "7", "next_on": (today() - DAY).isoformat(),
    }  # fmt: skip
    key = str(uuid4())
    for _ in range(2):
        assert screens.send("grid_lead", "field/places/new", id=key, **form).status_code == 302
    shown = screens.read("grid_lead", "field/places", due="1")
    assert "清禾农贸市场" in shown and "过1天" in shown and "共 1 处" in shown
    for wrong in (
        {"name": ""},
        {"kind": "home"},
        {"lon": "x"},
        {"lat": ""},
        {"lat": "91"},
        {"every_days": "0"},
        {"checklist": "no"},
        {"every_days": ""},
        {"next_on": "9999-01-01"},
    ):
        assert screens.send("grid_lead", f"field/places/{key}/edit", **form | wrong).status_code == 422, wrong
    assert screens.send("grid_lead", f"field/places/{key}/edit", **form, active="").status_code == 302
    assert "清禾农贸市场" not in screens.read("grid_lead", "field/places")
    assert "清禾农贸市场" in screens.read("grid_lead", "field/places", off="1")
    assert said(lambda: send("grid_worker", entry("inspect", look(key)))) == "invalid", "out of use"


def test_checklists_are_versions(screens: Screens) -> None:
    place = placed()
    assert {one["code"] for one in checklists()} == {one.code for one in FIRST_CHECKLISTS}
    assert screens.send("grid_lead", "field/checklists/school", seen="1", name="x", items="x").status_code == 403
    changed = {"name": "学校周边", "items": "门口没有堵塞｜《消防法》第二十八条\n路面平整", "active": "yes"}
    assert screens.send("admin", "field/checklists/school", seen="1", **changed).status_code == 302
    assert screens.send("director", "field/checklists/school", seen="1", **changed).status_code == 422, (
        "somebody was faster"
    )
    (now_there,) = [one for one in checklists_for(person("grid_worker"), now()) if one["code"] == "school"]
    assert now_there["version"] == 2
    assert [one["basis"] for one in now_there["items"]] == ["《消防法》第二十八条", "待核"]
    assert said(lambda: send("grid_worker", entry("inspect", look(place)))) == "ok", (
        "a phone that still has the old one"
    )
    newer = look(place, checklist_version=2, answers=answers(2, count=2))
    assert said(lambda: send("grid_worker", entry("inspect", newer))) == "ok"
    shown = screens.read("grid_lead", f"field/places/{place}")
    assert "路面平整" in shown
    for wrong in (
        {"items": ""},
        {"name": ""},
        {"items": "长" * 200},
        {"items": "\n".join("问" * 41)},
        {"code": "中文"},
        {"code": "market"},
    ):
        assert (
            screens.send("admin", "field/checklists/new", seen="0", **{"code": "pool", **changed, **wrong}).status_code
            == 422
        ), wrong
    assert screens.send("admin", "field/checklists/new", seen="0", code="pool", **changed).status_code == 302
    assert screens.send("admin", "field/checklists/pool", seen="1", **changed | {"active": ""}).status_code == 302
    assert "pool" not in {one["code"] for one in checklists_for(person("grid_worker"), now())}


def test_two_change_a_list_at_once(committed_desk: Desk) -> None:
    changed = {"name": "学校周边", "items": "门口没有堵塞", "active": "yes"}
    answered = at_once(
        [
            lambda who=who: keep_checklist(signed=person(who), at=now(), code="school", seen=1, raw=changed)
            for who in ("admin", "director", "dispatcher")
        ]
    )
    assert sorted(answered) == ["ok", "stale_version", "stale_version"]
    sql("DELETE FROM grid_checklist WHERE version > 1")
    sql("UPDATE grid_checklist SET active = TRUE")


def test_two_rounds_at_once_leave_the_newest_day(committed_desk: Desk) -> None:
    place = placed()
    sent = [entry("inspect", look(place), at=now() - back * DAY) for back in (0, 3, 6)]
    assert at_once([lambda one=one: send("grid_worker", one) for one in sent]) == ["ok"] * 3
    assert days(place) == (today() + timedelta(days=30), today())
