"""时限试算 and the explanations: what they say, to whom, what they refuse and what they cost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import EVERYBODY, TO_CLOSED, TO_HANDLING, new_browser, ok, refusal
from onedoor.cases.calendars import calendar_of
from onedoor.cases.models import Clock
from onedoor.cases.queries.days import ZONE
from onedoor.cases.queries.what_if import PAST, Limit, another_limit, as_in, what_if
from onedoor.cases.schemes import book
from onedoor.cases.steps.calendar import change_days
from onedoor.people.models import Account
from onedoor.people.steps.administering import By
from onedoor.people.tokens import signed_in_as
from onedoor.rules.deadlines import reckon
from onedoor.rules.scheme_book import SCHEMES
from onedoor.rules.schemes import Period, Unit
from web.kit import Screens, words

TRIED = {"scheme": "ordinary", "start": "2026-09-24T10:00", "division": ""}
SEE_WHAT_IF = ("supervisor", "director", "admin")


@pytest.fixture(autouse=True)
def fresh(fresh_book: None) -> None:
    """Schemes and calendars as each test makes them."""


def administrator() -> By:
    signed = signed_in_as(Account.objects.get(username="admin").pk)
    assert signed is not None
    return By(next(actor for actor in signed.actors if actor.role == "admin"), datetime.now(UTC))


def day_off(day: date, division: str = "990101", name: str = "县庆") -> None:
    change_days(by=administrator(), division=division, days={day: (False, name)}, reason="县人民政府通知")


def test_the_case_file_says_how_each_clock_was_counted(screens: Screens) -> None:
    number = screens.registered(kind="incident")["number"]
    screens.walk(number, *TO_CLOSED)
    page = screens.read("clerk", f"cases/{number}")
    clocks = ok(screens.get("clerk", f"/cases/{number}/clocks"))["items"]
    assert page.count("怎么算的") == len(clocks) >= 4, "the stopped ones too"
    for clock in clocks:
        assert clock["basis"] and f"依据：{clock['basis']}" in clock["explanation"][0]
        assert "".join(clock["explanation"]) in page


def test_what_was_concluded_in_time_is_not_late_because_its_review_took_long(screens: Screens) -> None:
    number = screens.registered(kind="incident")["number"]
    screens.walk(number, *TO_CLOSED)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clock SET stopped_at = due_at + interval '3 days' WHERE kind = 'handle'"
            ' AND case_id = (SELECT id FROM "case" WHERE number = %s)',
            [number],
        )
    (handle,) = (
        one for one in ok(screens.get("clerk", f"/cases/{number}/clocks"))["items"] if one["kind"] == "handle"
    )
    assert handle["light"] == "green" and handle["paused_at"]
    assert "超期完成" not in screens.read("clerk", f"cases/{number}")


def test_an_explanation_that_the_calendar_has_overtaken_says_so(screens: Screens) -> None:
    number = screens.registered(kind="incident")["number"]
    screens.walk(number, *TO_CLOSED)
    clocks = {one["kind"]: one for one in ok(screens.get("clerk", f"/cases/{number}/clocks"))["items"]}
    due = datetime.fromisoformat(clocks["handle"]["due_at"]).date()
    assert "日历后来有变化" not in "".join(clocks["handle"]["explanation"])
    day_off(due)
    clocks = {one["kind"]: one for one in ok(screens.get("clerk", f"/cases/{number}/clocks"))["items"]}
    assert "以记录的到期时间" in clocks["handle"]["explanation"][-1]
    assert "县庆" in "".join(clocks["handle"]["explanation"])


def test_who_tracks_a_matter_reads_how_its_date_comes_about_and_nothing_of_it(screens: Screens) -> None:
    number = screens.registered(kind="incident")["number"]
    screens.walk(number, *TO_HANDLING)
    text = words(new_browser().post("/track", {"number": number, "digits": "5678"}))
    assert "这个日期怎么算的" in text and "“办理”期限15个工作日" in text and "到期时间：" in text
    for word in ("走廊", "𠮷田安", "邻家福", "138"):
        assert word not in text


def test_a_preview_counts_by_the_calendar_of_a_division(screens: Screens) -> None:
    asked = {"scheme": "dongzhi-simple", "started_at": "2026-03-02T09:00:00+08:00"}

    def due(**more: str) -> str:
        clocks = ok(screens.post("clerk", "/deadlines/preview", asked | more))["clocks"]
        return str(next(clock["due_at"] for clock in clocks if clock["kind"] == "handle"))

    assert due() == due(calendar="national") == due(calendar="990101") == "2026-03-03T23:59:59+08:00"
    day_off(date(2026, 3, 3))
    assert due() == "2026-03-03T23:59:59+08:00"
    assert due(calendar="990101") == due(calendar="990101100") == "2026-03-04T23:59:59+08:00"
    refusal(screens.post("clerk", "/deadlines/preview", asked | {"calendar": "999"}), 422, "invalid", "calendar")


def test_everybody_may_try_a_scheme_and_only_three_may_try_another_limit(screens: Screens) -> None:
    for who in EVERYBODY:
        first = screens.read(who, "deadlines")
        assert "时限试算" in first and "法律未规定" in first, who
        assert ("如果改期限" in first) == (who in SEE_WHAT_IF)
        assert screens.open(who, "deadlines/which").status_code == 200
        assert screens.open(who, "deadlines/what-if").status_code == (200 if who in SEE_WHAT_IF else 403), who
        assert "时限试算" in screens.read(who, "me")
    for path in ("deadlines", "deadlines/which", "deadlines/what-if"):
        assert new_browser().get(f"/desk/{path}").status_code == 302


def test_every_limit_of_a_scheme_with_its_day_its_source_and_what_follows(screens: Screens) -> None:
    page = screens.read("handler", "deadlines", **TRIED | {"scheme": "labour-arbitration"})
    for said in ("劳动争议调解仲裁法第四十三条", "当事人可以依法起诉", "视为放弃", "待核", "仅供试算", "被申请人"):
        assert said in page
    assert "2026年11月9日 23:59 到期" in page, "45 days from 24 September end on a Sunday and roll to Monday"
    strip = screens.read("handler", "deadlines", **TRIED | {"kind": "accept"})
    assert "“受理”1个工作日，在日历上" in strip
    assert "止" in screens.read("handler", "deadlines", **TRIED) and "待选定" in strip


def test_days_are_told_apart_by_words(screens: Screens) -> None:
    page = screens.open("handler", "deadlines", **TRIED).content.decode()
    for said in ("<b>24</b><small>起</small>", "<b>28</b><small>第1</small>", "<b>1</b><small>休</small>"):
        assert said in page, said
    assert "<small>止</small>" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scheme": "none"}, "请选择方案"),
        ({"start": "morgen"}, "请填写起算的日期和时间"),
        ({"start": "0001-01-01T00:00"}, "1950年到2150年"),
        ({"division": "没有镇"}, "没有区划“没有镇”"),
        ({"division": "\0"}, "没有区划"),
    ],
)
def test_what_cannot_be_tried_is_told_at_its_field(screens: Screens, changes: dict[str, str], said: str) -> None:
    answer = screens.open("clerk", "deadlines", **TRIED | changes)
    assert answer.status_code == 422 and said in words(answer)
    assert answer.content.decode().count("is-invalid") == 1


def test_which_scheme_a_matter_gets_and_why(screens: Screens) -> None:
    asked = {"kind": "dispute", "purpose": "petition", "channel": "hotline", "category": "", "track": ""}
    page = screens.read("clerk", "deadlines/which", **asked)
    assert "适用： 信访事项（普通程序）" in page and "申诉求决类信访事项" in page
    assert page.index("也符合的规则") < page.index("民间纠纷按人民调解办理") < page.index("热线转来的诉求")
    nothing = screens.read("clerk", "deadlines/which", **asked | {"kind": "incident", "purpose": "", "channel": "web"})
    assert "没有一条规则符合" in nothing
    wrong = screens.open("clerk", "deadlines/which", **asked | {"kind": "x", "category": "no.such"})
    assert wrong.status_code == 422 and wrong.content.decode().count("is-invalid") == 2


def test_another_limit_held_against_what_was_concluded(screens: Screens) -> None:
    asked = {"scheme": "ordinary", "amount": "2", "unit": "calendar_days"}
    assert "算不出来" in screens.read("director", "deadlines/what-if", **asked)
    numbers = [screens.registered(kind="incident")["number"] for _ in range(3)]
    for number in numbers:
        screens.walk(number, *TO_CLOSED)
    with connection.cursor() as cursor:  # the first took ten days of its fifteen
        cursor.execute(
            "UPDATE clock SET started_at = paused_at - interval '10 days' WHERE kind = 'handle'"
            ' AND case_id = (SELECT id FROM "case" WHERE number = %s)',
            [numbers[0]],
        )
    page = screens.read("director", "deadlines/what-if", **asked)
    assert "共3件办结" in page and "如果改为办理2日" in page
    assert "办理 3件 0件 1件" in page
    whole = screens.read("director", "deadlines/what-if", **asked | {"other": "dongzhi-complex:1"})
    assert "如果改为东至（复杂，20日）（第1版）" in whole and "签收 3件" in whole
    assert all(number not in page for number in numbers) and "住建局" not in page
    admin = screens.read("admin", "deadlines/what-if", **asked)
    assert "算不出来" in admin, "who sees no case counts none"


def test_the_limit_as_it_is_gives_the_figure_as_it_was(screens: Screens) -> None:
    """Whatever happened to a clock: extended by six, three days given back, ten and forty days late."""
    numbers = [screens.registered(kind="incident")["number"] for _ in range(4)]
    for place, number in enumerate(numbers):
        screens.walk(number, *TO_CLOSED)
        clock = Clock.objects.get(case__number=number, kind="handle")
        clock.extended, clock.given_back = (6 if place == 1 else 0), (3 * 86_400 if place == 2 else 0)
        clock.started_at -= timedelta(days=40 if place == 3 else 30)
        _, _, clock.due_at = reckon(
            SCHEMES["ordinary"].items["handle"],
            clock.started_at,
            calendar=calendar_of(()),
            zone=ZONE,
            extended=clock.extended,
            given_back=timedelta(seconds=clock.given_back),
        )
        clock.save()
    viewer = signed_in_as(Account.objects.get(username="director").pk)
    assert viewer is not None

    def handle(limit: Period) -> Limit:
        found = what_if(viewer.viewer(), "ordinary", another_limit(limit), datetime.now(UTC))
        assert found.concluded == 4
        return found.limits[0]

    now = handle(Period(15, Unit.WORKING_DAYS))
    assert now.kind == "handle" and now.late == now.would_be >= 1 and now.counted == 4
    shorter = handle(Period(1, Unit.CALENDAR_DAYS))
    assert (shorter.late, shorter.would_be) == (now.late, 4)
    longer = handle(Period(365, Unit.CALENDAR_DAYS))
    assert (longer.late, longer.would_be) == (now.late, 0)
    another = what_if(viewer.viewer(), "ordinary", as_in(SCHEMES["dongzhi-simple"]), datetime.now(UTC))
    assert another.limits[0].would_be == 4, "one day"
    assert {one.kind for one in another.limits} >= {"handle", "accept", "sign"}
    long_ago = what_if(viewer.viewer(), "ordinary", as_in(SCHEMES["ordinary"]), datetime.now(UTC) + PAST * 2)
    assert long_ago.concluded == 0


@pytest.mark.parametrize("code", sorted(SCHEMES))
def test_every_scheme_can_be_tried(screens: Screens, code: str) -> None:
    for kind in ("", *SCHEMES[code].items):
        page = screens.open("clerk", "deadlines", **TRIED | {"scheme": code, "kind": kind})
        assert page.status_code == 200
        assert page.content.decode().count("data-item") == len(SCHEMES[code].items)
        assert "<small>止</small>" in page.content.decode() or "只显示前几个月" in page.content.decode()


def test_confidential_matters_are_in_no_figure(screens: Screens) -> None:
    number = screens.registered("supervisor", kind="incident", confidential=True)["number"]
    screens.walk(number, ("dispatcher_secret", "accept", {}))
    assert "办理" in screens.read("supervisor", f"cases/{number}"), "he is named and sees it"
    with connection.cursor() as cursor:
        cursor.execute('UPDATE "case" SET concluded_at = now() WHERE number = %s RETURNING id', [number])
        assert cursor.fetchone()
    asked = {"scheme": "ordinary", "amount": "2", "unit": "calendar_days"}
    assert "算不出来" in screens.read("supervisor", "deadlines/what-if", **asked)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "0"}, "1到365"),
        ({"amount": "²"}, "1到365"),
        ({"amount": "x"}, "1到365"),
        ({"unit": "years"}, "请选择单位"),
        ({"scheme": ""}, "请选择方案"),
    ],
)
def test_another_limit_that_cannot_be_is_told_at_its_field(
    screens: Screens, changes: dict[str, str], said: str
) -> None:
    asked = {"scheme": "ordinary", "amount": "2", "unit": "calendar_days"}
    answer = screens.open("director", "deadlines/what-if", **asked | changes)
    assert answer.status_code == 422 and said in words(answer)


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_of_these_pages_does_not_grow_with_the_cases(screens: Screens, count: int) -> None:
    for _ in range(count):
        screens.walk(screens.registered(kind="incident")["number"], *TO_CLOSED)
    asked = {"scheme": "ordinary", "amount": "2", "unit": "working_days"}
    for path, query, most in (("deadlines", TRIED, 3), ("deadlines/which", {}, 3), ("deadlines/what-if", asked, 3)):
        screens.browser("director")
        book(newest=True)
        calendar_of((), newest=True)
        with CaptureQueriesContext(connection) as seen:
            assert screens.open("director", path, **query).status_code == 200
        assert len(seen) <= most, [one["sql"][:90] for one in seen.captured_queries]


def test_a_case_file_still_costs_what_it_did(screens: Screens) -> None:
    number = screens.registered(kind="incident")["number"]
    screens.walk(number, *TO_CLOSED)
    calendar_of((), newest=True)
    with CaptureQueriesContext(connection) as seen:
        ok(screens.get("clerk", f"/cases/{number}/clocks"))
    assert len(seen) == 3


def test_the_trial_of_a_far_day_says_that_it_is_expected(screens: Screens) -> None:
    far = (datetime.now(UTC) + timedelta(days=365 * 20)).year
    page = screens.read("clerk", "deadlines", **TRIED | {"start": f"{far}-09-24T10:00"})
    assert "没有已公布的放假安排" in page
