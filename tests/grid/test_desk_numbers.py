"""条目、工作量、异常增多 at the desk: what came in, counted and shown within one's area and through the gate."""

import random
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import EVERYBODY
from cases.kit import move, person, register_case, sql
from grid.work_kit import DAY, FAR, OTHER, hire, now, ordered, placed, send
from grid.work_kit import entry as made
from onedoor.cases.queries.days import today
from onedoor.grid.queries.entries import WAITING_LONG
from onedoor.grid.queries.surges import surges
from onedoor.grid.steps.sync import take_in
from onedoor.people.demo_county import GRID
from onedoor.rules.access import Role
from onedoor.rules.fieldwork import LOOKS
from web.kit import Screens, words

REPORT = {"text": "三组路灯坏了两盏。", "category": "incident.facility"}


def synced(
    who: str = "grid_worker", kind: str = "report", content: dict[str, Any] | None = None, **raw: Any
) -> dict[str, Any]:
    signed = person(who)
    sent = {
        "id": str(uuid4()),
        "kind": kind,
        "made_at": now().isoformat(),
        "grid": GRID,
        "content": content or REPORT,
        **raw,
    }
    (answer,) = take_in(signed=signed, actors=signed.actors, entries=[sent], sent_at=now(), at=now())
    return answer


def asking(text: str = "我也修了。") -> UUID:
    """An entry of the second of two who have done the same task."""
    other = hire("worker_b", Role.GRID_WORKER, GRID, name="邻帮手")
    task = ordered()
    send("grid_worker", made("task_done", {"task": str(task), "text": "已修。"}, seen=1))
    answer = synced(other, "task_done", {"task": str(task), "text": text}, seen=1)
    assert answer["state"] == "asks", answer
    return UUID(answer["id"])


# ---- entries


def test_what_came_in_today_with_its_matter(screens: Screens) -> None:
    number = synced()["number"]
    page = screens.open("grid_lead", "field/entries")
    shown = words(page)
    assert number in shown and "田走访" in shown and "禾丰塘村第一网格" in shown and "共 1 条" in shown
    assert f"/desk/cases/{number}" in page.content.decode()
    assert number in screens.read("dispatcher", "field/entries")
    sql("UPDATE grid_fieldentry SET received_at = received_at - interval '1 day'")
    assert number not in screens.read("grid_lead", "field/entries")
    assert number in screens.read("grid_lead", "field/entries", day=(today() - DAY).isoformat())


def test_filters(screens: Screens) -> None:
    number = synced()["number"]
    for query, there in (
        ({"grid": GRID}, True), ({"grid": OTHER}, False), ({"kind": "report"}, True), ({"kind": "visit"}, False),
        ({"state": "received"}, True), ({"state": "asks"}, False), ({"grid": "rubbish\0"}, False), ({"day": "x"}, True),
    ):  # fmt: skip
        assert (number in screens.read("grid_lead", "field/entries", **query)) is there, query


def test_who_reads_entries(screens: Screens) -> None:
    number = synced()["number"]
    hire("lead_far", Role.GRID_LEAD, FAR)
    hire("worker_far", Role.GRID_WORKER, FAR)
    for who in (*EVERYBODY, "volunteer", "lead_far", "worker_far"):
        answer = screens.open(who, "field/entries")
        looks = {actor.role for actor in person(who).actors} & LOOKS
        assert answer.status_code == (200 if looks else 403), who
        over = any(
            actor.division in (1, *person("grid_worker").actors[0].division_path) for actor in person(who).actors
        )
        assert (number in words(answer)) is bool(looks and over), who
        if looks and not over:
            assert "共 0 条" in words(answer), who
        if not (looks and over):
            for path in (f"field/entries?grid={GRID}", f"field/entries?day={today()}&kind=report"):
                assert number not in words(screens.open(who, path)), who


def test_a_guessed_entry_is_not_there(screens: Screens) -> None:
    entry = asking("只给本片看的话。")
    hire("lead_far", Role.GRID_LEAD, FAR)
    for who in ("lead_far", "grid_worker", "clerk", "handler", "volunteer"):
        answer = screens.open(who, f"field/entries/{entry}")
        assert answer.status_code in (403, 404) and "只给本片" not in words(answer), who
        assert screens.send(who, f"field/entries/{entry}", decision="carry_out", text="照办").status_code in (403, 404)
    assert "只给本片看的话。" in screens.read("grid_lead", f"field/entries/{entry}")
    assert screens.open("grid_lead", f"field/entries/{uuid4()}").status_code == 404


