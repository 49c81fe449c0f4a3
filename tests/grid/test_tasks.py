"""网格任务: who orders, who signs, what two do at once, and what is kept when they did the same."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import Desk
from cases.kit import move, person, register_case, sql
from grid.work_kit import DAY, FAR, OTHER, at_once, column, entry, hire, now, ordered, said, send
from onedoor.cases.queries.days import today
from onedoor.grid.queries.for_phone import tasks_for
from onedoor.grid.queries.tasks import task_for, tasks_of_case
from onedoor.grid.steps import tasks
from onedoor.grid.steps.retention import remove_tasks
from onedoor.people.demo_county import GRID
from onedoor.rules.access import Role
from onedoor.rules.field import Asks
from web.kit import Screens, words

DONE = {"text": "路灯已修好。"}


def state(task: object) -> tuple[object, ...]:
    ((*found,),) = sql(
        "SELECT t.state, a.username, t.result, t.version FROM grid_fieldtask t"
        " LEFT JOIN people_account a ON a.id = t.signed_by_id WHERE t.id = %s",
        task,
    )
    return tuple(found)


def sign(who: str, task: object, seen: int | None = 1, **more: object) -> str:
    return said(lambda: send(who, entry("task_sign", {"task": str(task)}, seen=seen, **more)))


def done(who: str, task: object, seen: int | None = 1, text: str = "路灯已修好。", **more: object) -> str:
    return said(lambda: send(who, entry("task_done", {"task": str(task), "text": text}, seen=seen, **more)))


def test_ordered_signed_done_returned_done_again(screens: Screens) -> None:
    task = ordered()
    assert sign("grid_worker", task) == sign("grid_worker", task) == "ok"
    assert state(task) == ("signed", "grid_worker", "", 2), "signing twice is signing once"
    assert done("grid_worker", task, 2) == "ok"
    lead = person("grid_lead")
    tasks.return_task(signed=lead, at=now(), task=task, seen=3, raw={"word": "还有一盏没亮。"})
    assert state(task) == ("signed", "grid_worker", "", 4)
    (phone,) = tasks_for(person("grid_worker"), now())
    assert "还有一盏没亮" in phone["text"] and phone["mine"] and phone["version"] == 4
    assert done("grid_worker", task, 4, text="两盏都好了。") == "ok"
    course = task_for(lead, task, today())["course"]
    assert [line["what"] for line in course] == ["order", "sign", "done", "return", "done"]
    assert course[2]["text"] == DONE["text"], "what was written first is not lost"


def test_done_before_the_signature_arrives(screens: Screens) -> None:
    task = ordered()
    assert done("grid_worker", task) == "ok" and sign("grid_worker", task) == "ok"
    assert state(task)[:2] == ("done", "grid_worker")


def test_two_have_done_the_same_without_signal(screens: Screens) -> None:
    other = hire("worker_b", Role.GRID_WORKER, GRID)
    task = ordered()
    assert done("grid_worker", task) == "ok"
    assert done(other, task) == "asks task_done", "he could not know"
    assert done(other, task, 2) == "conflict", "he knew"
    assert state(task) == ("done", "grid_worker", DONE["text"], 2), "nothing is changed before somebody has decided"
    assert done(other, task, 1, text="我也修了一盏。", decided=True) == "ok"
    assert state(task)[:3] == ("done", "grid_worker", "路灯已修好。\n另有：我也修了一盏。"), "both stay"


def test_signed_by_another_given_to_another_cancelled(screens: Screens) -> None:
    other, lead = hire("worker_b", Role.GRID_WORKER, GRID), person("grid_lead")
    task = ordered()
    assert sign("grid_worker", task) == "ok"
    assert sign(other, task) == done(other, task) == "asks task_signed"
    tasks.assign_task(signed=lead, at=now(), task=task, seen=2, raw={"worker": other})
    assert sign("grid_worker", task, 2) == "asks task_open" and sign("grid_worker", task, 3) == "conflict"
    assert done("grid_worker", task, 2, decided=True) == "ok" and state(task)[:2] == ("done", "grid_worker")
    gone = ordered()
    tasks.cancel_task(signed=lead, at=now(), task=gone, seen=1, raw={"word": "已由住建局修。"})
    assert done("grid_worker", gone) == "asks task_cancelled" and state(gone)[0] == "cancelled"
    assert sign("grid_worker", gone, 1, decided=True) == "ok" and state(gone)[0] == "cancelled", "over is over"


def test_two_sign_at_once(committed_desk: Desk) -> None:
    others = [hire(f"worker_{one}", Role.GRID_WORKER, GRID) for one in "abc"]
    task = ordered()
    answered = at_once([lambda who=who: send(who, entry("task_sign", {"task": str(task)}, seen=1)) for who in others])
    assert sorted(answered) == ["asks task_signed", "asks task_signed", "ok"]
    finished = ordered()
    answered = at_once(
        [
            lambda who=who: send(who, entry("task_done", {"task": str(finished), **DONE}, seen=1))
            for who in (*others, "grid_worker")
        ]
    )
    assert sorted(answered) == ["asks task_done"] * 3 + ["ok"]
    assert len(column("grid_fieldtask", "id", "result = '路灯已修好。'")) == 1


def test_the_form_sent_twice_orders_once(screens: Screens) -> None:
    key = uuid4()
    for _ in range(2):
        tasks.order_task(signed=person("grid_lead"), at=now(), task=key, raw={"title": "看路灯", "grid": GRID})
    assert sql("SELECT count(*) FROM grid_fieldtask") == [(1,)]


@pytest.mark.parametrize(
    ("by", "grid", "code"),
    [
        ("grid_lead", GRID, "ok"), ("grid_lead", "990101100", "ok"), ("dispatcher", GRID, "ok"), ("director", FAR, "ok"),
        ("dispatcher_town", GRID, "ok"), ("grid_lead", FAR, "not_allowed"), ("dispatcher_town", FAR, "not_allowed"),
        ("grid_worker", GRID, "not_allowed"), ("volunteer", GRID, "not_allowed"), ("clerk", GRID, "not_allowed"),
        ("supervisor", GRID, "not_allowed"), ("handler", GRID, "not_allowed"), ("admin", GRID, "not_allowed"),
    ],
)  # fmt: skip
def test_who_orders_where(screens: Screens, by: str, grid: str, code: str) -> None:
    assert said(lambda: ordered(by, grid=grid)) == code


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"title": ""}, "title"), ({"title": "找13812345678"}, "title"), ({"text": "证件11010519491231002X"}, "text"),
        ({"due_on": (today() - DAY).isoformat()}, "due_on"), ({"due_on": "明天"}, "due_on"), ({"grid": ""}, "grid"),
        ({"worker": "clerk"}, "worker"), ({"worker": "volunteer"}, "worker"), ({"case": "X1"}, "case"),
        ({"place": str(uuid4())}, "place"), ({"entry": str(uuid4())}, "entry"), ({"entry": "x"}, "entry"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(screens: Screens, raw: dict[str, str], field: str) -> None:
    page = screens.send("grid_lead", "field/tasks/new", id=str(uuid4()), **{"title": "看路灯", "grid": GRID, **raw})
    assert page.status_code == 422 and not sql("SELECT 1 FROM grid_fieldtask")
    assert f'id="e-{field}"' in page.content.decode() or "没有这个场所" in words(page) or "没有这条上报" in words(page)


def test_a_guest_sees_and_takes_what_is_open_to_guests(screens: Screens) -> None:
    closed, open_to = ordered(title="查看消防栓"), ordered(title="护学岗", guests="yes", worker="volunteer")
    assert [one["title"] for one in tasks_for(person("volunteer"), now())] == ["护学岗"]
    assert "查看消防栓" not in screens.read("volunteer", "field/tasks") and "护学岗" in screens.read(
        "volunteer", "field/tasks"
    )
    assert screens.open("volunteer", f"field/tasks/{closed}").status_code == 404
    assert sign("volunteer", closed) == "not_found" and sign("volunteer", open_to) == "ok"
    assert done("volunteer", closed) == "not_found" and done("volunteer", open_to, 2) == "ok"


def test_another_grids_task_is_not_there(screens: Screens) -> None:
    other = hire("worker_b", Role.GRID_WORKER, OTHER)
    lead = hire("lead_b", Role.GRID_LEAD, "990101101")
    task = ordered(title="只在第一网格")
    for who in (other, lead, "clerk_town", "handler", "mediator"):
        for path in (f"field/tasks/{task}", "field/tasks"):
            answer = screens.open(who, path)
            assert answer.status_code in (200, 403, 404) and "只在第一网格" not in words(answer), (who, path)
        assert screens.open(who, f"field/tasks/{task}").status_code in (404, 403)
        assert tasks_for(person(who), now()) == []
    assert sign(other, task) == done(other, task) == sign(lead, task) == "not_found"
    for step in ("sign", "done", "change", "assign", "return", "cancel"):
        assert screens.send(lead, f"field/tasks/{task}/{step}", seen="1", title="改").status_code == 404
    assert state(task)[0] == "open"


def test_at_the_desk(screens: Screens) -> None:
    page = screens.send(
        "dispatcher", "field/tasks/new", id=str(uuid4()), title="看路灯", grid=f"禾丰塘村第一网格（{GRID}）",
        due_on=today().isoformat(),
    )  # fmt: skip
    assert page.status_code == 302
    task = page["Location"].rsplit("/", 1)[1]
    assert "看路灯" in screens.read("grid_worker", "field/tasks") and "看路灯" in screens.read(
        "grid_lead", "field/tasks"
    )
    assert screens.send("grid_worker", f"field/tasks/{task}/done", seen="1", text="").status_code == 422
    assert screens.send("supervisor", f"field/tasks/{task}/sign", seen="1").status_code == 403, (
        "he looks, and goes nowhere"
    )
    assert screens.send("grid_worker", f"field/tasks/{task}/sign", seen="1").status_code == 302
    stale = screens.send("grid_worker", f"field/tasks/{task}/done", seen="1", text="好了")
    assert stale.status_code == 422 and "刚刚有变化" in words(stale) and "好了" in words(stale)
    assert screens.send("grid_worker", f"field/tasks/{task}/done", seen="2", text="好了。").status_code == 302
    assert screens.send("grid_worker", f"field/tasks/{task}/return", seen="3", word="退").status_code == 403
    assert screens.send("grid_lead", f"field/tasks/{task}/return", seen="3", word="").status_code == 422
    assert screens.send("grid_lead", f"field/tasks/{task}/return", seen="3", word="再看看。").status_code == 302
    assert screens.send("grid_lead", f"field/tasks/{task}/assign", seen="4", worker="volunteer").status_code == 422
    assert (
        screens.send("grid_lead", f"field/tasks/{task}/change", seen="4", title="看两盏路灯", guests="yes").status_code
        == 302
    )
    assert screens.send("grid_lead", f"field/tasks/{task}/assign", seen="5", worker="volunteer").status_code == 302
    assert screens.send("grid_lead", f"field/tasks/{task}/cancel", seen="6", word="不用了。").status_code == 302
    assert screens.send("grid_lead", f"field/tasks/{task}/burn", seen="7").status_code == 404
    shown = screens.read("grid_lead", f"field/tasks/{task}")
    for word in ("布置", "签收", "退回", "再看看。", "修改", "改派", "取消", "不用了。"):
        assert word in shown


def test_about_a_matter(screens: Screens) -> None:
    number = register_case(channel="grid", by="grid_worker")
    task = ordered("dispatcher", case=number, title="到现场拍照")
    assert done("grid_worker", task) == "ok"
    page = screens.read("clerk", f"cases/{number}")
    assert "到现场拍照" in page and DONE["text"] in page
    assert number in screens.read("dispatcher", f"field/tasks/{task}")
    ((case,),) = sql('SELECT id FROM "case" WHERE number = %s', number)
    assert "worker" not in tasks_of_case(case)[0] and "田走访" not in str(tasks_of_case(case))
    secret = register_case(by="supervisor", confidential=True)
    assert said(lambda: ordered("dispatcher", case=secret)) == "invalid"


def test_a_matter_that_becomes_confidential_takes_its_tasks_with_it(screens: Screens) -> None:
    number = register_case(channel="grid", by="grid_worker")
    task = ordered("dispatcher", case=number, title="到现场拍照")
    assert "到现场拍照" in screens.read("grid_lead", "field/tasks")
    move(
        number,
        "restrict",
        "supervisor",
        at=now(),
        level="restricted",
        persons=["supervisor", "clerk_village"],
        reason="保护当事人。",
    )
    for who in ("grid_lead", "grid_worker", "dispatcher", "director"):
        assert "到现场拍照" not in screens.read(who, "field/tasks"), who
        assert screens.open(who, f"field/tasks/{task}").status_code == 404
    assert tasks_for(person("grid_worker"), now()) == [] and done("grid_worker", task) == "not_found"
    assert "到现场拍照" in screens.read("supervisor", f"field/tasks/{task}"), "who may see the matter"


def test_late_from_the_day_after(screens: Screens) -> None:
    task = ordered(due_on=today().isoformat())
    assert "逾期 0" in screens.read("grid_lead", "field/tasks")
    sql("UPDATE grid_fieldtask SET due_on = %s WHERE id = %s", today() - DAY, task)
    assert "逾期 1" in screens.read("grid_lead", "field/tasks")
    assert "看看三组" in screens.read("grid_lead", "field/tasks", late="1")
    done("grid_worker", task)
    assert "看看三组" in screens.read("grid_lead", "field/tasks", state="done", late="1"), "late for good"


def test_pages_go_on_by_key(screens: Screens) -> None:
    for number in range(35):
        ordered(title=f"任务{number:02d}号", due_on=(today() + (number % 3) * DAY).isoformat() if number % 2 else "")
    seen: list[str] = []
    query = ""
    for _ in range(3):
        page = screens.browser("grid_lead").get(f"/desk/field/tasks{query}")
        html = page.content.decode()
        seen += [word for word in words(page).split() if word.startswith("任务") and word.endswith("号")]
        assert "共 35 项" in words(page)
        if 'rel="next"' not in html:
            break
        query = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 35
    assert screens.browser("grid_lead").get("/desk/field/tasks?cursor=rubbish").status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_of_a_list(screens: Screens, count: int) -> None:
    for _ in range(count):
        ordered()
    screens.signed("grid_lead")
    with CaptureQueriesContext(connection) as statements:
        page = screens.open("grid_lead", "field/tasks")
    assert page.content.decode().count("data-item") == count and len(statements) == 4, [
        one["sql"] for one in statements
    ]


def test_asks_is_raised_before_anything_is_written(screens: Screens) -> None:
    other = hire("worker_b", Role.GRID_WORKER, GRID)
    task = ordered()
    done("grid_worker", task)
    before = sql("SELECT * FROM grid_fieldtask")
    with pytest.raises(Asks):
        send(other, entry("task_done", {"task": str(task), **DONE}, seen=1))
    assert sql("SELECT * FROM grid_fieldtask") == before


def test_finished_errands_are_removed_after_their_time_and_open_ones_stay(screens: Screens) -> None:
    finished, waits = ordered(), ordered()
    assert done("grid_worker", finished) == "ok"
    assert remove_tasks(before=now() - DAY) == 0
    assert remove_tasks(before=now() + DAY) == 1
    assert sql("SELECT id FROM grid_fieldtask") == [(waits,)]
