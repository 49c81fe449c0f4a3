"""帮扶计划: who sees one, what the person is shown, how it ends, what is left."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from api.kit import EVERYBODY, Desk, new_browser
from cases.kit import person, sql
from grid.work_kit import DAY, OTHER, PLAN, at_once, column, entry, hire, now, planned, said, send
from onedoor.cases import secrets
from onedoor.cases.queries.days import today
from onedoor.grid.queries.care import plan_for
from onedoor.grid.queries.for_phone import care_for
from onedoor.grid.steps import care
from onedoor.people.demo_county import GRID
from onedoor.people.models import AccessLog
from onedoor.rules.access import Role
from web.kit import Screens, words

NAME = PLAN["name"]


def seen(of: UUID, who: str = "grid_worker", **changes: Any) -> str:
    content = {"plan": str(of), "on": today().isoformat(), "text": "精神好，药按时吃。", **changes}
    return said(lambda: send(who, entry("care_visit", content)))


def code(plan: UUID) -> str:
    return secrets.care_code(str(plan))


def test_nothing_of_the_person_is_in_the_clear(screens: Screens) -> None:
    plan = planned()
    seen(plan)
    ((*sealed,),) = sql("SELECT name, phone, address, code_index FROM grid_careplan")
    text = b"".join(bytes(one) for one in sealed)
    for word in (NAME, PLAN["phone"], PLAN["address"], code(plan)):
        assert word.encode() not in text
    assert "精神好".encode() not in bytes(column("grid_carevisit", "note")[0])
    assert not any(
        NAME in one or PLAN["phone"] in one
        for pair in AccessLog.objects.values_list("subject", "reason")
        for one in pair
    )


def test_the_worker_on_it_and_who_has_made_it_and_nobody_else(screens: Screens) -> None:
    plan = planned()
    lead, worker = hire("lead_b", Role.GRID_LEAD, "990101100"), hire("worker_b", Role.GRID_WORKER, GRID)
    for who in (*EVERYBODY, "volunteer", lead, worker):
        page, listed = screens.open(who, f"field/care/{plan}"), screens.open(who, "field/care")
        sheet = screens.open(who, f"field/care/{plan}/sheet")
        if who in ("grid_worker", "grid_lead"):
            assert NAME in words(page) and PLAN["phone"] in words(page) and NAME in words(sheet)
            assert PLAN["purpose"] in words(listed) and NAME not in words(listed), "masked until it is opened"
        else:
            assert page.status_code == sheet.status_code == 404, who
            assert PLAN["purpose"] not in words(listed) and listed.status_code in (200, 403), who
            assert care_for(person(who), now()) == [], who
            for step in ("worker", "end", "renew"):
                assert (
                    screens.send(who, f"field/care/{plan}/{step}", reason="done", worker="grid_lead").status_code
                    == 404
                ), who
    assert care_for(person("grid_lead"), now()) == [], "on the phone of the worker alone"
    (phone,) = care_for(person("grid_worker"), now())
    assert (phone["name"], phone["phone"]) == (NAME, PLAN["phone"])
    for path in ("field/entries", "field/workload", "field/visits", "field/tasks"):
        assert NAME not in words(screens.open("director", path))


def test_each_look_is_written_down_and_shown_to_the_person(screens: Screens) -> None:
    plan = planned()
    screens.open("grid_worker", f"field/care/{plan}")
    screens.open("grid_lead", f"field/care/{plan}/sheet")
    said_of = list(AccessLog.objects.filter(action="care").values_list("subject", "reason"))
    assert {reason for _, reason in said_of} == {"建立帮扶计划", "查看帮扶计划", "打印帮扶告知单"}
    assert {subject for subject, _ in said_of} == {str(plan)}
    page = words(new_browser().post("/care", {"code": code(plan)}))
    assert "查看帮扶计划 田走访" in page and "打印帮扶告知单 田领格" in page


def test_the_sheet_opens_the_page_and_shows_no_more_than_it_must(screens: Screens) -> None:
    plan = planned()
    seen(plan)
    sheet = screens.read("grid_lead", f"field/care/{plan}/sheet")
    assert f"{code(plan)[:5]}-{code(plan)[5:]}" in sheet and "不再需要" in sheet
    answer = new_browser().post("/care", {"code": f" {code(plan)[:5].lower()}-{code(plan)[5:]}"})
    page = words(answer)
    assert PLAN["purpose"] in page and PLAN["help"] in page and "田走访" in page and f"{today().day}日" in page
    assert NAME not in page and PLAN["phone"] not in page and PLAN["address"] not in page and "精神好" not in page
    assert answer["Cache-Control"] == "no-store, private"
    assert new_browser().get("/care", {"code": code(plan)}).status_code == 200
    assert PLAN["purpose"] not in words(new_browser().get("/care", {"code": code(plan)})), "not by an address"


def test_codes_cannot_be_guessed(screens: Screens) -> None:
    plan, thief = planned(), new_browser()
    assert {thief.post("/care", {"code": uuid4().hex[:10]}).status_code for _ in range(30)} == {404}
    assert thief.post("/care", {"code": code(plan)}).status_code == 429, "not even with the right one"


@pytest.mark.parametrize("typed", ["", "  ", "\0", "长" * 50])
def test_no_code_opens_nothing(screens: Screens, typed: str) -> None:
    planned()
    sql("UPDATE grid_careplan SET code_index = NULL")
    answer = new_browser().post("/care", {"code": typed})
    assert answer.status_code == 404 and PLAN["purpose"] not in words(answer)


def test_the_person_ends_what_he_has_consented_to(screens: Screens) -> None:
    plan = planned()
    asked = words(new_browser().post("/care", {"code": code(plan), "do": "ask_end"}))
    assert "确定结束吗" in asked and column("grid_careplan", "ended_at") == [None]
    ended = words(new_browser().post("/care", {"code": code(plan), "do": "end"}))
    assert "不会再上门" in ended
    assert care_for(person("grid_worker"), now()) == [] and seen(plan) == "conflict"
    assert "本人不再需要" in screens.read("grid_lead", f"field/care/{plan}")
    assert new_browser().post("/care", {"code": code(plan), "do": "end"}).status_code == 422, "once"


def test_what_rests_on_a_duty_is_objected_to(screens: Screens) -> None:
    plan = planned(basis="duty", basis_text="《未成年人保护法》第四十三条", consented_on="")
    page = words(new_browser().post("/care", {"code": code(plan)}))
    assert "有不同意见" in page and "不再需要…" not in page
    answer = new_browser().post("/care", {"code": code(plan), "do": "end"})
    assert (
        answer.status_code == 422
        and "不能在这里结束" in words(answer)
        and column("grid_careplan", "ended_at") == [None]
    )


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"name": ""}, "name"), ({"phone": "12"}, "phone"), ({"address": ""}, "address"), ({"grid": ""}, "grid"),
        ({"grid": "990101101201"}, "grid"), ({"worker": ""}, "worker"), ({"worker": "volunteer"}, "worker"),
        ({"worker": "clerk"}, "worker"), ({"basis": "score"}, "basis"), ({"basis_text": ""}, "basis_text"),
        ({"basis": "duty", "basis_text": "领导要求"}, "basis_text"), ({"consented_on": ""}, "consented_on"),
        ({"consented_on": (today() - 31 * DAY).isoformat()}, "consented_on"), ({"purpose": ""}, "purpose"),
        ({"help": ""}, "help"), ({"every_days": "0"}, "every_days"), ({"every_days": "93"}, "every_days"),
        ({"ends_on": ""}, "ends_on"), ({"ends_on": today().isoformat()}, "ends_on"),
        ({"ends_on": (today() + 367 * DAY).isoformat()}, "ends_on"),
    ],
)  # fmt: skip
def test_a_plan_needs_a_basis_a_purpose_and_an_end(screens: Screens, raw: dict[str, str], field: str) -> None:
    days = {"consented_on": today().isoformat(), "ends_on": (today() + 366 * DAY).isoformat()}
    page = screens.send("grid_lead", "field/care/new", id=str(uuid4()), **{**PLAN, **days, **raw})
    assert page.status_code == 422 and not sql("SELECT 1 FROM grid_careplan")
    html = page.content.decode()
    assert f'id="e-{field}"' in html or (field == "basis" and "请选择依据" in html)


@pytest.mark.parametrize("who", ["grid_worker", "supervisor", "director", "clerk", "handler", "volunteer", "admin"])
def test_who_may_not_make_one(screens: Screens, who: str) -> None:
    assert screens.send(who, "field/care/new", id=str(uuid4()), **PLAN).status_code == 403
    assert said(lambda: planned(who)) == "invalid" and not sql("SELECT 1 FROM grid_careplan")


def test_sent_twice_it_is_one(screens: Screens) -> None:
    key = str(uuid4())
    days = {"consented_on": today().isoformat(), "ends_on": (today() + 90 * DAY).isoformat()}
    for _ in range(2):
        assert screens.send("grid_lead", "field/care/new", id=key, **PLAN, **days).status_code == 302
    assert column("grid_careplan", "id::text") == [key]


def test_another_worker_and_the_one_before_sees_it_no_more(screens: Screens) -> None:
    plan, other = planned(), hire("worker_b", Role.GRID_WORKER, GRID)
    outside = hire("worker_c", Role.GRID_WORKER, OTHER)
    assert screens.send("grid_worker", f"field/care/{plan}/worker", worker=other).status_code == 403
    assert screens.send("grid_lead", f"field/care/{plan}/worker", worker=outside).status_code == 422
    assert screens.send("grid_lead", f"field/care/{plan}/worker", worker=other).status_code == 302
    assert screens.open("grid_worker", f"field/care/{plan}").status_code == 404 and seen(plan) == "not_found"
    assert NAME in screens.read(other, f"field/care/{plan}") and seen(plan, other) == "ok"


def test_renewal_is_a_new_decision_with_a_new_code(screens: Screens) -> None:
    plan, new = planned(), str(uuid4())
    terms = {**PLAN, "consented_on": today().isoformat(), "ends_on": (today() + 200 * DAY).isoformat()}
    assert screens.open("grid_worker", f"field/care/{plan}/renew").status_code == 403
    assert (
        screens.send("grid_lead", f"field/care/{plan}/renew", id=new, **terms | {"consented_on": ""}).status_code
        == 422
    )
    for _ in range(2):
        assert screens.send("grid_lead", f"field/care/{plan}/renew", id=new, **terms).status_code == 302
    assert sql("SELECT count(*), count(ended_at) FROM grid_careplan") == [(2, 1)]
    assert plan_for(person("grid_worker"), UUID(new), today())["name"] == NAME
    assert code(plan) != code(UUID(new)) and seen(plan) == "conflict" and seen(UUID(new)) == "ok"


@pytest.mark.parametrize(
    ("changes", "answered"),
    [
        ({}, "ok"), ({"on": (today() + DAY).isoformat()}, "invalid"), ({"on": (today() - DAY).isoformat()}, "invalid"),
        ({"text": ""}, "invalid"), ({"text": "女儿电话13812345678"}, "invalid"), ({"plan": "x"}, "invalid"),
        ({"plan": str(uuid4())}, "not_found"), ({"on": None}, "invalid"),
    ],
)  # fmt: skip
def test_a_care_visit(screens: Screens, changes: dict[str, Any], answered: str) -> None:
    plan = planned()
    assert seen(plan, **changes) == answered
    ahead = today() + (7 * DAY if answered == "ok" else timedelta(0))
    assert column("grid_careplan", "next_on") == [ahead]


def test_who_has_made_it_does_not_write_visits(screens: Screens) -> None:
    assert seen(planned(), "grid_lead") == "conflict"


def test_it_ends_by_itself_on_its_day(screens: Screens) -> None:
    plan = planned()
    sql("UPDATE grid_careplan SET begins_on = %s, ends_on = %s", today() - 9 * DAY, today() - DAY)
    assert care_for(person("grid_worker"), now()) == [] and seen(plan) == "invalid"
    assert seen(plan, on=(today() - DAY).isoformat()) == "ok", "what was made in its time and arrives late"
    assert "没有由您负责" in screens.read("grid_worker", "field/care")
    assert screens.open("grid_lead", f"field/care/{plan}/sheet").status_code == 404
    assert screens.send("grid_lead", f"field/care/{plan}/end", reason="done").status_code == 422


def test_it_is_forgotten_after_its_end(screens: Screens) -> None:
    plan, kept = planned(), planned()
    seen(plan)
    screens.send("grid_worker", f"field/care/{plan}/end", reason="done")
    day = today()
    assert care.erase_plans(before=day, at=now()) == 0
    assert care.erase_plans(before=day + DAY, at=now()) == 1
    assert column("grid_carevisit", "id") == []
    assert sql(
        "SELECT name, phone, address, purpose, help, basis_text, code_index FROM grid_careplan WHERE id = %s", plan
    ) == [(None, None, None, "", "", "", None)]
    assert screens.open("grid_worker", f"field/care/{plan}").status_code == 404
    assert new_browser().post("/care", {"code": code(plan)}).status_code == 404
    assert NAME in screens.read("grid_worker", f"field/care/{kept}")
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE grid_careplan SET name = 'x' WHERE id = %s", plan)


def test_it_ends_once_when_two_end_it(committed_desk: Desk) -> None:
    plan = planned()
    calls = [
        lambda who=who: care.end_plan(signed=person(who), at=now(), plan=plan, raw={"reason": "done"})
        for who in ("grid_lead", "grid_worker")
    ]
    calls += [lambda: care.end_by_person(code=code(plan), at=now())]
    assert sorted(at_once(calls)) == ["conflict", "conflict", "ok"]