def test_what_asks_is_decided(screens: Screens) -> None:
    entry = asking()
    front = screens.read("grid_lead", "field/entries")
    assert "1条需要您处理" in front
    assert screens.send("grid_lead", f"field/entries/{entry}", decision="carry_out", text="").status_code == 422
    assert "您来决定" not in screens.read("supervisor", f"field/entries/{entry}"), "he looks"
    assert (
        screens.send("grid_lead", f"field/entries/{entry}", decision="carry_out", text="两个人都去了。").status_code
        == 302
    )
    assert sql("SELECT result FROM grid_fieldtask") == [("已修。\n另有：我也修了。",)]
    assert "需要您处理" not in screens.read("grid_lead", "field/entries")
    assert screens.send("grid_lead", f"field/entries/{entry}", decision="carry_out", text="再来").status_code == 422


def test_what_has_waited_too_long_is_shown(screens: Screens) -> None:
    answer = synced(kind="more", content={"text": "又坏了一盏。"}, refers=str(uuid4()))
    assert answer["state"] == "waiting"
    assert "等了一天以上：" not in screens.read("grid_lead", "field/entries")
    sql("UPDATE grid_fieldentry SET received_at = %s", now() - WAITING_LONG - timedelta(minutes=1))
    shown = screens.read("grid_lead", "field/entries")
    assert "1条等了一天以上" in shown
    assert "又坏了一盏。" in screens.read("grid_lead", f"field/entries/{answer['id']}")


def test_opinions_and_care_are_in_no_list_of_entries(screens: Screens) -> None:
    synced(kind="opinion", content={"topic": "roads", "text": "路太堵。"})
    shown = screens.read("grid_lead", "field/entries")
    assert "共 0 条" in shown
    assert "共 0 条" in screens.read("grid_lead", "field/entries", kind="opinion", state="received")


def test_an_entry_of_a_confidential_matter_is_for_who_may_see_it(screens: Screens) -> None:
    number = synced()["number"]
    move(
        number,
        "restrict",
        "supervisor",
        at=now(),
        level="restricted",
        persons=["supervisor", "clerk_village"],
        reason="保护。",
    )
    for who in ("grid_lead", "dispatcher", "director"):
        assert "共 0 条" in screens.read(who, "field/entries"), who
    assert number in screens.read("supervisor", "field/entries")
    ((entry,),) = sql("SELECT id FROM grid_fieldentry")
    assert screens.open("grid_lead", f"field/entries/{entry}").status_code == 404


def test_pages_go_on_by_key_and_the_price_does_not_grow(screens: Screens) -> None:
    synced()
    screens.browser("grid_lead")
    with CaptureQueriesContext(connection) as one:
        screens.open("grid_lead", "field/entries")
    for _ in range(34):
        synced()
    with CaptureQueriesContext(connection) as many:
        page = screens.open("grid_lead", "field/entries")
    assert len(one) == 4 and len(many) == 5, "the count is asked for when there is a next page"
    following = page.content.decode().split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    last = screens.browser("grid_lead").get(f"/desk/field/entries{following}")
    assert page.content.decode().count("data-item") == 30 and last.content.decode().count("data-item") == 5
    assert "共 35 条" in words(page) and "共 35 条" in words(last)


def test_the_worker_who_found_it_sees_its_whole_way(screens: Screens) -> None:
    number = synced()["number"]
    move(number, "accept", "grid_lead", at=now())
    move(number, "send_up", "grid_lead", at=now(), reason="要住建局来。")
    page = screens.read("grid_worker", f"cases/{number}")
    assert "三组路灯坏了两盏" in page and "上报上级中心" in page and "受理" in page
    assert number in screens.read("grid_worker", "cases")
    other = hire("worker_b", Role.GRID_WORKER, GRID)
    assert screens.open(other, f"cases/{number}").status_code == 404


@pytest.mark.parametrize("who", [*EVERYBODY, "volunteer"])
def test_the_front_leads_to_what_is_one_s_own(screens: Screens, who: str) -> None:
    roles = {actor.role for actor in person(who).actors}
    answer = screens.open(who, "field/")
    if roles & LOOKS:
        assert answer["Location"] == "/desk/field/entries"
    elif roles & {Role.GRID_WORKER, Role.VOLUNTEER}:
        assert answer["Location"] == "/desk/field/tasks"
    else:
        assert answer.status_code == 403 and ">网格</a>" not in screens.open(who, "").content.decode()
        return
    assert ">网格</a>" in screens.open(who, "").content.decode()
    page = screens.open(who, answer["Location"].removeprefix("/desk/")).content.decode()
    tabs = re.findall(r'href="/desk/(field/\w+)"', page.split('aria-label="网格工作">')[1].split("</nav>")[0])
    assert len(tabs) >= 1
    for path in tabs:
        assert screens.open(who, path).status_code == 200, path


# ---- workload


def row_of(screens: Screens, who: str, grid: str = "禾丰塘村第一网格", **query: Any) -> list[int]:
    _, _, shown = screens.read(who, "field/workload", **query).partition("到期未巡查 入户走访")
    numbers = [int(word) for word in shown.partition(f"{grid} ")[2].split() if word.isdigit()]
    return numbers[:10]


