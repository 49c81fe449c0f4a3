"""督办台: who is late, for how long, and what is being done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.kit import TO_HANDLING, ok
from onedoor.cases.steps.sweep import sweep
from web.kit import Screens, words


def supervised(screens: Screens, **changes: object) -> str:
    number = str(screens.registered(**changes)["number"])
    screens.walk(number, *TO_HANDLING)
    ok(screens.move("supervisor", number, "supervise", level="yellow_card", reason="请尽快办理。"))
    return number


def test_an_empty_board_says_where_notices_come_from(screens: Screens) -> None:
    page = screens.read("supervisor", "supervision")
    assert "没有待处理的督办单" in page
    assert "自动生成督办单" in page


def test_the_board_shows_unit_level_cause_and_what_is_being_done(screens: Screens) -> None:
    number = supervised(screens)
    page = screens.read("supervisor", "supervision")
    assert f"{number}-D1" in page and "住建局" in page and "黄牌" in page and "待回告" in page
    assert (
        screens.send("handler2", f"cases/{number}/moves/reply_supervision", text="周五前清理完毕。").status_code == 302
    )
    page = screens.read("supervisor", "supervision")
    assert "周五前清理完毕。" in page and "已回告待认可" in page
    assert "没有待处理" in screens.read("supervisor", "supervision", state="appealed")
    assert number in screens.read("supervisor", "supervision", unit="zjj", level="yellow_card")
    assert screens.open("supervisor", "supervision", level="purple").status_code == 422
    assert screens.open("supervisor", "supervision", cursor="x").status_code == 422


def test_each_sees_the_notices_of_the_cases_he_may_see(screens: Screens) -> None:
    number = supervised(screens)
    assert number in screens.read("handler2", "supervision")
    assert number not in screens.read("handler", "supervision")
    auditor = screens.read("auditor", "supervision")
    assert number in auditor and "邻居占用公共走廊" not in auditor
    secret = str(screens.registered(by="supervisor", confidential=True)["number"])
    sweep(at=timezone.now() + timedelta(days=30))
    assert secret not in screens.read("director", "supervision")
    assert secret in screens.read("supervisor", "supervision")


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_of_the_board(screens: Screens, count: int) -> None:
    for _ in range(count):
        supervised(screens)
    screens.open("supervisor", "supervision")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        screens.open("supervisor", "supervision")
    assert len(queries) == 3  # who asks, and as what; the notices; the units


def test_the_case_file_shows_the_notice_and_offers_the_answer(screens: Screens) -> None:
    number = supervised(screens)
    page = screens.read("handler2", f"cases/{number}")
    assert "督办回告…" in page and f"{number}-D1" in page
    form = screens.read("handler2", f"cases/{number}/moves/reply_supervision")
    assert "措施、方案和完成时间" in form
    form = screens.open("supervisor", f"cases/{number}/moves/supervise")
    assert "黄牌" in words(form) and "督办级别" in words(form)
    assert "几个工作日内回告" in words(form)


def test_supervisors_hear_when_the_clock_stands_still(screens: Screens) -> None:
    from onedoor.cases.jobs import mark_alive
    from onedoor.web.desk import work

    mark_alive("sweeper")
    work._sweeper = (0.0, False)  # what a test before this one has seen in this process
    assert "时限扫描" not in screens.read("supervisor", "")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE heartbeat SET at = now() - interval '6 minutes' WHERE name = 'sweeper'")
    work._sweeper = (0.0, False)
    assert "时限扫描已停" in screens.read("supervisor", "")
    assert "时限扫描" not in screens.read("clerk", "")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM heartbeat")
    work._sweeper = (0.0, False)
    assert "时限扫描已停" in screens.read("supervisor", ""), "nor when it has never run"
