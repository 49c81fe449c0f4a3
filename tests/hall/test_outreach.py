"""Half days in the villages: planned, told to everybody, reported, counted."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import new_browser
from cases.kit import person, sql
from hall.kit import at_once
from onedoor.cases.queries.days import today
from onedoor.hall.models import Outreach
from onedoor.hall.steps.outreach import erase_outreach_texts, plan_outreach
from onedoor.rules.refusal import INVALID, Refused
from web.kit import Screens, words

VILLAGE, OTHER = "禾丰塘村（990101100201）", "柳岸头村（990101100202）"


def given(**changes: str) -> dict[str, str]:
    return {
        "unit": "", "name": "澜平明理律师事务所", "trade": "lawyer", "division": VILLAGE, "day": today().isoformat(),
        "half": "am", "place": "村党群服务中心一楼", "purpose": "继承、赡养咨询", **changes,
    }  # fmt: skip


def plan(screens: Screens, who: str = "clerk", days: int = 0, **changes: str) -> int:
    day = (today() + timedelta(days=days)).isoformat()
    done = screens.send(who, "outreach", **given(day=day, **changes))
    assert done.status_code == 302, words(done)
    return int(Outreach.objects.latest("pk").pk)


def public(**query: str) -> str:
    return words(new_browser().get("/today", query))


def test_a_half_day_is_planned_and_told_to_everybody(screens: Screens) -> None:
    one = plan(screens, days=1)
    plan(screens, days=13, division=OTHER, unit="sfj", name="", trade="official", purpose="法律援助申请")
    plan(screens, days=14, place="太远了")
    page = public()
    assert all(word in page for word in ("律师（澜平明理律师事务所）", "禾丰塘村", "司法局", "法律援助申请"))
    assert "太远了" not in page, "two weeks, no longer"
    narrowed = public(village="990101100202")
    listed = narrowed.split("查看")[1]
    assert "法律援助申请" in listed and "继承、赡养咨询" not in listed
    assert "继承、赡养咨询" in public(village="' OR 1=1") and "继承、赡养咨询" in public(village="\0")
    assert "律师" in screens.read("director", "outreach", week=(today() + timedelta(days=1)).isoformat())
    assert screens.send("clerk", f"outreach/{one}/cancel", reason="律师出庭").status_code == 302
    assert "继承、赡养咨询" not in public()


def test_the_wall_shows_who_is_out_today(screens: Screens) -> None:
    plan(screens)
    plan(screens, days=1, trade="notary")
    page = words(new_browser().get("/wall/today"))
    assert "今天到村里" in page and "上午 律师" in page and "公证员" not in page


def test_what_came_of_it_must_be_said(screens: Screens) -> None:
    one = plan(screens)
    for lacking, sentence in (
        ({"persons": "3", "outcome": ""}, "请填写办了什么"), ({"persons": "x", "outcome": "好。"}, "服务人数应为"),
        ({"persons": "3", "outcome": "电话13912345678"}, "不写手机号码"),
    ):  # fmt: skip
        wrong = screens.send("clerk", f"outreach/{one}/report", **lacking)
        assert wrong.status_code == 422 and sentence in words(wrong)
    done = {"persons": "9", "outcome": "解答三个问题，一件转登记。"}
    assert screens.send("clerk", f"outreach/{one}/report", **done).status_code == 302
    again = screens.send("clerk", f"outreach/{one}/report", **done)
    assert again.status_code == 422 and "已完成" in words(again)
    assert screens.send("clerk", f"outreach/{one}/change", **given()).status_code == 422
    month = screens.read("director", "outreach/month")
    assert "已完成1次" in month and "服务9人" in month
    assert "解答三个问题" not in public(), "what came of it is the centre's"


def test_before_its_day_there_is_nothing_to_report(screens: Screens) -> None:
    early = screens.send("clerk", f"outreach/{plan(screens, days=1)}/report", persons="1", outcome="好。")
    assert early.status_code == 422 and "还没有到这一天" in words(early)


def test_it_is_open_two_days_after_its_day(screens: Screens) -> None:
    one = plan(screens, days=-1)
    assert "没有登记结果" not in screens.read("clerk", "outreach")
    assert screens.send("clerk", f"outreach/{one}/change", **given(day=(today() - timedelta(days=2)).isoformat()))
    assert "过了两天还没有登记结果（1）" in screens.read("clerk", "outreach")
    assert "没有登记结果" not in screens.read("clerk_town", "outreach")


def test_visits_and_matters_that_came_of_it_are_counted(screens: Screens) -> None:
    one = plan(screens)
    visit = {"purpose": "consultation", "persons": "2", "asked": "问继承。", "answer": "已答。", "do": "answer"}
    assert screens.send("clerk", "visits", **visit, outreach=str(one)).status_code == 302
    lie = screens.send("clerk", "visits", **visit, outreach="99999")
    assert lie.status_code == 422 and "没有这次下沉" in words(lie)
    case = screens.registered()["number"]
    secret = screens.registered("supervisor", confidential=True)["number"]
    assert screens.send("clerk", f"outreach/{one}/case", number=case).status_code == 302
    assert screens.send("clerk", f"outreach/{one}/case", number=case).status_code == 302, "twice is once"
    assert screens.send("clerk", f"outreach/{one}/case", number=secret).status_code == 422
    assert screens.send("supervisor", f"outreach/{one}/case", number=secret).status_code == 302
    assert "接待1批、事项1件" in screens.read("clerk", "outreach/month"), (
        "a figure tells of nothing that is restricted"
    )
    assert "接待1批、事项2件" in screens.read("supervisor", "outreach/month")
    assert secret not in screens.read("clerk", f"outreach/{one}") and case in screens.read("clerk", f"outreach/{one}")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"unit": "sfj"}, "单位和名称填一个"), ({"name": ""}, "单位和名称填一个"), ({"trade": "x"}, "请选择专业"),
        ({"division": ""}, "请填写区划"), ({"division": "月球"}, "没有区划"), ({"day": ""}, "请填写日期"),
        ({"day": "2020-01-01"}, "过去31天"), ({"half": ""}, "请选择半天"), ({"place": ""}, "请填写地点"),
        ({"purpose": ""}, "请填写做什么"),
    ],
)  # fmt: skip
def test_a_fault_is_told(screens: Screens, changes: dict[str, str], sentence: str) -> None:
    page = screens.send("clerk", "outreach", **given(**changes))
    assert page.status_code == 422 and sentence in words(page)
    assert not Outreach.objects.exists()


def test_a_town_plans_for_its_own_villages(screens: Screens) -> None:
    plan(screens, "clerk_town")
    wrong = screens.send("clerk_town", "outreach", **given(division="石桥湾镇"))
    assert wrong.status_code == 422 and "不在本中心的辖区" in words(wrong)
    assert "继承、赡养咨询" not in public(), "the county's page shows the county's"
    assert "继承、赡养咨询" in words(new_browser().get("/today/centre-qinghe"))


def test_twice_the_same_is_refused(screens: Screens) -> None:
    plan(screens)
    again = screens.send("clerk", "outreach", **given())
    assert again.status_code == 422 and "已经安排过" in words(again)


@pytest.mark.parametrize("who", ["handler", "mediator", "grid_worker", "auditor", "admin"])
def test_others_have_no_such_page(screens: Screens, who: str) -> None:
    one = plan(screens)
    assert screens.open(who, "outreach").status_code == 403
    assert screens.open(who, f"outreach/{one}").status_code == 403
    assert screens.send(who, "outreach", **given()).status_code == 403


def test_the_director_looks_and_another_centre_does_not(screens: Screens) -> None:
    one = plan(screens)
    assert "律师" in screens.read("director", f"outreach/{one}")
    assert screens.send("director", f"outreach/{one}/cancel", reason="不去").status_code == 403
    assert screens.open("clerk_town", f"outreach/{one}").status_code == 404
    assert screens.send("clerk_town", f"outreach/{one}/cancel", reason="不去").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "price"), [("outreach", 6), ("outreach/month", 3)])
def test_the_price_does_not_grow_with_the_rows(screens: Screens, count: int, path: str, price: int) -> None:
    for number in range(count):
        plan(screens, place=f"{number}组", half="am", trade=("lawyer", "notary", "judge")[number])
    screens.browser("clerk")
    with CaptureQueriesContext(connection) as asked:
        page = screens.open("clerk", path)
    assert page.content.decode().count("澜平明理") == count
    assert len(asked) == price, [query["sql"][:90] for query in asked.captured_queries]


def test_what_was_said_is_erased_and_the_count_stays(screens: Screens) -> None:
    one = plan(screens)
    screens.send("clerk", f"outreach/{one}/report", persons="4", outcome="好。")
    plan(screens, days=-3)
    after = today() + timedelta(days=1)
    assert erase_outreach_texts(before=date(2020, 1, 1), at=datetime.now(UTC)) == 0
    assert erase_outreach_texts(before=after, at=datetime.now(UTC)) == 1
    assert sql("SELECT outcome, persons, state FROM hall_outreach WHERE id = %s", one) == [("", 4, "done")]


def test_of_two_who_plan_the_same_at_once_one_does(committed_hall: Screens) -> None:
    actor, asked = person("clerk").actors[0], given()
    made: list[Any] = at_once(4, lambda _: plan_outreach(actor=actor, at=datetime.now(UTC), given=asked))
    told = [one for one in made if isinstance(one, Refused)]
    assert len(told) == 3 and {one.code for one in told} == {INVALID} and Outreach.objects.count() == 1
    Outreach.objects.all().delete()