def test_workload_counts_what_was_done_where_it_lies(screens: Screens) -> None:
    synced()
    up = synced()["number"]
    move(up, "accept", "grid_lead", at=now())
    move(up, "send_up", "grid_lead", at=now(), reason="要住建局来。")
    synced(content={**REPORT, "settled": {"outcome": "answered", "answer": "当场换好。"}})
    done, late = ordered(due_on=today().isoformat()), ordered(due_on=today().isoformat())
    ordered(), ordered(due_on=(today() + 40 * DAY).isoformat())
    send("grid_worker", made("task_done", {"task": str(done), "text": "好了。"}, seen=1))
    sql("UPDATE grid_fieldtask SET due_on = %s WHERE id = %s", today() - DAY, late)
    place = placed(checklist="")
    placed()
    send("grid_worker", made("inspect", {"place": str(place), "text": "都好。", "answers": {}}))
    send(
        "grid_worker", made("visit", {"on": today().isoformat(), "address": "三组", "purpose": "safety", "asked": ""})
    )
    assert row_of(screens, "grid_lead") == [3, 3, 1, 1, 2, 1, 1, 1, 1, 1]
    before = {"since": (today() - 9 * DAY).isoformat(), "until": (today() - 8 * DAY).isoformat()}
    assert row_of(screens, "grid_lead", **before) == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0], "what is due is due now"
    hire("lead_far", Role.GRID_LEAD, FAR)
    assert row_of(screens, "lead_far") == []
    for who in ("grid_worker", "volunteer", "clerk", "handler", "admin"):
        assert screens.open(who, "field/workload").status_code == 403


def test_workload_betrays_no_confidential_matter_and_names_no_worker(screens: Screens) -> None:
    number = synced()["number"]
    assert row_of(screens, "grid_lead")[:2] == [1, 1]
    move(
        number,
        "restrict",
        "supervisor",
        at=now(),
        level="restricted",
        persons=["supervisor", "clerk_village"],
        reason="保护。",
    )
    assert row_of(screens, "grid_lead") == []
    assert "田走访" not in screens.read("supervisor", "field/workload")


# ---- surges


def matters(
    weeks: list[int], *, grid: str = GRID, category: str = "dispute.neighbours", by: str = "clerk", **more: Any
) -> None:
    """So many matters in each week, this one first."""
    for week, count in enumerate(weeks):
        for number in range(count):
            at = now() - timedelta(days=7 * week + 1 + number % 5, hours=number % 20)
            register_case(by, at=at, division=grid, category=category, parties=[], anonymous=True, **more)


def test_a_planted_surge_is_found_with_its_numbers(screens: Screens) -> None:
    matters([8, 1, 0, 1, 2, 1, 0, 1, 1])
    matters([3, 2, 3, 2, 3, 3, 2, 3, 3], category="dispute.property")
    shown = screens.read("grid_lead", "field/surges")
    assert "禾丰塘村第一网格：邻里" in shown and "8件" in shown and "1、1、0、1、2、1、0、1" in shown
    assert "：物业" not in shown
    assert {one["place_name"] for one in surges(person("grid_lead"), now()).items} == {
        "禾丰塘村第一网格",
        "禾丰塘村",
        "清禾镇",
    }
    assert {one["place_name"] for one in surges(person("director"), now()).items} > {"澜平县"}
    hire("lead_far", Role.GRID_LEAD, FAR)
    assert surges(person("lead_far"), now()).items == []
    for who in ("grid_worker", "clerk", "handler", "admin", "volunteer"):
        assert screens.open(who, "field/surges").status_code == 403


def test_a_place_that_always_has_many_is_no_surge(screens: Screens) -> None:
    matters([8, 8, 7, 8, 9, 8, 7, 8, 8])
    found = surges(person("grid_lead"), now())
    assert found.items == [] and found.tested == 3


def test_confidential_matters_make_no_surge(screens: Screens) -> None:
    matters([8, 1, 0, 1, 1, 1, 0, 1, 1], by="supervisor", confidential=True)
    assert surges(person("supervisor"), now()).items == surges(person("director"), now()).items == []


def test_flat_data_raise_hardly_any_alarm(screens: Screens) -> None:
    """Two hundred pairs of place and kind, nine weeks of the same mean: expected is at most a fifth of an alarm."""
    from onedoor.rules.surges import spread_of, surge

    dice, told = random.Random(20260302), 0
    for _ in range(50):
        series = [
            [sum(dice.random() < 0.05 for _ in range(20 * (1 + one % 8))) for _ in range(9)] for one in range(200)
        ]
        usual = spread_of(one[1:] for one in series)
        told += sum(surge(one[0], one[1:], usual) is not None for one in series)
    assert told <= 10, f"{told} of ten thousand"
